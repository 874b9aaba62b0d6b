using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Notebooks;

/// <summary>
/// A notebook in nbformat 4.5. Fields this library doesn't know are kept; files of 4.0 to 4.4 become 4.5 by giving
/// their cells ids.
/// </summary>
public sealed class Notebook
{
    private readonly JsonObject root;

    /// <summary>An empty C# notebook.</summary>
    public Notebook()
        : this(
            new JsonObject
            {
                ["metadata"] = new JsonObject
                {
                    ["kernelspec"] = new JsonObject
                    {
                        ["display_name"] = "C#",
                        ["language"] = "C#",
                        ["name"] = "csharp",
                    },
                    ["language_info"] = LanguageInfo(),
                },
                ["nbformat"] = 4,
                ["nbformat_minor"] = 5,
            },
            [],
            null
        ) { }

    private Notebook(JsonObject root, List<NotebookCell> cells, string? path) =>
        (this.root, Cells, Path) = (root, cells, path);

    /// <summary>Where the notebook was loaded from, as an absolute path; null for one made in memory.</summary>
    public string? Path { get; }

    /// <summary>The notebook's metadata.</summary>
    public JsonObject Metadata => root["metadata"]!.AsObject();

    /// <summary>The cells in reading order.</summary>
    public List<NotebookCell> Cells { get; }

    /// <summary>The text of the first heading in a markdown cell; null where there is none.</summary>
    public string? Title =>
        Cells.Where(c => c.Kind == CellKind.Markdown).Select(c => Heading(c.Source)).FirstOrDefault(h => h is not null);

    /// <summary>Reads a notebook; of .NET Interactive's <c>.dib</c> too.</summary>
    /// <exception cref="NotebookException">
    /// The file can't be read, isn't JSON or isn't a notebook of format 4; the message names the path and the place.
    /// </exception>
    public static Notebook Load(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        string text;
        try
        {
            text = File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new NotebookException($"{path}: can't be read: {e.Message}", e);
        }
        return System.IO.Path.GetExtension(path).Equals(".dib", StringComparison.OrdinalIgnoreCase)
            ? new Notebook(new Notebook().root, DibFile.Cells(text), path)
            : Parse(text, path);
    }

    /// <summary>
    /// Writes the notebook beside <paramref name="path"/> and renames it into place, in the form that Jupyter gives a
    /// file.
    /// </summary>
    /// <exception cref="NotebookException">The file can't be written.</exception>
    public void Save(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        string beside = $"{path}.{Environment.ProcessId}.tmp";
        try
        {
            File.WriteAllText(beside, ToJson());
            File.Move(beside, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (File.Exists(beside))
                File.Delete(beside);
            throw new NotebookException($"{path}: can't be written: {e.Message}", e);
        }
    }

    /// <summary>
    /// The notebook as Jupyter writes it: keys in order, indented by one space, text as lists of lines, a newline at
    /// the end.
    /// </summary>
    public string ToJson()
    {
        var json = (JsonObject)root.DeepClone();
        json["cells"] = new JsonArray([.. Cells.Select(c => SplitLines((JsonObject)c.Json.DeepClone()))]);
        return NormalForm.Write(json);
    }

    /// <summary>An independent copy.</summary>
    public Notebook Copy() =>
        new(
            (JsonObject)root.DeepClone(),
            [.. Cells.Select(c => new NotebookCell((JsonObject)c.Json.DeepClone()))],
            Path
        );

    /// <summary>Nbformat's description of the language, which frontends choose their highlighting by.</summary>
    internal static JsonObject LanguageInfo() =>
        new()
        {
            ["file_extension"] = ".cs",
            ["mimetype"] = "text/x-csharp",
            ["name"] = "C#",
            ["pygments_lexer"] = "csharp",
            ["version"] = "14.0",
        };

    /// <summary>Whether nbformat stores a MIME type as JSON rather than text.</summary>
    internal static bool IsJson(string mimeType) =>
        mimeType == "application/json"
        || (
            mimeType.StartsWith("application/", StringComparison.Ordinal)
            && mimeType.EndsWith("+json", StringComparison.Ordinal)
        );

    /// <summary>The text of the first markdown heading; null where there is none.</summary>
    internal static string? Heading(string markdown)
    {
        bool fenced = false;
        foreach (string line in markdown.Split('\n'))
        {
            if (line.StartsWith("```", StringComparison.Ordinal))
                fenced = !fenced;
            string text = line.TrimStart('#');
            if (!fenced && text.Length < line.Length && text.StartsWith(' '))
                return text.Trim(' ', '#', '\r');
        }
        return null;
    }

    private static Notebook Parse(string text, string path)
    {
        if (string.IsNullOrWhiteSpace(text))
            throw new NotebookException($"{path}: is empty; a notebook is a JSON file in nbformat 4");
        JsonNode? node;
        try
        {
            node = JsonNode.Parse(text, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false });
        }
        catch (JsonException e)
        {
            throw new NotebookException(
                $"{path}, line {e.LineNumber + 1}, column {e.BytePositionInLine + 1}: isn't JSON, or is "
                    + "cut off; a notebook is a JSON file in nbformat 4",
                e
            );
        }
        var reader = new Reader(path);
        JsonObject root = reader.Object(node, "the file");
        int version = reader.Integer(root["nbformat"], "nbformat");
        if (version != 4)
            throw new NotebookException(
                $"{path}: is in nbformat {version}; this reads nbformat 4: open and save it with Jupyter, "
                    + "or convert it with `jupyter nbconvert --to notebook`"
            );
        int minor = reader.Integer(root["nbformat_minor"], "nbformat_minor");
        reader.Object(root["metadata"], "metadata");
        JsonArray cells = reader.Array(root["cells"], "cells");
        root.Remove("cells");
        var ids = new HashSet<string>();
        var list = new List<NotebookCell>(cells.Count);
        for (int i = 0; i < cells.Count; i++)
        {
            JsonObject cell = reader.Cell(cells[i], $"cells[{i}]");
            if ((string?)cell["id"] is not { } id || !ids.Add(id))
            {
                // From position and text, so that the same file gives the same ids.
                byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{i}\n{(string)cell["source"]!}"));
                cell["id"] = Convert.ToHexStringLower(hash, 0, 4) + "-" + i;
                ids.Add((string)cell["id"]!);
            }
            list.Add(new NotebookCell(cell));
        }
        cells.Clear();
        root["nbformat_minor"] = Math.Max(minor, 5);
        return new Notebook(root, list, path);
    }

    private static JsonObject SplitLines(JsonObject cell)
    {
        cell["source"] = Lines((string)cell["source"]!);
        if (cell["attachments"] is JsonObject attachments)
            foreach (JsonObject bundle in attachments.Select(a => a.Value).OfType<JsonObject>())
                SplitBundle(bundle);
        foreach (JsonObject output in (cell["outputs"] as JsonArray ?? []).OfType<JsonObject>())
        {
            if (output["data"] is JsonObject bundle)
                SplitBundle(bundle);
            else if (output["text"] is JsonValue text)
                output["text"] = Lines((string)text!);
        }
        return cell;
    }

    private static void SplitBundle(JsonObject bundle)
    {
        foreach ((string mimeType, JsonNode? value) in bundle.ToArray())
            if (
                value?.GetValueKind() == JsonValueKind.String
                && (
                    mimeType.StartsWith("text/", StringComparison.Ordinal)
                    || mimeType is "application/javascript" or "image/svg+xml"
                )
            )
                bundle[mimeType] = Lines((string)value!);
    }

    // As Python's str.splitlines has them, which nbformat splits by.
    private static bool EndsLine(char c) =>
        c is '\n' or '\r' or '\v' or '\f' or '\x1c' or '\x1d' or '\x1e' or '\x85' or '\u2028' or '\u2029';

    private static JsonArray Lines(string text)
    {
        var lines = new JsonArray();
        int start = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (!EndsLine(text[i]))
                continue;
            if (text[i] == '\r' && i + 1 < text.Length && text[i + 1] == '\n')
                continue;
            lines.Add(text[start..(i + 1)]);
            start = i + 1;
        }
        if (start < text.Length)
            lines.Add(text[start..]);
        return lines;
    }

    /// <summary>Checks what later code relies on, naming the place, and joins lists of lines.</summary>
    private sealed class Reader(string path)
    {
        public JsonObject Object(JsonNode? node, string place) =>
            node as JsonObject ?? throw Wrong(place, "an object", node);

        public JsonArray Array(JsonNode? node, string place) => node as JsonArray ?? throw Wrong(place, "a list", node);

        public int Integer(JsonNode? node, string place) =>
            node is JsonValue value && value.TryGetValue(out int number)
                ? number
                : throw Wrong(place, "a whole number", node);

        public JsonObject Cell(JsonNode? node, string place)
        {
            JsonObject cell = Object(node, place);
            string kind = String(cell["cell_type"], place + ".cell_type");
            if (kind is not ("code" or "markdown" or "raw"))
                throw new NotebookException(
                    $"{path}: {place}.cell_type is \"{kind}\"; known are code, markdown and raw"
                );
            if (cell.ContainsKey("id"))
                String(cell["id"], place + ".id");
            cell["source"] = Text(cell["source"], place + ".source");
            Object(cell["metadata"], place + ".metadata");
            if (cell.TryGetPropertyValue("attachments", out JsonNode? attachments))
                foreach ((string name, JsonNode? bundle) in Object(attachments, place + ".attachments"))
                    Bundle(bundle, $"{place}.attachments[{name}]");
            if (kind != "code")
                return cell;
            cell.TryAdd("execution_count", null);
            if (cell["execution_count"] is { } count)
                Integer(count, place + ".execution_count");
            JsonArray outputs = Array(cell["outputs"], place + ".outputs");
            for (int i = 0; i < outputs.Count; i++)
            {
                string at = $"{place}.outputs[{i}]";
                JsonObject output = Object(outputs[i], at);
                string type = String(output["output_type"], at + ".output_type");
                if (type == "stream")
                {
                    String(output["name"], at + ".name");
                    output["text"] = Text(output["text"], at + ".text");
                }
                else if (type == "error")
                {
                    String(output["ename"], at + ".ename");
                    String(output["evalue"], at + ".evalue");
                    foreach (JsonNode? line in Array(output["traceback"], at + ".traceback"))
                        String(line, at + ".traceback");
                }
                else if (type is "display_data" or "execute_result")
                    Bundle(output["data"], at + ".data");
                else
                    throw new NotebookException(
                        $"{path}: {at}.output_type is \"{type}\"; known are stream, display_data, "
                            + "execute_result and error"
                    );
            }
            return cell;
        }

        private void Bundle(JsonNode? node, string place)
        {
            JsonObject bundle = Object(node, place);
            foreach ((string mimeType, JsonNode? value) in bundle.ToArray())
                if (!IsJson(mimeType))
                    bundle[mimeType] = Text(value, $"{place}[{mimeType}]");
        }

        private string Text(JsonNode? node, string place) =>
            node is JsonArray lines ? string.Concat(lines.Select(line => String(line, place))) : String(node, place);

        private string String(JsonNode? node, string place)
        {
            if (node?.GetValueKind() != JsonValueKind.String)
                throw Wrong(place, "text", node);
            try
            {
                return (string)node!;
            }
            catch (InvalidOperationException e)
            {
                throw new NotebookException($"{path}: {place} holds half a surrogate pair, which is no text", e);
            }
        }

        private NotebookException Wrong(string place, string wanted, JsonNode? found) =>
            new(
                $"{path}: {place} should be {wanted} and is "
                    + $"{(found is null ? "missing" : found.GetValueKind().ToString().ToLowerInvariant())}; a "
                    + "notebook is a JSON file in nbformat 4"
            );
    }
}
