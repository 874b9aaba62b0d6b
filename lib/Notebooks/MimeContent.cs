namespace Notebooks;

/// <summary>Text that is to be shown as one MIME type.</summary>
/// <param name="MimeType">The type, such as <c>text/html</c>.</param>
/// <param name="Content">The text; base64 where the type is binary.</param>
public sealed record MimeContent(string MimeType, string Content)
{
    /// <summary>
    /// The content, and as <c>text/plain</c> the content itself where that reads well, else its type.
    /// </summary>
    public IReadOnlyDictionary<string, object> ToMimeBundle() =>
        new Dictionary<string, object>
        {
            [MimeType] = Content,
            ["text/plain"] = MimeType is "text/plain" or "text/markdown" or "text/vnd.mermaid" or "application/json"
                ? Content
                : $"[{MimeType}]",
        };

    /// <summary>A cell's part in a language that frontends draw.</summary>
    internal static MimeContent OfLanguage(string language, string content) =>
        new(
            language switch
            {
                "html" => "text/html",
                "javascript" => "application/javascript",
                "markdown" => "text/markdown",
                "mermaid" => "text/vnd.mermaid",
                _ => throw new ArgumentOutOfRangeException(nameof(language), language, "no frontend draws it"),
            },
            content
        );
}
