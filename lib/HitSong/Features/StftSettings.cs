namespace HitSong.Features;

/// <summary>
/// A short-time Fourier transform: frames of <see cref="FftLength"/> samples, centred on every
/// <see cref="HopLength"/>-th sample, under a periodic window.
/// </summary>
public sealed record StftSettings
{
    /// <summary>librosa's <c>stft</c>: n_fft 2048, hop_length 512, <c>center=True, pad_mode="constant"</c>.</summary>
    public static StftSettings Librosa { get; } = new();

    /// <summary>
    /// torchaudio's <c>Spectrogram</c>: n_fft 400, hop_length 200, <c>center=True, pad_mode="reflect"</c>.
    /// </summary>
    public static StftSettings Torchaudio { get; } =
        new()
        {
            FftLength = 400,
            HopLength = 200,
            Padding = Padding.Reflect,
        };

    /// <summary>Samples a frame, librosa's n_fft; any number from 2 up, fastest with small prime factors.</summary>
    public int FftLength { get; init; } = 2048;

    /// <summary>
    /// Samples from one frame to the next; at least 1. Above <see cref="FftLength"/> samples go unseen.
    /// </summary>
    public int HopLength { get; init; } = 512;

    /// <summary>How a frame fades in and out.</summary>
    public Window Window { get; init; } = Window.Hann;

    /// <summary>
    /// Samples of the window, in the middle of the frame, the rest of which is 0 (librosa's win_length); null: as long
    /// as the frame.
    /// </summary>
    public int? WindowLength { get; init; }

    /// <summary>
    /// Frame t has its middle on sample t · hop, and half a frame is padded at either end; false: its first sample, and
    /// nothing is.
    /// </summary>
    public bool Centre { get; init; } = true;

    /// <summary>What lies beyond the ends of the signal, where frames are centred.</summary>
    public Padding Padding { get; init; } = Padding.Zero;

    // Where frames are centred, FftLength / 2 is padded at either end, rounded down: of an odd frame one sample is not.
    internal int Frames(int samples) => 1 + (samples - (Centre ? FftLength % 2 : FftLength)) / HopLength;
}
