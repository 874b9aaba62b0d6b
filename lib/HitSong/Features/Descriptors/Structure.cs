namespace HitSong.Features.Descriptors;

/// <summary>
/// How a recording is divided into sections, by self-similarity (Foote 2000): a boundary is where six seconds are like
/// themselves, the next six like themselves, and the two unlike each other. NaN below 12 s.
/// </summary>
/// <param name="Boundaries">When sections change, s.</param>
/// <param name="SectionsPerMinute">Number of sections (one more than boundaries) a minute.</param>
/// <param name="Intro">
/// Length of the first section, s, from the first sound on: to the first boundary, or, where there is none, to the end.
/// </param>
public sealed record Structure(IReadOnlyList<double> Boundaries, double SectionsPerMinute, double Intro);
