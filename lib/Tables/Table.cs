using System.Globalization;
using System.Net;
using System.Text;

namespace Tables;

/// <summary>
/// What a query gave: columns of values that lie side by side, so that they become arrays and tensors without a walk
/// over rows.
/// </summary>
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

    /// <summary>In a notebook: the first rows, the columns' types and the number of rows.</summary>
    public IReadOnlyDictionary<string, object> ToMimeBundle()
    {
        int shown = Math.Min(Count, 20);
        IEnumerable<string[]> rows = Enumerable
            .Range(0, shown)
            .Select(row => Columns.Select(c => Convert.ToString(c[row], CultureInfo.InvariantCulture) ?? "").ToArray());
        string size = $"{Count:N0} rows" + (shown < Count ? $", the first {shown} shown" : "");

        string headings = string.Concat(Columns.Select(Heading)),
            body = string.Concat(rows.Select(row => $"<tr>{string.Concat(row.Select(Cell))}</tr>"));
        string[] lines =
        [
            string.Join('\t', Columns.Select(c => c.Name)),
            string.Join('\t', Columns.Select(c => c.Type.Name)),
            .. rows.Select(row => string.Join('\t', row)),
            size,
        ];
        return new Dictionary<string, object>
        {
            ["text/html"] = $"<table><caption>{size}</caption><tr>{headings}</tr>{body}</table>",
            ["text/plain"] = string.Join('\n', lines),
        };

        static string Heading(Column c) => $"<th>{WebUtility.HtmlEncode(c.Name)}<br><small>{c.Type.Name}</small></th>";

        static string Cell(string text) => $"<td>{WebUtility.HtmlEncode(text)}</td>";
    }

    internal static Table Fetch(DuckDb.Result* result, string sql)
    {
        var columns = new Column[DuckDb.duckdb_column_count(result)];
        for (int i = 0; i < columns.Length; i++)
        {
            nint type = DuckDb.duckdb_column_logical_type(result, (ulong)i);
            try
            {
                columns[i] = Create(DuckDb.Text(DuckDb.duckdb_column_name(result, (ulong)i)), type, sql);
            }
            finally
            {
                DuckDb.duckdb_destroy_logical_type(ref type);
            }
        }
        for (nint chunk; (chunk = DuckDb.duckdb_fetch_chunk(*result)) != 0; )
        {
            int count = (int)DuckDb.duckdb_data_chunk_get_size(chunk);
            for (int i = 0; i < columns.Length && count > 0; i++)
            {
                nint vector = DuckDb.duckdb_data_chunk_get_vector(chunk, (ulong)i);
                columns[i]
                    .Take(DuckDb.duckdb_vector_get_data(vector), DuckDb.duckdb_vector_get_validity(vector), count);
            }
            DuckDb.duckdb_destroy_data_chunk(ref chunk);
            if (count == 0)
                break;
        }
        return new Table(columns, sql);
    }

    private static Column Create(string name, nint type, string sql)
    {
        var id = (DuckDb.Type)DuckDb.duckdb_get_type_id(type);
        switch (id)
        {
            case DuckDb.Type.Boolean:
                return new Column<bool>(name, null);
            case DuckDb.Type.TinyInt:
                return new Column<sbyte>(name, null);
            case DuckDb.Type.SmallInt:
                return new Column<short>(name, null);
            case DuckDb.Type.Integer:
                return new Column<int>(name, null);
            case DuckDb.Type.BigInt:
                return new Column<long>(name, null);
            case DuckDb.Type.UTinyInt:
                return new Column<byte>(name, null);
            case DuckDb.Type.USmallInt:
                return new Column<ushort>(name, null);
            case DuckDb.Type.UInteger:
                return new Column<uint>(name, null);
            case DuckDb.Type.UBigInt:
                return new Column<ulong>(name, null);
            case DuckDb.Type.HugeInt:
                return new Column<Int128>(name, null);
            case DuckDb.Type.Float:
                return new Column<float>(name, null);
            case DuckDb.Type.Double:
                return new Column<double>(name, null);
            case DuckDb.Type.Timestamp or DuckDb.Type.TimestampTimeZone:
                return new Column<DateTime>(
                    name,
                    (data, row) => DateTime.UnixEpoch.AddTicks(((long*)data)[row] * TimeSpan.TicksPerMicrosecond)
                );
            case DuckDb.Type.Date:
                return new Column<DateOnly>(
                    name,
                    (data, row) => DateOnly.FromDateTime(DateTime.UnixEpoch).AddDays(((int*)data)[row])
                );
            case DuckDb.Type.Varchar:
                return new Column<string>(name, (data, row) => Encoding.UTF8.GetString(Bytes(data, row)));
            case DuckDb.Type.Blob:
                return new Column<byte[]>(name, (data, row) => Bytes(data, row).ToArray());
            case DuckDb.Type.Decimal:
                var stored = (DuckDb.Type)DuckDb.duckdb_decimal_internal_type(type);
                decimal unit = 1;
                for (int i = DuckDb.duckdb_decimal_scale(type); i > 0; i--)
                    unit /= 10;
                return new Column<decimal>(name, (data, row) => unit * Whole(data, row, stored));
            case DuckDb.Type.Enum:
                var code = (DuckDb.Type)DuckDb.duckdb_enum_internal_type(type);
                var words = new string[DuckDb.duckdb_enum_dictionary_size(type)];
                for (int i = 0; i < words.Length; i++)
                {
                    nint word = DuckDb.duckdb_enum_dictionary_value(type, (ulong)i);
                    words[i] = DuckDb.Text(word);
                    DuckDb.duckdb_free(word);
                }
                return new Column<string>(name, (data, row) => words[(int)Whole(data, row, code)]);
            default:
                throw new TableException(
                    $"column {name} is of DuckDB's type {id}, which has no form here: CAST it in the SQL, "
                        + "for example to VARCHAR",
                    sql
                );
        }
    }

    private static decimal Whole(void* data, int row, DuckDb.Type stored) =>
        stored switch
        {
            DuckDb.Type.UTinyInt => ((byte*)data)[row],
            DuckDb.Type.USmallInt => ((ushort*)data)[row],
            DuckDb.Type.UInteger => ((uint*)data)[row],
            DuckDb.Type.SmallInt => ((short*)data)[row],
            DuckDb.Type.Integer => ((int*)data)[row],
            DuckDb.Type.BigInt => ((long*)data)[row],
            _ => (decimal)((Int128*)data)[row],
        };

    // duckdb_string_t: up to 12 bytes lie in the 16 themselves, longer ones where the last 8 point.
    private static ReadOnlySpan<byte> Bytes(void* data, int row)
    {
        byte* text = (byte*)data + 16L * row;
        int length = *(int*)text;
        return new(length <= 12 ? text + 4 : *(byte**)(text + 8), length);
    }
}
