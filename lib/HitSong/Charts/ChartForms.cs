using System.Collections;
using System.Text.Json.Nodes;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using Plotly.NET;

namespace HitSong.Charts;

/// <summary>
/// The forms that a chart of Plotly.NET has in a notebook and on a page. Plotly.NET's own HTML loads plotly.js from the
/// network, and a <c>&lt;/script&gt;</c> in a name ends its script.
/// </summary>
/// <example><code>
/// var chart = Traces.Line([0, 1], [0, 1]).Styled("A line");
/// // A page of its own needs plotly.js once.
/// File.WriteAllText("../artifacts/chart.html", $"&lt;script>{ChartForms.PlotlyJs}&lt;/script>{chart.ToHtml()}");
/// chart.ToText() // Figure "A line": scatter
/// </code></example>
public static class ChartForms
{
    private static readonly Lazy<string> Script = new(() =>
    {
        System.Reflection.Assembly plotly = typeof(GenericChart).Assembly;
        string name = plotly
            .GetManifestResourceNames()
            .Single(name => name.EndsWith(".min.js", StringComparison.Ordinal));
        using var reader = new StreamReader(plotly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    });

    private static int count;

    /// <summary>plotly.js, of the version that Plotly.NET carries.</summary>
    public static string PlotlyJs => Script.Value;

    /// <summary>The chart by MIME type: plotly's JSON, HTML that works offline, and a line of text.</summary>
    public static IReadOnlyDictionary<string, object> ToMimeBundle(this GenericChart chart)
    {
        JsonObject json = chart.ToFigure();
        return new Dictionary<string, object>
        {
            ["application/vnd.plotly.v1+json"] = json,
            ["text/html"] = Html(chart, json),
            ["text/plain"] = chart.ToText(),
        };
    }

    /// <summary>
    /// The chart as HTML, [a shared script with plotly.js, a place, a script that draws]. A page needs the shared
    /// script once.
    /// </summary>
    public static string ToHtml(this GenericChart chart) => Html(chart, chart.ToFigure());

    /// <summary>One line: the title and what is drawn.</summary>
    public static string ToText(this GenericChart chart)
    {
        string? title = GenericChart
            .getLayout(chart)
            .TryGetTypedPropertyValue<Title>("title")
            ?.Value.TryGetTypedPropertyValue<string>("text")
            ?.Value;
        IEnumerable<string> drawn = GenericChart
            .getTraces(chart)
            .Select(trace => trace.TryGetTypedPropertyValue<string>("name")?.Value ?? trace.type);
        return $"Figure{(title is null ? "" : $" \"{title}\"")}: {string.Join(", ", drawn)}";
    }

    private static string Html(GenericChart chart, JsonObject json)
    {
        string id = $"figure-{Environment.ProcessId}-{Interlocked.Increment(ref count)}";
        int height = GenericChart.tryGetLayoutSize(chart).Item2?.Value ?? 450;
        // System.Text.Json escapes '<', so no text in the data can end the script. Notebook 6 has require.js, to which
        // plotly.js would give itself.
        return $$"""
            <script data-once="plotly.js">(function (define, module, exports) { {{PlotlyJs}}
            }).call(window);</script>
            <div id="{{id}}" style="width:100%;min-height:{{height}}px"></div>
            <script>Plotly.newPlot("{{id}}", {{json.ToJsonString()}});</script>
            """;
    }

    /// <summary>The chart as plotly has a figure: <c>data</c>, <c>layout</c> and <c>config</c>.</summary>
    public static JsonObject ToFigure(this GenericChart chart) =>
        new()
        {
            ["data"] = Json(GenericChart.getTraces(chart)),
            ["layout"] = Json(GenericChart.getLayout(chart)),
            ["config"] = Json(GenericChart.getConfig(chart)),
        };

    // As Plotly.NET's toJson, which compiles code for every name that it meets, so that a first chart took a second;
    // and what is no number becomes null, not "NaN".
    private static JsonNode? Json(object? value) =>
        value switch
        {
            null => null,
            DynamicObj.DynamicObj part => new JsonObject(
                part.GetProperties(includeInstanceProperties: true)
                    .Select(property => KeyValuePair.Create(property.Key, Json(property.Value)))
            ),
            string text => JsonValue.Create(text),
            bool truth => JsonValue.Create(truth),
            int number => JsonValue.Create(number),
            double number => double.IsFinite(number) ? JsonValue.Create(number) : null,
            IEnumerable list and not (IDictionary or JToken) => new JsonArray([.. list.Cast<object?>().Select(Json)]),
            _ => JsonNode.Parse(JsonConvert.SerializeObject(value)),
        };
}
