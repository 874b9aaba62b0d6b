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
    private static readonly (string Name, string Use)[] languages =
    [
        ("csharp", "C#, which a cell without a directive is"),
        ("html", "HTML, shown as it is"),
        ("javascript", "JavaScript, which the page runs"),
        ("markdown", "text in Markdown"),
        ("mermaid", "a diagram, where the frontend knows Mermaid"),
        ("python", "Python 3, whose variables stay from cell to cell"),
        ("sh", "a script of /bin/sh"),
        ("sql", "SQL of DuckDB; --name VARIABLE for the result, --db FILE for a database"),
        ("value", "text under a name: --name NAME; of --from-file, --from-url or --from-value; --mime-type TYPE"),
    ];

    private static readonly (string Name, string Use)[] commands =
    [
        ("about", "what runs here"),
        ("import", "run a file: .cs, .csx, .dib, .ipynb"),
        ("lsmagic", "these directives"),
        ("set", "a value here: --name NAME --value @python:NAME, @input:PROMPT, @password:PROMPT or a literal"),
        ("share", "a value of another language here: NAME --from python, and --as OTHERNAME"),
        ("time", "how long the cell takes"),
        ("who", "the variables' names"),
        ("whos", "the variables, their types and values; kept up to date where a frontend draws widgets"),
    ];

    // What notebooks of .NET Interactive have that this kernel lacks.
    private static readonly (string Name, string Words)[] absent =
    [
        ("fsharp", "no F#"),
        ("f#", "no F#"),
        ("pwsh", "no PowerShell (#!sh runs scripts of /bin/sh)"),
        ("powershell", "no PowerShell (#!sh runs scripts of /bin/sh)"),
        ("kql", "no KQL"),
        ("http", "no HTTP cells (HttpClient sends requests from C#)"),
        ("httprequest", "no HTTP cells (HttpClient sends requests from C#)"),
        ("connect", "no connections to other kernels (#!sql --db FILE opens a DuckDB file)"),
    ];

    /// <summary>All directives, and what each is for.</summary>
    public static IEnumerable<(string Name, string Use)> Directives =>
        languages.Concat(commands).OrderBy(d => d.Name, StringComparer.Ordinal);

    /// <summary>A cell's parts in order.</summary>
    /// <param name="code">The cell.</param>
    /// <param name="name">What it is called where it is wrong.</param>
    /// <param name="language">What it begins in, by any of the language's names.</param>
    /// <exception cref="NotebookException">A directive isn't known.</exception>
    public static IEnumerable<CellPart> Split(string code, string name, string language = "csharp")
    {
        string[] lines = code.ReplaceLineEndings("\n").Split('\n');
        language = LanguageOf(language, name);
        string options = "";
        int start = 0;
        for (int i = 0; i <= lines.Length; i++)
        {
            Match? directive =
                i < lines.Length && Directive().Match(lines[i]) is { Success: true } match ? match : null;
            if (directive is null && i < lines.Length)
                continue;
            string text = string.Join('\n', lines[start..i]);
            // A value may be in the directive's own line.
            if (!string.IsNullOrWhiteSpace(text) || (language == "value" && options != ""))
                yield return new CellPart(language, options, null, "", new string('\n', start) + text);
            if (directive is null)
                yield break;
            start = i + 1;
            string word = directive.Groups["name"].Value,
                arguments = directive.Groups["arguments"].Value.Trim();
            if (commands.Any(c => c.Name == word))
            {
                yield return new CellPart(language, options, word, arguments, "");
                if (language == "value")
                    options = "";
            }
            else
                (language, options) = (LanguageOf(word, $"{name}, line {start}"), arguments);
        }
    }

    /// <summary>Whether a word names a language, or one of .NET Interactive's that this kernel lacks.</summary>
    public static bool IsLanguage(string word) => IsThere(NameOf(word)) || Lack(NameOf(word)) is not null;

    private static string LanguageOf(string word, string place)
    {
        string name = NameOf(word);
        if (IsThere(name))
            return name;
        throw new NotebookException(
            Lack(name) is { } lack
                ? $"{place}: this kernel has {lack}. #!lsmagic shows what it has."
                : $"{place}: #!{word} isn't known here. There are: "
                    + $"{string.Join(", ", Directives.Select(d => "#!" + d.Name))}."
        );
    }

    private static string NameOf(string word) =>
        word.ToLowerInvariant() switch
        {
            "c#" => "csharp",
            "js" => "javascript",
            "bash" => "sh",
            var name => name,
        };

    private static bool IsThere(string name) => languages.Any(l => l.Name == name);

    /// <summary>What is said of a language of .NET Interactive's that this kernel lacks; null for all else.</summary>
    // A connection has a name of its own: kql-logs.
    public static string? Lack(string name) =>
        absent.FirstOrDefault(a => a.Name == name.ToLowerInvariant().Split('-')[0]).Words;

    [GeneratedRegex(@"^#!(?<name>[A-Za-z][\w#-]*)(?<arguments>\s.*)?$")]
    private static partial Regex Directive();
}
