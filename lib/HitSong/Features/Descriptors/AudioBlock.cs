namespace HitSong.Features.Descriptors;

/// <summary>Some samples of every channel of a recording.</summary>
/// <param name="samples">Channel after channel.</param>
/// <param name="stride">From the first sample of one channel to the first of the next.</param>
/// <param name="count">Samples of each channel.</param>
internal readonly ref struct AudioBlock(ReadOnlySpan<float> samples, int stride, int count)
{
    private readonly ReadOnlySpan<float> samples = samples;

    /// <summary>Samples of each channel.</summary>
    public int Count { get; } = count;

    /// <summary>The samples of one channel.</summary>
    public ReadOnlySpan<float> this[int channel] => samples.Slice(channel * stride, Count);
}
