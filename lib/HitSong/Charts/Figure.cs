using System.Text.Json;
using System.Text.Json.Nodes;

namespace HitSong.Charts;

/// <summary>
/// An interactive plotly.js figure: traces and a layout, in plotly's own terms. A notebook draws it from its plotly
/// form, or from HTML that carries plotly.js and so needs no network.
/// </summary>
/// <param name="title">What the figure shows; also its text form.</param>
/// <param name="traces">Traces, drawn in this order.</param>
public sealed class Figure(string title, params IEnumerable<Trace> traces)
{
    private static readonly Lazy<string> PlotlyJs = new(() =>
    {
        string path = Path.Combine(Path.GetDirectoryName(typeof(Figure).Assembly.Location)!, "plotly.min.js");
        return File.Exists(path)
            ? File.ReadAllText(path)
            : throw new HitSongException(
                $"{path} is missing: run ./research setup, which installs plotly.js and builds again."
            );
    });

    private static int _count;

    /// <summary>What the figure shows.</summary>
    public string Title { get; } = title;

    /// <summary>Traces, drawn in this order.</summary>
    public IReadOnlyList<Trace> Traces { get; } = [.. traces];

    /// <summary>The horizontal axis.</summary>
    public Axis X { get; init; } = new();

    /// <summary>The vertical axis.</summary>
    public Axis Y { get; init; } = new();

    /// <summary>Notes written into the plot, each at a place in data coordinates.</summary>
    public IReadOnlyList<Note> Notes { get; init; } = [];

    /// <summary>Height in pixels; the width is the page's.</summary>
    public int Height { get; init; } = 380;

    /// <summary>The figure as plotly.js takes it: <c>data</c>, <c>layout</c> and <c>config</c>.</summary>
    public JsonObject ToPlotly() =>
        new()
        {
            ["data"] = new JsonArray([.. Traces.Select(t => t.ToPlotly())]),
            ["layout"] = new JsonObject
            {
                ["title"] = new JsonObject
                {
                    ["text"] = Title,
                    ["font"] = new JsonObject { ["size"] = 15 },
                },
                ["xaxis"] = X.ToPlotly(),
                ["yaxis"] = Y.ToPlotly(),
                ["annotations"] = new JsonArray([.. Notes.Select(n => n.ToPlotly())]),
                ["height"] = Height,
                ["margin"] = new JsonObject
                {
                    ["l"] = 60,
                    ["r"] = 20,
                    ["t"] = 48,
                    ["b"] = 48,
                },
                ["legend"] = new JsonObject
                {
                    ["orientation"] = "h",
                    ["yref"] = "container",
                    ["y"] = 0,
                    ["yanchor"] = "bottom",
                },
                // Legible on light and on dark pages alike.
                ["font"] = new JsonObject { ["color"] = "#7f7f7f" },
                ["paper_bgcolor"] = "rgba(0,0,0,0)",
                ["plot_bgcolor"] = "rgba(0,0,0,0)",
            },
            ["config"] = new JsonObject
            {
                ["responsive"] = true,
                ["displaylogo"] = false,
                ["displayModeBar"] = "hover",
            },
        };

    /// <summary>
    /// The figure as HTML, [a shared script with plotly.js, a place, a script that draws]. A page needs the shared
    /// script once.
    /// </summary>
    public string ToHtml()
    {
        string id = $"figure-{Environment.ProcessId}-{Interlocked.Increment(ref _count)}";
        JsonObject figure = ToPlotly();
        // System.Text.Json escapes '<', so no text in the data can end the script.
        return $$"""
            <script data-once="plotly.js">{{PlotlyJs.Value}}</script>
            <div id="{{id}}" style="width:100%;min-height:{{Height}}px"></div>
            <script>Plotly.newPlot("{{id}}", {{figure["data"]!.ToJsonString()}}, {{figure[
                "layout"
            ]!.ToJsonString()}}, {{figure["config"]!.ToJsonString()}});</script>
            """;
    }

    /// <summary>The figure by MIME type: plotly's JSON, HTML that works offline, and a line of text.</summary>
    public IReadOnlyDictionary<string, object> ToMimeBundle() =>
        new Dictionary<string, object>
        {
            ["application/vnd.plotly.v1+json"] = ToPlotly(),
            ["text/html"] = ToHtml(),
            ["text/plain"] = ToString(),
        };

    /// <summary>One line: the title and what is drawn.</summary>
    public override string ToString() =>
        $"Figure \"{Title}\": {string.Join(", ", Traces.Select(t => t.Name ?? t.Kind))}";
}
