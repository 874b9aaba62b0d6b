using System.Globalization;
using DynamicObj;
using Microsoft.FSharp.Core;
using Plotly.NET;
using Plotly.NET.TraceObjects;

namespace HitSong.Charts;

/// <summary>
/// What a chart is made of, one trace each, without the many settings that Plotly.NET's own <c>Chart</c> has: several
/// become one by <see cref="ChartStyle"/>. Numbers keep six significant digits, more cannot be seen; from 256 on they
/// are packed as float32. What is no number leaves a gap.
/// </summary>
/// <example><code>
/// double[] x = [0, 1, 2, 3];
/// var curve = Traces.Line(x, x.Select(v => v * v), "squares");
/// var points = Traces.Points(x, [0, 2, 3, 9], "measured");
/// new[] { curve, points }.Styled("Two traces").WithXAxis("x")
/// </code></example>
public static class Traces
{
    // Shorter lists stay readable.
    private const int LeastPacked = 256;

    /// <summary>A line through points.</summary>
    public static GenericChart Line(IEnumerable<double> x, IEnumerable<double> y, string? name = null) =>
        Of("scatter", name, ("mode", "lines"), ("x", Numbers(x)), ("y", Numbers(y)));

    /// <summary>Bare points, <paramref name="size"/> pixels wide.</summary>
    public static GenericChart Points(
        IEnumerable<double> x,
        IEnumerable<double> y,
        string? name = null,
        double size = 6
    ) =>
        Of(
            "scatter",
            name,
            ("mode", "markers"),
            ("x", Numbers(x)),
            ("y", Numbers(y)),
            ("marker", Marker(("size", size)))
        );

    /// <summary>
    /// Points with error bars from <paramref name="low"/> to <paramref name="high"/>, one a category.
    /// </summary>
    /// <param name="categories">The categories.</param>
    /// <param name="values">The values.</param>
    /// <param name="low">The bars' lower ends.</param>
    /// <param name="high">The bars' upper ends.</param>
    /// <param name="name">Name in the legend.</param>
    /// <param name="sideways">Whether the categories stand below each other.</param>
    public static GenericChart Intervals(
        IEnumerable<string> categories,
        IReadOnlyList<double> values,
        IReadOnlyList<double> low,
        IReadOnlyList<double> high,
        string? name = null,
        bool sideways = false
    )
    {
        Error bars = new Error().With(
            ("type", "data"),
            ("symmetric", false),
            ("array", Numbers(high.Zip(values, (h, v) => h - v))),
            ("arrayminus", Numbers(values.Zip(low, (v, l) => v - l)))
        );
        return Of(
            "scatter",
            name,
            ("mode", "markers"),
            (sideways ? "y" : "x", categories.ToArray()),
            (sideways ? "x" : "y", Numbers(values)),
            ("marker", Marker(("size", 12))),
            (sideways ? "error_x" : "error_y", bars)
        );
    }

    /// <summary>Bare marks, one a category.</summary>
    /// <param name="categories">The categories.</param>
    /// <param name="values">The values; a null draws nothing.</param>
    /// <param name="symbol">plotly's marker symbol, such as <c>line-ew-open</c>.</param>
    /// <param name="name">Name in the legend.</param>
    /// <param name="sideways">Whether the categories stand below each other.</param>
    public static GenericChart Marks(
        IEnumerable<string> categories,
        IEnumerable<double?> values,
        string symbol,
        string? name = null,
        bool sideways = false
    ) =>
        Of(
            "scatter",
            name,
            ("mode", "markers"),
            (sideways ? "y" : "x", categories.ToArray()),
            (sideways ? "x" : "y", Numbers(values.Select(value => value ?? double.NaN))),
            ("marker", Marker(("symbol", symbol), ("size", 22), ("line", new Line().With(("width", 3)))))
        );

    /// <summary>How many values fall into each of equal bins.</summary>
    /// <param name="values">The values.</param>
    /// <param name="binWidth">Width of a bin.</param>
    /// <param name="name">Name in the legend.</param>
    public static GenericChart Histogram(IEnumerable<double> values, double binWidth, string? name = null) =>
        Of("histogram", name, ("x", Numbers(values)), ("xbins", new Bins().With(("size", binWidth))));

    /// <summary>A picture of [rows × columns] values, row 0 at the bottom.</summary>
    /// <param name="values">[rows · columns] values, row by row.</param>
    /// <param name="x">[columns] their places.</param>
    /// <param name="y">[rows] their places.</param>
    /// <param name="colors">Colours from the lowest value to the highest.</param>
    /// <param name="unit">Unit of the values, beside the colour bar.</param>
    public static GenericChart Heatmap(
        float[] values,
        IReadOnlyCollection<double> x,
        IReadOnlyCollection<double> y,
        ColorScale colors,
        string unit = ""
    ) => Heatmap(Packed(values, y.Count), Numbers(x), Numbers(y), colors, unit);

    /// <summary>The same, with rows that have names.</summary>
    public static GenericChart Heatmap(
        float[] values,
        IReadOnlyCollection<double> x,
        IReadOnlyCollection<string> y,
        ColorScale colors,
        string unit = ""
    ) => Heatmap(Packed(values, y.Count), Numbers(x), y, colors, unit);

    internal static GenericChart Heatmap(object z, object x, object y, ColorScale colors, string unit) =>
        Of(
            "heatmap",
            null,
            ("z", z),
            ("x", x),
            ("y", y),
            ("colorscale", colors.ToPlotly()),
            ("colorbar", new ColorBar().With(("title", new Title().With(("text", unit))), ("thickness", 14)))
        );

    /// <summary>A trace of one of plotly.js's types, with its attributes by plotly's own names.</summary>
    internal static GenericChart Of(string type, string? name, params (string Name, object Value)[] attributes)
    {
        Trace trace = new Trace(type).With(attributes).With(("showlegend", name is not null));
        if (name is not null)
            trace.SetProperty("name", name);
        return GenericChart.ofTraceObject(useDefaults: false, trace);
    }

    internal static Marker Marker(params (string Name, object Value)[] attributes) => new Marker().With(attributes);

    /// <summary>Sets plotly's attributes by their own names, for what Plotly.NET has no name in C#.</summary>
    internal static T With<T>(this T part, params IEnumerable<(string Name, object Value)> attributes)
        where T : DynamicObj.DynamicObj
    {
        foreach (var (name, value) in attributes)
            part.SetProperty(name, value);
        return part;
    }

    internal static object Numbers(IEnumerable<double> values)
    {
        double[] numbers = [.. values];
        return numbers.Length < LeastPacked
            ? numbers.Select(Rounded).ToArray()
            : EncodedTypedArray.ofFloat32Array([.. numbers.Select(number => (float)number)], null);
    }

    // A byte a value where that loses nothing, else four.
    private static EncodedTypedArray Packed(float[] values, int rows)
    {
        FSharpOption<IEnumerable<int>> shape = new([rows, values.Length / rows]);
        return values.All(value => value == (sbyte)value)
            ? EncodedTypedArray.ofInt8Array([.. values.Select(value => (sbyte)value)], shape)
            : EncodedTypedArray.ofFloat32Array(values, shape);
    }

    // JSON has no infinities and no NaN, and plotly leaves a gap for null.
    private static double? Rounded(double value) =>
        double.IsFinite(value)
            ? double.Parse(value.ToString("G6", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture)
            : null;
}
