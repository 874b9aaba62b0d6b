using System.Text.Json.Nodes;

namespace Notebooks;

/// <summary>A cell: a view of its JSON object, so that fields this library doesn't know are kept.</summary>
public sealed class NotebookCell
{
    /// <summary>A new cell with the given source and, by nbformat's rule, an id of its own.</summary>
    public NotebookCell(CellKind kind, string source, string id)
    {
        Json = new JsonObject
        {
            ["cell_type"] = kind.ToString().ToLowerInvariant(),
            ["id"] = id,
            ["metadata"] = new JsonObject(),
            ["source"] = source,
        };
        if (kind != CellKind.Code)
            return;
        Json["execution_count"] = null;
        Json["outputs"] = new JsonArray();
    }

    internal NotebookCell(JsonObject json) => Json = json;

    /// <summary>The cell as nbformat has it, with multi-line text in one piece.</summary>
    public JsonObject Json { get; }

    /// <summary>What the cell holds.</summary>
    public CellKind Kind => Enum.Parse<CellKind>((string)Json["cell_type"]!, ignoreCase: true);

    /// <summary>The cell's identifier; one a cell.</summary>
    public string Id => (string)Json["id"]!;

    /// <summary>The cell's metadata, tags among them.</summary>
    public JsonObject Metadata => Json["metadata"]!.AsObject();

    /// <summary>What the cell is in up to its first directive: C#, unless its metadata say otherwise.</summary>
    public string Language => LanguageIn(Metadata) ?? "csharp";

    /// <summary>The cell's text.</summary>
    public string Source
    {
        get => (string)Json["source"]!;
        set => Json["source"] = value;
    }

    /// <summary>The number in <c>In [3]</c>; null before the cell has run.</summary>
    public int? ExecutionCount
    {
        get => (int?)Json["execution_count"];
        set => Json["execution_count"] = value;
    }

    /// <summary>The outputs of a code cell as nbformat has them; empty for any other cell.</summary>
    public JsonArray Outputs => Json["outputs"]?.AsArray() ?? [];

    /// <summary>The language that a cell's metadata name as .NET Interactive does; null where they name none.</summary>
    internal static string? LanguageIn(JsonObject metadata) =>
        Named(metadata, "polyglot_notebook", "kernelName") ?? Named(metadata, "dotnet_interactive", "language");

    /// <summary>Whether the cell carries <paramref name="tag"/> in its metadata.</summary>
    public bool HasTag(string tag) =>
        Metadata["tags"] is JsonArray tags
        && tags.Any(t => t is JsonValue value && value.TryGetValue(out string? text) && text == tag);

    private static string? Named(JsonObject metadata, string group, string name) =>
        metadata[group] is JsonObject named && named[name] is JsonValue value && value.TryGetValue(out string? text)
            ? text
            : null;

    /// <summary>Adds a value to the outputs, as <c>display(value)</c> would.</summary>
    /// <param name="value">The value.</param>
    /// <param name="options">What the host says of its own types.</param>
    public void Show(object? value, EngineOptions? options = null) =>
        Outputs.Add(
            new JsonObject
            {
                ["output_type"] = "display_data",
                ["data"] = MimeBundle.Of(value, options),
                ["metadata"] = new JsonObject(),
            }
        );
}
