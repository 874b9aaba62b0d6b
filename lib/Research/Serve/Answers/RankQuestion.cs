namespace Research.Serve.Answers;

/// <summary>Songs to put in order, each with the probabilities that <c>/api/predict</c> gave.</summary>
internal sealed record RankQuestion(string? Model, IReadOnlyList<RankedSong>? Songs);
