using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace HitSong.Audio;

/// <summary>How a recording is cut into clips of one length.</summary>
/// <example><code>
/// var chorus = new ClipSettings { Seconds = 5, Count = 3, Placement = ClipPlacement.Centre };
/// // Samples, of 20 s at 22,050 Hz.
/// chorus.Starts(total: 441_000, sampleRate: 22_050) // [55125, 165375, 275625]
/// </code></example>
public sealed record ClipSettings
{
    /// <summary>
    /// <c>views-resnet</c>: four clips of 15 s. What was done with an unfinished last clip is not published; here
    /// silence fills it.
    /// </summary>
    public static ClipSettings ViewsResNet { get; } =
        new()
        {
            Seconds = 15,
            Count = 4,
            Placement = ClipPlacement.ThreeFiveSevenEleven,
            Padding = ClipPadding.Zero,
        };

    /// <summary><c>tiktok-lstm</c>: the first 5 × 22,050 samples, at whatever rate.</summary>
    public static ClipSettings TikTok { get; } = new() { Samples = 22_050, Count = 5 };

    /// <summary>
    /// The hip hop experiments: 30 s, a whole preview. Previews are some hundredths of a second shorter or longer; here
    /// silence fills a short one.
    /// </summary>
    public static ClipSettings HipHop { get; } = new() { Padding = ClipPadding.Zero };

    /// <summary>Length, s.</summary>
    public double Seconds { get; init; } = 30;

    /// <summary>Length in samples, which then counts instead of <see cref="Seconds"/>.</summary>
    public int? Samples { get; init; }

    /// <summary>How many clips; a recording too short for all gives fewer.</summary>
    public int Count { get; init; } = 1;

    /// <summary>Where they lie.</summary>
    public ClipPlacement Placement { get; init; } = ClipPlacement.Consecutive;

    /// <summary>What becomes of a clip that reaches beyond the end.</summary>
    public ClipPadding Padding { get; init; } = ClipPadding.None;

    /// <summary>Decides random places.</summary>
    public ulong Seed { get; init; }

    /// <summary>Samples a clip, at a rate in Hz.</summary>
    /// <exception cref="HitSongException">A length, or a count of clips, that is not above 0.</exception>
    public int Length(int sampleRate)
    {
        double samples = Samples ?? Math.Round(Seconds * sampleRate);
        if (!(samples is >= 1 and <= 1 << 29))
            throw new HitSongException($"clips of {samples} samples: 1 to {1 << 29:N0} are possible");
        if (Count < 1)
            throw new HitSongException($"{Count} clips a recording: at least 1 is possible");
        return (int)samples;
    }

    /// <summary>Where the clips of a recording begin, in samples, in order of their numbers.</summary>
    /// <param name="total">Length of the recording, samples.</param>
    /// <param name="sampleRate">Hz.</param>
    /// <param name="recording">
    /// What tells this recording from others, such as its content hash; only random places depend on it.
    /// </param>
    public IReadOnlyList<long> Starts(long total, int sampleRate, string recording = "")
    {
        long length = Length(sampleRate),
            whole = total / length,
            all = (total + length - 1) / length;
        long most = Padding == ClipPadding.None ? whole : all;
        IEnumerable<long> starts = Placement switch
        {
            ClipPlacement.ThreeFiveSevenEleven => all < 6
                ? []
                : [3 * length, 5 * length, (all < 9 ? 5 : 7) * length, (all < 12 ? all - 2 : 11) * length],
            ClipPlacement.Random => Enumerable
                .Range(0, most > 0 ? Count : 0)
                .Select(number => Draw(Math.Max(0, total - length) + 1, number, recording)),
            ClipPlacement.Centre => Enumerable
                .Range(0, (int)Math.Min(Count, most))
                .Select(number => Math.Max(0, (total - Math.Min(Count, most) * length) / 2) + number * length),
            _ => Enumerable.Range(0, (int)Math.Min(Count, most)).Select(number => number * length),
        };
        return [.. starts.Take(Count).Where(start => Padding != ClipPadding.None || start + length <= total)];
    }

    /// <summary>
    /// One clip of a recording that is there from sample <paramref name="from"/> on; padded where the settings say so.
    /// </summary>
    /// <param name="recording">[samples] of the recording from <paramref name="from"/> on.</param>
    /// <param name="from">Number of the first of these samples within the recording.</param>
    /// <param name="start">
    /// Where the clip begins, one of <see cref="Starts"/>; not before <paramref name="from"/>.
    /// </param>
    /// <param name="sampleRate">Hz.</param>
    /// <returns>[<see cref="Length"/>] samples.</returns>
    public float[] Cut(ReadOnlySpan<float> recording, long from, long start, int sampleRate)
    {
        float[] clip = new float[Length(sampleRate)];
        ReadOnlySpan<float> there = recording[(int)(start - from)..];
        if (there.Length > clip.Length)
            there = there[..clip.Length];
        there.CopyTo(clip);
        Pad(clip, there.Length);
        return clip;
    }

    /// <summary>Fills what a clip lacks.</summary>
    /// <param name="clip">[<see cref="Length"/>] samples.</param>
    /// <param name="there">How many of them are there.</param>
    internal void Pad(Span<float> clip, int there)
    {
        clip[there..].Clear();
        if (Padding == ClipPadding.Repeat && there > 0)
            for (int i = there; i < clip.Length; i++)
                clip[i] = clip[i - there];
    }

    /// <summary>The clips in words.</summary>
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Count} {(Count == 1 ? "clip" : "clips")} of "
                + $"{(Samples is int samples ? $"{samples:N0} samples" : $"{Seconds:0.##} s")}, "
        )
        + Placement switch
        {
            ClipPlacement.Centre => "in the middle",
            ClipPlacement.Random => "anywhere",
            ClipPlacement.ThreeFiveSevenEleven => "numbers 3, 5, 7 and 11",
            _ => "from the start",
        };

    // Uniform in [0, bound), from a hash: nothing but seed, recording and number decides.
    private long Draw(long bound, int number, string recording)
    {
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{Seed}\n{recording}\n{number}"));
        return (long)Math.BigMul(BinaryPrimitives.ReadUInt64LittleEndian(hash), (ulong)bound, out _);
    }
}
