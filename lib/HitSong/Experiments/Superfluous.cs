namespace HitSong.Experiments;

/// <summary>A folder of the run store that could go.</summary>
/// <param name="Path">The folder.</param>
/// <param name="Reason">Why, as the end of a sentence that the path begins.</param>
/// <param name="Bytes">What it takes on disk.</param>
public sealed record Superfluous(string Path, string Reason, long Bytes);
