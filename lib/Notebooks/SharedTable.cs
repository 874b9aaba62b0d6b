using System.Collections;
using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Data.Analysis;

namespace Notebooks;

/// <summary>
/// A table on its way from one language to another: columns of bool, long, double, UTC times or texts.
/// </summary>
/// <param name="Columns">The columns, all of one length.</param>
internal sealed record SharedTable(IReadOnlyList<SharedTable.Column> Columns)
{
    /// <param name="Name">Its name.</param>
    /// <param name="Type">
    /// <see cref="bool"/>, <see cref="long"/>, <see cref="double"/>, <see cref="DateTime"/> or <see cref="string"/>.
    /// </param>
    /// <param name="Values">Values of that type; null where there is none.</param>
    public sealed record Column(string Name, Type Type, object?[] Values)
    {
        /// <summary>
        /// The values as an array of numbers or truths, missing fractions as NaN; null where another is missing or they
        /// are none.
        /// </summary>
        public Array? ToArray() =>
            Type == typeof(double) ? Array.ConvertAll(Values, v => (double?)v ?? double.NaN)
            : Values.Contains(null) ? null
            : Type == typeof(long) ? Array.ConvertAll(Values, v => (long)v!)
            : Type == typeof(bool) ? Array.ConvertAll(Values, v => (bool)v!)
            : null;
    }

    /// <summary>
    /// A table of DuckDB's, a DataFrame, or a sequence of objects with their properties as columns; null for all else.
    /// </summary>
    public static SharedTable? Of(object? value)
    {
        if (value is Tables.Table table)
            return new SharedTable([
                .. table.Columns.Select(c => Plain(c.Name, Enumerable.Range(0, c.Count).Select(row => c[row]))),
            ]);
        if (value is DataFrame frame)
            return new SharedTable([.. frame.Columns.Select(c => Plain(c.Name, c.Cast<object?>()))]);
        if (value is string or JsonNode or IDictionary or Array { Rank: > 1 } || value is not IEnumerable items)
            return null;
        object[] rows = [.. items.OfType<object>()];
        Type? type = rows.Length > 0 ? rows[0].GetType() : ElementType(value.GetType());
        if (type is null || rows.Any(r => !type.IsInstanceOfType(r)))
            return null;
        IReadOnlyList<(string Name, Func<object, object?> Read)> parts = ValueTable.PartsOf(type);
        return parts.Count == 0 ? null : new SharedTable([.. parts.Select(p => Plain(p.Name, rows.Select(p.Read)))]);
    }

    /// <summary>
    /// What a figure of plotly draws, a row a point: <c>trace</c>, by its name or its place from 0, and what it lists
    /// of each point (<c>x</c>, <c>y</c>, <c>text</c>, …); of a heatmap a row a field. Null for all else.
    /// </summary>
    public static SharedTable? OfFigure(object? value)
    {
        if (value is not JsonObject { } figure || figure["data"] is not JsonArray traces)
            return null;
        var points = new List<Dictionary<string, object?>>();
        foreach (JsonObject trace in traces.OfType<JsonObject>())
        {
            object name = (string?)trace["name"] ?? $"{trace.GetElementIndex()}";
            Dictionary<string, JsonArray> lists = trace
                .Where(part => part.Value is JsonArray)
                .ToDictionary(part => part.Key, part => (JsonArray)part.Value!);
            foreach (
                Dictionary<string, object?> point in lists.GetValueOrDefault("z") is [JsonArray, ..] z
                    ? Fields(z)
                    : Points()
            )
                points.Add(new(point) { ["trace"] = name });

            IEnumerable<Dictionary<string, object?>> Points() =>
                Enumerable
                    .Range(0, lists.Values.Select(list => list.Count).DefaultIfEmpty().Max())
                    .Select(i => lists.ToDictionary(list => list.Key, list => At(list.Value, i)));

            IEnumerable<Dictionary<string, object?>> Fields(JsonArray rows) =>
                rows.SelectMany(
                    (row, y) =>
                        row!
                            .AsArray()
                            .Select(
                                (field, x) =>
                                    new Dictionary<string, object?>
                                    {
                                        ["x"] = lists.TryGetValue("x", out JsonArray? columns) ? At(columns, x) : x,
                                        ["y"] = lists.TryGetValue("y", out JsonArray? names) ? At(names, y) : y,
                                        ["z"] = PythonProcess.Value(field),
                                    }
                            )
                );
        }
        IEnumerable<string> columns = points.SelectMany(point => point.Keys).Where(key => key != "trace").Distinct();
        return new SharedTable([
            .. columns.Prepend("trace").Select(name => Plain(name, points.Select(p => p.GetValueOrDefault(name)))),
        ]);

        static object? At(JsonArray list, int index) => index < list.Count ? PythonProcess.Value(list[index]) : null;
    }

    /// <summary>An array of rows and columns, its columns <c>c0</c>, <c>c1</c>, …; null for all else.</summary>
    public static SharedTable? OfMatrix(object? value) =>
        value is Array { Rank: 2 } matrix
            ? new SharedTable([
                .. Enumerable
                    .Range(0, matrix.GetLength(1))
                    .Select(column =>
                        Plain(
                            $"c{column}",
                            Enumerable.Range(0, matrix.GetLength(0)).Select(row => matrix.GetValue(row, column))
                        )
                    ),
            ])
            : null;

    /// <summary>A table of one column, <c>value</c>: numbers, truths, times and texts.</summary>
    /// <exception cref="NotebookException">Something among them is none of these.</exception>
    public static SharedTable OfValues(string name, IEnumerable<object?> values)
    {
        object?[] all = [.. values];
        return all.FirstOrDefault(v => v is not null && !IsPlain(v.GetType())) is { } other
            ? throw new NotebookException(
                $"{name} can't be shared: a {ValueText.TypeName(other.GetType())} has no counterpart in "
                    + "SQL. Share numbers, texts, lists of them, or sequences of objects with properties."
            )
            : new SharedTable([Plain("value", all)]);
    }

    /// <summary>The table as another language's answer has it.</summary>
    public static SharedTable Read(JsonArray columns) =>
        new([.. columns.Select(c => c!.AsObject()).Select(c => Plain((string)c["name"]!, Values(c)))]);

    private static IEnumerable<object?> Values(JsonObject column)
    {
        if (column["npy"] is { } file)
            return NpyFile.Read((string)file!).Cast<object?>();
        bool times = (string?)column["kind"] == "time";
        return column["values"]!
            .AsArray()
            .Select(v =>
                v is null ? null
                : times ? Time((string)v!)
                : PythonProcess.Value(v)
            );

        static DateTime Time(string text) =>
            DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal);
    }

    private static Type? ElementType(Type sequence) =>
        sequence
            .GetInterfaces()
            .FirstOrDefault(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IEnumerable<>))
            ?.GetGenericArguments()[0];

    private static bool IsPlain(Type type) =>
        type.IsPrimitive
        || type.IsEnum
        || type == typeof(string)
        || type == typeof(decimal)
        || type == typeof(DateTime)
        || type == typeof(DateOnly)
        || type == typeof(DateTimeOffset);

    private static Column Plain(string name, IEnumerable<object?> values)
    {
        object?[] plain = [.. values.Select(Plain)];
        Type[] types = [.. plain.OfType<object>().Select(v => v.GetType()).Distinct()];
        Type type =
            types.Length == 1 ? types[0]
            : types.Length > 0 && types.All(t => t == typeof(long) || t == typeof(double)) ? typeof(double)
            : typeof(string);
        if (types.Length > 1)
            for (int i = 0; i < plain.Length; i++)
                plain[i] = plain[i] is { } value ? Convert.ChangeType(value, type, CultureInfo.InvariantCulture) : null;
        return new Column(name, type, plain);
    }

    private static object? Plain(object? value) =>
        value switch
        {
            null or bool or long or double or string => value,
            sbyte or byte or short or ushort or int or uint => Convert.ToInt64(value, CultureInfo.InvariantCulture),
            ulong and <= long.MaxValue => Convert.ToInt64(value, CultureInfo.InvariantCulture),
            Int128 whole => whole >= long.MinValue && whole <= long.MaxValue ? (long)whole : (double)whole,
            float or Half or decimal or ulong => Convert.ToDouble(
                value is Half half ? (float)half : value,
                CultureInfo.InvariantCulture
            ),
            DateTime time => DateTime.SpecifyKind(
                time.Kind == DateTimeKind.Local ? time.ToUniversalTime() : time,
                DateTimeKind.Utc
            ),
            DateOnly date => date.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc),
            DateTimeOffset time => time.UtcDateTime,
            _ => ValueText.Of(value),
        };
}
