using System.Runtime.InteropServices;
using System.Text.Json.Nodes;

namespace Notebooks;

/// <summary>
/// Numbers as plotly.js (from 2.28) takes them beside JSON lists: of one type, little-endian, base64. A notebook has
/// each number of a list on a line of its own.
/// </summary>
internal static class PlotlyArray
{
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
