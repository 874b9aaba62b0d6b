using System.Globalization;
using System.Text;
using DuckDB.NET.Native;
using static DuckDB.NET.Native.NativeMethods;

namespace Tables;

/// <summary>
/// What a query gave: columns of values that lie side by side, so that they become arrays and tensors without a walk
/// over rows.
/// </summary>
[TypeFormatterSource(typeof(MimeBundleSource))]
public sealed unsafe class Table
{
    private readonly string sql;

    private Table(Column[] columns, string sql)
    {
        Columns = columns;
        this.sql = sql;
    }

    /// <summary>The columns.</summary>
    public IReadOnlyList<Column> Columns { get; }

    /// <summary>Number of rows.</summary>
    public int Count => Columns.Count == 0 ? 0 : Columns[0].Count;

    /// <summary>A column by its name, upper or lower case.</summary>
    /// <exception cref="TableException">There is none.</exception>
    public Column this[string name] =>
        Columns.FirstOrDefault(column => column.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? throw new TableException(
            $"there is no column {name}; there are {string.Join(", ", Columns.Select(column => column.Name))}",
            sql
        );

    /// <summary>A column of the type that is wanted.</summary>
    /// <exception cref="TableException">There is no such column, or it is of another type.</exception>
    public Column<T> Column<T>(string name) =>
        this[name] as Column<T>
        ?? throw new TableException(
            $"column {name} is of type {this[name].Type.Name}, not {typeof(T).Name}: CAST it in the SQL",
            sql
        );

    /// <summary>A column's values, [rows], where none is NULL.</summary>
    /// <exception cref="TableException">
    /// There is no such column, it is of another type, or has a NULL; the message names the row, from 0.
    /// </exception>
    public ReadOnlySpan<T> Values<T>(string name)
    {
        Column<T> column = Column<T>(name);
        if (column.Nulls.Count > 0)
            throw new TableException(
                $"column {name} is NULL in {column.Nulls.Count} rows, the first {column.Nulls[0]}: leave "
                    + "them out, or give a value with coalesce()",
                sql
            );
        return column.Span;
    }

    /// <summary>
    /// The rows as values of a record (or a class of one constructor): each parameter of the constructor takes the
    /// column of its name, whatever the case and without underscores, so that <c>PlayCount</c> takes <c>play_count</c>.
    /// A NULL needs a parameter that may be null.
    /// </summary>
    /// <exception cref="TableException">
    /// A parameter has no column, or a row's value does not fit it; the message names the row, from 0.
    /// </exception>
    public IEnumerable<T> Rows<T>()
    {
        var constructor =
            typeof(T).GetConstructors().MaxBy(c => c.GetParameters().Length)
            ?? throw new TableException($"{typeof(T).Name} has no public constructor");
        var parameters = constructor.GetParameters();
        var nullability = new System.Reflection.NullabilityInfoContext();
        bool[] nullable =
        [
            .. parameters.Select(p => nullability.Create(p).WriteState == System.Reflection.NullabilityState.Nullable),
        ];
        Column[] columns =
        [
            .. parameters.Select(p =>
                Columns.FirstOrDefault(c => Plain(c.Name) == Plain(p.Name!))
                ?? throw new TableException(
                    $"no column for {p.Name} of {typeof(T).Name}; there are "
                        + $"{string.Join(", ", Columns.Select(c => c.Name))}",
                    sql
                )
            ),
        ];
        var values = new object?[columns.Length];
        for (int row = 0; row < Count; row++)
        {
            for (int i = 0; i < columns.Length; i++)
                values[i] = Fit(columns[i][row], parameters[i].ParameterType, nullable[i], columns[i], row);
            yield return (T)constructor.Invoke(values);
        }

        static string Plain(string name) => name.Replace("_", "").ToLowerInvariant();
    }

    private object? Fit(object? value, Type wanted, bool nullable, Column column, int row)
    {
        if (value is null)
            return nullable
                ? null
                : throw new TableException(
                    $"column {column.Name} is NULL in row {row}, where {wanted.Name} is wanted",
                    sql
                );
        wanted = Nullable.GetUnderlyingType(wanted) ?? wanted;
        if (wanted.IsInstanceOfType(value))
            return value;
        try
        {
            return value is Int128 huge
                ? Convert.ChangeType((decimal)huge, wanted, CultureInfo.InvariantCulture)
                : Convert.ChangeType(value, wanted, CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is InvalidCastException or FormatException or OverflowException)
        {
            throw new TableException($"column {column.Name} is {value} in row {row}, which is no {wanted.Name}", sql);
        }
    }

    /// <summary>In a notebook: the first rows, the columns' types, and the numbers of rows and columns.</summary>
    public IReadOnlyDictionary<string, object> ToMimeBundle() =>
        FirstRows
            .Draw(
                [.. Columns.Select(column => (column.Name, column.Type))],
                Count,
                (row, column) => Columns[column][row]
            )
            .ToMimeBundle();

    internal static Table Fetch(ref DuckDBResult result, string sql)
    {
        int rows = checked((int)Query.DuckDBRowCount(ref result));
        var columns = new Column[(int)Query.DuckDBColumnCount(ref result)];
        for (int i = 0; i < columns.Length; i++)
        {
            using DuckDBLogicalType type = Query.DuckDBColumnLogicalType(ref result, i);
            columns[i] = Create(Query.DuckDBColumnName(ref result, i), rows, type, sql);
        }
        for (int start = 0; start < rows; )
        {
            using DuckDBDataChunk chunk = Query.DuckDBFetchChunk(result);
            int count = (int)DataChunks.DuckDBDataChunkGetSize(chunk);
            for (int i = 0; i < columns.Length; i++)
            {
                nint vector = DataChunks.DuckDBDataChunkGetVector(chunk, i);
                void* data = Vectors.DuckDBVectorGetData(vector);
                columns[i].Take(start, data, Vectors.DuckDBVectorGetValidity(vector), count);
            }
            start += count;
        }
        return new Table(columns, sql);
    }

    private static Column Create(string name, int rows, DuckDBLogicalType type, string sql)
    {
        DuckDBType id = LogicalType.DuckDBGetTypeId(type);
        switch (id)
        {
            case DuckDBType.Boolean:
                return new Column<bool>(name, rows, null);
            case DuckDBType.TinyInt:
                return new Column<sbyte>(name, rows, null);
            case DuckDBType.SmallInt:
                return new Column<short>(name, rows, null);
            case DuckDBType.Integer:
                return new Column<int>(name, rows, null);
            case DuckDBType.BigInt:
                return new Column<long>(name, rows, null);
            case DuckDBType.UnsignedTinyInt:
                return new Column<byte>(name, rows, null);
            case DuckDBType.UnsignedSmallInt:
                return new Column<ushort>(name, rows, null);
            case DuckDBType.UnsignedInteger:
                return new Column<uint>(name, rows, null);
            case DuckDBType.UnsignedBigInt:
                return new Column<ulong>(name, rows, null);
            case DuckDBType.HugeInt:
                return new Column<Int128>(name, rows, null);
            case DuckDBType.Float:
                return new Column<float>(name, rows, null);
            case DuckDBType.Double:
                return new Column<double>(name, rows, null);
            case DuckDBType.Timestamp or DuckDBType.TimestampTz:
                return new Column<DateTime>(
                    name,
                    rows,
                    (data, row) => DateTime.UnixEpoch.AddTicks(((long*)data)[row] * TimeSpan.TicksPerMicrosecond)
                );
            case DuckDBType.Date:
                return new Column<DateOnly>(
                    name,
                    rows,
                    (data, row) => DateOnly.FromDateTime(DateTime.UnixEpoch).AddDays(((int*)data)[row])
                );
            case DuckDBType.Varchar:
                return new Column<string>(name, rows, (data, row) => Encoding.UTF8.GetString(Bytes(data, row)));
            case DuckDBType.Blob:
                return new Column<byte[]>(name, rows, (data, row) => Bytes(data, row).ToArray());
            case DuckDBType.Decimal:
                DuckDBType stored = LogicalType.DuckDBDecimalInternalType(type);
                decimal unit = 1;
                for (int i = LogicalType.DuckDBDecimalScale(type); i > 0; i--)
                    unit /= 10;
                return new Column<decimal>(name, rows, (data, row) => unit * Whole(data, row, stored));
            case DuckDBType.Enum:
                DuckDBType code = LogicalType.DuckDBEnumInternalType(type);
                var words = new string[LogicalType.DuckDBEnumDictionarySize(type)];
                for (int i = 0; i < words.Length; i++)
                    words[i] = LogicalType.DuckDBEnumDictionaryValue(type, i);
                return new Column<string>(name, rows, (data, row) => words[(int)Whole(data, row, code)]);
            default:
                throw new TableException(
                    $"column {name} is of DuckDB's type {id}, which has no form here: CAST it in the SQL, "
                        + "for example to VARCHAR",
                    sql
                );
        }
    }

    private static decimal Whole(void* data, int row, DuckDBType stored) =>
        stored switch
        {
            DuckDBType.UnsignedTinyInt => ((byte*)data)[row],
            DuckDBType.UnsignedSmallInt => ((ushort*)data)[row],
            DuckDBType.UnsignedInteger => ((uint*)data)[row],
            DuckDBType.SmallInt => ((short*)data)[row],
            DuckDBType.Integer => ((int*)data)[row],
            DuckDBType.BigInt => ((long*)data)[row],
            _ => (decimal)((Int128*)data)[row],
        };

    private static ReadOnlySpan<byte> Bytes(void* data, int row)
    {
        var text = (DuckDBString*)data + row;
        return new(text->Data, text->Length);
    }
}
