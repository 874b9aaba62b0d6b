namespace Notebooks;

/// <summary>Text that is to be shown as one MIME type.</summary>
/// <param name="MimeType">The type, such as <c>text/html</c>.</param>
/// <param name="Content">The text; base64 where the type is binary.</param>
public sealed record MimeContent(string MimeType, string Content)
{
    private const string Mermaid = "text/vnd.mermaid",
        NeedsMermaid =
            "Without a network, JupyterLab from 4.1 on and VS Code with an extension for Mermaid draw this diagram; "
            + "others show its text.";

    /// <summary>
    /// The content, and as <c>text/plain</c> the content itself where that reads well, else its type.
    /// </summary>
    public IReadOnlyDictionary<string, object> ToMimeBundle()
    {
        Dictionary<string, object> forms = new()
        {
            [MimeType] = Content,
            ["text/plain"] = MimeType is "text/plain" or "text/markdown" or Mermaid or "application/json"
                ? Content
                : $"[{MimeType}]",
        };
        // A frontend that draws no diagrams by themselves may do so in Markdown, and else shows their text.
        if (MimeType == Mermaid)
            forms["text/markdown"] = $"```mermaid\n{Content}\n```\n\n*{NeedsMermaid}*";
        return forms;
    }

    /// <summary>A cell's part in a language that frontends draw.</summary>
    internal static MimeContent OfLanguage(string language, string content) =>
        new(
            language switch
            {
                "html" => "text/html",
                "javascript" => "application/javascript",
                "markdown" => "text/markdown",
                "mermaid" => Mermaid,
                _ => throw new ArgumentOutOfRangeException(nameof(language), language, "no frontend draws it"),
            },
            content
        );
}
