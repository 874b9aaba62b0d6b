using System.Collections;
using System.Net;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tables;

namespace Notebooks;

/// <summary>
/// A value as a table: an object by its properties, a sequence with a column a property, a dictionary by its keys. What
/// has parts of its own stands in it as a table to be opened, so that the whole is a tree.
/// </summary>
internal sealed class ValueTable
{
    // Rows that are shown of a sequence.
    private static int MostRows => DefaultFormatters.ListExpansionLimit(20);

    // A sequence that computes its elements is counted so far, and no further: it may be endless.
    private const int MostCounted = 10_000;

    private const int MostColumns = 30;

    // A notebook holds the whole tree before anybody opens it.
    private const int MostDepth = 5,
        MostCells = 2000;

    private readonly string[] columns;
    private readonly List<object?[]> rows;
    private readonly string? note;

    private ValueTable(string[] columns, List<object?[]> rows, string? note) =>
        (this.columns, this.rows, this.note) = (columns, rows, note);

    /// <summary>An object's public properties and fields, a row each; null where it has none.</summary>
    public static ValueTable? OfObject(object value)
    {
        MemberInfo[] members = Members(value.GetType());
        return members.Length == 0
            ? null
            : new ValueTable(["Property", "Value"], [.. members.Select(m => new[] { m.Name, Read(m, value) })], null);
    }

    /// <summary>A sequence of objects or a dictionary; null for values that a line of text shows as well.</summary>
    public static ValueTable? OfSequence(IEnumerable items)
    {
        var first = new List<object?>();
        int count = 0;
        bool counted = true;
        foreach (object? item in items)
        {
            if (count++ < MostRows)
                first.Add(item);
            else if (Count(items) is int known)
            {
                count = known;
                break;
            }
            else if (count > MostCounted)
            {
                counted = false;
                break;
            }
        }
        Type? type = first.FirstOrDefault(i => i is not null)?.GetType();
        if (type is null)
            return null;
        string note = Note(count, counted ? $"{count}" : $"more than {MostCounted}");
        bool ofKeys =
            type == typeof(DictionaryEntry)
            || type.IsGenericType && type.GetGenericTypeDefinition() == typeof(KeyValuePair<,>);
        if (ofKeys)
            return new ValueTable(
                ["Key", "Value"],
                [.. first.Select(i => new[] { Property(i!, "Key"), Property(i!, "Value") })],
                note
            );
        bool mixed = first.Any(i => i is not null && !type.IsInstanceOfType(i));
        IReadOnlyList<(string Name, Func<object, object?> Read)> parts = mixed ? [] : PartsOf(type);
        if (parts.Count == 0 || DefaultFormatters.IsRegistered(type))
            return first.Any(i => OfPart(i) is not null || i is not null && DefaultFormatters.IsRegistered(i.GetType()))
                ? new ValueTable(["Index", "Value"], [.. first.Select((item, i) => new[] { i, item })], note)
                : null;
        parts = [.. parts.Take(MostColumns)];
        return new ValueTable(
            [.. parts.Select(p => p.Name)],
            [.. first.Select(i => parts.Select(p => i is null ? null : p.Read(i)).ToArray())],
            note
        );
    }

    /// <summary>Rows that all have the names of the first.</summary>
    public static ValueTable OfRows(IReadOnlyList<IEnumerable<KeyValuePair<string, object>>> rows) =>
        new(
            [.. rows.Take(1).SelectMany(row => row.Select(field => field.Key))],
            [.. rows.Take(MostRows).Select(row => row.Select(object? (field) => field.Value).ToArray())],
            Note(rows.Count, $"{rows.Count}")
        );

    private static string Note(int count, string words) =>
        count <= MostRows ? $"({count} {(count == 1 ? "row" : "rows")})" : $"(first {MostRows} of {words} rows)";

    /// <summary>The properties and fields that a row of a table shows of its object.</summary>
    public static IReadOnlyList<(string Name, Func<object, object?> Read)> PartsOf(Type type)
    {
        if (typeof(ITuple).IsAssignableFrom(type))
            return [.. type.GetFields().Select<FieldInfo, (string, Func<object, object?>)>(f => (f.Name, f.GetValue))];
        if (ValueText.IsScalar(type) || typeof(IEnumerable).IsAssignableFrom(type))
            return [];
        return
        [
            .. Members(type)
                .Select<MemberInfo, (string, Func<object, object?>)>(m => (m.Name, value => Read(m, value))),
        ];
    }

    /// <summary>Whether something in the table has parts of its own.</summary>
    public bool IsNested => rows.Any(row => row.Any(value => OfPart(value) is not null));

    /// <summary>The table as HTML, its texts escaped.</summary>
    public string ToHtml() => ToHtml(new Opened());

    /// <summary>The table in columns of text.</summary>
    public string ToText() => Drawn(value => ValueText.Short(value)).ToText();

    /// <summary>An object's properties in lines of text, and below each, indented, those of its value.</summary>
    public static string ToTree(object value)
    {
        var text = new StringBuilder(ValueText.TypeName(value.GetType()));
        OfObject(value)!.AppendTree(text, "\n  ", new Opened());
        return text.ToString();
    }

    private void AppendTree(StringBuilder text, string indent, Opened opened)
    {
        foreach (object?[] row in rows)
        {
            text.Append(indent).Append(ValueText.Short(row[0])).Append(':');
            if (opened.Enter(row[1]) is not { } part)
            {
                text.Append(' ').Append(ValueText.Short(row[1]));
                continue;
            }
            if (part.note is null)
                text.Append(' ').Append(ValueText.TypeName(row[1]!.GetType()));
            if (part.columns is ["Property" or "Key" or "Index", "Value"])
                part.AppendTree(text, indent + "  ", opened);
            else
                text.Append(indent).Append("  ").Append(part.ToText().Replace("\n", indent + "  "));
            opened.Leave();
        }
    }

    private string ToHtml(Opened opened)
    {
        return Drawn(Cell).ToHtml();

        DrawnTable.Cell Cell(object? value)
        {
            string text = ValueText.Short(value);
            if (value is not null && DefaultFormatters.IsRegistered(value.GetType()))
                return new(text) { Html = DefaultFormatters.Html(value) };
            if (opened.Enter(value) is not { } part)
                return text;
            string html = part.ToHtml(opened);
            opened.Leave();
            return new(text) { Html = $"<details><summary>{WebUtility.HtmlEncode(text)}</summary>\n{html}</details>" };
        }
    }

    private DrawnTable Drawn(Func<object?, DrawnTable.Cell> cell)
    {
        return new([.. columns.Select(Heading)], rows.Select(row => row.Select(cell)))
        {
            Class = "values",
            Notes = note is null ? [] : [note],
        };

        DrawnTable.Heading Heading(string name, int column) =>
            new(name, Right: rows.All(row => row[column] is null || ValueText.IsNumber(row[column])));
    }

    // Null for a value without parts, and for one that shows itself in its own way.
    private static ValueTable? OfPart(object? value)
    {
        try
        {
            return value switch
            {
                null or string => null,
                _ when IsShown(value) => null,
                JsonElement element => OfPart(JsonSerializer.SerializeToNode(element)),
                IEnumerable items => OfSequence(items),
                _ when ValueText.IsScalar(value.GetType()) => null,
                _ => OfObject(value),
            };
        }
        catch (Exception)
        {
            return null;
        }
    }

    private static bool IsShown(object value) =>
        MimeBundle.IsOwn(value, CellRun.Current?.Options) || DefaultFormatters.IsRegistered(value.GetType());

    private static int? Count(IEnumerable items) =>
        items is ICollection collection ? collection.Count : Property(items, "Count") as int?;

    private static object? Property(object value, string name)
    {
        PropertyInfo? property = value
            .GetType()
            .GetProperty(name, BindingFlags.Public | BindingFlags.Instance, null, null, Type.EmptyTypes, null);
        return property?.GetValue(value);
    }

    // In the order of declaration; a base type's before those of the type itself.
    private static MemberInfo[] Members(Type type) =>
        [
            .. type.GetMembers(BindingFlags.Public | BindingFlags.Instance)
                .Where(CanRead)
                .OrderBy(m => Depth(m.DeclaringType!))
                .ThenBy(m => m.MetadataToken),
        ];

    private static bool CanRead(MemberInfo member) =>
        member switch
        {
            FieldInfo field => !field.FieldType.IsPointer,
            PropertyInfo { GetMethod.IsPublic: true } property => property.GetIndexParameters().Length == 0
                && property.PropertyType is { IsByRefLike: false, IsByRef: false, IsPointer: false },
            _ => false,
        };

    private static int Depth(Type type) => type.BaseType is { } parent ? Depth(parent) + 1 : 0;

    private static object? Read(MemberInfo member, object value)
    {
        try
        {
            return member is PropertyInfo property ? property.GetValue(value) : ((FieldInfo)member).GetValue(value);
        }
        catch (TargetInvocationException e)
        {
            return $"({e.InnerException!.GetType().Name}: {e.InnerException.Message})";
        }
    }

    /// <summary>
    /// The values that lead to a place in a tree. A value among them is not opened again: it holds itself.
    /// </summary>
    private sealed class Opened
    {
        private readonly List<object> path = [];
        private int left = MostCells;

        /// <summary>
        /// The parts of a value that may be opened here, to be left again; null where there are none, or enough.
        /// </summary>
        public ValueTable? Enter(object? value)
        {
            if (
                value is null
                || path.Count == MostDepth
                || left <= 0
                || path.Any(above => ReferenceEquals(above, value))
                || OfPart(value) is not { } part
            )
                return null;
            left -= part.rows.Count * part.columns.Length;
            path.Add(value);
            return part;
        }

        public void Leave() => path.RemoveAt(path.Count - 1);
    }
}
