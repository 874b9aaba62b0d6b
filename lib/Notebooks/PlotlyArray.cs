using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;

namespace Notebooks;

/// <summary>
/// Numbers as plotly.js (from 2.28) takes them beside JSON lists: of one type, little-endian, base64. A notebook has
/// each number of a list on a line of its own.
/// </summary>
internal static class PlotlyArray
{
    /// <summary>A figure with lists in the place of packed ones, which another language need not know.</summary>
    public static JsonNode? Unpacked(JsonNode? node) =>
        node switch
        {
            JsonObject packed when Unpack(packed) is { } list => List(list.Numbers, list.AreWhole, Width(packed)),
            JsonObject parts => new JsonObject(
                parts.Select(part => KeyValuePair.Create(part.Key, Unpacked(part.Value)))
            ),
            JsonArray items => new JsonArray([.. items.Select(Unpacked)]),
            _ => node?.DeepClone(),
        };

    // Plotly's shape is a text, "rows, columns", or a list.
    private static int? Width(JsonObject packed) =>
        packed["shape"] is { } shape
            ? int.Parse($"{shape}".Split(',')[^1].Trim(' ', ']', '\n'), CultureInfo.InvariantCulture)
            : null;

    private static JsonArray List(double[] numbers, bool areWhole, int? width) =>
        width is { } columns and > 0
            ? new JsonArray([.. numbers.Chunk(columns).Select(row => List(row, areWhole, null))])
            : new JsonArray([.. numbers.Select(number => Number(number, areWhole))]);

    private static JsonNode? Number(double number, bool isWhole) =>
        isWhole ? JsonValue.Create((long)number)
        : double.IsFinite(number) ? JsonValue.Create(number)
        : null;

    /// <summary>
    /// The numbers of a packed list, and whether they are whole; null where the object is none, and where its numbers
    /// are of a type that no chart of ours has.
    /// </summary>
    public static (double[] Numbers, bool AreWhole)? Unpack(JsonObject node)
    {
        if (node["bdata"] is not JsonValue data || data.GetValueKind() != System.Text.Json.JsonValueKind.String)
            return null;
        byte[] bytes = Convert.FromBase64String((string)data!);
        return node["dtype"]?.ToString() switch
        {
            "f4" => (Array.ConvertAll(MemoryMarshal.Cast<byte, float>(bytes).ToArray(), n => (double)n), false),
            "f8" => (MemoryMarshal.Cast<byte, double>(bytes).ToArray(), false),
            "i1" => (Array.ConvertAll(bytes, n => (double)(sbyte)n), true),
            _ => null,
        };
    }
}
