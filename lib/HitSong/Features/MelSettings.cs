namespace HitSong.Features;

/// <summary>
/// A mel spectrogram; <see cref="Librosa"/> and <see cref="Torchaudio"/> are the two libraries' defaults, to modify
/// with <c>with</c>.
/// </summary>
/// <example><code>
/// var wide = MelSettings.Librosa with { Bands = 64, MaxFrequency = 8000 };
/// wide.CentreFrequencies()[^1] // 7626.2
/// </code></example>
public sealed record MelSettings
{
    /// <summary>
    /// librosa's <c>melspectrogram</c>: 22,050 Hz, n_fft 2048, hop_length 512, 128 bands, Slaney scale and norm, zero
    /// padding.
    /// </summary>
    public static MelSettings Librosa { get; } = new();

    /// <summary>
    /// torchaudio's <c>MelSpectrogram</c>: 16,000 Hz, n_fft 400, hop_length 200, 128 bands, HTK scale, no norm,
    /// reflection.
    /// </summary>
    public static MelSettings Torchaudio { get; } =
        new()
        {
            SampleRate = 16000,
            FftLength = 400,
            HopLength = 200,
            Scale = MelScale.Htk,
            Norm = MelNorm.None,
            Padding = Padding.Reflect,
        };

    /// <summary>Samples a second of the signal, Hz.</summary>
    public int SampleRate { get; init; } = 22050;

    /// <inheritdoc cref="StftSettings.FftLength"/>
    public int FftLength { get; init; } = 2048;

    /// <inheritdoc cref="StftSettings.HopLength"/>
    public int HopLength { get; init; } = 512;

    /// <summary>Number of mel bands, librosa's n_mels.</summary>
    public int Bands { get; init; } = 128;

    /// <summary>Lower edge of the lowest band, Hz.</summary>
    public double MinFrequency { get; init; }

    /// <summary>Upper edge of the highest band, Hz; null: half the sample rate.</summary>
    public double? MaxFrequency { get; init; }

    /// <summary>How mel relates to Hz.</summary>
    public MelScale Scale { get; init; } = MelScale.Slaney;

    /// <summary>How high the filters are.</summary>
    public MelNorm Norm { get; init; } = MelNorm.Slaney;

    /// <inheritdoc cref="StftSettings.Window"/>
    public Window Window { get; init; } = Window.Hann;

    /// <inheritdoc cref="StftSettings.WindowLength"/>
    public int? WindowLength { get; init; }

    /// <inheritdoc cref="StftSettings.Centre"/>
    public bool Centre { get; init; } = true;

    /// <inheritdoc cref="StftSettings.Padding"/>
    public Padding Padding { get; init; } = Padding.Zero;

    /// <summary>The spectrogram whose bins the bands gather.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public StftSettings Stft =>
        new()
        {
            FftLength = FftLength,
            HopLength = HopLength,
            Window = Window,
            WindowLength = WindowLength,
            Centre = Centre,
            Padding = Padding,
        };

    /// <summary>Where each band's filter is highest, [bands] Hz.</summary>
    /// <exception cref="FeatureException">The settings contradict each other.</exception>
    public double[] CentreFrequencies() => MelFilterbank.Edges(this)[1..^1];
}
