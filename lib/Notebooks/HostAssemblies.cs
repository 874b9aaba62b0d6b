using System.Collections.Concurrent;
using System.Reflection.PortableExecutable;
using Microsoft.CodeAnalysis;

namespace Notebooks;

/// <summary>The assemblies that the program runs with.</summary>
internal static class HostAssemblies
{
    private static readonly ConcurrentDictionary<string, PortableExecutableReference> references = [];

    /// <summary>Their files by their names.</summary>
    public static IReadOnlyDictionary<string, string> Paths { get; } =
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .DistinctBy(Path.GetFileNameWithoutExtension)
            .ToDictionary(path => Path.GetFileNameWithoutExtension(path));

    /// <summary>
    /// What the compiler reads of an assembly, of the host or not: its metadata alone, once a process.
    /// <c>MetadataReference.CreateFromFile</c> keeps all its code in memory, too, some 200 MB for what cells refer to.
    /// </summary>
    public static PortableExecutableReference Reference(string path) =>
        references.GetOrAdd(
            path,
            static path =>
                AssemblyMetadata
                    .Create(ModuleMetadata.CreateFromStream(File.OpenRead(path), PEStreamOptions.PrefetchMetadata))
                    .GetReference(filePath: path)
        );
}
