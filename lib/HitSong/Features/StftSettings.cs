namespace HitSong.Features;

/// <summary>What lies beyond the ends of a signal, half a frame of which the first and the last frame see.</summary>
public enum Padding
{
    /// <summary>Silence, as librosa since 0.10.</summary>
    Zero,

    /// <summary>The signal mirrored about its end sample, as torchaudio. Needs more than half a frame of samples.</summary>
    Reflect,
}

/// <summary>
/// A short-time Fourier transform: frames of <see cref="FftLength"/> samples, centred on every
/// <see cref="HopLength"/>-th sample, under a periodic Hann window.
/// </summary>
public sealed record StftSettings
{
    /// <summary>librosa's <c>stft</c>: n_fft 2048, hop_length 512, <c>center=True, pad_mode="constant"</c>.</summary>
    public static StftSettings Librosa { get; } = new();

    /// <summary>torchaudio's <c>Spectrogram</c>: n_fft 400, hop_length 200, <c>center=True, pad_mode="reflect"</c>.</summary>
    public static StftSettings Torchaudio { get; } = new() { FftLength = 400, HopLength = 200, Padding = Padding.Reflect };

    /// <summary>Samples a frame, librosa's n_fft; any number from 2 up, fastest with small prime factors.</summary>
    public int FftLength { get; init; } = 2048;

    /// <summary>Samples from one frame to the next; at least 1. Above <see cref="FftLength"/> samples go unseen.</summary>
    public int HopLength { get; init; } = 512;

    /// <summary>What lies beyond the ends of the signal.</summary>
    public Padding Padding { get; init; } = Padding.Zero;
}
