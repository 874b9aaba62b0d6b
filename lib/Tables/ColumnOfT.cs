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
    private readonly List<int> nulls = [];
    private readonly HashSet<int> isNull = [];
    private T[] values = [];

    internal Column(string name, Reader? read)
        : base(name) => this.read = read;

    /// <inheritdoc/>
    public override Type Type => typeof(T);

    /// <summary>The values, [rows]; the type's default where NULL. Not a copy.</summary>
    public ReadOnlySpan<T> Span => values.AsSpan(0, Count);

    /// <inheritdoc/>
    public override IReadOnlyList<int> Nulls => nulls;

    /// <inheritdoc/>
    public override object? this[int row] => isNull.Contains(row) ? null : Span[row];

    internal override void Take(void* data, ulong* validity, int count)
    {
        if (Count + count > values.Length)
            Array.Resize(ref values, Math.Max(Count + count, values.Length * 2));
        Span<T> target = values.AsSpan(Count, count);
        if (read is null)
            new ReadOnlySpan<byte>(data, count * Unsafe.SizeOf<T>()).CopyTo(
                MemoryMarshal.CreateSpan(
                    ref Unsafe.As<T, byte>(ref MemoryMarshal.GetReference(target)),
                    count * Unsafe.SizeOf<T>()
                )
            );
        for (int row = 0; row < count && (read is not null || validity is not null); row++)
        {
            if (validity is null || (validity[row / 64] >> (row % 64) & 1) != 0)
            {
                if (read is not null)
                    target[row] = read(data, row);
                continue;
            }
            target[row] = default!;
            nulls.Add(Count + row);
            isNull.Add(Count + row);
        }
        Count += count;
    }
}
