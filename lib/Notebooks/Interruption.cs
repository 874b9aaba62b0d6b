using System.ComponentModel;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Notebooks;

/// <summary>
/// Lets an interrupt into the loops of cells: each turn of one begins with a look whether its cell is to end. The
/// runtime's own way to stop a thread is kept for other code: on .NET 10 it now and then misses a tight loop.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static partial class Interruption
{
    private const string Look = "global::Notebooks.Interruption.Check();";

    private static volatile int requested;

    /// <summary>Throws where the cell that the caller belongs to has been interrupted.</summary>
    /// <exception cref="OperationCanceledException">It has.</exception>
    public static void Check()
    {
        if (requested > 0)
            CellRun.Current?.Interrupt.ThrowIfCancellationRequested();
    }

    /// <summary>From here until the result is disposed, cells look whether they are meant.</summary>
    internal static IDisposable Watch(CancellationToken interrupt) => new Watched(interrupt);

    /// <summary>The code with a look in each loop; its lines stay where they are.</summary>
    internal static string Into(string code)
    {
        if (!LoopKeyword().IsMatch(code))
            return code;
        SyntaxTree tree = CSharpSyntaxTree.ParseText(code, new CSharpParseOptions(kind: SourceCodeKind.Script));
        IEnumerable<StatementSyntax> bodies = tree.GetRoot()
            .DescendantNodes()
            .Select(LoopBody)
            .OfType<StatementSyntax>();
        (int At, int Order, string Text)[] insertions = [.. bodies.SelectMany(Insertions)];
        foreach ((int at, _, string text) in insertions.OrderByDescending(i => i.At).ThenByDescending(i => i.Order))
            code = code.Insert(at, text);
        return code;
    }

    private static StatementSyntax? LoopBody(SyntaxNode node) =>
        node switch
        {
            WhileStatementSyntax loop => loop.Statement,
            DoStatementSyntax loop => loop.Statement,
            ForStatementSyntax loop => loop.Statement,
            CommonForEachStatementSyntax loop => loop.Statement,
            _ => null,
        };

    private static (int At, int Order, string Text)[] Insertions(StatementSyntax body, int i) =>
        body is BlockSyntax block
            ? [(block.OpenBraceToken.Span.End, i, Look)]
            : [(body.SpanStart, i, "{" + Look), (body.Span.End, -i, "}")];

    [GeneratedRegex(@"\b(while|do|for|foreach)\b")]
    private static partial Regex LoopKeyword();

    private sealed class Watched : IDisposable
    {
        private readonly CancellationTokenRegistration registration;
        private int counted;

        public Watched(CancellationToken interrupt) =>
            registration = interrupt.Register(() =>
            {
                counted = 1;
                Interlocked.Increment(ref requested);
            });

        public void Dispose()
        {
            registration.Dispose();
            if (counted > 0)
                Interlocked.Decrement(ref requested);
        }
    }
}
