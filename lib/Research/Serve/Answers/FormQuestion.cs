using System.Text.Json;

namespace Research.Serve.Answers;

/// <summary>
/// A filled form: the genre, each number by its name, and the class whose contributions are wanted (the last where none
/// is named).
/// </summary>
internal sealed record FormQuestion(string? Genre, Dictionary<string, JsonElement>? Numbers, int? Class);
