namespace Research.Serve.Answers;

/// <summary>
/// What a recording sounds like: each descriptor that says something alone, and the <paramref name="Numbers"/> that a
/// catalogue would have of it, by the catalogue's names.
/// </summary>
internal sealed record SoundAnswer(
    string File,
    string? Key,
    IReadOnlyList<MeasuredDescriptor> Descriptors,
    IReadOnlyDictionary<string, double> Numbers
);
