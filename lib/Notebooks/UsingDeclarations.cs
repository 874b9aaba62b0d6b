using System.ComponentModel;
using System.Text;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Notebooks;

/// <summary>
/// <c>using Database database = …;</c> and <c>await using</c> at the top of a cell, which C# scripts lack: the variable
/// is an ordinary one, which later cells find, and what it held is disposed of when a cell declares the name anew,
/// before that cell runs; when its own cell fails; and when the engine is disposed, as at the kernel's shutdown and
/// restart.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class UsingDeclarations
{
    private static readonly CSharpParseOptions program = new(LanguageVersion.Preview);

    /// <summary>Called by a cell that has declared something with <c>using</c>.</summary>
    public static void Keep(string name, IDisposable? value)
    {
        Keep(name, value, Dispose);

        Task Dispose()
        {
            value!.Dispose();
            return Task.CompletedTask;
        }
    }

    /// <summary>Called by a cell that has declared something with <c>await using</c>.</summary>
    public static void KeepAsync(string name, IAsyncDisposable? value)
    {
        Keep(name, value, () => value!.DisposeAsync().AsTask());
    }

    private static void Keep(string name, object? value, Func<Task> dispose)
    {
        if (value is not null)
            CellRun.Current?.Keep(new KeptDisposables.Item(name, value, dispose));
    }

    /// <summary>The code as a script has it; its lines, and the columns of what was written, stay.</summary>
    /// <param name="code">A cell's C#.</param>
    /// <param name="names">The variables that are declared so.</param>
    internal static string Into(string code, out IReadOnlyList<string> names)
    {
        var result = new StringBuilder(code);
        var found = new List<string>();
        foreach (LocalDeclarationStatementSyntax declaration in Of(code).Reverse())
        {
            string keep = declaration.AwaitKeyword == default ? nameof(Keep) : nameof(KeepAsync);
            foreach (VariableDeclaratorSyntax variable in declaration.Declaration.Variables.Reverse())
            {
                string name = variable.Identifier.Text;
                found.Add(name);
                result.Insert(
                    declaration.Span.End,
                    $"global::{typeof(UsingDeclarations).FullName}.{keep}(\"{name.TrimStart('@')}\", {name});"
                );
            }
            Blank(result, declaration);
        }
        names = found;
        return result.ToString();
    }

    /// <summary>The code as a script has it, each character in its place.</summary>
    internal static string Blanked(string code)
    {
        var result = new StringBuilder(code);
        foreach (LocalDeclarationStatementSyntax declaration in Of(code))
            Blank(result, declaration);
        return result.ToString();
    }

    private static IEnumerable<LocalDeclarationStatementSyntax> Of(string code) =>
        code.Contains("using ", StringComparison.Ordinal)
            ? CSharpSyntaxTree
                .ParseText(code, program)
                .GetCompilationUnitRoot()
                .Members.OfType<GlobalStatementSyntax>()
                .Select(member => member.Statement)
                .OfType<LocalDeclarationStatementSyntax>()
                .Where(declaration => declaration.UsingKeyword != default)
            : [];

    private static void Blank(StringBuilder code, LocalDeclarationStatementSyntax declaration)
    {
        for (int i = declaration.SpanStart; i < declaration.UsingKeyword.Span.End; i++)
            if (code[i] is not ('\r' or '\n'))
                code[i] = ' ';
    }
}
