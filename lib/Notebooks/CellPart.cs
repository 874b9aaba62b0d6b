using System.Text.RegularExpressions;

namespace Notebooks;

/// <summary>A stretch of a cell in one language, or one command of it.</summary>
/// <param name="Language">
/// The language of the stretch, or the one that the command stands in: <c>csharp</c>, <c>python</c>, …
/// </param>
/// <param name="Options">What follows the language's directive on its line.</param>
/// <param name="Command">The command; null for code.</param>
/// <param name="Arguments">What follows the command on its line.</param>
/// <param name="Code">
/// The code, below as many empty lines as the cell has above it, so that its lines keep their numbers.
/// </param>
internal sealed partial record CellPart(string Language, string Options, string? Command, string Arguments, string Code)
{
    private static readonly string[] languages =
    [
        "csharp",
        "html",
        "javascript",
        "markdown",
        "mermaid",
        "python",
        "sh",
        "sql",
    ];
    private static readonly string[] commands = ["about", "import", "set", "share", "time", "who", "whos"];

    /// <summary>The names of all directives.</summary>
    public static IEnumerable<string> Names => languages.Concat(commands).Order(StringComparer.Ordinal);

    /// <summary>A cell's parts in order.</summary>
    /// <exception cref="NotebookException">A directive isn't known.</exception>
    public static IEnumerable<CellPart> Split(string code, string name)
    {
        string[] lines = code.ReplaceLineEndings("\n").Split('\n');
        string language = "csharp",
            options = "";
        int start = 0;
        for (int i = 0; i <= lines.Length; i++)
        {
            Match? directive =
                i < lines.Length && Directive().Match(lines[i]) is { Success: true } match ? match : null;
            if (directive is null && i < lines.Length)
                continue;
            string text = string.Join('\n', lines[start..i]);
            if (!string.IsNullOrWhiteSpace(text))
                yield return new CellPart(language, options, null, "", new string('\n', start) + text);
            if (directive is null)
                yield break;
            start = i + 1;
            string word = directive.Groups["name"].Value;
            if (commands.Contains(word))
                yield return new CellPart(language, options, word, directive.Groups["arguments"].Value.Trim(), "");
            else
                (language, options) = (Language(word), directive.Groups["arguments"].Value.Trim());
        }

        string Language(string word) =>
            word switch
            {
                "c#" => "csharp",
                "js" => "javascript",
                "bash" => "sh",
                _ when languages.Contains(word) => word,
                _ => throw new NotebookException(
                    $"{name}, line {start}: #!{word} isn't known here. There are: "
                        + $"{string.Join(", ", Names.Select(n => "#!" + n))}."
                ),
            };
    }

    [GeneratedRegex(@"^#!(?<name>[a-z][a-z#]*)(?<arguments>\s.*)?$")]
    private static partial Regex Directive();
}
