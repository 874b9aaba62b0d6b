using System.Text.Json.Nodes;
using HitSong.Charts;
using HitSong.Features;
using Plotly.NET;
using Plotly.NET.CSharp;
using Chart = Plotly.NET.CSharp.Chart;

namespace HitSong.Tests.Charts;

public class ChartStyleTests
{
    private static GenericChart Line() =>
        Traces.Line([0, 1, 2], [1, double.NaN, 1e6 / 3], "</script>").Styled("a < b </script>", height: 200);

    [Fact]
    public void The_plotly_form_holds_the_data_and_null_where_there_is_no_number()
    {
        JsonNode plotly = Line().AsJson();
        JsonNode trace = plotly["data"]![0]!;
        Assert.Equal("scatter", (string)trace["type"]!);
        Assert.Equal([1, null, 333333], trace["y"]!.AsArray().Select(v => (double?)v));
        Assert.Equal("a < b </script>", (string)plotly["layout"]!["title"]!["text"]!);
        Assert.Equal(200, (int)plotly["layout"]!["height"]!);
        Assert.Equal("""Figure "a < b </script>": </script>""", (string)Line().ToMimeBundle()["text/plain"]);
    }

    [Fact]
    public void The_html_form_carries_plotly_and_no_text_ends_its_script()
    {
        string html = (string)Line().ToMimeBundle()["text/html"];
        Assert.Contains("plotly.js v2.28", html);
        Assert.Equal(2, html.Split("</script>").Length - 1);
    }

    [Fact]
    public void Many_numbers_are_packed_to_the_same_values_with_gaps()
    {
        double[] numbers = [.. Enumerable.Range(0, 300).Select(i => i == 7 ? double.NaN : i / 3.0)];
        JsonNode trace = Traces.Line(numbers, numbers).TracesAsJson()[0];
        Assert.Equal("f4", (string)trace["x"]!["dtype"]!);
        Assert.Equal(numbers.Select(number => (double)(float)number), trace["y"].Numbers());
    }

    [Fact]
    public void A_spectrogram_is_a_third_of_its_numbers_as_text_or_less_to_half_a_decibel()
    {
        var random = new Random(1);
        float[] values = [.. Enumerable.Range(0, 128 * 300).Select(_ => (float)(random.NextDouble() * 80 - 80))];
        JsonNode trace = Plot.Spectrogram(new FeatureMatrix(values, 128, 300), MelSettings.Librosa).TracesAsJson()[0];
        Assert.Equal("128,300", (string)trace["z"]!["shape"]!);
        Assert.All(trace["z"].Numbers().Zip(values), pair => Assert.Equal(pair.Second, pair.First, 0.5));
        string asText = string.Join(',', values.Select(value => $"{value:G6}"));
        Assert.InRange(trace.ToJsonString().Length, 1, asText.Length / 3);
    }

    [Fact]
    public void Plotly_net_goes_on_with_a_chart_of_ours()
    {
        GenericChart chart = Traces
            .Marks(["a", "b"], [1, null], "circle")
            .Styled("marks")
            .WithYAxis("share", range: (0, 1), tickFormat: ".0%")
            .WithTitle("better")
            .WithYAxisStyle<double, double, string>(TitleText: "of all")
            .WithTraceInfo(Name: "one");
        JsonNode plotly = Chart.Combine([chart, Traces.Line([0, 1], [1, 0])]).AsJson(),
            axis = plotly["layout"]!["yaxis"]!;
        Assert.Equal("better", (string)plotly["layout"]!["title"]!["text"]!);
        Assert.Equal(15, (int)plotly["layout"]!["title"]!["font"]!["size"]!);
        Assert.Equal("of all", (string)axis["title"]!["text"]!);
        Assert.Equal(".0%", (string)axis["tickformat"]!);
        Assert.Equal([0, 1], axis["range"].Numbers());
        Assert.Equal(["one", null], plotly["data"]!.AsArray().Select(trace => (string?)trace!["name"]));
    }

    [Fact]
    public void A_chart_of_plotly_net_takes_the_style_and_no_other_chart_changes()
    {
        GenericChart chart = Chart
            .Point<double, double, string>([1, 2], [3, 4])
            .WithXAxisStyle<double, double, string>(TitleText: "songs")
            .Styled("points");
        JsonNode layout = chart.AsJson()["layout"]!;
        Assert.Equal(
            ["songs", "points"],
            [(string)layout["xaxis"]!["title"]!["text"]!, (string)layout["title"]!["text"]!]
        );
        Assert.Null(layout["width"]);
        Assert.Null(layout["template"]);
        JsonNode other = Chart.Point<double, double, string>([1], [2]).AsJson();
        Assert.Equal(600, (int)other["layout"]!["width"]!);
        Assert.Null(other["config"]!["displaylogo"]);
    }

    [Fact]
    public void A_chart_of_plotly_net_becomes_the_json_that_plotly_net_makes_of_it()
    {
        GenericChart chart = Chart.Combine([
            Chart.Point<double, DateTime, string>([1, 2.5], [new DateTime(2026, 1, 2), new DateTime(2026, 1, 3)]),
            Chart.Column<int, string, string>([3, 4], Keys: new[] { "a", "b" }, MarkerColor: Color.fromHex("#102030")),
        ]);
        JsonNode theirs = JsonNode.Parse(GenericChart.toJson(chart))!;
        Assert.True(JsonNode.DeepEquals(theirs, chart.AsJson()), $"{theirs}\n{chart.AsJson()}");
    }
}
