using Microsoft.CodeAnalysis;

namespace Notebooks;

/// <summary>Where .NET's own types and members are documented.</summary>
internal static class DocumentationLink
{
    private const string Site = "https://learn.microsoft.com/dotnet/api/";

    /// <summary>The page of a namespace, type or member of .NET's own; null for all else.</summary>
    public static string? Of(ISymbol symbol, Compilation compilation)
    {
        symbol = ((symbol as IMethodSymbol)?.ReducedFrom ?? symbol).OriginalDefinition;
        if (symbol is INamespaceSymbol || symbol.ContainingAssembly is null || !IsOfFramework(symbol, compilation))
            return null;
        return symbol switch
        {
            INamedTypeSymbol type => Site + Page(type),
            IMethodSymbol { MethodKind: MethodKind.Constructor } => $"{Site}{Page(symbol.ContainingType)}.-ctor",
            IMethodSymbol { AssociatedSymbol: IPropertySymbol { IsIndexer: true } } =>
                $"{Site}{Page(symbol.ContainingType)}.item",
            IMethodSymbol or IPropertySymbol or IFieldSymbol or IEventSymbol when symbol.ContainingType is { } type =>
                $"{Site}{Page(type)}.{symbol.MetadataName.ToLowerInvariant()}",
            _ => null,
        };
    }

    private static bool IsOfFramework(ISymbol symbol, Compilation compilation) =>
        compilation.GetMetadataReference(symbol.ContainingAssembly)
            is PortableExecutableReference { FilePath: { } assembly }
        && Path.GetDirectoryName(assembly) == Path.GetDirectoryName(typeof(object).Assembly.Location);

    // system.collections.generic.list-1, system.environment.specialfolder
    private static string Page(INamedTypeSymbol type) =>
        (
            type.ContainingType is { } outer ? $"{Page(outer)}.{Name(type)}"
            : type.ContainingNamespace is { IsGlobalNamespace: false } space ? $"{space.ToDisplayString()}.{Name(type)}"
            : Name(type)
        ).ToLowerInvariant();

    private static string Name(INamedTypeSymbol type) => type.MetadataName.Replace('`', '-');
}
