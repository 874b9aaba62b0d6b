namespace HitSong.Features;

/// <summary>
/// Mel-frequency cepstral coefficients; <see cref="Librosa"/> and <see cref="Torchaudio"/> are the two libraries'
/// defaults.
/// </summary>
public sealed record MfccSettings
{
    /// <summary>librosa's <c>feature.mfcc</c>: 20 coefficients of <see cref="MelSettings.Librosa"/>.</summary>
    public static MfccSettings Librosa { get; } = new();

    /// <summary>torchaudio's <c>MFCC</c>: 40 coefficients of <see cref="MelSettings.Torchaudio"/>.</summary>
    public static MfccSettings Torchaudio { get; } = new() { Coefficients = 40, Mel = MelSettings.Torchaudio };

    /// <summary>Number of coefficients, librosa's n_mfcc; at most the number of mel bands.</summary>
    public int Coefficients { get; init; } = 20;

    /// <summary>
    /// Makes coefficient k (from 0) 1 + L/2 · sin(π (k + 1) / L) times as large (the HTK book; librosa's
    /// <c>lifter</c>), so that the higher ones weigh as much as the lower; 0: leaves them as they are.
    /// </summary>
    public int Lifter { get; init; }

    /// <summary>The mel spectrogram they are taken of.</summary>
    public MelSettings Mel { get; init; } = MelSettings.Librosa;
}
