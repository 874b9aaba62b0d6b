namespace Research.Serve.Answers;

/// <summary>Where in each clip, 0…1, the model finds what speaks for a class.</summary>
internal sealed record AttentionAnswer(
    string File,
    string Model,
    int Class,
    string Name,
    string Method,
    IReadOnlyList<AttentionClip> Clips
);
