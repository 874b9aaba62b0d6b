namespace HitSong.Features;

/// <summary>What lies beyond the ends of a signal, half a frame of which the first and the last frame see.</summary>
public enum Padding
{
    /// <summary>Silence, as librosa since 0.10.</summary>
    Zero,

    /// <summary>
    /// The signal mirrored about its end sample, as torchaudio. Needs more than half a frame of samples.
    /// </summary>
    Reflect,
}
