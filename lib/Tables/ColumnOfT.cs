using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tables;

/// <summary>A column of one type, its values side by side.</summary>
/// <typeparam name="T">
/// bool; sbyte … ulong; Int128 (HUGEINT, which <c>sum</c> of whole numbers gives); float; double; decimal; string
/// (VARCHAR, ENUM); byte[] (BLOB); DateTime (UTC; TIMESTAMP); DateOnly (DATE).
/// </typeparam>
public sealed unsafe class Column<T> : Column
{
    /// <summary>Reads one value where the vector does not hold T itself.</summary>
    internal delegate T Reader(void* data, int row);

    private readonly Reader? read;
    private readonly T[] values;
    private bool[]? isNull;
    private int[]? nulls;

    internal Column(string name, int count, Reader? read)
        : base(name, count)
    {
        this.read = read;
        values = GC.AllocateUninitializedArray<T>(count);
    }

    /// <inheritdoc/>
    public override Type Type => typeof(T);

    /// <summary>The values, [rows]; the type's default where NULL. Not a copy.</summary>
    public ReadOnlySpan<T> Span => values;

    /// <inheritdoc/>
    public override IReadOnlyList<int> Nulls =>
        nulls ??= isNull is null ? [] : [.. Enumerable.Range(0, Count).Where(row => isNull[row])];

    /// <inheritdoc/>
    public override object? this[int row] => IsNull(row) ? null : values[row];

    /// <summary>Whether a row is NULL.</summary>
    public bool IsNull(int row) => isNull?[row] == true;

    internal override Array ToArray() => values;

    internal override void Take(int start, void* data, ulong* validity, int count)
    {
        Span<T> target = values.AsSpan(start, count);
        if (read is null)
            CopyBytes(data, target);
        for (int row = 0; row < count && (read is not null || validity is not null); row++)
        {
            bool isThere = validity is null || (validity[row / 64] >> (row % 64) & 1) != 0;
            if (!isThere)
            {
                target[row] = default!;
                (isNull ??= new bool[Count])[start + row] = true;
            }
            else if (read is not null)
                target[row] = read(data, row);
        }
    }

    private static void CopyBytes(void* data, Span<T> target)
    {
        int bytes = target.Length * Unsafe.SizeOf<T>();
        ref byte first = ref Unsafe.As<T, byte>(ref MemoryMarshal.GetReference(target));
        new ReadOnlySpan<byte>(data, bytes).CopyTo(MemoryMarshal.CreateSpan(ref first, bytes));
    }
}
