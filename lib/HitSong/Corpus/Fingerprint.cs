using System.Numerics;
using System.Security.Cryptography;
using HitSong.Audio;
using HitSong.Features;

namespace HitSong.Corpus;

/// <summary>
/// What a recording can be recognized by. The hash tells an equal file; the words tell equal music in another encoding,
/// loudness, equalization or cut: of each frame of a mel spectrogram (33 bands, 300…3,000 Hz, a frame of 0.37 s each 46
/// ms) 32 bits say whether the step in level from a band to the next grew since the frame before (Haitsma and Kalker,
/// "A highly robust audio fingerprinting system", ISMIR 2002).
/// </summary>
/// <param name="ContentHash">SHA-256 of the file, in hexadecimal.</param>
/// <param name="Words">[frames] bits.</param>
/// <example><code>
/// var first = Fingerprint.Read("../data/demo/corpus/audio/demo-0001.mp3");
/// var second = Fingerprint.Read("../data/demo/corpus/audio/demo-0002.mp3");
/// // Bits that differ; of different songs about a half.
/// first.ErrorRate(second, offset: 0) > Fingerprint.NearErrorRate // True
/// </code></example>
public sealed record Fingerprint(string ContentHash, uint[] Words)
{
    /// <summary>
    /// Bits of two recordings of one music differ by less than this; those of different music by about one half (the
    /// paper's threshold).
    /// </summary>
    public const double NearErrorRate = 0.35;

    /// <summary>Two recordings are compared over this many frames at least (3 s).</summary>
    public const int LeastFrames = 64;

    private const int SampleRate = 11_025;

    private static readonly MelSpectrogram Mel = new(
        new()
        {
            SampleRate = SampleRate,
            FftLength = 4096,
            HopLength = 512,
            Bands = 33,
            MinFrequency = 300,
            MaxFrequency = 3000,
        }
    );

    /// <summary>The fingerprint of an audio file.</summary>
    /// <exception cref="AudioException">It cannot be decoded.</exception>
    public static Fingerprint Read(string path)
    {
        uint[] words = WordsOf(path);
        using FileStream file = File.OpenRead(path);
        return new(Convert.ToHexStringLower(SHA256.HashData(file)), words);
    }

    /// <summary>The fingerprints of many files, on all cores.</summary>
    /// <inheritdoc cref="Read"/>
    public static IReadOnlyList<Fingerprint> ReadAll(IReadOnlyList<string> paths)
    {
        var prints = new Fingerprint[paths.Count];
        Parallel.For(0, paths.Count, i => prints[i] = Read(paths[i]));
        return prints;
    }

    /// <summary>
    /// The share of bits that differ, at the offset of <paramref name="other"/> (frames) where this frame 0 is its
    /// frame <paramref name="offset"/>; 1 where they overlap too little.
    /// </summary>
    public double ErrorRate(Fingerprint other, int offset)
    {
        int from = Math.Max(0, -offset),
            to = Math.Min(Words.Length, other.Words.Length - offset),
            wrong = 0;
        if (to - from < LeastFrames)
            return 1;
        for (int frame = from; frame < to; frame++)
            wrong += BitOperations.PopCount(Words[frame] ^ other.Words[frame + offset]);
        return wrong / (32.0 * (to - from));
    }

    /// <summary>[frames] the bits of an audio file.</summary>
    internal static uint[] WordsOf(string path)
    {
        float[] samples = AudioFile.Read(path, new AudioSettings(SampleRate)).Samples;
        FeatureMatrix level = Decibel.FromPower(Mel.Compute(samples), new(TopDb: null));
        var words = new uint[Math.Max(0, level.Frames - 1)];
        for (int frame = 0; frame < words.Length; frame++)
        for (int band = 0; band < 32; band++)
            if (Step(frame + 1, band) > Step(frame, band))
                words[frame] |= 1u << band;
        return words;

        float Step(int frame, int band) => level[band, frame] - level[band + 1, frame];
    }
}
