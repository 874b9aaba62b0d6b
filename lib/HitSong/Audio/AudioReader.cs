using System.Runtime.InteropServices;

namespace HitSong.Audio;

/// <summary>
/// A part of a file, decoded and resampled as it is read, so that a long one takes no more memory than a short one:
/// what <see cref="AudioFile.Read"/> reads, with its settings and errors.
/// </summary>
internal sealed unsafe partial class AudioReader : IDisposable
{
    private const int LeastBlock = 1 << 14;

    private readonly string path;

    // Null: the file's rate is wanted.
    private readonly Resampler? resampler;

    // Samples at the wanted rate, of which those from taken to made are still to be read.
    private readonly float[] block;

    // Samples at the file's rate that the next block is made of: held, from begin on.
    private readonly float[] window;
    private nint part;
    private long begin,
        next,
        end = long.MaxValue;
    private int taken,
        made,
        held;

    /// <exception cref="AudioException">The file cannot be opened.</exception>
    public AudioReader(string path, AudioSettings settings, double start, double? duration)
    {
        this.path = path;
        AudioFile.CheckFile(path);
        byte[] message = new byte[AudioFile.MessageSize];
        if (
            audio_part_open(
                path,
                settings.SampleRate ?? 0,
                (int)settings.Channels,
                start,
                duration ?? -1,
                out part,
                out NativePart there,
                message
            ) != 0
        )
            throw new AudioException(path, AudioFile.Text(message));
        (SampleRate, Expected, begin, next) = (
            settings.SampleRate ?? there.Rate,
            there.Expected,
            there.Begin,
            there.First
        );
        int size = LeastBlock;
        if (SampleRate != there.Rate)
        {
            resampler = Resampler.For(there.Rate, SampleRate);
            size = resampler.Block(LeastBlock);
        }
        block = GC.AllocateUninitializedArray<float>(size);
        window = resampler is null ? [] : GC.AllocateUninitializedArray<float>(checked((int)resampler.Inputs(size)));
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
        while (read < samples.Length && (taken < made || Make()))
        {
            int count = Math.Min(samples.Length - read, made - taken);
            block.AsSpan(taken, count).CopyTo(samples[read..]);
            taken += count;
            read += count;
        }
        return read;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        audio_part_free(part);
        part = 0;
    }

    // The next block; false at the end.
    private bool Make()
    {
        if (resampler is null)
        {
            made = Decode(block);
            // One sample of rounding may be wanted beyond the end.
            if (made < block.Length && next + made < end)
                block[made++] = 0;
        }
        else
        {
            while (end == long.MaxValue && resampler.Ready(begin + held) < next + block.Length)
                held += Decode(window.AsSpan(held));
            made = (int)Math.Min(resampler.Whole(next, block.Length), end - next);
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
        long decoded,
            last;
        byte[] message = new byte[AudioFile.MessageSize];
        fixed (float* to = samples)
            if (audio_part_next(part, to, samples.Length, out decoded, out last, message) != 0)
                throw new AudioException(path, AudioFile.Text(message));
        if (decoded < samples.Length)
            end = last;
        return (int)decoded;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct NativePart
    {
        public long Begin,
            First,
            Expected;
        public int Rate;
    }

    [LibraryImport("nativeaudio", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int audio_part_open(
        string path,
        int rate,
        int mode,
        double start,
        double duration,
        out nint part,
        out NativePart there,
        [Out] byte[] message
    );

    [LibraryImport("nativeaudio")]
    private static partial int audio_part_next(
        nint part,
        float* samples,
        long room,
        out long made,
        out long end,
        [Out] byte[] message
    );

    [LibraryImport("nativeaudio")]
    private static partial void audio_part_free(nint part);
}
