namespace HitSong.Attribution;

/// <summary>
/// What each of a song's inputs makes of a class's probability: <see cref="Typical"/> and all changes sum to the
/// probability of this song.
/// </summary>
/// <param name="Typical">The probability of a song whose every input is the training songs' mean.</param>
/// <param name="Changes">Each input's name and what it adds, or takes where below 0.</param>
public sealed record Contributions(double Typical, IReadOnlyList<(string Name, double Change)> Changes);
