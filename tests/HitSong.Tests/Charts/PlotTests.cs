using System.Text.Json;
using System.Text.Json.Nodes;
using HitSong.Charts;
using HitSong.Evaluation;
using HitSong.Experiments;
using Plotly.NET;

namespace HitSong.Tests.Charts;

public class PlotTests
{
    [Fact]
    public void Bins_are_drawn_with_every_song_once_and_every_edge()
    {
        var bins = HitSong.Corpus.Bins.Custom([25, 50, 75], edgeBelow: true);
        JsonNode[] traces = Plot.Bins([0, 10, 25, 26, 60, 99], bins, "popularity").TracesAsJson();
        Assert.Equal([3, 1, 1, 1], traces.Take(4).Select(trace => trace["x"]!.AsArray().Count));
        Assert.Equal([25, 50, 75], traces.Skip(4).Select(trace => (double)trace["x"]![0]!));
    }

    [Fact]
    public void Live_curves_are_drawn_at_first_and_last_and_not_with_every_quick_epoch()
    {
        List<GenericChart> shown = [];
        LiveCurves live = new("test", 50, shown.Add);
        for (int epoch = 1; epoch <= 50; epoch++)
            live.Add(new(epoch, 1.0 / epoch, 0.5, 2.0 / epoch, 0.25, 0.1));
        Assert.InRange(shown.Count, 2, 20);
        string last = JsonSerializer.Serialize(shown[^1].ToMimeBundle());
        string[] words =
        [
            "training loss",
            "validation loss",
            "training accuracy",
            "validation accuracy",
            "epoch 50 of 50",
        ];
        foreach (string word in words)
            Assert.Contains(word, last);
    }

    [Fact]
    public void Reliability_is_drawn_of_class_1_of_two_and_of_each_of_more()
    {
        // Bin 0.2…0.3: 3 items at 0.2, one of class 1; bin 0.9…1: one item, of class 1.
        Prediction[] two =
        [
            .. new[] { (1, 0.2), (0, 0.2), (0, 0.2), (1, 1) }.Select(
                (item, i) => new Prediction($"{i}", "x", 0, item.Item1, [1 - item.Item2, item.Item2])
            ),
        ];
        JsonNode[] traces = Plot.Reliability(two, ["no", "yes"]).TracesAsJson();
        Assert.Equal(["probabilities that hold", "yes"], traces.Select(trace => (string)trace["name"]!));
        Assert.Equal([0.2, 1], traces[1]["x"].Numbers());
        Assert.Equal([0.333333, 1], traces[1]["y"].Numbers());
        Assert.Equal(["items: 3", "items: 1"], traces[1]["text"].Words());

        Prediction[] three =
        [
            .. Enumerable.Range(0, 3).Select(c => new Prediction($"{c}", "x", 0, c, [0.2, 0.3, 0.5])),
        ];
        Assert.Equal(
            ["low", "middle", "high"],
            Plot.Reliability(three, ["low", "middle", "high"])
                .TracesAsJson()
                .Skip(1)
                .Select(trace => (string)trace["name"]!)
        );
    }

    [Fact]
    public void A_ranking_is_drawn_from_above_with_ranges_and_what_is_said_of_neighbours()
    {
        SongPrediction Song(double p, double low, double high) =>
            new(["< 39", "≥ 39"], [1 - p, p], [1 - high, low], [1 - low, high], []);
        JsonObject plotly = Plot.Ranking(
                [("<b>.mp3", Song(0.75, 0.5, 0.875), "right with 63%"), ("a.mp3", Song(0.5, 0.25, 0.75), "")],
                "popularity"
            )
            .AsJson();
        JsonNode trace = plotly["data"]![0]!;
        Assert.Equal(["&lt;b&gt;.mp3", "a.mp3"], trace["y"].Words());
        Assert.Equal([0.75, 0.5], trace["x"].Numbers());
        Assert.Equal([0.25, 0.25], trace["error_x"]!["arrayminus"].Numbers());
        Assert.Equal([0.125, 0.25], trace["error_x"]!["array"].Numbers());
        Assert.Equal(["<br>right with 63%", "<br>"], plotly["data"]![1]!["text"].Words());
        Assert.Equal([1.6, -0.5], plotly["layout"]!["yaxis"]!["range"].Numbers());
        Assert.Contains("popularity ≥ 39, with its range", (string)plotly["layout"]!["xaxis"]!["title"]!["text"]!);

        SongPrediction uncalibrated = Song(0.75, 0, 1) with { Low = null, High = null };
        plotly = Plot.Ranking([("a", uncalibrated, "")], "popularity").AsJson();
        Assert.Equal([0], plotly["data"]![0]!["error_x"]!["array"].Numbers());
        Assert.DoesNotContain("range", (string)plotly["layout"]!["xaxis"]!["title"]!["text"]!);
    }
}
