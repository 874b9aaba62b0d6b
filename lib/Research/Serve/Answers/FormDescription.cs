namespace Research.Serve.Answers;

/// <summary>
/// The form of a model that reads a catalogue's numbers; <paramref name="LeftOut"/> says what the published model was
/// asked beside them.
/// </summary>
internal sealed record FormDescription(
    string Model,
    string Target,
    string Verdict,
    IReadOnlyList<string> Classes,
    IReadOnlyList<string> Genres,
    string Genre,
    IReadOnlyList<FormField> Fields,
    string? LeftOut
);
