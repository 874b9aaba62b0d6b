namespace Research.Serve.Answers;

/// <summary>What an input adds to the probability, or takes where below 0.</summary>
internal sealed record Contribution(string Name, double Change);
