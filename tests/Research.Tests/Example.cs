using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Notebooks;

namespace Research.Tests;

/// <summary>
/// The C# of a doc comment's <c>example</c>, as a cell that a notebook could have after those that import every room.
/// </summary>
/// <remarks>
/// A comment behind a declaration says what value the variable has at the end, one behind the last expression what is
/// shown; numbers to as many decimals as the comment has. Other comments have a line of their own.
/// </remarks>
/// <param name="Member">The id of what it stands at, as the XML file has it: <c>T:HitSong.Corpus.Bins</c>.</param>
/// <param name="Code">Its lines, without the margin that they have in the file.</param>
internal sealed partial record Example(string Member, string Code)
{
    /// <summary>
    /// All of an assembly's XML file, which has those of a type once more at its primary constructor. Code of other
    /// languages names its own, in <c>lang</c>.
    /// </summary>
    public static IReadOnlyList<Example> ReadAll(string file) =>
        [
            .. XDocument
                .Load(file, LoadOptions.PreserveWhitespace)
                .Descendants("example")
                .SelectMany(example => example.Descendants("code"))
                .Where(code => code.Attribute("lang") is null)
                .Select(code => new Example(MemberOf(code), WithoutMargin(code.Value)))
                .Where(example => !example.Member.Contains("#ctor", StringComparison.Ordinal)),
        ];

    private static string MemberOf(XElement code) => (string)code.Ancestors("member").Single().Attribute("name")!;

    private static string WithoutMargin(string text)
    {
        string[] lines = text.ReplaceLineEndings("\n").Trim('\n').TrimEnd().Split('\n');
        int margin = lines.Where(line => line.Trim() != "").Min(line => line.Length - line.TrimStart().Length);
        return string.Join('\n', lines.Select(line => line.Length < margin ? "" : line[margin..]));
    }

    /// <summary>Runs it in a folder.</summary>
    /// <returns>What is wrong with it, with the line; null where nothing is.</returns>
    public async Task<string?> FaultAsync(EngineOptions options)
    {
        SyntaxTree tree = CSharpSyntaxTree.ParseText(Code, new(kind: SourceCodeKind.Script));
        CompilationUnitSyntax root = tree.GetCompilationUnitRoot();
        using Engine engine = new(options);
        (string? result, string? fault) = await RunAsync(engine, Code);
        if (fault is not null)
            return fault;
        foreach (SyntaxTrivia comment in root.DescendantTrivia().Where(IsBehindCode))
        {
            int line = LineOf(comment.Span.Start);
            MemberDeclarationSyntax? member = root.Members.LastOrDefault(m => LineOf(m.Span.End) == line);
            string? shown = result;
            if (member is FieldDeclarationSyntax { Declaration.Variables: [var variable] })
                (shown, fault) = await RunAsync(engine, variable.Identifier.Text);
            else if (member is null || member != root.Members[^1] || !member.GetLastToken(true).IsMissing)
                fault =
                    "a comment here can only be the value of a variable that is declared, or of the last expression";
            string expected = comment.ToString().TrimStart('/').Trim();
            if (fault is null && !Says(expected, shown))
                fault = $"the comment says {expected}, the value is {shown}";
            if (fault is not null)
                return $"line {line + 1}: {fault}";
        }
        return null;

        int LineOf(int position) => tree.GetLineSpan(new(position, 0)).StartLinePosition.Line;

        bool IsBehindCode(SyntaxTrivia trivia) =>
            trivia.IsKind(SyntaxKind.SingleLineCommentTrivia)
            && tree.GetText().Lines[LineOf(trivia.Span.Start)].ToString().TrimStart()[0] != '/';
    }

    private static async Task<(string? Shown, string? Fault)> RunAsync(Engine engine, string code)
    {
        string? shown = null;
        CellResult ran = await engine.ExecuteAsync(
            code,
            output => shown = output is OutputEvent.Result result ? (string?)result.Data["text/plain"] : shown
        );
        return (shown, ran.Error is { } error ? string.Join('\n', error.Traceback) : null);
    }

    // Whether a value's text is what a comment says, whose numbers are rounded.
    private static bool Says(string comment, string? value)
    {
        string[] expected = Parts(comment),
            found = Parts(value ?? "null");
        return expected.Length == found.Length && expected.Zip(found).All(pair => IsSame(pair.First, pair.Second));
    }

    private static string[] Parts(string text) => Number().Split(Space().Replace(text, ""));

    private static bool IsSame(string expected, string found)
    {
        if (!double.TryParse(expected, CultureInfo.InvariantCulture, out double wanted))
            return expected == found;
        int decimals = expected.Length - 1 - expected.LastIndexOf('.');
        double unit = expected.Contains('.') ? Math.Pow(10, -decimals) : 1;
        return double.TryParse(found, CultureInfo.InvariantCulture, out double value)
            && Math.Abs(value - wanted) <= (value == Math.Round(value) && unit == 1 ? 0 : 0.5001 * unit);
    }

    // Kept by the split, as they are in a group.
    [GeneratedRegex(@"(-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)")]
    private static partial Regex Number();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}
