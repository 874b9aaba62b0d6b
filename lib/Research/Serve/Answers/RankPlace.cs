namespace Research.Serve.Answers;

/// <summary>A place in the order.</summary>
internal sealed record RankPlace(int Song, string File, double? BeforeNext, bool TooCloseToCall);
