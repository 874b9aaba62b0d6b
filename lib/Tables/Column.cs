namespace Tables;

/// <summary>One column of a result; a <see cref="Column{T}"/> by its type.</summary>
public abstract class Column
{
    private protected Column(string name) => Name = name;

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Number of rows.</summary>
    public int Count { get; private protected set; }

    /// <summary>The .NET type of its values.</summary>
    public abstract Type Type { get; }

    /// <summary>Rows that are NULL.</summary>
    public abstract IReadOnlyList<int> Nulls { get; }

    /// <summary>A row's value, boxed; null where it is NULL.</summary>
    public abstract object? this[int row] { get; }

    internal abstract unsafe void Take(void* data, ulong* validity, int count);
}
