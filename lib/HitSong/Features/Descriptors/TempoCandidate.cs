namespace HitSong.Features.Descriptors;

/// <summary>A tempo that a recording may have.</summary>
/// <param name="BeatsPerMinute">Beats a minute.</param>
/// <param name="Likelihood">Its score as a share of the best tempo's, 0 to 1.</param>
public sealed record TempoCandidate(double BeatsPerMinute, double Likelihood);
