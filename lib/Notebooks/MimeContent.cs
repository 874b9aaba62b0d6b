namespace Notebooks;

/// <summary>Text that is to be shown as one MIME type.</summary>
/// <param name="MimeType">The type, such as <c>text/html</c>.</param>
/// <param name="Content">The text; base64 where the type is binary.</param>
public sealed record MimeContent(string MimeType, string Content)
{
    /// <summary>The content, and as <c>text/plain</c> the content itself where that reads well, else its type.</summary>
    public IReadOnlyDictionary<string, object> ToMimeBundle() => new Dictionary<string, object>
    {
        [MimeType] = Content,
        ["text/plain"] = MimeType is "text/plain" or "text/markdown" or "application/json" ? Content : $"[{MimeType}]",
    };
}
