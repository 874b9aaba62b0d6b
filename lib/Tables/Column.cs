namespace Tables;

/// <summary>One column of a result; a <see cref="Column{T}"/> by its type.</summary>
public abstract class Column
{
    private protected Column(string name, int count)
    {
        Name = name;
        Count = count;
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Number of rows.</summary>
    public int Count { get; }

    /// <summary>The .NET type of its values.</summary>
    public abstract Type Type { get; }

    /// <summary>Rows that are NULL.</summary>
    public abstract IReadOnlyList<int> Nulls { get; }

    /// <summary>A row's value, boxed; null where it is NULL.</summary>
    public abstract object? this[int row] { get; }

    /// <summary>The values, [rows]; the type's default where NULL. Not a copy.</summary>
    internal abstract Array ToArray();

    /// <summary>Copies a vector of DuckDB's to the rows from <paramref name="start"/> on.</summary>
    /// <param name="start">The first row.</param>
    /// <param name="data">The vector's values.</param>
    /// <param name="validity">A bit a value, 0 where it is NULL; null where none is.</param>
    /// <param name="count">Number of values.</param>
    internal abstract unsafe void Take(int start, void* data, ulong* validity, int count);
}
