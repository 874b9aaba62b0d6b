using System.Linq.Expressions;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Notebooks;

/// <summary>
/// Where a cell's code looks for an interrupt: at each turn of a loop, after a label and an <c>await</c>, and wherever
/// it is entered, as a library does that calls a lambda for each item. So an interrupt is an exception like any other.
/// Where it is entered it looks for room on the stack, too.
/// </summary>
/// <remarks>
/// The runtime's own way to stop a thread, <c>ControlledExecution</c>, is not used: on Linux it ends the process when
/// it finds the thread in code that calls other code. There it puts itself in the place of a return address, and
/// throws from where nothing catches.
/// </remarks>
internal sealed class InterruptionPoints : CSharpSyntaxWalker
{
    private const string Check = "global::Notebooks.Interruption.Check();",
        EntryCheck = "global::Notebooks.Interruption.Enter();",
        CheckLate = "global::Notebooks.Interruption.CheckLate();",
        Checked = "global::Notebooks.Interruption.Checked(";

    private readonly List<Edit> edits = [];
    private readonly Func<SemanticModel> meaning;
    private SemanticModel? model;

    private InterruptionPoints(Func<SemanticModel> meaning) => this.meaning = meaning;

    /// <summary>The code with all places; its lines stay where they are.</summary>
    /// <param name="tree">The code as a script.</param>
    /// <param name="meaning">
    /// Of the same tree; asked for only where the code has a lambda or a query that may become an expression tree,
    /// which is left as it is.
    /// </param>
    public static string Into(SyntaxTree tree, Func<SemanticModel> meaning)
    {
        var points = new InterruptionPoints(meaning);
        points.Visit(tree.GetRoot());
        return points.Apply(tree.ToString());
    }

    public override void VisitWhileStatement(WhileStatementSyntax node)
    {
        EnterLoop(node.Statement);
        base.VisitWhileStatement(node);
    }

    public override void VisitDoStatement(DoStatementSyntax node)
    {
        EnterLoop(node.Statement);
        base.VisitDoStatement(node);
    }

    public override void VisitForStatement(ForStatementSyntax node)
    {
        EnterLoop(node.Statement);
        base.VisitForStatement(node);
    }

    public override void VisitForEachStatement(ForEachStatementSyntax node)
    {
        EnterLoop(node.Statement);
        base.VisitForEachStatement(node);
    }

    public override void VisitForEachVariableStatement(ForEachVariableStatementSyntax node)
    {
        EnterLoop(node.Statement);
        base.VisitForEachVariableStatement(node);
    }

    public override void VisitLabeledStatement(LabeledStatementSyntax node)
    {
        Insert(node.ColonToken.Span.End, Check);
        base.VisitLabeledStatement(node);
    }

    public override void VisitSwitchStatement(SwitchStatementSyntax node)
    {
        if (node.DescendantNodes().Any(n => n is GotoStatementSyntax))
            foreach (SwitchSectionSyntax section in node.Sections)
                Insert(section.Labels[^1].Span.End, Check);
        base.VisitSwitchStatement(node);
    }

    public override void VisitFieldDeclaration(FieldDeclarationSyntax node)
    {
        // A script's own variables are fields to the parser.
        if (node.Parent is CompilationUnitSyntax)
            CheckAfterAwait(node, node.SemicolonToken);
        base.VisitFieldDeclaration(node);
    }

    public override void VisitExpressionStatement(ExpressionStatementSyntax node)
    {
        if (node.Parent is BlockSyntax or GlobalStatementSyntax)
            CheckAfterAwait(node, node.SemicolonToken);
        base.VisitExpressionStatement(node);
    }

    public override void VisitLocalDeclarationStatement(LocalDeclarationStatementSyntax node)
    {
        if (node.Parent is BlockSyntax)
            CheckAfterAwait(node, node.SemicolonToken);
        base.VisitLocalDeclarationStatement(node);
    }

    public override void VisitMethodDeclaration(MethodDeclarationSyntax node)
    {
        // What cleans up after an interrupt is let through.
        if (node.Identifier.Text is not ("Dispose" or "DisposeAsync"))
            Enter(node.Body, node.ExpressionBody, node.SemicolonToken, ReturnsNothing(node.ReturnType, node.Modifiers));
        base.VisitMethodDeclaration(node);
    }

    public override void VisitLocalFunctionStatement(LocalFunctionStatementSyntax node)
    {
        Enter(node.Body, node.ExpressionBody, node.SemicolonToken, ReturnsNothing(node.ReturnType, node.Modifiers));
        base.VisitLocalFunctionStatement(node);
    }

    public override void VisitOperatorDeclaration(OperatorDeclarationSyntax node)
    {
        Enter(node.Body, node.ExpressionBody, node.SemicolonToken, ReturnsNothing(node.ReturnType, node.Modifiers));
        base.VisitOperatorDeclaration(node);
    }

    public override void VisitConversionOperatorDeclaration(ConversionOperatorDeclarationSyntax node)
    {
        Enter(node.Body, node.ExpressionBody, node.SemicolonToken, returnsNothing: false);
        base.VisitConversionOperatorDeclaration(node);
    }

    public override void VisitPropertyDeclaration(PropertyDeclarationSyntax node)
    {
        if (node.Initializer is null)
            EnterGetter(node.ExpressionBody, node.SemicolonToken);
        base.VisitPropertyDeclaration(node);
    }

    public override void VisitIndexerDeclaration(IndexerDeclarationSyntax node)
    {
        EnterGetter(node.ExpressionBody, node.SemicolonToken);
        base.VisitIndexerDeclaration(node);
    }

    public override void VisitAccessorDeclaration(AccessorDeclarationSyntax node)
    {
        Enter(
            node.Body,
            node.ExpressionBody,
            node.SemicolonToken,
            returnsNothing: !node.IsKind(SyntaxKind.GetAccessorDeclaration)
        );
        base.VisitAccessorDeclaration(node);
    }

    public override void VisitAnonymousMethodExpression(AnonymousMethodExpressionSyntax node)
    {
        Enter(node.Block);
        base.VisitAnonymousMethodExpression(node);
    }

    public override void VisitSimpleLambdaExpression(SimpleLambdaExpressionSyntax node)
    {
        if (Enter(node))
            base.VisitSimpleLambdaExpression(node);
    }

    public override void VisitParenthesizedLambdaExpression(ParenthesizedLambdaExpressionSyntax node)
    {
        if (Enter(node))
            base.VisitParenthesizedLambdaExpression(node);
    }

    public override void VisitQueryExpression(QueryExpressionSyntax node)
    {
        if (node.DescendantNodes().Any(IsOfAnotherProvider))
            Visit(node.FromClause.Expression);
        else
            base.VisitQueryExpression(node);
    }

    public override void VisitWhereClause(WhereClauseSyntax node)
    {
        if (IsOfLinq(Meaning.GetQueryClauseInfo(node).OperationInfo.Symbol))
            Around(node.Condition);
        base.VisitWhereClause(node);
    }

    public override void VisitSelectClause(SelectClauseSyntax node)
    {
        if (IsOfLinq(Meaning.GetSymbolInfo(node).Symbol))
            Around(node.Expression);
        base.VisitSelectClause(node);
    }

    public override void VisitGroupClause(GroupClauseSyntax node)
    {
        if (IsOfLinq(Meaning.GetSymbolInfo(node).Symbol))
            Around(node.ByExpression);
        base.VisitGroupClause(node);
    }

    private SemanticModel Meaning => model ??= meaning();

    private bool IsOfAnotherProvider(SyntaxNode node)
    {
        ISymbol? operation = node switch
        {
            SelectOrGroupClauseSyntax last => Meaning.GetSymbolInfo(last).Symbol,
            QueryClauseSyntax clause => Meaning.GetQueryClauseInfo(clause).OperationInfo.Symbol,
            OrderingSyntax ordering => Meaning.GetSymbolInfo(ordering).Symbol,
            _ => null,
        };
        return operation is not null && !IsOfLinq(operation);
    }

    // Other providers, such as those of IQueryable, take expression trees.
    private static bool IsOfLinq(ISymbol? operation) =>
        operation?.ContainingType is { } type
        && (type.Name is "Enumerable" or "ParallelEnumerable")
        && type.ContainingNamespace.ToString() == "System.Linq";

    // False where the lambda becomes an expression tree, in which no statement may stand.
    private bool Enter(LambdaExpressionSyntax lambda)
    {
        if (lambda.Block is { } block)
            Enter(block);
        else if (lambda.ExpressionBody is { } body and not ThrowExpressionSyntax)
        {
            ITypeSymbol? target = Meaning.GetTypeInfo(lambda).ConvertedType;
            if (target is null or IErrorTypeSymbol || IsExpressionTree(target))
                return false;
            if (Meaning.GetSymbolInfo(lambda).Symbol is not IMethodSymbol method)
                return false;
            bool returnsNothing =
                method.ReturnsVoid || (method.IsAsync && method.ReturnType is INamedTypeSymbol { Arity: 0 });
            Insert(body.SpanStart, returnsNothing ? $"{{{EntryCheck}" : $"{{{EntryCheck}return ");
            InsertAfter(body.Span.End, ";}");
        }
        return true;
    }

    private static bool IsExpressionTree(ITypeSymbol type) =>
        type.ContainingNamespace?.ToString() == typeof(Expression).Namespace
        && type.Name is nameof(Expression) or nameof(LambdaExpression);

    private void Enter(BlockSyntax? block)
    {
        if (block is not null)
            Insert(block.OpenBraceToken.Span.End, EntryCheck);
    }

    private void EnterLoop(StatementSyntax body)
    {
        if (body is BlockSyntax block)
        {
            Insert(block.OpenBraceToken.Span.End, Check);
            return;
        }
        Insert(body.SpanStart, "{" + Check);
        InsertAfter(body.Span.End, "}");
    }

    private void Enter(
        BlockSyntax? block,
        ArrowExpressionClauseSyntax? arrow,
        SyntaxToken semicolon,
        bool returnsNothing
    )
    {
        Enter(block);
        if (arrow is { Expression: not ThrowExpressionSyntax })
        {
            Replace(arrow.ArrowToken, returnsNothing ? $"{{{EntryCheck}" : $"{{{EntryCheck}return ");
            InsertAfter(semicolon.Span.End, "}");
        }
    }

    private void EnterGetter(ArrowExpressionClauseSyntax? arrow, SyntaxToken semicolon)
    {
        if (arrow is { Expression: not ThrowExpressionSyntax })
        {
            Replace(arrow.ArrowToken, $"{{get{{{EntryCheck}return ");
            InsertAfter(semicolon.Span.End, "}}");
        }
    }

    // What an interrupted cell waited for may end later; the rest of the cell is not to run then.
    private void CheckAfterAwait(SyntaxNode statement, SyntaxToken semicolon)
    {
        bool awaits = statement
            .DescendantNodes(node => node is not AnonymousFunctionExpressionSyntax)
            .Any(node => node is AwaitExpressionSyntax);
        if (awaits && !semicolon.IsMissing)
            InsertAfter(semicolon.Span.End, CheckLate);
    }

    private static bool ReturnsNothing(TypeSyntax type, SyntaxTokenList modifiers)
    {
        TypeSyntax name = type is QualifiedNameSyntax qualified ? qualified.Right : type;
        bool isTask = modifiers.Any(SyntaxKind.AsyncKeyword) && name is not GenericNameSyntax;
        return isTask || type is PredefinedTypeSyntax { Keyword.RawKind: (int)SyntaxKind.VoidKeyword };
    }

    private void Around(ExpressionSyntax expression)
    {
        Insert(expression.SpanStart, Checked);
        InsertAfter(expression.Span.End, ")");
    }

    private void Insert(int at, string text) => edits.Add(new Edit(at, 1, edits.Count, text, 0));

    private void InsertAfter(int end, string text) => edits.Add(new Edit(end, 0, -edits.Count, text, 0));

    private void Replace(SyntaxToken token, string text) =>
        edits.Add(new Edit(token.SpanStart, 1, edits.Count, text, token.Span.Length));

    private string Apply(string code)
    {
        if (edits.Count == 0)
            return code;
        var result = new StringBuilder(code.Length + 64 * edits.Count);
        int copied = 0;
        // At one place, what ends comes before what begins, and of two that end there the inner one first.
        foreach (Edit edit in edits.OrderBy(e => e.At).ThenBy(e => e.Begins).ThenBy(e => e.Order))
        {
            result.Append(code, copied, edit.At - copied).Append(edit.Text);
            copied = edit.At + edit.Removed;
        }
        return result.Append(code, copied, code.Length - copied).ToString();
    }

    private readonly record struct Edit(int At, int Begins, int Order, string Text, int Removed);
}
