using System.Globalization;
using System.Reflection;
using Microsoft.Data.Analysis;

namespace Tables;

/// <summary>From query results and records to a <see cref="DataFrame"/>, and how one looks in a notebook.</summary>
/// <remarks>
/// Microsoft.Data.Analysis' own ways in cost digits or time: <c>LoadCsv</c> makes float32 of numbers, and
/// <c>LoadFrom</c> a database boxes every value, row by row. Here a column is made of an array of its type.
/// </remarks>
/// <example><code>
/// DataFrame hits = database.Query("SELECT title, popularity FROM tracks WHERE popularity > 80").ToDataFrame();
/// DataFrame tracks = corpus.Tracks.ToDataFrame();
/// database.Import(tracks, "tracks");
/// </code></example>
public static class DataFrameExtensions
{
    // The form of Microsoft.Data.Analysis' own extension says neither types nor the number of rows.
    static DataFrameExtensions() => MimeBundleSource.Register<DataFrame>(ToMimeBundle);

    /// <summary>
    /// A query's result. HUGEINT becomes long, or decimal where a value needs it; a date the time at which it begins.
    /// </summary>
    /// <exception cref="TableException">A column holds bytes, or whole numbers beyond decimal's.</exception>
    public static DataFrame ToDataFrame(this Table table) =>
        new(table.Columns.Select(column => Create(column.Name, column.ToArray(), column.Nulls)));

    /// <summary>
    /// Records, a row each, such as tracks: their properties that are bool, a number, a text, a time or an enum's value
    /// (by its name) are its columns; others have no form in it, and are left out.
    /// </summary>
    /// <exception cref="TableException">There is no such property.</exception>
    public static DataFrame ToDataFrame<T>(this IEnumerable<T> records)
    {
        object?[] rows = [.. records];
        DataFrameColumn[] columns =
        [
            .. typeof(T)
                .GetProperties(BindingFlags.Public | BindingFlags.Instance)
                .Where(property => property.GetIndexParameters().Length == 0 && HasForm(property.PropertyType))
                .Select(property => Create(property, rows)),
        ];
        return columns.Length > 0
            ? new DataFrame(columns)
            : throw new TableException($"{typeof(T).Name} has no property that a column could hold");
    }

    /// <summary>In a notebook: the first rows, the columns' types, and the numbers of rows and columns.</summary>
    public static IReadOnlyDictionary<string, object> ToMimeBundle(this DataFrame frame) =>
        FirstRows
            .Draw(
                [.. frame.Columns.Select(column => (column.Name, column.DataType))],
                frame.Rows.Count,
                (row, column) => frame.Columns[column][row]
            )
            .ToMimeBundle();

    private static bool HasForm(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type.IsEnum
            || Type.GetTypeCode(type) is not (TypeCode.Object or TypeCode.Char)
            || type == typeof(DateOnly)
            || type == typeof(DateTimeOffset);
    }

    private static DataFrameColumn Create(PropertyInfo property, object?[] rows)
    {
        Type type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        var nulls = new List<int>();
        var values = Array.CreateInstance(StoredType(type), rows.Length);
        for (int row = 0; row < rows.Length; row++)
        {
            object? value = rows[row] is { } record ? property.GetValue(record) : null;
            if (value is null)
                nulls.Add(row);
            else
                values.SetValue(Stored(value), row);
        }
        return Create(property.Name, values, nulls);
    }

    private static Type StoredType(Type type) =>
        type.IsEnum ? typeof(string)
        : type == typeof(DateTimeOffset) ? typeof(DateTime)
        : type;

    private static object Stored(object value) =>
        value switch
        {
            Enum name => $"{name}",
            DateTimeOffset time => time.UtcDateTime,
            _ => value,
        };

    private static DataFrameColumn Create(string name, Array values, IReadOnlyList<int> nulls)
    {
        // By the elements' type: at run time an sbyte[] passes for a byte[].
        Type type = values.GetType().GetElementType()!;
        DataFrameColumn column = Type.GetTypeCode(type) switch
        {
            TypeCode.Boolean => new BooleanDataFrameColumn(name, (bool[])values),
            TypeCode.SByte => new SByteDataFrameColumn(name, (sbyte[])values),
            TypeCode.Byte => new ByteDataFrameColumn(name, (byte[])values),
            TypeCode.Int16 => new Int16DataFrameColumn(name, (short[])values),
            TypeCode.UInt16 => new UInt16DataFrameColumn(name, (ushort[])values),
            TypeCode.Int32 => new Int32DataFrameColumn(name, (int[])values),
            TypeCode.UInt32 => new UInt32DataFrameColumn(name, (uint[])values),
            TypeCode.Int64 => new Int64DataFrameColumn(name, (long[])values),
            TypeCode.UInt64 => new UInt64DataFrameColumn(name, (ulong[])values),
            TypeCode.Single => new SingleDataFrameColumn(name, (float[])values),
            TypeCode.Double => new DoubleDataFrameColumn(name, (double[])values),
            TypeCode.Decimal => new DecimalDataFrameColumn(name, (decimal[])values),
            TypeCode.DateTime => new DateTimeDataFrameColumn(name, (DateTime[])values),
            TypeCode.String => new StringDataFrameColumn(name, (string?[])values),
            _ when values is DateOnly[] days => new DateTimeDataFrameColumn(
                name,
                days.Select(day => day.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc))
            ),
            _ when values is Int128[] numbers => Whole(name, numbers),
            _ => throw new TableException(
                $"column {name} is of type {type.Name}, which a DataFrame has no column for: CAST it in the SQL"
            ),
        };
        if (type != typeof(string))
            foreach (int row in nulls)
                column[row] = null;
        return column;
    }

    private static DataFrameColumn Whole(string name, Int128[] numbers)
    {
        if (numbers.All(number => number >= long.MinValue && number <= long.MaxValue))
            return new Int64DataFrameColumn(name, numbers.Select(number => (long)number));
        try
        {
            return new DecimalDataFrameColumn(name, numbers.Select(number => (decimal)number));
        }
        catch (OverflowException)
        {
            throw new TableException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"column {name} has numbers up to {numbers.Max()}, beyond decimal's: CAST it in the SQL"
                )
            );
        }
    }
}
