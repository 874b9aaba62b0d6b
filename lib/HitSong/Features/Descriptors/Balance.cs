namespace HitSong.Features.Descriptors;

/// <summary>
/// What sounds on and what strikes (Fitzgerald 2010): the median of each bin's power over 17 frames (0.4 s) is its
/// harmonic part, the median over 17 bins (183 Hz) its percussive one, and the bin's power is divided between both in
/// their proportion. At 22,050 Hz, by frames of 2,048 samples every 512, the resolution of that paper.
/// </summary>
/// <param name="Harmonic">Share of the energy that is harmonic, 0 to 1; NaN in silence.</param>
/// <param name="Percussive">Share of the energy that is percussive, 0 to 1; NaN in silence.</param>
public sealed record Balance(double Harmonic, double Percussive);
