namespace HitSong.Audio;

/// <summary>One channel of audio.</summary>
/// <param name="Samples">Amplitudes, [samples], full scale −1…1.</param>
/// <param name="SampleRate">Samples a second, Hz.</param>
public sealed record Waveform(float[] Samples, int SampleRate)
{
    /// <summary>Length in seconds.</summary>
    public double Duration => (double)Samples.Length / SampleRate;

    /// <summary>The same sound at another rate, as <see cref="AudioFile.Read"/> resamples.</summary>
    /// <param name="sampleRate">Wanted samples a second, Hz, from 1,000 to 768,000.</param>
    /// <exception cref="ArgumentOutOfRangeException">A rate beyond that.</exception>
    public Waveform Resample(int sampleRate) =>
        sampleRate == SampleRate ? this : new Waveform(AudioFile.Resample(Samples, SampleRate, sampleRate), sampleRate);

    /// <summary>In a notebook: a player.</summary>
    public IReadOnlyDictionary<string, object> ToMimeBundle() => new AudioPlayer(this).ToMimeBundle();
}
