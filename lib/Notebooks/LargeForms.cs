using System.Text.Json.Nodes;

namespace Notebooks;

/// <summary>Cuts what no page could show without freezing.</summary>
internal static class LargeForms
{
    /// <summary>Characters that are shown of a text.</summary>
    public const int MostText = 100_000;

    // A chart of a million points has some 40 million.
    private const int MostMarkup = 50_000_000;

    /// <summary>The text, or its beginning and how to see all of it.</summary>
    public static string Cut(string text) =>
        text.Length <= MostText
            ? text
            : $"{text.AsSpan(0, MostText)}…\n[the first {MostText:N0} of {text.Length:N0} characters; "
                + "File.WriteAllText(\"all.txt\", …) writes all of a text to a file]";

    /// <summary>Cuts a value's forms, in place: a long text, and what is longer than any page.</summary>
    public static JsonObject Cut(JsonObject forms)
    {
        foreach ((string type, JsonNode? form) in forms.ToArray())
        {
            if (form is not JsonValue value || !value.TryGetValue(out string? text))
                continue;
            if (type is "text/plain" or "text/markdown" && text.Length > MostText)
                forms[type] = Cut(text);
            else if (text.Length > MostMarkup)
            {
                forms.Remove(type);
                forms["text/plain"] =
                    $"[{type} of {text.Length:N0} characters is more than a page can show; File.WriteAllText writes it "
                    + "to a file]";
            }
        }
        // The tree of JSON is as large as its text.
        if (
            forms["application/json"] is not null
            && forms["text/plain"] is JsonValue plain
            && plain.ToString().Length > MostText
        )
            forms.Remove("application/json");
        return forms;
    }
}
