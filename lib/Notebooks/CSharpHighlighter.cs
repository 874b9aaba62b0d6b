using System.Net;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Notebooks;

/// <summary>
/// C# as HTML with a class a kind of token: <c>k</c> keyword, <c>s</c> string, <c>n</c> number, <c>c</c> comment,
/// <c>t</c> type, <c>m</c> method, <c>p</c> directive.
/// </summary>
internal static class CSharpHighlighter
{
    public static string ToHtml(string code)
    {
        SyntaxNode root = CSharpSyntaxTree
            .ParseText(code, new CSharpParseOptions(kind: SourceCodeKind.Script))
            .GetRoot();
        var html = new StringBuilder();
        foreach (SyntaxToken token in root.DescendantTokens())
        {
            foreach (SyntaxTrivia trivia in token.LeadingTrivia)
                Append(html, trivia.ToFullString(), Class(trivia));
            Append(html, token.Text, Class(token));
            foreach (SyntaxTrivia trivia in token.TrailingTrivia)
                Append(html, trivia.ToFullString(), Class(trivia));
        }
        return html.ToString();
    }

    private static void Append(StringBuilder html, string text, string? kind)
    {
        string encoded = WebUtility.HtmlEncode(text);
        if (kind is null || text.Length == 0)
            html.Append(encoded);
        else
            html.Append("<span class=\"").Append(kind).Append("\">").Append(encoded).Append("</span>");
    }

    private static string? Class(SyntaxTrivia trivia) =>
        trivia.IsDirective ? "p"
        : trivia.Kind()
            is SyntaxKind.SingleLineCommentTrivia
                or SyntaxKind.MultiLineCommentTrivia
                or SyntaxKind.SingleLineDocumentationCommentTrivia
            ? "c"
        : null;

    private static string? Class(SyntaxToken token)
    {
        SyntaxKind kind = token.Kind();
        if (token.IsKeyword())
            return "k";
        if (kind is SyntaxKind.NumericLiteralToken)
            return "n";
        if (kind.ToString().Contains("String", StringComparison.Ordinal) || kind is SyntaxKind.CharacterLiteralToken)
            return "s";
        if (kind != SyntaxKind.IdentifierToken)
            return null;
        return token.Parent switch
        {
            BaseTypeDeclarationSyntax => "t",
            MethodDeclarationSyntax or LocalFunctionStatementSyntax => "m",
            IdentifierNameSyntax { IsVar: true } => "k",
            SimpleNameSyntax name when IsCalled(name) => "m",
            SimpleNameSyntax name when IsType(name) => "t",
            _ => null,
        };
    }

    private static bool IsCalled(SimpleNameSyntax name) =>
        name.Parent is InvocationExpressionSyntax
        || (
            name.Parent is MemberAccessExpressionSyntax access
            && access.Name == name
            && access.Parent is InvocationExpressionSyntax
        );

    private static bool IsType(SimpleNameSyntax name) =>
        name.Parent
            is VariableDeclarationSyntax
                or ParameterSyntax
                or ObjectCreationExpressionSyntax
                or TypeArgumentListSyntax
                or ArrayTypeSyntax
                or NullableTypeSyntax
                or MethodDeclarationSyntax
                or PropertyDeclarationSyntax
                or LocalFunctionStatementSyntax
                or BaseTypeSyntax
                or CastExpressionSyntax
                or TypeOfExpressionSyntax
                or DeclarationPatternSyntax
                or TupleElementSyntax
        || (name is GenericNameSyntax && name.Parent is not MemberAccessExpressionSyntax);
}
