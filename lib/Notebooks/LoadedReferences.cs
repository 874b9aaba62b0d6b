using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Scripting;

namespace Notebooks;

/// <summary>
/// What <c>#r</c> refers to. An assembly that the cells have already is that one, whichever folder the line looks for
/// it in: so a notebook can bring it for kernels that have not. All others are found as scripts find them.
/// </summary>
/// <param name="loaded">What the cells have.</param>
/// <param name="folder">Where relative paths begin.</param>
internal sealed class LoadedReferences(IEnumerable<PortableExecutableReference> loaded, string folder)
    : MetadataReferenceResolver
{
    private readonly Dictionary<string, PortableExecutableReference> byName = loaded.ToDictionary(
        reference => Path.GetFileNameWithoutExtension(reference.FilePath!),
        StringComparer.OrdinalIgnoreCase
    );

    private readonly ScriptMetadataResolver others = ScriptMetadataResolver.Default.WithBaseDirectory(folder);

    public override bool ResolveMissingAssemblies => others.ResolveMissingAssemblies;

    public override PortableExecutableReference? ResolveMissingAssembly(
        MetadataReference definition,
        AssemblyIdentity referenceIdentity
    ) =>
        HostAssemblies.Paths.TryGetValue(referenceIdentity.Name, out string? path)
            ? HostAssemblies.Reference(path)
            : others.ResolveMissingAssembly(definition, referenceIdentity);

    public override ImmutableArray<PortableExecutableReference> ResolveReference(
        string reference,
        string? baseFilePath,
        MetadataReferenceProperties properties
    ) =>
        byName.TryGetValue(Path.GetFileNameWithoutExtension(reference), out PortableExecutableReference? known)
            ? [known]
            : others.ResolveReference(reference, baseFilePath, properties);

    public override bool Equals(object? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => RuntimeHelpers.GetHashCode(this);
}
