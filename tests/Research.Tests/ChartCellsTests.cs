using System.Text.Json.Nodes;
using Notebooks;

namespace Research.Tests;

/// <summary>Charts of Plotly.NET in the cells of a notebook: shown, and passed to SQL and Python.</summary>
[Collection("engine")]
public sealed class ChartCellsTests : IDisposable
{
    private readonly Engine engine = new(Workspace.CellOptions);

    public void Dispose() => engine.Dispose();

    [Fact]
    public async Task A_chart_is_shown_by_whatever_draws_it_and_offline()
    {
        JsonObject shown = await Show(
            "using Chart = Plotly.NET.CSharp.Chart;\nChart.Line<int, int, string>([1, 2], [7, 8], Name: \"<b>\")"
        );
        Assert.Equal(
            ["application/vnd.plotly.v1+json", "text/html", "text/plain"],
            shown.Select(form => form.Key).Order()
        );
        Assert.Equal(8, (int)shown["application/vnd.plotly.v1+json"]!["data"]![0]!["y"]![1]!);
        Assert.Contains("data-once=\"plotly.js\"", (string)shown["text/html"]!);
        Assert.DoesNotContain("<script src", (string)shown["text/html"]!);
        Assert.Equal("Figure: <b>", (string)shown["text/plain"]!);
        // as part of another value, by its text
        Assert.Contains(
            "Chart",
            (string)
                (await Show("new { Chart = Plotly.NET.CSharp.Chart.Line<int, int, string>([1], [7]) }"))["text/plain"]!
        );
        // What a cell registers comes before it.
        await Run("Formatter.Register<Plotly.NET.GenericChart>(chart => \"<i>mine</i>\", \"text/html\");");
        Assert.Equal("<i>mine</i>", (string)(await Show("Chart.Line<int, int, string>([1], [7])"))["text/html"]!);
    }

    [Fact]
    public async Task A_charts_points_go_to_SQL_and_its_figure_to_Python()
    {
        await Run(
            """
            using HitSong.Charts;
            using Chart = Plotly.NET.CSharp.Chart;
            var lines = Chart.Combine([
                Chart.Line<int, double, string>([1, 2], [0.5, 8], Name: "train"),
                Chart.Line<int, int, string>([3], [9]),
            ]);
            var grid = Plot.Confusion(new([[1, 2], [3, 4]]), ["low", "high"]);
            """
        );
        await Run("#!sql\n#!share --from csharp lines\nFROM lines ORDER BY x");
        Assert.Equal(
            "train 1 0.5, train 2 8, 1 3 9",
            Text(
                await Show(
                    "string.Join(\", \", Enumerable.Range(0, 3).Select(i => "
                        + "$\"{result[\"trace\"][i]} {result[\"x\"][i]} {result[\"y\"][i]}\"))"
                )
            )
        );
        await Run("#!sql\n#!share --from csharp grid\nSELECT sum(z) AS all, count(*) AS n FROM grid");
        Assert.Equal("10 4", Text(await Show("$\"{result[\"all\"][0]} {result[\"n\"][0]}\"")));
        await Run(
            "var packed = Traces.Heatmap([1, 2, 3, 4, 5, 6], [10, 20, 30], [\"low\", \"high\"], ColorScale.Blues);\n"
                + "#!sql\n#!share --from csharp packed\nSELECT x, z FROM packed WHERE y = 'high' AND x > 15 ORDER BY x"
        );
        Assert.Equal(
            "20 5, 30 6",
            Text(await Show("$\"{result[\"x\"][0]} {result[\"z\"][0]}, {result[\"x\"][1]} {result[\"z\"][1]}\""))
        );
        Assert.Equal(
            "(2, [0.5, 8], 'train', True)",
            Text(
                await Show(
                    "#!python\n#!share --from csharp lines\n"
                        + "(len(lines['data']), lines['data'][0]['y'], lines['data'][0]['name'], 'layout' in lines)"
                )
            )
        );
    }

    private static string Text(JsonObject shown) => (string)shown["text/plain"]!;

    private async Task<JsonObject> Show(string code) => (await Run(code))!;

    private async Task<JsonObject?> Run(string code)
    {
        JsonObject? shown = null;
        CellResult ran = await engine.ExecuteAsync(
            code,
            output =>
                shown = output is OutputEvent.Result result
                    ? result.Data
                    : (output as OutputEvent.Display)?.Data ?? shown
        );
        Assert.True(ran.Error is null, ran.Error is null ? "" : string.Join('\n', ran.Error.Traceback));
        return shown;
    }
}
