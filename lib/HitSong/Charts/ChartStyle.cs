using DynamicObj;
using Plotly.NET;
using Plotly.NET.LayoutObjects;
using Tables;

namespace HitSong.Charts;

/// <summary>
/// How charts look here, and C# names for what Plotly.NET leaves to F#. Like its own <c>With…</c> methods they change
/// the chart that they are called on, and return it; any chart of Plotly.NET will do.
/// </summary>
/// <example><code>
/// Traces.Histogram([1, 2, 2, 3, 3, 3], binWidth: 1)
///     .Styled("How often", height: 240)
///     .WithXAxis("value")
///     .WithYAxis("count", range: (0, 4))
/// </code></example>
public static class ChartStyle
{
    // Offline, and in the place of what Plotly.NET's own extension says.
    static ChartStyle() => MimeBundleSource.Register<GenericChart>(ChartForms.ToMimeBundle);

    /// <summary>The traces in one chart, drawn in this order, as charts look here.</summary>
    /// <param name="traces">Traces; at least one.</param>
    /// <param name="title">What the chart shows; also its text form.</param>
    /// <param name="height">Height in pixels; the width is the page's.</param>
    public static GenericChart Styled(this IEnumerable<GenericChart> traces, string title, int height = 380) =>
        GenericChart.combine(traces).Styled(title, height);

    /// <summary>The chart as charts look here: as wide as the page, legible on light and on dark ones.</summary>
    /// <param name="chart">A chart.</param>
    /// <param name="title">What the chart shows; also its text form.</param>
    /// <param name="height">Height in pixels.</param>
    public static GenericChart Styled(this GenericChart chart, string title, int height = 380)
    {
        Layout layout = GenericChart.getLayout(chart);
        layout.RemoveProperty("template");
        layout.RemoveProperty("width");
        Legend legend = new Legend().With(("orientation", "h"), ("yref", "container"), ("y", 0), ("yanchor", "bottom"));
        layout.With(
            ("title", new Title().With(("text", title), ("font", new Font().With(("size", 15))))),
            ("height", height),
            ("margin", new Margin().With(("l", 60), ("r", 20), ("t", 48), ("b", 48))),
            ("legend", legend),
            ("font", new Font().With(("color", "#7f7f7f"))),
            ("paper_bgcolor", "rgba(0,0,0,0)"),
            ("plot_bgcolor", "rgba(0,0,0,0)")
        );
        foreach (string axis in new[] { "xaxis", "yaxis" })
            Part<LinearAxis>(layout, axis)
                .With(("automargin", true), ("gridcolor", "rgba(127,127,127,0.25)"), ("zeroline", false));
        Config config = new Config().With(("responsive", true), ("displaylogo", false), ("displayModeBar", "hover"));
        return GenericChart.setConfig(config, chart);
    }

    /// <summary>Another title.</summary>
    public static GenericChart WithTitle(this GenericChart chart, string title)
    {
        Part<Title>(GenericChart.getLayout(chart), "title").SetProperty("text", title);
        return chart;
    }

    /// <summary>What the horizontal axis says.</summary>
    /// <param name="chart">A chart.</param>
    /// <param name="title">What it measures, with the unit.</param>
    /// <param name="range">
    /// The ends that are shown; plotly's choice where null. A first end above the second turns the axis round.
    /// </param>
    /// <param name="tickFormat">How plotly writes the numbers (d3-format), such as <c>.0%</c>.</param>
    /// <param name="isLogarithmic">A logarithmic axis; its range is in powers of ten.</param>
    public static GenericChart WithXAxis(
        this GenericChart chart,
        string? title = null,
        (double From, double To)? range = null,
        string? tickFormat = null,
        bool isLogarithmic = false
    ) => WithAxis(chart, "xaxis", title, range, tickFormat, isLogarithmic);

    /// <summary>What the vertical axis says; as for the horizontal one.</summary>
    /// <inheritdoc cref="WithXAxis"/>
    public static GenericChart WithYAxis(
        this GenericChart chart,
        string? title = null,
        (double From, double To)? range = null,
        string? tickFormat = null,
        bool isLogarithmic = false
    ) => WithAxis(chart, "yaxis", title, range, tickFormat, isLogarithmic);

    private static GenericChart WithAxis(
        GenericChart chart,
        string name,
        string? title,
        (double From, double To)? range,
        string? tickFormat,
        bool isLogarithmic
    )
    {
        LinearAxis axis = Part<LinearAxis>(GenericChart.getLayout(chart), name);
        if (title is not null)
            Part<Title>(axis, "title").SetProperty("text", title);
        if (range is var (from, to))
            axis.SetProperty("range", new[] { from, to });
        if (tickFormat is not null)
            axis.SetProperty("tickformat", tickFormat);
        if (isLogarithmic)
            axis.SetProperty("type", "log");
        return chart;
    }

    // The part of that name; where there is none, a new one is put there.
    private static T Part<T>(DynamicObj.DynamicObj whole, string name)
        where T : DynamicObj.DynamicObj, new()
    {
        if (whole.TryGetTypedPropertyValue<T>(name) is { } there)
            return there.Value;
        var part = new T();
        whole.SetProperty(name, part);
        return part;
    }
}
