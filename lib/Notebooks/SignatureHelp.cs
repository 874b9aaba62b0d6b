using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Notebooks;

/// <summary>The call that a position stands in the arguments of.</summary>
/// <param name="Overloads">What may be called, the likeliest first.</param>
/// <param name="Argument">The argument's place, from 0 on.</param>
/// <param name="Name">The parameter that the argument names; null where it names none.</param>
internal sealed record SignatureHelp(IReadOnlyList<IMethodSymbol> Overloads, int Argument, string? Name)
{
    /// <summary>The innermost call around a position; null where there is none.</summary>
    public static SignatureHelp? At(SemanticModel model, int position)
    {
        SyntaxNode root = model.SyntaxTree.GetRoot();
        SyntaxToken token = root.FindToken(Math.Min(position, Math.Max(0, root.FullSpan.End - 1)));
        if (token.SpanStart >= position)
            token = token.GetPreviousToken();
        BaseArgumentListSyntax? list = token
            .Parent?.AncestorsAndSelf()
            .OfType<BaseArgumentListSyntax>()
            .FirstOrDefault(l => IsWithin(l, position));
        if (list?.Parent is not { } call)
            return null;
        int argument = list.Arguments.GetSeparators().Count(comma => !comma.IsMissing && comma.Span.End <= position);
        int given = list.Arguments.Count(a => !a.IsMissing && a.Span.Length > 0);
        IMethodSymbol[] overloads =
        [
            .. Called(model, call)
                .OrderByDescending(m => Takes(m, Math.Max(given, argument + 1)))
                .ThenBy(m => m.Parameters.Length),
        ];
        if (model.GetSymbolInfo(call).Symbol is IMethodSymbol chosen)
            overloads = [chosen, .. overloads.Where(m => !SymbolEqualityComparer.Default.Equals(m, chosen))];
        string? name = list.Arguments.ElementAtOrDefault(argument)?.NameColon?.Name.Identifier.Text;
        return overloads.Length == 0 ? null : new SignatureHelp(overloads, argument, name);
    }

    /// <summary>The parameter of a method that the argument is for; null where it takes none there.</summary>
    public IParameterSymbol? ParameterOf(IMethodSymbol method) =>
        Name is not null ? method.Parameters.FirstOrDefault(p => p.Name == Name)
        : Argument < method.Parameters.Length ? method.Parameters[Argument]
        : method.Parameters.LastOrDefault() is { IsParams: true } rest ? rest
        : null;

    private static bool IsWithin(BaseArgumentListSyntax list, int position)
    {
        (SyntaxToken open, SyntaxToken close) = list switch
        {
            ArgumentListSyntax arguments => (arguments.OpenParenToken, arguments.CloseParenToken),
            BracketedArgumentListSyntax index => (index.OpenBracketToken, index.CloseBracketToken),
            _ => default,
        };
        return !open.IsMissing && open.Span.End <= position && (close.IsMissing || position <= close.SpanStart);
    }

    private static IEnumerable<IMethodSymbol> Called(SemanticModel model, SyntaxNode call) =>
        call switch
        {
            InvocationExpressionSyntax invocation
                when model.GetMemberGroup(invocation.Expression) is { Length: > 0 } all => all.OfType<IMethodSymbol>(),
            InvocationExpressionSyntax invocation
                when model.GetTypeInfo(invocation.Expression).Type
                    is INamedTypeSymbol { DelegateInvokeMethod: { } invoke } => [invoke],
            BaseObjectCreationExpressionSyntax creation
                when model.GetTypeInfo(creation).Type is INamedTypeSymbol type => type.InstanceConstructors.Where(c =>
                model.IsAccessible(creation.SpanStart, c)
            ),
            ConstructorInitializerSyntax initializer => model.GetMemberGroup(initializer).OfType<IMethodSymbol>(),
            ElementAccessExpressionSyntax access when model.GetTypeInfo(access.Expression).Type is { } indexed => model
                .LookupSymbols(access.SpanStart, indexed, WellKnownMemberNames.Indexer)
                .OfType<IPropertySymbol>()
                .Select(p => p.GetMethod ?? p.SetMethod)
                .OfType<IMethodSymbol>(),
            _ => [],
        };

    private static bool Takes(IMethodSymbol method, int arguments) =>
        method.Parameters.Length >= arguments || method.Parameters.LastOrDefault() is { IsParams: true };
}
