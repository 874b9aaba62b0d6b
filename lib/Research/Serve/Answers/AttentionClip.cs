namespace Research.Serve.Answers;

/// <summary>The map of a clip.</summary>
internal sealed record AttentionClip(double Start, Picture Map);
