namespace Research.Serve.Answers;

/// <summary>A song's name and its probabilities, [classes].</summary>
internal sealed record RankedSong(string? File, double[]? Probabilities);
