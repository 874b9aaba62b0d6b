using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Notebooks;

/// <summary>
/// Numbers as plotly.js (from 2.28) takes them beside JSON lists: float32, little-endian, base64. A notebook has each
/// number of a list on a line of its own.
/// </summary>
internal static class PlotlyArray
{
    // Shorter lists stay readable.
    private const int Least = 256;

    /// <summary>
    /// A list of numbers, or of equally long lists of numbers, packed, with gaps as NaN; null for any other list and
    /// for a short one.
    /// </summary>
    public static JsonObject? Pack(JsonArray array)
    {
        JsonArray[] rows =
            array.Count > 0 && array.All(row => row is JsonArray) ? [.. array.Select(row => row!.AsArray())] : [array];
        int columns = rows[0].Count,
            count = rows.Length * columns;
        if (count < Least || !rows.All(row => row.Count == columns && row.All(IsNumberOrGap)))
            return null;
        byte[] bytes = new byte[4 * count];
        for (int i = 0; i < count; i++)
            BinaryPrimitives.WriteSingleLittleEndian(
                bytes.AsSpan(4 * i),
                rows[i / columns][i % columns] is { } number ? (float)number.GetValue<double>() : float.NaN
            );
        var packed = new JsonObject { ["bdata"] = Convert.ToBase64String(bytes), ["dtype"] = "f4" };
        if (rows[0] != array)
            packed["shape"] = $"{rows.Length},{columns}";
        return packed;

        static bool IsNumberOrGap(JsonNode? n) => n is null || n.GetValueKind() == JsonValueKind.Number;
    }

    /// <summary>The numbers of a packed list; null where the object is none.</summary>
    public static float[]? Unpack(JsonObject node)
    {
        if ((string?)(node["dtype"] as JsonValue) != "f4" || (string?)(node["bdata"] as JsonValue) is not { } text)
            return null;
        byte[] bytes = Convert.FromBase64String(text);
        return
        [
            .. Enumerable
                .Range(0, bytes.Length / 4)
                .Select(i => BinaryPrimitives.ReadSingleLittleEndian(bytes.AsSpan(4 * i))),
        ];
    }
}
