namespace HitSong.Audio;

/// <summary>One channel of audio.</summary>
/// <param name="Samples">Amplitudes, [samples], full scale −1…1.</param>
/// <param name="SampleRate">Samples a second, Hz.</param>
public sealed record Waveform(float[] Samples, int SampleRate)
{
    /// <summary>Length in seconds.</summary>
    public double Duration => (double)Samples.Length / SampleRate;

    /// <summary>In a notebook: a player.</summary>
    public IReadOnlyDictionary<string, object> ToMimeBundle() => new AudioPlayer(this).ToMimeBundle();
}
