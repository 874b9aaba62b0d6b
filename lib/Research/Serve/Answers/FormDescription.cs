namespace Research.Serve.Answers;

/// <summary>The form of a model that reads a catalogue's numbers.</summary>
internal sealed record FormDescription(
    string Model,
    string Measure,
    string Worth,
    IReadOnlyList<string> Classes,
    IReadOnlyList<string> Genres,
    string Genre,
    IReadOnlyList<FormField> Fields
);
