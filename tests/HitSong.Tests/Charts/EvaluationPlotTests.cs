using System.Text.Json;
using System.Text.Json.Nodes;
using HitSong.Charts;
using HitSong.Evaluation;
using HitSong.Features;
using Tests;

namespace HitSong.Tests.Charts;

/// <summary>Charts of distributions and of what a score is worth, against scikit-learn, NumPy and SciPy.</summary>
public class EvaluationPlotTests
{
    // 120 songs of 40 artists with a score of some skill, many of them tied.
    private static readonly Prediction[] Songs =
    [
        .. Enumerable
            .Range(0, 120)
            .Select(i =>
            {
                int label = i * 7 % 5 < 2 ? 1 : 0;
                double score = Math.Round(0.15 + 0.3 * label + 0.5 * (i * 37 % 101) / 101, 2);
                return new Prediction($"song {i}", $"artist {i * 11 % 40}", 0, label, [1 - score, score]);
            }),
    ];

    [Theory]
    [InlineData("roc")]
    [InlineData("pr")]
    public void A_curve_and_its_interval_are_scikit_learns_and_numpys_of_the_same_draws(string kind)
    {
        string[] artists = [.. Songs.Select(song => song.Artist)];
        using TemporaryFolder folder = new();
        var songs = Songs.Select(song => new[] { song.Label, song.Probabilities[1] });
        var draws = Bootstrap.Weights(artists, 1000);
        File.WriteAllText(
            folder.At("songs.json"),
            JsonSerializer.Serialize(
                new
                {
                    songs,
                    artists,
                    draws,
                }
            )
        );
        JsonNode expected = JsonNode.Parse(
            Python.Run(
                """
                import sys, json, numpy as np
                from scipy.special import expit, logit
                from scipy.stats import norm, t
                from sklearn.metrics import roc_curve, precision_recall_curve, average_precision_score
                given = json.load(open(sys.argv[1]))
                labels, scores = np.array(given['songs']).T
                groups = np.array(given['artists'])
                def curve(weights):
                    if sys.argv[2] == 'roc':
                        return roc_curve(labels, scores, sample_weight=weights, drop_intermediate=False)[:2]
                    precision, recall, _ = precision_recall_curve(labels, scores, sample_weight=weights)
                    return recall[-2::-1], precision[-2::-1]
                def wilson(right, clusters):
                    n, m, z = len(right), len(set(clusters)), norm.ppf(.975)
                    if m == n:
                        size = n
                    elif m == 1:
                        return 0, 1
                    else:
                        p = right.mean()
                        sums = [(right[clusters == c].sum(), (clusters == c).sum()) for c in set(clusters)]
                        deff = (m - 1) / m * sum(((s - p * k) / (n - k)) ** 2 for s, k in sums) / (p * (1 - p) / n) \
                            if 0 < p < 1 else sum(k * k for _, k in sums) / n
                        size = n / max(1, deff) * (z / t.ppf(.975, m - 1)) ** 2
                    p = right.mean()
                    centre = (p + z * z / (2 * size)) / (1 + z * z / size)
                    half = z / (1 + z * z / size) * np.sqrt(p * (1 - p) / size + z * z / (4 * size * size))
                    return max(0, centre - half), min(1, centre + half)
                places = np.arange(0 if sys.argv[2] == 'roc' else 1, 101) / 100
                def at(x, y):
                    if sys.argv[2] == 'pr':
                        return [y[np.flatnonzero(x >= p)[0]] for p in places]
                    return np.interp(places, x, y)
                everything = np.ones(len(labels))
                x, y = curve(everything)
                drawn = [at(*curve(w)) for w in given['draws']]
                # As wide as Student's t of so many groups (Hesterberg 2015), and no narrower than Wilson's.
                m = min(len(set(groups[labels == c])) for c in (0, 1))
                reach = np.sqrt(m / (m - 1)) * t.ppf(.975, m - 1)
                low, high = np.quantile(drawn, [norm.cdf(-reach), norm.cdf(reach)], axis=0)
                value = at(x, y)
                levels = np.unique(scores)[::-1]
                for i, p in enumerate(places):
                    if sys.argv[2] == 'roc':
                        passed = sum(x <= p) - 1
                        trials = labels == 1
                        right = passed and scores[trials] >= levels[passed - 1]
                        right = np.zeros(sum(trials)) if passed == 0 else right.astype(float)
                    else:
                        trials = scores >= levels[np.flatnonzero(x >= p)[0]]
                        right = labels[trials]
                    ends = wilson(right, groups[trials])
                    low[i], high[i] = min(low[i], ends[0], value[i]), max(high[i], ends[1], value[i])
                areas = []
                if sys.argv[2] == 'pr':
                    def area(weights):
                        return average_precision_score(labels, scores, sample_weight=weights)
                    odds = logit([min(area(w), 1 - 0.5 / len(labels)) for w in given['draws']])
                    half = reach * odds.std(ddof=1)
                    areas = [area(everything), *expit(logit(area(everything)) + np.array([-half, half]))]
                print(json.dumps({'x': x.tolist(), 'y': y.tolist(), 'areas': areas,
                    'band': high.tolist() + low[::-1].tolist()}))
                """,
                folder.At("songs.json"),
                kind
            )
        )!;
        var chart = kind == "roc" ? Plot.Roc(Songs, ["no", "yes"]) : Plot.PrecisionRecall(Songs, ["no", "yes"]);
        JsonNode[] traces = chart.TracesAsJson();
        AssertClose(expected["band"].Numbers(), traces[1]["y"].Numbers(), 1e-6);
        AssertClose(expected["x"].Numbers(), traces[2]["x"].Numbers(), 1e-6);
        AssertClose(expected["y"].Numbers(), traces[2]["y"].Numbers(), 1e-6);
        // DeLong's own test has its values from elsewhere.
        DeLong auc = DeLong.Of(
            [.. Songs.Select(song => song.Label == 1)],
            [.. Songs.Select(song => song.Probabilities[1])],
            artists
        )!;
        double[] area =
            kind == "pr"
                ? [.. expected["areas"].Numbers()]
                : [auc.Estimate, auc.AreaInterval!.Low, auc.AreaInterval.High];
        string[] areas = [.. area.Select(value => $"{value:0.00}")];
        Assert.Equal(
            $"yes: {(kind == "roc" ? "AUC" : "average precision")} {areas[0]}, 95% interval {areas[1]} to {areas[2]}",
            (string)traces[2]["name"]!
        );
    }

    [Fact]
    public void Draws_take_whole_groups_as_many_as_there_are()
    {
        string[] groups = ["a", "b", "a", "c", "d", "b"];
        int[][] draws = [.. Bootstrap.Weights(groups, 2000, 7)];
        Assert.All(draws, times => Assert.Equal((times[0], times[1]), (times[2], times[5])));
        Assert.All(draws, times => Assert.Equal(4, times[0] + times[1] + times[3] + times[4]));
        // Each of four is left out of a draw of four with probability (3/4)⁴; three standard errors of 2,000 draws.
        Assert.Equal(
            Math.Pow(0.75, 4),
            draws.Count(times => times[3] == 0) / 2000.0,
            3 * Math.Sqrt(0.32 * 0.68 / 2000)
        );
    }

    [Fact]
    public void Of_one_artist_alone_no_interval_is_told()
    {
        JsonNode[] traces = Plot.Roc([.. Songs.Select(song => song with { Artist = "one" })], ["no", "yes"])
            .TracesAsJson();
        Assert.EndsWith(", which tells no interval", (string)traces[2]["name"]!);
        Assert.All(traces[1]["y"].Numbers().Take(101), high => Assert.Equal(1, high));
        Assert.All(traces[1]["y"].Numbers().Skip(101), low => Assert.Equal(0, low));
    }

    [Fact]
    public void A_class_that_no_item_has_has_no_curve()
    {
        Prediction[] three = [.. Songs.Select(song => song with { Probabilities = [.. song.Probabilities, 0] })];
        JsonNode[] traces = Plot.Roc(three, ["no", "yes", "never"]).TracesAsJson();
        string?[] names = [.. traces.Select(trace => (string?)trace["name"])];
        Assert.Equal(["chance", "no", "yes"], names.OfType<string>().Select(name => name.Split(':')[0]));
    }

    private static readonly double[] Values =
    [
        .. Enumerable.Range(0, 50).Select(i => Math.Sin(i) + (i % 17 == 0 ? 4 : 0) + i % 2 * 2),
    ];
    private static readonly string[] Groups = [.. Enumerable.Range(0, 50).Select(i => i % 2 == 0 ? "even" : "odd")];

    [Fact]
    public void Boxes_have_numpys_quartiles_and_whiskers_to_the_outermost_value_within_reach()
    {
        JsonNode expected = JsonNode.Parse(
            Python.Run(
                """
                import sys, json, numpy as np
                values = np.array(json.loads(sys.argv[1]))
                def box(v):
                    q1, median, q3 = np.percentile(v, [25, 50, 75])
                    out = (v < q1 - 1.5 * (q3 - q1)) | (v > q3 + 1.5 * (q3 - q1))
                    return {'q1': q1, 'median': median, 'q3': q3, 'lowerfence': v[~out].min(),
                        'upperfence': v[~out].max(), 'mean': v.mean(), 'y': v[out].tolist()}
                print(json.dumps([box(values[0::2]), box(values[1::2])]))
                """,
                JsonSerializer.Serialize(Values)
            )
        )!;
        JsonNode[] boxes = Plot.Boxes(Values, Groups, "plays").TracesAsJson();
        Assert.Equal(["even", "odd"], boxes.Select(box => (string)box["x"]![0]!));
        foreach (var (wanted, box) in expected.AsArray().Zip(boxes))
        {
            string[] figures = ["q1", "median", "q3", "lowerfence", "upperfence", "mean"];
            foreach (string figure in figures)
                Assert.Equal((double)wanted![figure]!, (double)box[figure]![0]!, 1e-5);
            AssertClose(wanted!["y"].Numbers().Order(), box["y"]![0].Numbers().Order(), 1e-12);
        }
        Assert.NotEmpty(boxes[0]["y"]![0].Numbers());
    }

    [Fact]
    public void Violins_have_scipys_bandwidth_and_every_value()
    {
        double[] expected = JsonSerializer.Deserialize<double[]>(
            Python.Run(
                """
                import sys, json, numpy as np
                from scipy.stats import gaussian_kde
                values = np.array(json.loads(sys.argv[1]))
                width = lambda v: float(np.sqrt(gaussian_kde(v).covariance[0, 0]))
                print(json.dumps([width(values[0::2]), width(values[1::2])]))
                """,
                JsonSerializer.Serialize(Values)
            )
        )!;
        JsonNode[] traces = Plot.Violins(Values, Groups, "plays").TracesAsJson();
        Assert.Equal(["violin", "box", "violin", "box"], traces.Select(trace => (string)trace["type"]!));
        Assert.Equal(expected[0], (double)traces[0]["bandwidth"]!, 1e-9);
        Assert.Equal(expected[1], (double)traces[2]["bandwidth"]!, 1e-9);
        AssertClose(Values.Where((_, i) => i % 2 == 1), traces[2]["y"].Numbers(), 1e-5);
        Assert.All(traces[2]["x"].Words(), name => Assert.Equal("odd", name));
    }

    [Fact]
    public void An_overlay_has_the_spectrogram_below_and_the_map_above_it_at_the_same_places()
    {
        MelSettings settings = MelSettings.Librosa with { Bands = 2, SampleRate = 1000, HopLength = 500 };
        FeatureMatrix clip = new([-10.4f, -20.6f, -80, 0, -1, -2], 2, 3),
            map = new([0, 0.25f, 1, 0.5f, 0, 0], 2, 3);
        JsonNode[] traces = Plot.Overlay(clip, map, settings).TracesAsJson();
        Assert.Equal([-10, -21, -80, 0, -1, -2], traces[0]["z"].Numbers());
        Assert.Equal([0, 0.25, 1, 0.5, 0, 0], traces[1]["z"].Numbers());
        Assert.Equal([0.0, 1], new[] { (double)traces[1]["zmin"]!, (double)traces[1]["zmax"]! });
        Assert.All(traces, trace => Assert.Equal("2,3", (string)trace["z"]!["shape"]!));
        Assert.All(traces, trace => Assert.Equal([0, 0.5, 1], trace["x"].Numbers()));
        Assert.All(traces, trace => AssertClose(settings.CentreFrequencies(), trace["y"].Numbers(), 1e-2));
        Assert.Throws<FeatureException>(() => Plot.Overlay(clip, new([1], 1, 1), settings));
    }

    private static void AssertClose(IEnumerable<double> expected, IEnumerable<double> actual, double tolerance)
    {
        Assert.Equal(expected.Count(), actual.Count());
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, tolerance));
    }
}
