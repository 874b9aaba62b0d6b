using System.Text.Json;
using System.Text.Json.Nodes;

namespace Notebooks;

/// <summary>
/// Notebooks as .NET Interactive keeps them in text: each cell below a line with its language's directive, all below a
/// <c>#!meta</c> of JSON.
/// </summary>
internal static class DibFile
{
    private const string Meta = "meta";

    /// <summary>The cells of a file's text.</summary>
    public static List<NotebookCell> Cells(string text)
    {
        List<(string Language, List<string> Lines)> parts = [("csharp", [])];
        HashSet<string> others = [];
        foreach (string line in text.ReplaceLineEndings("\n").Split('\n'))
        {
            string? language =
                line.StartsWith("#!", StringComparison.Ordinal) && line[2..].TrimEnd() is var word && IsLanguage(word)
                    ? word
                    : null;
            if (language is null)
            {
                parts[^1].Lines.Add(line);
                continue;
            }
            if (parts[^1].Language == Meta)
                others = [.. Kernels(string.Join('\n', parts[^1].Lines))];
            parts.Add((language, []));
        }
        return
        [
            .. parts
                .Select(part => (part.Language, Code: string.Join('\n', part.Lines).Trim('\n')))
                .Where(part => part.Language != Meta && part.Code.Trim() != "")
                .Select((part, i) => Cell(part.Language, part.Code, $"cell-{i + 1}")),
        ];

        bool IsLanguage(string word) => word == Meta || others.Contains(word) || CellPart.IsLanguage(word);
    }

    // The names that the header gives to languages.
    private static IEnumerable<string> Kernels(string meta)
    {
        try
        {
            return JsonNode.Parse(meta)?["kernelInfo"]?["items"] is JsonArray items
                ? items.Select(item => (string?)item?["name"] ?? "")
                : [];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return [];
        }
    }

    private static NotebookCell Cell(string language, string code, string id)
    {
        if (language == "markdown")
            return new NotebookCell(CellKind.Markdown, code, id);
        var cell = new NotebookCell(CellKind.Code, code, id);
        if (language != "csharp")
            cell.Metadata["polyglot_notebook"] = new JsonObject { ["kernelName"] = language };
        return cell;
    }
}
