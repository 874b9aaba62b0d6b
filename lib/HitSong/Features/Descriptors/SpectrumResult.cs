namespace HitSong.Features.Descriptors;

/// <summary>What comes of a <see cref="SpectrumMeter"/>.</summary>
/// <param name="Shape">The spectrum's shape.</param>
/// <param name="Timbre">MFCC.</param>
/// <param name="Balance">Harmonic and percussive energy.</param>
/// <param name="Onsets">Onset strength, [frames].</param>
/// <param name="Mfcc">MFCC, frame after frame, [frames × 13].</param>
internal sealed record SpectrumResult(
    SpectrumShape Shape,
    Timbre Timbre,
    Balance Balance,
    float[] Onsets,
    float[] Mfcc
);
