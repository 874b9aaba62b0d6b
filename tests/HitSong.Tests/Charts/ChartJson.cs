using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using HitSong.Charts;
using Plotly.NET;

namespace HitSong.Tests.Charts;

/// <summary>What plotly.js is given of a chart.</summary>
internal static class ChartJson
{
    /// <summary>All of it: data, layout and config.</summary>
    public static JsonObject AsJson(this GenericChart chart) =>
        JsonNode.Parse(chart.ToMimeBundle()["application/vnd.plotly.v1+json"].ToString()!)!.AsObject();

    /// <summary>The traces.</summary>
    public static JsonNode[] TracesAsJson(this GenericChart chart) => [.. chart.AsJson()["data"]!.AsArray()!];

    /// <summary>A list's numbers, packed or not; NaN where there is none.</summary>
    public static double[] Numbers(this JsonNode? list)
    {
        if (list is JsonArray plain)
            return [.. plain.Select(number => (double?)number ?? double.NaN)];
        byte[] bytes = Convert.FromBase64String((string)list!["bdata"]!);
        return (string)list["dtype"]! == "i1"
            ? [.. bytes.Select(number => (double)(sbyte)number)]
            : [.. MemoryMarshal.Cast<byte, float>(bytes).ToArray().Select(number => (double)number)];
    }

    /// <summary>A list's words.</summary>
    public static string[] Words(this JsonNode? list) => [.. list!.AsArray().Select(word => (string)word!)];
}
