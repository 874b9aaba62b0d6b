using HitSong.Audio;

namespace HitSong.Features.Descriptors;

/// <summary>
/// Every channel of a file at the file's rate, decoded block by block, so that a long recording takes no more memory
/// than a short one.
/// </summary>
internal sealed class ChannelReader : IDisposable
{
    private const int Room = 1 << 14,
        EachChannel = 4;

    private readonly string path;
    private readonly AudioPart part;
    private readonly float[] block;
    private bool isAtEnd;

    /// <exception cref="AudioException">The file cannot be opened.</exception>
    public ChannelReader(string path)
    {
        this.path = path;
        part = new(path, 0, EachChannel, 0, -1);
        SampleRate = part.First.Rate;
        Weights = part.LoudnessWeights();
        block = new float[Weights.Length * Room];
    }

    /// <summary>Hz.</summary>
    public int SampleRate { get; }

    /// <summary>What each channel counts in the loudness of ITU-R BS.1770, [channels].</summary>
    public float[] Weights { get; }

    /// <summary>The next samples; none at the end.</summary>
    /// <exception cref="AudioException">The file is cut off, or changes its rate or its number of channels.</exception>
    public AudioBlock Read()
    {
        if (isAtEnd)
            return new(block, Room, 0);
        int made = part.Next(block, Room, out _);
        isAtEnd = made < Room;
        if (isAtEnd)
            RefuseTurn();
        return new(block, Room, made);
    }

    /// <inheritdoc/>
    public void Dispose() => part.Dispose();

    private void RefuseTurn()
    {
        if (part.Turn(out AudioPart.Stretch next))
            throw new AudioException(
                path,
                $"changes from {SampleRate} Hz to {next.Rate} Hz on the way: convert it to one sample rate"
            );
    }
}
