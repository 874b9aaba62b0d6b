using HitSong.Audio;
using NWaves.Operations;
using NWaves.Signals;

namespace HitSong.Features.Descriptors;

/// <summary>
/// What sounds on and what strikes, apart, to hear what <see cref="Balance"/> measures: NWaves' separation by median
/// filters (Fitzgerald 2010), over 17 frames and bins of frames of 2,048 samples every 512.
/// </summary>
/// <example><code>
/// var song = AudioFile.Read("../data/demo/corpus/audio/demo-0001.mp3", new(22_050), start: 4, duration: 3);
/// var (harmonic, percussive) = Separation.Of(song);
/// // A cell plays it.
/// percussive
/// </code></example>
public static class Separation
{
    private const int Median = 17;

    /// <summary>The two parts, which sum to the sound but for its ends.</summary>
    /// <param name="sound">A sound; the result is as long, to a frame, and at the same rate.</param>
    /// <exception cref="FeatureException">It is shorter than 17 frames.</exception>
    public static (Waveform Harmonic, Waveform Percussive) Of(Waveform sound)
    {
        int least = Median * SpectrumMeter.HopLength + 2048;
        if (sound.Samples.Length < least)
            throw new FeatureException(
                $"{sound.Samples.Length} samples are too few to part: at least {least} are needed"
            );
        HarmonicPercussiveSeparator separator = new(2048, SpectrumMeter.HopLength, Median, Median);
        (DiscreteSignal harmonic, DiscreteSignal percussive) = separator.EvaluateSignals(
            new(sound.SampleRate, sound.Samples)
        );
        return (new(harmonic.Samples, sound.SampleRate), new(percussive.Samples, sound.SampleRate));
    }
}
