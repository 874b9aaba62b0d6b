using System.Diagnostics;
using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;

namespace Notebooks;

/// <summary>Tells a failed cell's author where: by the lines of the cells, without the engine's own frames.</summary>
internal sealed partial class Traceback
{
    private const int MostErrors = 10,
        // Of a recursion's frames.
        InnermostShown = 40,
        OutermostShown = 10;

    private readonly Dictionary<string, string[]> cells = [];

    /// <summary>Remembers a cell's source by the name that its frames go by.</summary>
    public void Add(string name, string code) => cells[name] = code.ReplaceLineEndings("\n").Split('\n');

    /// <summary>The compiler's errors, each with its line and a caret.</summary>
    public OutputEvent.Error OfCompilation(IEnumerable<Diagnostic> diagnostics)
    {
        Diagnostic[] errors =
        [
            .. diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error).OrderBy(d => d.Location.SourceSpan.Start),
        ];
        var lines = new List<string>();
        foreach (Diagnostic error in errors.Take(MostErrors))
        {
            FileLinePositionSpan place = error.Location.GetLineSpan();
            lines.Add($"{place.Path}, line {place.StartLinePosition.Line + 1}: error {error.Id}: {error.GetMessage()}");
            if (SourceLine(place.Path, place.StartLinePosition.Line + 1) is not { } source)
                continue;
            string text = source.TrimStart();
            lines.Add("    " + text);
            lines.Add(
                "    "
                    + new string(' ', Math.Max(0, place.StartLinePosition.Character - (source.Length - text.Length)))
                    + "^"
            );
        }
        if (errors.Length > MostErrors)
            lines.Add($"… and {errors.Length - MostErrors} more errors");
        return new OutputEvent.Error("CompilationError", lines[0], lines);
    }

    /// <summary>An exception and those that caused it, innermost frame first as .NET has it.</summary>
    public OutputEvent.Error OfException(Exception exception)
    {
        var lines = new List<string>();
        for (Exception? e = exception; e is not null; e = e.InnerException)
        {
            lines.Add($"{(e == exception ? "" : "caused by ")}{e.GetType().Name}: {Message(e)}");
            List<string[]> calls =
            [
                .. new StackTrace(e, fNeedFileInfo: true).GetFrames().Select(Call).OfType<string[]>(),
            ];
            int hidden = Math.Max(0, calls.Count - InnermostShown - OutermostShown);
            lines.AddRange(calls.Take(calls.Count - hidden - OutermostShown).SelectMany(call => call));
            if (hidden > 0)
                lines.Add($"  … {hidden:N0} calls more …");
            lines.AddRange(calls.TakeLast(OutermostShown).SelectMany(call => call));
        }
        return new OutputEvent.Error(exception.GetType().Name, Message(exception), lines);
    }

    // Where a frame is, and the line of a cell that stands there; null of a frame of the engine's own.
    private string[]? Call(StackFrame frame)
    {
        if (frame.GetMethod() is not { } method)
            return null;
        // The compiler makes a path of a cell's name.
        string? file = Path.GetFileName(frame.GetFileName());
        if (file is null || !cells.ContainsKey(file))
            return IsEngineOrFramework(method)
                ? null
                : [$"  {Name(method)}{(file is null ? "" : $", {file}, line {frame.GetFileLineNumber()}")}"];
        string name = Name(method),
            place = $"  {file}, line {frame.GetFileLineNumber()}{(name.Length > 0 ? ", in " + name : "")}";
        return SourceLine(file, frame.GetFileLineNumber()) is { } source ? [place, "      " + source.Trim()] : [place];
    }

    private string? SourceLine(string path, int line) =>
        cells.TryGetValue(path, out string[]? source) && line >= 1 && line <= source.Length ? source[line - 1] : null;

    // An exception of the cell's own making can throw from its own Message.
    private static string Message(Exception e)
    {
        try
        {
            return LargeForms.Cut(e.Message);
        }
        catch (Exception inner)
        {
            return $"(its message could not be read: {inner.GetType().Name})";
        }
    }

    private static bool IsEngineOrFramework(MethodBase method) =>
        method.DeclaringType?.Assembly == typeof(Engine).Assembly
        || (method.DeclaringType?.Namespace ?? "") is var space
            && (
                space == "System"
                || space.StartsWith("System.", StringComparison.Ordinal)
                || space.StartsWith("Microsoft.CodeAnalysis", StringComparison.Ordinal)
            );

    // "Half" for a method, "lambda" for a lambda, "" for the cell's own statements: what the author wrote, not what the
    // compiler made of it.
    private static string Name(MethodBase method)
    {
        string name = method.Name;
        Type? type = method.DeclaringType;
        if (name == "MoveNext" && type?.Name.StartsWith('<') == true)
            name = type.Name;
        while (type?.Name.StartsWith('<') == true)
            type = type.DeclaringType;
        if (MadeName().Match(name) is { Success: true } made)
        {
            name = made.Groups["kind"].Value switch
            {
                "b" => "lambda",
                "g" => made.Groups["local"].Value,
                _ => made.Groups["outer"].Value,
            };
            if (name.StartsWith('<'))
                return "";
        }
        if (type is null || type.Name.StartsWith("Submission#", StringComparison.Ordinal))
            return name.StartsWith('<') ? "" : name;
        string owner = type.Name.Split('`')[0];
        return name is ".ctor" or ".cctor" ? "new " + owner : $"{owner}.{name}";
    }

    [GeneratedRegex(@"^<(?<outer>.+)>(?<kind>[a-z])__(?<local>\w*)")]
    private static partial Regex MadeName();
}
