namespace Notebooks;

/// <summary>What a cell holds.</summary>
public enum CellKind
{
    /// <summary>C# that an engine runs.</summary>
    Code,

    /// <summary>Text.</summary>
    Markdown,

    /// <summary>Text that is passed on as it is.</summary>
    Raw,
}
