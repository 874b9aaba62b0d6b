using System.Text.RegularExpressions;

namespace Notebooks;

/// <summary>
/// The wish for a value of another language (<c>csharp</c>, <c>python</c>, <c>sql</c>), as .NET Interactive has it:
/// <c>#!share --from python x --as y</c>, <c>#!set --name y --value @python:x</c>.
/// </summary>
/// <param name="From">The language that has it.</param>
/// <param name="To">The language that wants it.</param>
/// <param name="Name">What it is called there.</param>
/// <param name="As">What it is to be called here.</param>
internal sealed partial record Sharing(string From, string To, string Name, string As)
{
    private static readonly string[] languages = ["csharp", "python", "sql"];

    /// <exception cref="NotebookException">It can't be read, or names languages that share nothing.</exception>
    public static Sharing Parse(CellPart part, string cell)
    {
        Match match = (part.Command == "share" ? Share() : Set()).Match(part.Arguments);
        var wish = new Sharing(
            match.Groups["from"].Value,
            part.Language,
            match.Groups["name"].Value,
            match.Groups["as"] is { Success: true } renamed ? renamed.Value : match.Groups["name"].Value
        );
        return match.Success && wish.From != wish.To && languages.Contains(wish.From) && languages.Contains(wish.To)
            ? wish
            : throw new NotebookException(
                $"{cell}: #!{part.Command} {part.Arguments} can't be followed. Take a value from another "
                    + "of the languages in #!csharp, #!python or #!sql: "
                    + "#!share --from python NAME, with --as OTHERNAME for another name, or #!set --name "
                    + "OTHERNAME --value @python:NAME."
            );
    }

    [GeneratedRegex(@"^--from\s+(?<from>\w+)\s+(?<name>\w+)(\s+--as\s+(?<as>\w+))?$")]
    private static partial Regex Share();

    [GeneratedRegex(@"^--name\s+(?<as>\w+)\s+--value\s+@(?<from>\w+):(?<name>\w+)$")]
    private static partial Regex Set();
}
