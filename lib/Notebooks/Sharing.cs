using System.Text.RegularExpressions;

namespace Notebooks;

/// <summary>
/// The wish for a value, as .NET Interactive has it: <c>#!share x --from python --as y</c>,
/// <c>#!set --name y --value @python:x</c>.
/// </summary>
/// <param name="To">The language that wants it.</param>
/// <param name="As">What it is to be called there.</param>
/// <param name="Source">Where it comes from.</param>
/// <param name="MimeType">The form that is wanted in the place of the value; null for the value.</param>
internal sealed partial record Sharing(string To, string As, string Source, string? MimeType)
{
    private static readonly string[] givers = ["csharp", "python", "sql", "value"];
    private static readonly string[] takers = ["csharp", "javascript", "python", "sql", "value"];

    /// <exception cref="NotebookException">It can't be read, or names languages that share nothing.</exception>
    public static Sharing Parse(CellPart part, string cell)
    {
        bool isShare = part.Command == "share";
        DirectiveArguments? given = isShare
            ? DirectiveArguments.Parse(part.Arguments, "--name", "--name", "--from", "--as", "--mime-type")
            : DirectiveArguments.Parse(part.Arguments, "", "--name", "--value", "--mime-type");
        string? name = given?["--name"],
            source = isShare ? $"@{given?["--from"]}:{name}" : given?.Written("--value"),
            to = given?["--as"] ?? name;
        if (source is not null && Value(source) is var (other, _) && CellPart.Lack(other) is { } lack)
            throw new NotebookException($"{cell}: #!{part.Command} {part.Arguments}: this kernel has {lack}.");
        bool isPossible =
            to is not null
            && Name().IsMatch(to)
            && source is not null
            && takers.Contains(part.Language)
            && (
                Value(source) is var (from, _)
                    ? givers.Contains(from) && from != part.Language
                    : !isShare && (source[0] != '@' || Question(source) is not null)
            );
        return isPossible
            ? new Sharing(part.Language, to!, source!, given!["--mime-type"])
            : throw new NotebookException(
                $"{cell}: #!{part.Command} {part.Arguments} can't be followed. In {Languages(takers)} a value of "
                    + $"{Languages(givers)} is taken by #!share NAME --from python, with --as OTHERNAME for another "
                    + "name, or by #!set --name OTHERNAME --value @python:NAME; by #!set also what the user types "
                    + "(--value @input:\"Prompt\" or @password:\"Prompt\") and a literal."
            );
    }

    /// <summary>The language and the name in <c>@python:x</c>; null for what the user types and for literals.</summary>
    public static (string Language, string Name)? Value(string source) =>
        Reference().Match(source) is { Success: true } match
        && match.Groups["from"].Value is not ("input" or "password")
            ? (match.Groups["from"].Value, match.Groups["name"].Value)
            : null;

    /// <summary>
    /// The prompt in <c>@input:"Prompt"</c>, and whether what is typed stays hidden; null for all else.
    /// </summary>
    public static (string Prompt, bool IsHidden)? Question(string source)
    {
        if (Asked().Match(source) is not { Success: true } match)
            return null;
        string prompt = DirectiveArguments.Unquoted(match.Groups["prompt"].Value);
        if (Prompt().Match(prompt) is { Success: true } written)
            prompt = written.Groups["prompt"].Value;
        return (prompt.TrimEnd() + " ", match.Groups["kind"].Value == "password");
    }

    private static string Languages(IEnumerable<string> names) => string.Join(", ", names.Select(name => "#!" + name));

    [GeneratedRegex(@"^[A-Za-z_]\w*$")]
    private static partial Regex Name();

    [GeneratedRegex(@"^@(?<from>[\w#-]+):(?<name>\w+)$")]
    private static partial Regex Reference();

    [GeneratedRegex("^@(?<kind>input|password)(:(?<prompt>.*))?$")]
    private static partial Regex Asked();

    // As .NET Interactive has it: @input:{"prompt": "Which?", "saveAs": "which"}.
    [GeneratedRegex("""^\{.*"prompt"\s*:\s*"(?<prompt>[^"]*)".*\}$""")]
    private static partial Regex Prompt();
}
