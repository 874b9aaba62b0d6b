namespace HitSong.Features.Descriptors;

/// <summary>
/// What the spectrum's shape says of the sound: mean and deviation over the frames that sound, of librosa's measures
/// (<see cref="SpectralFeatures"/>, <see cref="FrameFeatures"/>) at 22,050 Hz, by frames of 2,048 samples every 512. A
/// frame sounds where its power is above 1e-10 and less than 60 dB below the loudest frame's; NaN where none does.
/// </summary>
/// <param name="Centroid">The mean frequency, each counted by its magnitude, Hz: how bright it sounds.</param>
/// <param name="Spread">The standard deviation about the centroid, librosa's bandwidth, Hz.</param>
/// <param name="Rolloff">The frequency below which 85% of the magnitude lie, Hz.</param>
/// <param name="Flatness">Geometric over arithmetic mean of the power, 0 (tones) to 1 (noise).</param>
/// <param name="ZeroCrossings">Share of the samples whose sign is not that of the one before, 0 to 1.</param>
/// <param name="Contrast">
/// Peaks over valleys, dB (Jiang et al. 2002), in seven bands: below 200 Hz, five octaves from there, and above
/// 6,400 Hz.
/// </param>
public sealed record SpectrumShape(
    Moments Centroid,
    Moments Spread,
    Moments Rolloff,
    Moments Flatness,
    Moments ZeroCrossings,
    IReadOnlyList<Moments> Contrast
);
