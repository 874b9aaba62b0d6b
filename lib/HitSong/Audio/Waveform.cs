using Tables;

namespace HitSong.Audio;

/// <summary>One channel of audio.</summary>
/// <param name="Samples">Amplitudes, [samples], full scale −1…1.</param>
/// <param name="SampleRate">Samples a second, Hz.</param>
/// <example><code>
/// float[] samples = [.. Enumerable.Range(0, 22_050).Select(i => MathF.Sin(2 * MathF.PI * 440 * i / 22_050))];
/// var tone = new Waveform(samples, 22_050);
/// double seconds = tone.Duration; // 1
/// tone.Resample(8_000).Samples.Length // 8000
/// </code></example>
[TypeFormatterSource(typeof(MimeBundleSource))]
public sealed record Waveform(float[] Samples, int SampleRate)
{
    /// <summary>Length in seconds.</summary>
    public double Duration => (double)Samples.Length / SampleRate;

    /// <summary>The same sound at another rate, as <see cref="AudioFile.Read"/> resamples.</summary>
    /// <param name="sampleRate">Wanted samples a second, Hz, from 1,000 to 768,000.</param>
    /// <exception cref="ArgumentOutOfRangeException">A rate beyond that.</exception>
    public Waveform Resample(int sampleRate) =>
        sampleRate == SampleRate ? this : new Waveform(AudioFile.Resample(Samples, SampleRate, sampleRate), sampleRate);

    /// <summary>The same sound at another tempo and another pitch, neither of which moves the other.</summary>
    /// <param name="stretch">
    /// Its duration as a multiple of this one, 0.5 to 2: 1.1 is slower. What comes out is never shorter, and longer by
    /// less than a 250th of this one.
    /// </param>
    /// <param name="semitones">How far the pitch moves, −12 to 12, true to 5 cents.</param>
    /// <exception cref="ArgumentOutOfRangeException">A stretch or a shift beyond that.</exception>
    /// <example><code>
    /// var song = AudioFile.Read("../data/demo/corpus/audio/demo-0001.mp3", new AudioSettings(22_050), duration: 2);
    /// // Faster and higher.
    /// song.Alter(stretch: 0.9, semitones: 2).Duration // 1.8026
    /// </code></example>
    public Waveform Alter(double stretch = 1, double semitones = 0)
    {
        if (!(stretch is >= 0.5 and <= 2))
            throw new ArgumentOutOfRangeException(nameof(stretch), stretch, "it lies between 0.5 and 2");
        if (!(semitones is >= -12 and <= 12))
            throw new ArgumentOutOfRangeException(nameof(semitones), semitones, "they lie between -12 and 12");
        return new(Vocoder.Alter(Samples, SampleRate, stretch, semitones), SampleRate);
    }

    /// <summary>In a notebook: a player.</summary>
    public IReadOnlyDictionary<string, object> ToMimeBundle() => new AudioPlayer(this).ToMimeBundle();
}
