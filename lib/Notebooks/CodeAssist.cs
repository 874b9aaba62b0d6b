using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Scripting;

namespace Notebooks;

/// <summary>Completion and help while a cell is written, from the compiler's knowledge of the session.</summary>
internal static class CodeAssist
{
    // No person reads further, and a frontend would choke on all of .NET.
    private const int MostCompletions = 500;

    private static readonly CSharpParseOptions parseOptions = new(kind: SourceCodeKind.Script);

    private static readonly SymbolDisplayFormat signatureFormat = SymbolDisplayFormat
        .CSharpErrorMessageFormat.WithMemberOptions(
            SymbolDisplayMemberOptions.IncludeType
                | SymbolDisplayMemberOptions.IncludeParameters
                | SymbolDisplayMemberOptions.IncludeContainingType
                | SymbolDisplayMemberOptions.IncludeRef
        )
        .WithParameterOptions(
            SymbolDisplayParameterOptions.IncludeType
                | SymbolDisplayParameterOptions.IncludeName
                | SymbolDisplayParameterOptions.IncludeDefaultValue
                | SymbolDisplayParameterOptions.IncludeParamsRefOut
        );

    private const string ContextualKeywords =
        "async await record var when where yield dynamic nameof with init required";

    private static readonly string[] keywords =
    [
        .. SyntaxFacts.GetKeywordKinds().Select(SyntaxFacts.GetText).Concat(ContextualKeywords.Split(' ')).Distinct(),
    ];

    /// <summary>
    /// What could stand at <paramref name="position"/>, and the stretch of code that it would replace.
    /// </summary>
    public static (int Start, int End, IReadOnlyList<Completion> Found) Complete(
        Script script,
        int position,
        string folder
    )
    {
        string code = script.Code;
        int start = position,
            end = position;
        while (start > 0 && IsNamePart(code[start - 1]))
            start--;
        while (end < code.Length && IsNamePart(code[end]))
            end++;
        string typed = code[start..position];

        if (start >= 2 && code[(start - 2)..start] == "#!" && (start == 2 || code[start - 3] == '\n'))
        {
            IEnumerable<Completion> directives = CellPart
                .Directives.Where(d => d.Name.StartsWith(typed, StringComparison.Ordinal))
                .Select(d => new Completion("#!" + d.Name, "keyword", d.Use));
            return (start - 2, end, [.. directives]);
        }

        Compilation compilation = script.GetCompilation();
        SyntaxTree tree = compilation.SyntaxTrees.Single(t => t.FilePath == script.Options.FilePath);
        SyntaxToken before = start == 0 ? default : tree.GetRoot().FindToken(start - 1, findInsideTrivia: true);
        if (Literal(tree.GetRoot(), position) is { } literal)
            return Paths(code, literal.SpanStart, position, folder);

        SemanticModel model = compilation.GetSemanticModel(tree);
        IEnumerable<ISymbol> symbols =
            before.Kind() is SyntaxKind.DotToken or SyntaxKind.ColonColonToken or SyntaxKind.MinusGreaterThanToken
            && before.Span.End == start
                ? Members(model, before, position)
                : model.LookupSymbols(position);
        bool member = before.IsKind(SyntaxKind.DotToken);
        IEnumerable<Completion> found = symbols
            .Where(s =>
                s.CanBeReferencedByName
                && s.Name.StartsWith(typed, StringComparison.OrdinalIgnoreCase)
                && !s.Name.StartsWith('<')
            )
            .GroupBy(s => s.Name)
            .Select(g => Describe(g.First(), g.Count()));
        if (!member)
        {
            IEnumerable<Completion> parameters = Parameters(model, before)
                .Where(p => p.Name.StartsWith(typed, StringComparison.OrdinalIgnoreCase))
                .Select(p => new Completion(p.Name + ":", "param", p.Type.ToMinimalDisplayString(model, position)));
            IEnumerable<Completion> words = keywords
                .Where(k => typed.Length > 0 && k.StartsWith(typed, StringComparison.Ordinal))
                .Select(k => new Completion(k, "keyword", ""));
            found = parameters.Concat(found).Concat(words);
        }

        IEnumerable<Completion> first = found
            .DistinctBy(c => c.Text)
            .OrderBy(c => !c.Text.StartsWith(typed, StringComparison.Ordinal))
            .ThenBy(c => c.Text, StringComparer.OrdinalIgnoreCase)
            .Take(MostCompletions);
        return (start, end, [.. first]);
    }

    /// <summary>
    /// The signatures and the doc comment of the name at <paramref name="position"/>; in the arguments of a call,
    /// behind a name or without one, those of what is called, with the argument's parameter between » and «; null where
    /// nothing is known.
    /// </summary>
    public static JsonObject? Inspect(Script script, int position)
    {
        Compilation compilation = script.GetCompilation();
        SyntaxTree tree = compilation.SyntaxTrees.Single(t => t.FilePath == script.Options.FilePath);
        SemanticModel model = compilation.GetSemanticModel(tree);
        // A frontend's pointer rests on a name; who types has the cursor behind it.
        (ISymbol[] named, int end) = Named(model, position);
        SignatureHelp? call = end == position || named.Length == 0 ? SignatureHelp.At(model, position) : null;
        IEnumerable<(string Signatures, string Words)> known =
        [
            .. named.Length == 0 ? [] : new[] { About(named, null, compilation, model, position) },
            .. call is null ? [] : new[] { About([.. call.Overloads], call.ParameterOf, compilation, model, position) },
        ];
        if (!known.Any())
            return null;
        return new JsonObject
        {
            ["text/plain"] = string.Join(
                "\n\n",
                known.SelectMany(k => new[] { k.Signatures, k.Words }).Where(text => text != "")
            ),
            ["text/markdown"] = string.Join("\n\n", known.Select(k => $"```csharp\n{k.Signatures}\n```\n\n{k.Words}")),
        };
    }

    // What the name at a position stands for, its overloads too, and where the name ends.
    private static (ISymbol[] Found, int End) Named(SemanticModel model, int position)
    {
        SyntaxNode root = model.SyntaxTree.GetRoot();
        SyntaxToken token = root.FindToken(Math.Clamp(position, 0, Math.Max(0, root.FullSpan.End - 1)));
        if (!IsName(token) || token.SpanStart > position)
            token = root.FindToken(Math.Max(0, Math.Min(position, root.FullSpan.End) - 1));
        if (!IsName(token) || token.SpanStart > position || token.Span.End < position || token.Parent is not { } node)
            return ([], -1);
        SymbolInfo info = model.GetSymbolInfo(node);
        ISymbol? symbol =
            info.Symbol
            ?? info.CandidateSymbols.FirstOrDefault()
            ?? model.GetDeclaredSymbol(node)
            ?? model.GetTypeInfo(node).Type;
        return symbol switch
        {
            null or IErrorTypeSymbol => ([], -1),
            IMethodSymbol method => (
                [method, .. model.GetMemberGroup(node).Where(m => !SymbolEqualityComparer.Default.Equals(m, method))],
                token.Span.End
            ),
            _ => ([symbol], token.Span.End),
        };

        static bool IsName(SyntaxToken token) =>
            token.IsKind(SyntaxKind.IdentifierToken) || SyntaxFacts.IsPredefinedType(token.Kind());
    }

    private static (string Signatures, string Words) About(
        ISymbol[] symbols,
        Func<IMethodSymbol, IParameterSymbol?>? current,
        Compilation compilation,
        SemanticModel model,
        int position
    )
    {
        const int Most = 10;
        IEnumerable<string> signatures = symbols.Take(Most).Select(s => Signature(s, current, model, position));
        if (symbols.Length > Most)
            signatures = signatures.Append($"… and {symbols.Length - Most} more overloads");
        string?[] words =
        [
            DocComment.Of(symbols[0], compilation),
            DocumentationLink.Of(symbols[0], compilation) is { } link ? $"Documentation: {link}" : null,
        ];
        return (string.Join('\n', signatures), string.Join("\n\n", words.Where(w => w is { Length: > 0 })));
    }

    /// <summary>
    /// Whether the code is a whole submission, and how far the next line is to be indented where it isn't.
    /// </summary>
    public static (string Status, string Indent) IsComplete(string code)
    {
        // A directive is whole with its line.
        string csharp = string.Join(
            '\n',
            code.Split('\n').Select(line => line.StartsWith("#!", StringComparison.Ordinal) ? "" : line)
        );
        SyntaxTree tree = CSharpSyntaxTree.ParseText(csharp, parseOptions);
        if (!SyntaxFactory.IsCompleteSubmission(tree))
        {
            int depth = tree.GetRoot()
                .DescendantTokens()
                .Sum(t =>
                    t.Kind() switch
                    {
                        SyntaxKind.OpenBraceToken when !t.IsMissing => 1,
                        SyntaxKind.CloseBraceToken when !t.IsMissing => -1,
                        _ => 0,
                    }
                );
            return ("incomplete", new string(' ', 4 * Math.Max(0, depth)));
        }
        return (tree.GetDiagnostics().Any(d => d.Severity == DiagnosticSeverity.Error) ? "invalid" : "complete", "");
    }

    private static bool IsNamePart(char c) => char.IsLetterOrDigit(c) || c == '_';

    private static SyntaxToken? Literal(SyntaxNode root, int position)
    {
        if (position == 0)
            return null;
        SyntaxToken token = root.FindToken(position - 1, findInsideTrivia: true);
        bool text = token.Kind() is SyntaxKind.StringLiteralToken && token.SpanStart < position;
        bool open = token.ContainsDiagnostics || token.Text.Length < 2 || !token.Text.EndsWith('"');
        return text && (position < token.Span.End || open) ? token : null;
    }

    private static (int, int, IReadOnlyList<Completion>) Paths(string code, int literal, int position, string folder)
    {
        string path = code[(code.IndexOf('"', literal) + 1)..position];
        int name = path.LastIndexOf('/') + 1;
        var directory = new DirectoryInfo(Path.Combine(folder, path[..name]));
        if (!directory.Exists)
            return (position, position, []);
        var found = directory
            .EnumerateFileSystemInfos(path[name..] + "*")
            .OrderBy(e => e.Name, StringComparer.Ordinal)
            .Take(MostCompletions)
            .Select(e => new Completion(e is DirectoryInfo ? e.Name + "/" : e.Name, "path", ""));
        return (position - (path.Length - name), position, [.. found]);
    }

    private static IEnumerable<ISymbol> Members(SemanticModel model, SyntaxToken dot, int position)
    {
        SyntaxNode? left = dot.Parent switch
        {
            MemberAccessExpressionSyntax access => access.Expression,
            QualifiedNameSyntax name => name.Left,
            MemberBindingExpressionSyntax { Parent: var parent } => parent!
                .AncestorsAndSelf()
                .OfType<ConditionalAccessExpressionSyntax>()
                .FirstOrDefault()
                ?.Expression,
            AliasQualifiedNameSyntax alias => alias.Alias,
            _ => null,
        };
        if (left is null)
            return [];
        SymbolInfo info = model.GetSymbolInfo(left);
        ISymbol? symbol = info.Symbol ?? info.CandidateSymbols.FirstOrDefault();
        if (symbol is INamespaceSymbol space)
            return model.LookupNamespacesAndTypes(position, space);
        if (symbol is ITypeSymbol type)
            return model.LookupSymbols(position, type).Where(s => s.IsStatic || s is ITypeSymbol);
        ITypeSymbol? value = model.GetTypeInfo(left).Type;
        if (
            dot.Parent is MemberBindingExpressionSyntax
            && value is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable
        )
            value = nullable.TypeArguments[0];
        if (value is IPointerTypeSymbol pointer)
            value = pointer.PointedAtType;
        return value is null or IErrorTypeSymbol
            ? []
            : model
                .LookupSymbols(position, value, includeReducedExtensionMethods: true)
                .Where(s => !s.IsStatic && s is not ITypeSymbol);
    }

    // Of the call that the cursor is in the arguments of.
    private static IEnumerable<IParameterSymbol> Parameters(SemanticModel model, SyntaxToken before)
    {
        if (
            before.Kind() is not (SyntaxKind.OpenParenToken or SyntaxKind.CommaToken)
            || before.Parent is not ArgumentListSyntax { Parent: { } call }
        )
            return [];
        SymbolInfo info = model.GetSymbolInfo(call);
        IEnumerable<ISymbol> methods =
            call is InvocationExpressionSyntax invocation ? model.GetMemberGroup(invocation.Expression)
            : info.Symbol is { } one ? [one]
            : info.CandidateSymbols;
        return methods.OfType<IMethodSymbol>().SelectMany(m => m.Parameters).DistinctBy(p => p.Name);
    }

    private static Completion Describe(ISymbol symbol, int overloads)
    {
        string more = overloads > 1 ? $" +{overloads - 1}" : "";
        string signature = symbol switch
        {
            IMethodSymbol method => $"({string.Join(", ", method.Parameters.Select(Parameter))}){more}",
            IPropertySymbol property => Name(property.Type),
            IFieldSymbol field => Name(field.Type),
            ILocalSymbol local => Name(local.Type),
            _ => "",
        };
        return new Completion(symbol.Name, Kind(symbol), signature);

        static string Name(ITypeSymbol type) => type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat);

        static string Parameter(IParameterSymbol parameter) => $"{Name(parameter.Type)} {parameter.Name}";
    }

    private static string Kind(ISymbol symbol) =>
        symbol switch
        {
            IMethodSymbol => "method",
            IPropertySymbol => "property",
            IEventSymbol => "event",
            IFieldSymbol { ContainingType.TypeKind: TypeKind.Enum } => "enum member",
            IFieldSymbol { ContainingType.IsScriptClass: true } or ILocalSymbol or IRangeVariableSymbol => "variable",
            IFieldSymbol => "field",
            IParameterSymbol => "param",
            INamespaceSymbol => "namespace",
            ITypeSymbol { TypeKind: TypeKind.Interface } => "interface",
            ITypeSymbol { TypeKind: TypeKind.Enum } => "enum",
            ITypeSymbol { TypeKind: TypeKind.Struct } => "struct",
            _ => "class",
        };

    private static string Signature(
        ISymbol symbol,
        Func<IMethodSymbol, IParameterSymbol?>? current,
        SemanticModel model,
        int position
    )
    {
        switch (symbol)
        {
            case INamedTypeSymbol type:
                return $"{Kind(type)} {type.ToDisplayString()}";
            case INamespaceSymbol space:
                return $"namespace {space.ToDisplayString()}";
        }
        position = Math.Min(position, model.SyntaxTree.Length);
        IParameterSymbol? marked = symbol is IMethodSymbol method ? current?.Invoke(method) : null;
        ISymbol shown = symbol is IMethodSymbol { AssociatedSymbol: IPropertySymbol indexer } ? indexer : symbol;
        string text = shown.ToMinimalDisplayString(model, position, signatureFormat);
        if (marked is null)
            return text;
        string parameter = Regex.Escape(marked.ToMinimalDisplayString(model, position, signatureFormat));
        return Regex.Replace(text, $@"(?<=[(\[]|, ){parameter}(?=[,)\]])", "»$0«");
    }
}
