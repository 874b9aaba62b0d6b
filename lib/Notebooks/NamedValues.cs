using System.Text.Json;

namespace Notebooks;

/// <summary>What <c>#!value</c> keeps under names for other languages: texts, or JSON of that type.</summary>
internal sealed class NamedValues
{
    private const string Json = "application/json";

    private static readonly HttpClient web = new();

    private readonly Dictionary<string, (string Text, string? MimeType)> values = [];

    /// <summary>Keeps a part's value; what is to be shown of it, null where no type is given.</summary>
    /// <param name="part">The directive and the text below it.</param>
    /// <param name="cell">What the cell is called where it is wrong.</param>
    /// <param name="resolve">The value that an option names, such as <c>@input:"URL"</c>.</param>
    /// <param name="interrupt">Stops a download.</param>
    /// <exception cref="NotebookException">The options can't be read, or their text isn't to be had.</exception>
    public async Task<MimeContent?> KeepAsync(
        CellPart part,
        string cell,
        Func<string, object?> resolve,
        CancellationToken interrupt
    )
    {
        string[] sources = ["--from-file", "--from-url", "--from-value"];
        DirectiveArguments? given = DirectiveArguments.Parse(part.Options, "", ["--name", "--mime-type", .. sources]);
        string? source = sources.SingleOrDefault(s => given?[s] is not null && given[s] != "");
        bool hasText = part.Code.Trim() != "";
        if (given?["--name"] is not { } name || sources.Count(s => given[s] is not null) + (hasText ? 1 : 0) != 1)
            throw new NotebookException(
                $"{cell}: #!value {part.Options} can't be followed. It takes --name NAME, and the text either in the "
                    + "lines below it or of one of --from-file FILE, --from-url URL and --from-value VALUE; "
                    + "--mime-type TYPE shows it too."
            );
        string text = part.Code.Trim('\n');
        if (source is not null)
        {
            string wanted = Text(resolve(given.Written(source)!));
            try
            {
                text = source switch
                {
                    "--from-file" => await File.ReadAllTextAsync(wanted, interrupt),
                    "--from-url" => await web.GetStringAsync(new Uri(wanted), interrupt),
                    _ => wanted,
                };
            }
            catch (Exception e)
                when (e
                        is IOException
                            or UnauthorizedAccessException
                            or HttpRequestException
                            or UriFormatException
                            or NotSupportedException
                )
            {
                throw new NotebookException($"{cell}: #!value {source} {wanted} can't be read: {e.Message}", e);
            }
        }
        string? mimeType = given["--mime-type"];
        values[name] = (text, mimeType);
        return mimeType is null ? null : new MimeContent(mimeType, text);
    }

    /// <summary>The text, or a <see cref="JsonDocument"/> of it.</summary>
    /// <exception cref="NotebookException">Nothing has the name, or it is no JSON.</exception>
    public object Get(string name)
    {
        if (!values.TryGetValue(name, out var value))
            throw new NotebookException($"#!value has no {name}. It has: {string.Join(", ", values.Keys)}.");
        try
        {
            return value.MimeType == Json ? JsonDocument.Parse(value.Text) : value.Text;
        }
        catch (JsonException e)
        {
            throw new NotebookException($"The value {name} is no JSON: {e.Message}", e);
        }
    }

    /// <summary>Keeps a value of another language: a text as it is, all else as JSON.</summary>
    public void Set(string name, object? value) =>
        values[name] = value is string text ? (text, null) : (JsonForm.Of(value), Json);

    private static string Text(object? value) => value as string ?? value?.ToString() ?? "";
}
