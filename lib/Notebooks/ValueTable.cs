using System.Collections;
using System.Net;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace Notebooks;

/// <summary>A value as a table: an object by its properties, a sequence with a column a property, a dictionary by its keys.</summary>
internal sealed class ValueTable
{
    /// <summary>Rows that are shown of a sequence.</summary>
    private const int MostRows = 20;

    // A sequence that computes its elements is counted so far, and no further: it may be endless.
    private const int MostCounted = 10_000;

    private const int MostColumns = 30;

    private readonly string[] columns;
    private readonly List<object?[]> rows;
    private readonly string? note;

    private ValueTable(string[] columns, List<object?[]> rows, string? note) => (this.columns, this.rows, this.note) = (columns, rows, note);

    /// <summary>An object's public properties and fields, a row each; null where it has none.</summary>
    public static ValueTable? OfObject(object value)
    {
        MemberInfo[] members = Members(value.GetType());
        return members.Length == 0 ? null : new ValueTable(["Property", "Value"], [.. members.Select(m => new[] { m.Name, Read(m, value) })], null);
    }

    /// <summary>A sequence of objects or a dictionary; null for values that a line of text shows as well.</summary>
    public static ValueTable? OfSequence(IEnumerable items)
    {
        var first = new List<object?>();
        int count = 0;
        bool counted = true;
        foreach (object? item in items)
        {
            if (count++ < MostRows) first.Add(item);
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
        if (type is null) return null;
        string note = count <= MostRows ? $"({count} {(count == 1 ? "row" : "rows")})" : $"(first {MostRows} of {(counted ? count : "more than " + MostCounted)} rows)";
        if (type == typeof(DictionaryEntry) || type.IsGenericType && type.GetGenericTypeDefinition() == typeof(KeyValuePair<,>))
            return new ValueTable(["Key", "Value"], [.. first.Select(i => new[] { Property(i!, "Key"), Property(i!, "Value") })], note);
        if (first.Any(i => i is not null && i.GetType() != type && !type.IsInstanceOfType(i))) return null;
        MemberInfo[] members = typeof(ITuple).IsAssignableFrom(type) ? [.. type.GetFields()] : ValueText.IsScalar(type) || typeof(IEnumerable).IsAssignableFrom(type) ? [] : Members(type);
        if (members.Length == 0) return null;
        members = members[..Math.Min(members.Length, MostColumns)];
        return new ValueTable([.. members.Select(m => m.Name)], [.. first.Select(i => members.Select(m => i is null ? null : Read(m, i)).ToArray())], note);
    }

    /// <summary>The table as HTML, its texts escaped.</summary>
    public string ToHtml()
    {
        var html = new StringBuilder("<table class=\"values\">\n<thead><tr>");
        for (int c = 0; c < columns.Length; c++) AppendCell(html, "th", columns[c], ValueText.IsNumber(rows[0][c]));
        html.Append("</tr></thead>\n<tbody>\n");
        foreach (object?[] row in rows)
        {
            html.Append("<tr>");
            foreach (object? value in row) AppendCell(html, "td", ValueText.Short(value), ValueText.IsNumber(value));
            html.Append("</tr>\n");
        }
        html.Append("</tbody>\n</table>");
        if (note is not null) html.Append("\n<p>").Append(note).Append("</p>");
        return html.ToString();
    }

    /// <summary>The table in columns of text.</summary>
    public string ToText()
    {
        string[][] texts = [columns, .. rows.Select(r => r.Select(ValueText.Short).ToArray())];
        int[] widths = [.. columns.Select((_, c) => texts.Max(t => t[c].Length))];
        var text = new StringBuilder();
        for (int r = 0; r < texts.Length; r++)
        {
            string line = string.Join("  ", texts[r].Select((t, c) => ValueText.IsNumber(rows[Math.Max(0, r - 1)][c]) ? t.PadLeft(widths[c]) : t.PadRight(widths[c])));
            text.Append(line.TrimEnd()).Append('\n');
        }
        return text.Append(note).ToString().TrimEnd('\n');
    }

    // The side is stated for each cell: frontends differ in what they take for granted.
    private static void AppendCell(StringBuilder html, string tag, string text, bool number) =>
        html.Append('<').Append(tag).Append(number ? " style=\"text-align: right\">" : " style=\"text-align: left\">").Append(WebUtility.HtmlEncode(text)).Append("</").Append(tag).Append('>');

    private static int? Count(IEnumerable items) => items is ICollection collection ? collection.Count : Property(items, "Count") as int?;

    private static object? Property(object value, string name)
    {
        PropertyInfo? property = value.GetType().GetProperty(name, BindingFlags.Public | BindingFlags.Instance, null, null, Type.EmptyTypes, null);
        return property?.GetValue(value);
    }

    // In the order of declaration; a base type's before those of the type itself.
    private static MemberInfo[] Members(Type type) =>
    [
        .. type.GetMembers(BindingFlags.Public | BindingFlags.Instance)
            .Where(m => m is FieldInfo { FieldType.IsPointer: false } || m is PropertyInfo { GetMethod.IsPublic: true, PropertyType: { IsByRefLike: false, IsByRef: false, IsPointer: false } } p && p.GetIndexParameters().Length == 0)
            .OrderBy(m => Depth(m.DeclaringType!)).ThenBy(m => m.MetadataToken),
    ];

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
}
