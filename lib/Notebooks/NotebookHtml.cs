using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Markdig;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Notebooks;

/// <summary>A notebook as one HTML page that needs nothing else: no network, no files beside it.</summary>
public static partial class NotebookHtml
{
    // HTML in markdown shows as text, so that the words of a notebook from elsewhere bring no scripts. Outputs are of
    // code that was run on purpose, and charts are scripts: those stay.
    private static readonly MarkdownPipeline pipeline = new MarkdownPipelineBuilder()
        .UsePipeTables()
        .UseAutoIdentifiers()
        .UseEmphasisExtras()
        .UseTaskLists()
        .UseFootnotes()
        .UseAutoLinks()
        .DisableHtml()
        .Build();

    /// <summary>How it looks, as CSS: for a page that puts <see cref="Body"/> among other things.</summary>
    public static string Style { get; } = ReadStyle();

    /// <summary>
    /// Renders the notebook with its outputs as they are; of each output's forms the richest a page can show (HTML,
    /// image, audio, markdown, text). Markdown cells may not hold raw HTML; outputs may.
    /// </summary>
    /// <param name="notebook">The notebook, executed or not.</param>
    /// <param name="title">The page's title; the notebook's first heading where null.</param>
    public static string Render(Notebook notebook, string? title = null)
    {
        title ??= notebook.Title ?? Path.GetFileNameWithoutExtension(notebook.Path) ?? "Notebook";
        var html = new StringBuilder();
        html.Append(
                "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta "
                    + "name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta "
                    + "name=\"color-scheme\" content=\"light dark\">\n"
            )
            .Append("<title>")
            .Append(Encode(title))
            .Append("</title>\n<style>\n")
            .Append(Style)
            .Append("</style>\n</head>\n<body>\n<main>\n")
            .Append(Body(notebook));
        return html.Append("</main>\n</body>\n</html>\n").ToString();
    }

    /// <summary>The notebook's cells as they stand in the page, without the page.</summary>
    /// <inheritdoc cref="Render"/>
    public static string Body(Notebook notebook)
    {
        notebook = notebook.Copy();
        new SharedScripts().PutInto(notebook);
        var html = new StringBuilder();
        foreach (NotebookCell cell in notebook.Cells)
        {
            switch (cell.Kind)
            {
                case CellKind.Markdown:
                    html.Append("<section class=\"markdown\">\n")
                        .Append(MarkdownToHtml(cell.Source, cell.Json["attachments"] as JsonObject))
                        .Append("</section>\n");
                    break;
                case CellKind.Code:
                    if (cell.Source.Length > 0 || cell.Outputs.Count > 0)
                        AppendCode(html, cell);
                    break;
                default:
                    html.Append("<section class=\"raw\"><pre>")
                        .Append(Encode(cell.Source))
                        .Append("</pre></section>\n");
                    break;
            }
        }
        return html.ToString();
    }

    /// <summary>C# as HTML with a class a kind of token, which <see cref="Style"/> gives its colour.</summary>
    public static string Highlight(string code) => CSharpHighlighter.ToHtml(code);

    private static void AppendCode(StringBuilder html, NotebookCell cell)
    {
        string number = cell.ExecutionCount is { } count ? count.ToString(CultureInfo.InvariantCulture) : " ";
        html.Append("<section class=\"code\">\n");
        if (cell.Source.Length > 0)
        {
            html.Append("<details open><summary>In [")
                .Append(number)
                .Append("]</summary>\n<pre class=\"source\"><code>")
                .Append(CSharpHighlighter.ToHtml(cell.Source))
                .Append("</code></pre></details>\n");
        }
        foreach (JsonObject output in cell.Outputs.OfType<JsonObject>())
        {
            switch ((string?)output["output_type"])
            {
                case "stream":
                    html.Append("<pre class=\"")
                        .Append((string?)output["name"] == "stderr" ? "stderr" : "stdout")
                        .Append("\">")
                        .Append(Encode(Overwrite(Plain((string)output["text"]!))))
                        .Append("</pre>\n");
                    break;
                case "error":
                    string traceback = string.Join('\n', output["traceback"]!.AsArray().Select(line => (string)line!));
                    html.Append("<pre class=\"error\">").Append(Encode(Plain(traceback))).Append("</pre>\n");
                    break;
                default:
                    if (output["data"] is JsonObject data)
                        html.Append("<div class=\"output\">").Append(Richest(data)).Append("</div>\n");
                    break;
            }
        }
        html.Append("</section>\n");
    }

    private static string Richest(JsonObject data)
    {
        if (Get("text/html") is { } html)
            return html;
        if (Get("image/svg+xml") is { } svg)
        {
            string bytes = Convert.ToBase64String(Encoding.UTF8.GetBytes(svg));
            return $"<img alt=\"\" src=\"data:image/svg+xml;base64,{bytes}\">";
        }
        // As frontends run it: with the output's own element.
        if (Get("application/javascript") is { } script)
            return "<div></div><script>{ const element = document.currentScript.previousElementSibling;\n"
                + $"{script.Replace("</script", "<\\/script", StringComparison.OrdinalIgnoreCase)}\n}}</script>";
        foreach ((string mimeType, JsonNode? form) in data)
        {
            if (form?.GetValueKind() != JsonValueKind.String)
                continue;
            string base64 = string.Concat(((string)form!).Where(c => !char.IsWhiteSpace(c)));
            string source = $"src=\"data:{Encode(mimeType)};base64,{Encode(base64)}\"";
            if (mimeType.StartsWith("image/", StringComparison.Ordinal))
                return $"<img alt=\"\" {source}>";
            if (mimeType.StartsWith("audio/", StringComparison.Ordinal))
                return $"<audio controls {source}></audio>";
        }
        if (Get("text/markdown") is { } markdown)
            return $"<div class=\"markdown\">{MarkdownToHtml(markdown, null)}</div>";
        return $"<pre>{Encode(Plain(Get("text/plain") ?? ""))}</pre>";

        string? Get(string mimeType) =>
            data[mimeType]?.GetValueKind() == JsonValueKind.String ? (string)data[mimeType]! : null;
    }

    private static string MarkdownToHtml(string markdown, JsonObject? attachments)
    {
        MarkdownDocument document = Markdown.Parse(markdown, pipeline);
        foreach (LinkInline link in document.Descendants<LinkInline>())
        {
            string url = link.Url ?? "";
            if (
                link.IsImage
                && url.StartsWith("attachment:", StringComparison.Ordinal)
                && attachments?[Uri.UnescapeDataString(url["attachment:".Length..])] is JsonObject bundle
                && bundle.FirstOrDefault() is { Key: { } mimeType, Value: JsonValue content }
            )
                link.Url = $"data:{mimeType};base64,{content}";
            else if (!IsHarmless(url, link.IsImage))
                link.Url = "";
        }
        foreach (AutolinkInline link in document.Descendants<AutolinkInline>())
            if (!link.IsEmail && !IsHarmless(link.Url, image: false))
                link.Url = "";
        FencedCodeBlock[] csharp =
        [
            .. document.Descendants<FencedCodeBlock>().Where(b => b.Info is "csharp" or "cs" or "C#" or "c#"),
        ];
        foreach (FencedCodeBlock block in csharp)
        {
            string code = block.Lines.ToString();
            ContainerBlock parent = block.Parent!;
            parent[parent.IndexOf(block)] = new HighlightedCode(code);
        }
        using var writer = new StringWriter();
        var renderer = new Markdig.Renderers.HtmlRenderer(writer);
        pipeline.Setup(renderer);
        renderer.ObjectRenderers.Insert(0, new HighlightedCodeRenderer());
        renderer.Render(document);
        return writer.ToString();
    }

    private static bool IsHarmless(string url, bool image)
    {
        // Browsers ignore control characters and leading space in a scheme.
        string plain = string.Concat(url.Where(c => c > ' '));
        int colon = plain.IndexOf(':');
        int end = plain.AsSpan().IndexOfAny('/', '?', '#');
        if (colon < 0 || (end >= 0 && end < colon))
            return true;
        return plain[..colon].ToLowerInvariant() is "http" or "https" or "mailto"
            || (image && plain.StartsWith("data:image/", StringComparison.OrdinalIgnoreCase));
    }

    // What a terminal shows of a progress bar that returns to the start of its line.
    private static string Overwrite(string text) =>
        string.Join(
            '\n',
            text.Split('\n').Select(line => line.TrimEnd('\r')).Select(line => line[(line.LastIndexOf('\r') + 1)..])
        );

    private static string Plain(string text) => Ansi().Replace(text, "");

    private static string Encode(string text) => WebUtility.HtmlEncode(text);

    private static string ReadStyle()
    {
        using var reader = new StreamReader(
            typeof(NotebookHtml).Assembly.GetManifestResourceStream("Notebooks.notebook.css")!
        );
        return reader.ReadToEnd();
    }

    [GeneratedRegex(@"\x1b\[[0-9;?]*[ -/]*[@-~]")]
    private static partial Regex Ansi();

    private sealed class HighlightedCode(string code) : LeafBlock(null)
    {
        public string Code { get; } = code;
    }

    private sealed class HighlightedCodeRenderer : HtmlObjectRenderer<HighlightedCode>
    {
        protected override void Write(Markdig.Renderers.HtmlRenderer renderer, HighlightedCode block) =>
            renderer
                .Write("<pre class=\"source\"><code>")
                .Write(CSharpHighlighter.ToHtml(block.Code))
                .WriteLine("</code></pre>");
    }
}
