using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;

namespace Notebooks;

/// <summary>A value in a line of text.</summary>
internal static class ValueText
{
    // Values of a sequence that a text gives.
    private static int MostItems => DefaultFormatters.ListExpansionLimit(100);

    private static int MostItemsNested => DefaultFormatters.ListExpansionLimit(8);

    /// <summary>The value as text; a sequence in brackets, cut after 100 values.</summary>
    public static string Of(object? value) => Of(value, MostItems);

    /// <summary>The value as it stands in a table: no line breaks, not long, fractions to six digits.</summary>
    public static string Short(object? value)
    {
        if (
            value is double or float
            && Math.Abs(Convert.ToDouble(value, CultureInfo.InvariantCulture)) is >= 1e-4 and < 1e6
        )
            return ((IFormattable)value).ToString("G6", CultureInfo.InvariantCulture);
        string text = Of(value, MostItemsNested).ReplaceLineEndings(" ");
        return text.Length <= 200 ? text : text[..199] + "…";
    }

    /// <summary>
    /// Whether values of a type are shown as text rather than by their properties: those of .NET itself, whose
    /// properties may block or tell nothing.
    /// </summary>
    public static bool IsScalar(Type type) =>
        type.IsPrimitive
        || type.IsEnum
        || type.IsPointer
        || typeof(Delegate).IsAssignableFrom(type)
        || typeof(Exception).IsAssignableFrom(type)
        || typeof(Type).IsAssignableFrom(type)
        || typeof(ITuple).IsAssignableFrom(type)
        || type.Namespace is { } space && (space == "System" || space.StartsWith("System.", StringComparison.Ordinal));

    /// <summary>Whether values of a type are numbers, which a table sets flush right.</summary>
    public static bool IsNumber(object? value) =>
        value
            is sbyte
                or byte
                or short
                or ushort
                or int
                or uint
                or long
                or ulong
                or float
                or double
                or decimal
                or Half
                or nint
                or nuint;

    /// <summary>A type's name as C# writes it, without its namespace.</summary>
    public static string TypeName(Type type)
    {
        if (type.IsArray)
            return TypeName(type.GetElementType()!) + "[]";
        if (type.Name.StartsWith("<>", StringComparison.Ordinal))
            return "anonymous type";
        string name = type.Name.Split('`')[0];
        return type.IsGenericType ? $"{name}<{string.Join(", ", type.GetGenericArguments().Select(TypeName))}>" : name;
    }

    private static string Of(object? value, int most)
    {
        switch (value)
        {
            case null:
                return "null";
            case string text:
                return text;
            case JsonObject or JsonArray:
                return ((JsonNode)value).ToJsonString();
            case IFormattable formattable:
                return formattable.ToString(null, CultureInfo.InvariantCulture);
            case IEnumerable items:
                return Sequence(items, most);
            default:
                Type type = value.GetType();
                bool own =
                    type.GetMethod(
                        "ToString",
                        BindingFlags.Public | BindingFlags.Instance,
                        Type.EmptyTypes
                    )?.DeclaringType
                        is { } by
                    && by != typeof(object)
                    && by != typeof(ValueType);
                try
                {
                    return own ? value.ToString() ?? "" : TypeName(type);
                }
                catch (InsufficientExecutionStackException)
                {
                    // A record that holds itself.
                    return $"{TypeName(type)} {{ … }}";
                }
        }
    }

    private static string Sequence(IEnumerable items, int most)
    {
        var texts = new List<string>();
        bool more = false;
        foreach (object? item in items)
        {
            if (more = texts.Count == most)
                break;
            texts.Add(item is DictionaryEntry entry ? $"{Short(entry.Key)}: {Short(entry.Value)}" : Short(item));
        }
        string rest =
            !more ? ""
            : items is ICollection { Count: int count } ? $", … ({count} values)"
            : ", …";
        return $"[{string.Join(", ", texts)}{rest}]";
    }
}
