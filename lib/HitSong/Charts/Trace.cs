using System.Text.Json;
using System.Text.Json.Nodes;

namespace HitSong.Charts;

/// <summary>What a figure draws: one of plotly.js's trace types with its attributes.</summary>
/// <param name="Kind">plotly's name of the type: scatter, bar, heatmap, …</param>
/// <param name="Name">Its name in the legend; none where null.</param>
public sealed record Trace(string Kind, string? Name = null)
{
    /// <summary>plotly's attributes of this trace type.</summary>
    public JsonObject Attributes { get; init; } = [];

    /// <summary>A line through points.</summary>
    public static Trace Line(IEnumerable<double> x, IEnumerable<double> y, string? name = null) =>
        new("scatter", name)
        {
            Attributes = new()
            {
                ["mode"] = "lines",
                ["x"] = Numbers(x),
                ["y"] = Numbers(y),
            },
        };

    /// <summary>
    /// Points with error bars from <paramref name="low"/> to <paramref name="high"/>, one a category.
    /// </summary>
    public static Trace Intervals(
        IEnumerable<string> categories,
        IReadOnlyList<double> values,
        IReadOnlyList<double> low,
        IReadOnlyList<double> high,
        string? name = null
    ) =>
        new("scatter", name)
        {
            Attributes = new()
            {
                ["mode"] = "markers",
                ["x"] = Words(categories),
                ["y"] = Numbers(values),
                ["marker"] = new JsonObject { ["size"] = 12 },
                ["error_y"] = new JsonObject
                {
                    ["type"] = "data",
                    ["symmetric"] = false,
                    ["array"] = Numbers(high.Zip(values, (h, v) => h - v)),
                    ["arrayminus"] = Numbers(values.Zip(low, (v, l) => v - l)),
                },
            },
        };

    /// <summary>Bare marks, one a category.</summary>
    /// <param name="categories">The categories.</param>
    /// <param name="values">The values; a null draws nothing.</param>
    /// <param name="symbol">plotly's marker symbol, such as <c>line-ew-open</c>.</param>
    /// <param name="name">Name in the legend.</param>
    public static Trace Marks(
        IEnumerable<string> categories,
        IEnumerable<double?> values,
        string symbol,
        string? name = null
    ) =>
        new("scatter", name)
        {
            Attributes = new()
            {
                ["mode"] = "markers",
                ["x"] = Words(categories),
                ["y"] = new JsonArray([.. values.Select(v => v is double d ? Number(d) : null)]),
                ["marker"] = new JsonObject
                {
                    ["symbol"] = symbol,
                    ["size"] = 22,
                    ["line"] = new JsonObject { ["width"] = 3 },
                },
            },
        };

    /// <summary>The same, with its axes exchanged.</summary>
    public Trace Turned()
    {
        string Other(string name) =>
            name switch
            {
                "x" => "y",
                "y" => "x",
                "error_x" => "error_y",
                "error_y" => "error_x",
                _ => name,
            };
        return this with
        {
            Attributes = [.. Attributes.Select(a => KeyValuePair.Create(Other(a.Key), a.Value?.DeepClone()))],
        };
    }

    /// <summary>How many values fall into each of equal bins.</summary>
    /// <param name="values">The values.</param>
    /// <param name="binWidth">Width of a bin.</param>
    /// <param name="name">Name in the legend.</param>
    public static Trace Histogram(IEnumerable<double> values, double binWidth, string? name = null) =>
        new("histogram", name)
        {
            Attributes = new()
            {
                ["x"] = Numbers(values),
                ["xbins"] = new JsonObject { ["size"] = binWidth },
            },
        };

    /// <summary>A picture of [rows × columns] values, row 0 at the bottom.</summary>
    /// <param name="values">[rows · columns] values, row by row.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="x">The columns' places.</param>
    /// <param name="y">The rows' places.</param>
    /// <param name="colors">Colours from the lowest value to the highest.</param>
    /// <param name="unit">Unit of the values, beside the colour bar.</param>
    public static Trace Heatmap(
        ReadOnlySpan<float> values,
        int rows,
        JsonArray x,
        JsonArray y,
        ColorScale colors,
        string? unit = null
    )
    {
        int columns = values.Length / rows;
        var z = new JsonArray();
        for (int row = 0; row < rows; row++)
        {
            var line = new JsonArray();
            foreach (float value in values.Slice(row * columns, columns))
                line.Add(Number(value));
            z.Add(line);
        }
        return new("heatmap")
        {
            Attributes = new()
            {
                ["z"] = z,
                ["x"] = x,
                ["y"] = y,
                ["colorscale"] = colors.ToPlotly(),
                ["colorbar"] = new JsonObject
                {
                    ["title"] = new JsonObject { ["text"] = unit ?? "" },
                    ["thickness"] = 14,
                },
            },
        };
    }

    /// <summary>Numbers as JSON, six significant digits each: more cannot be seen, and notebooks stay small.</summary>
    public static JsonArray Numbers(IEnumerable<double> values) => [.. values.Select(Number)];

    /// <summary>Words as JSON.</summary>
    public static JsonArray Words(IEnumerable<string> values) => [.. values.Select(v => (JsonNode)v)];

    internal JsonObject ToPlotly()
    {
        var trace = (JsonObject)Attributes.DeepClone();
        trace["type"] = Kind;
        if (Name is not null)
            trace["name"] = Name;
        trace["showlegend"] = Name is not null;
        return trace;
    }

    // Six significant digits; JSON has no infinities and no NaN, and plotly leaves a gap for null.
    private static JsonNode? Number(double value) =>
        double.IsFinite(value)
            ? JsonValue.Create(
                double.Parse(
                    value.ToString("G6", System.Globalization.CultureInfo.InvariantCulture),
                    System.Globalization.CultureInfo.InvariantCulture
                )
            )
            : null;
}
