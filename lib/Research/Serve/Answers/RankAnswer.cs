namespace Research.Serve.Answers;

/// <summary>
/// The songs' order: each with its place in the question, and the chance that it is of a higher class than the next,
/// two of one class being even; null for the last.
/// </summary>
internal sealed record RankAnswer(string Model, string Verdict, IReadOnlyList<RankPlace> Order);
