using System.Text.Json.Nodes;

namespace Notebooks;

/// <summary>Some of a value's forms.</summary>
/// <param name="Value">The value.</param>
/// <param name="MimeTypes">The forms that are wanted.</param>
internal sealed record FormsOf(object? Value, IReadOnlyList<string> MimeTypes)
{
    /// <summary>The wanted forms; where the value has none of a type, its text takes that form's place.</summary>
    public IReadOnlyDictionary<string, object> ToMimeBundle()
    {
        JsonObject all = MimeBundle.Of(Value, CellRun.Current?.Options);
        Dictionary<string, object> forms = [];
        foreach (string type in MimeTypes)
            forms[type] = all[type] ?? (Notebook.IsJson(type) ? JsonForm.Of(Value) : (string)all["text/plain"]!);
        forms.TryAdd("text/plain", (string)all["text/plain"]!);
        return forms;
    }
}
