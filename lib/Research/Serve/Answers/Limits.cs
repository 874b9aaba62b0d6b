namespace Research.Serve.Answers;

/// <summary>The largest file, bytes, and how many songs can be ranked.</summary>
internal sealed record Limits(long Bytes, int Songs);
