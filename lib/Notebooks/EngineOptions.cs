using System.Reflection;

namespace Notebooks;

/// <summary>What the cells of an engine find when they start.</summary>
public sealed record EngineOptions
{
    /// <summary>Assemblies whose public types the cells may use, beside all of .NET's own.</summary>
    public IReadOnlyList<Assembly> References { get; init; } = [];

    /// <summary>
    /// Namespaces (or types, for their static members) that every cell imports, beside the usual ones of <c>System</c>.
    /// </summary>
    public IReadOnlyList<string> Imports { get; init; } = [];

    /// <summary>
    /// The current directory while a cell runs, and where <c>#r</c> and <c>#load</c> look; the process's own where
    /// null.
    /// </summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>
    /// How values of the host's own types are shown, and of those derived from them: their forms by MIME type. What a
    /// cell registers by <c>Formatter</c> comes before it.
    /// </summary>
    public IReadOnlyDictionary<Type, Func<object, IReadOnlyDictionary<string, object>>> Forms { get; init; } =
        new Dictionary<Type, Func<object, IReadOnlyDictionary<string, object>>>();

    /// <summary>
    /// Gives what another language gets for a value of the host's own types: of a tensor an array, of a chart its
    /// figure as plotly has it (<c>data</c>, <c>layout</c>); null for other values.
    /// </summary>
    public Func<object, object?> ToShared { get; init; } = _ => null;

    /// <summary>
    /// Characters of what a cell prints that are shown. All of it, up to a hundred times as much, is then in a file
    /// <c>cell-output-NUMBER.txt</c> in the working directory, which a note names.
    /// </summary>
    public int StreamLimit { get; init; } = 1_000_000;

    internal Func<object, IReadOnlyDictionary<string, object>>? FormsOf(Type? type) =>
        type is null ? null
        : Forms.TryGetValue(type, out var forms) ? forms
        : FormsOf(type.BaseType);
}
