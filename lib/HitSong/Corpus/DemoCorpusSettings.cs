using HitSong.Audio;

namespace HitSong.Corpus;

/// <summary>
/// What the demo corpus is made of. Seed, songs and artists decide the labels; the others only how long and how fine
/// the songs sound.
/// </summary>
public sealed record DemoCorpusSettings
{
    /// <summary>Everything follows from it.</summary>
    public ulong Seed { get; init; } = 2024;

    /// <summary>Number of songs.</summary>
    public int Songs { get; init; } = 360;

    /// <summary>Number of artists; song n (from 0) is by artist n modulo this.</summary>
    public int Artists { get; init; } = 60;

    /// <summary>Length of each song, s.</summary>
    public double Seconds { get; init; } = 20;

    /// <summary>Hz.</summary>
    public int SampleRate { get; init; } = 44_100;

    internal void Validate()
    {
        if (Artists < 1)
            throw new CorpusException($"a demo corpus of {Artists} artists: at least 1 is needed");
        if (Songs < Artists)
            throw new CorpusException(
                $"a demo corpus of {Songs} songs by {Artists} artists: each artist needs at least one song"
            );
        if (!(Seconds is >= 1 and <= 600))
            throw new CorpusException($"songs of {Seconds} s: 1 to 600 s are possible");
        if (SampleRate < 16_000 || !Mp3.SampleRates.Contains(SampleRate))
            throw new CorpusException(
                $"a sampling rate of {SampleRate} Hz: "
                    + $"{string.Join(", ", Mp3.SampleRates.Where(rate => rate >= 16_000))} are possible"
            );
    }
}
