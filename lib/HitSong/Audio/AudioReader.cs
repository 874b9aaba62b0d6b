namespace HitSong.Audio;

/// <summary>
/// A part of a file, decoded and resampled as it is read, so that a long one takes no more memory than a short one:
/// what <see cref="AudioFile.Read"/> reads, with its settings and errors.
/// </summary>
internal sealed class AudioReader : IDisposable
{
    private const int LeastBlock = 1 << 14;

    private readonly AudioPart part;

    // Of the stretch that is being read; null: the file's rate there is wanted.
    private Resampler? resampler;

    // Samples at the wanted rate, of which those from taken to made are still to be read.
    private float[] block = [];

    // Samples at the file's rate that the next block is made of: held, from begin on.
    private float[] window = [];
    private long begin,
        next,
        end;
    private int taken,
        made,
        held;

    /// <exception cref="AudioException">The file cannot be opened.</exception>
    public AudioReader(string path, AudioSettings settings, double start, double? duration)
    {
        part = new(path, settings.SampleRate ?? 0, (int)settings.Channels, start, duration ?? -1);
        (SampleRate, Expected) = (part.First.WantedRate, part.First.Expected);
        Begin(part.First);
    }

    /// <summary>Hz.</summary>
    public int SampleRate { get; }

    /// <summary>How many samples there likely are; 0 where nothing tells.</summary>
    public long Expected { get; }

    /// <summary>The next samples.</summary>
    /// <returns>How many; fewer than wanted at the end only.</returns>
    /// <exception cref="AudioException">The file is cut off, or does not hold the whole part.</exception>
    public int Read(Span<float> samples)
    {
        int read = 0;
        while (read < samples.Length && (taken < made || Make() || Turn()))
        {
            int count = Math.Min(samples.Length - read, made - taken);
            block.AsSpan(taken, count).CopyTo(samples[read..]);
            taken += count;
            read += count;
        }
        return read;
    }

    /// <inheritdoc/>
    public void Dispose() => part.Dispose();

    // A stretch of one rate, of which a file has several where its rate changes on the way.
    private void Begin(AudioPart.Stretch stretch)
    {
        (begin, next, end, held) = (stretch.Begin, stretch.First, long.MaxValue, 0);
        resampler = SampleRate == stretch.Rate ? null : Resampler.For(stretch.Rate, SampleRate);
        int size = resampler?.Block(LeastBlock) ?? LeastBlock,
            inputs = resampler is null ? 0 : checked((int)resampler.Inputs(size));
        if (block.Length != size)
            block = GC.AllocateUninitializedArray<float>(size);
        if (window.Length != inputs)
            window = GC.AllocateUninitializedArray<float>(inputs);
    }

    // To the next stretch that has samples; false at the end.
    private bool Turn()
    {
        do
        {
            if (!part.Turn(out AudioPart.Stretch stretch))
                return false;
            Begin(stretch);
        } while (!Make());
        return true;
    }

    // The next block of the stretch; false at its end.
    private bool Make()
    {
        if (resampler is null)
        {
            made = Decode(block);
            // One sample of rounding may be wanted beyond the end.
            if (made < block.Length && next + made < end)
                block[made++] = 0;
            made = (int)Math.Clamp(end - next, 0, made);
        }
        else
        {
            while (end == long.MaxValue && resampler.Ready(begin + held) < next + block.Length)
                held += Decode(window.AsSpan(held));
            made = (int)Math.Clamp(end - next, 0, resampler.Whole(next, block.Length));
            resampler.Run(window.AsSpan(0, held), begin, block.AsSpan(0, made), next);
            int used = (int)Math.Clamp(resampler.Start(next + made) - begin, 0, held);
            window.AsSpan(used, held - used).CopyTo(window);
            begin += used;
            held -= used;
        }
        next += made;
        taken = 0;
        return made > 0;
    }

    // The next samples at the file's rate; where there are fewer than wanted, the end is known.
    private int Decode(Span<float> samples)
    {
        if (end != long.MaxValue)
            return 0;
        int decoded = part.Next(samples, samples.Length, out long last);
        if (decoded < samples.Length)
            end = last;
        return decoded;
    }
}
