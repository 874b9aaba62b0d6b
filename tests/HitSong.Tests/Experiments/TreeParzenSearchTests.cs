using System.Globalization;
using System.Text.Json;
using HitSong.Experiments;
using HitSong.Numerics;
using Tests;

namespace HitSong.Tests.Experiments;

/// <summary>
/// What TPE finds beside as many trials at random, on Branin's function with a third field on which a fourth depends.
/// </summary>
public class TreeParzenSearchTests
{
    private const int Trials = 60,
        Seeds = 60;

    // Branin's function (Dixon and Szegö 1978), whose least value is 0.397887. To it comes how far the logarithm of a
    // rate is from that of 0.01, and what a choice costs, of which one has a share that costs by its distance from 0.9.
    private const string Peer = """
        import json, sys
        import numpy as np
        from scipy.stats import mannwhitneyu
        parzen, drawn = json.loads(sys.argv[1])
        r = np.random.default_rng(5)
        n = (4000, 60)
        x, y = r.uniform(-5, 10, n), r.uniform(0, 15, n)
        rate = np.exp(r.uniform(np.log(1e-4), np.log(1), n))
        which, share = r.integers(0, 3, n), r.uniform(0, 0.99, n)
        branin = (y - 5.1 / (4 * np.pi**2) * x**2 + 5 / np.pi * x - 6)**2 + 10 * (1 - 1 / (8 * np.pi)) * np.cos(x) + 10
        cost = np.select([which == 0, which == 1], [3, 20 * (share - 0.9)**2], 6)
        best = (branin + 3 * np.log10(rate / 0.01)**2 + cost).min(1)
        print(json.dumps({
            "quantile": np.quantile(best, 0.25),
            "different": mannwhitneyu(drawn, best).pvalue,
            "lower": mannwhitneyu(parzen, best, alternative="less").pvalue}))
        """;

    private sealed record Random(double Quantile, double Different, double Lower);

    private static readonly SearchSpace space = new(
        Recipes.SpotifyBins4,
        [
            .. new[]
            {
                "Split.Test=-5..10.0",
                "Split.Validation=0.0..15",
                "Training.LearningRate=0.0001..1.0",
                "Training.Optimizer=Adam,Sgd,AdamW",
                "Training.Momentum=0..0.99 when Training.Optimizer=Sgd",
            }.Select(SweepField.Parse),
        ]
    );

    [Fact]
    public void It_finds_lower_losses_than_as_many_trials_at_random()
    {
        double[] drawn = [.. Enumerable.Range(0, Seeds).Select(seed => Best((ulong)seed, Trials))],
            parzen = [.. Enumerable.Range(0, Seeds).Select(seed => Best((ulong)seed, TreeParzenSearch.AtRandom))];
        Random random = JsonSerializer.Deserialize<Random>(
            Python.Run(Peer, JsonSerializer.Serialize(new[] { parzen, drawn })),
            JsonSerializerOptions.Web
        )!;
        // At random both find the same; TPE's median is among the best quarter of what is found at random.
        Assert.InRange(random.Different, 0.001, 1);
        Assert.InRange(parzen.Order().ElementAt(Seeds / 2), 0.397887, random.Quantile);
        Assert.InRange(random.Lower, 0, 1e-6);
    }

    [Fact]
    public void A_field_whose_condition_does_not_hold_has_no_value_and_no_say()
    {
        var search = new TreeParzenSearch(space, 3);
        string[][] tried =
        [
            .. Enumerable.Range(1, 40).Select(number => space.Draw(new SeededRandom(7, "test", number))),
        ];
        Assert.All(tried, values => Assert.Equal(values[3] == "Sgd", values[4] != SweepField.Left));
        Assert.InRange(tried.Count(values => values[3] == "Sgd"), 5, 25);
        string[] proposed = search.Propose(41, Known(tried)).First();
        Assert.Equal(proposed[3] == "Sgd", proposed[4] != SweepField.Left);
        // The same from the same, whatever was asked before; another from other results.
        Assert.Equal(proposed, search.Propose(41, Known(tried)).First());
        Assert.NotEqual(proposed, search.Propose(41, Known(tried.Reverse())).First());

        static (int, IReadOnlyList<string>)[] Known(IEnumerable<string[]> best) =>
            [.. best.Select((values, i) => (i + 1, (IReadOnlyList<string>)values))];
    }

    private static double Best(ulong seed, int atRandom)
    {
        var search = new TreeParzenSearch(space, seed);
        List<(int Number, IReadOnlyList<string> Values, double Loss)> trials = [];
        for (int number = 1; number <= Trials; number++)
        {
            string[] values =
                number <= atRandom
                    ? space.Draw(new SeededRandom(seed, "sweep", number))
                    : search
                        .Propose(number, [.. trials.OrderBy(t => t.Loss).Select(t => (t.Number, t.Values))])
                        .First();
            trials.Add((number, values, Loss(values)));
        }
        return trials.Min(trial => trial.Loss);
    }

    private static double Loss(string[] values)
    {
        double x = Number(0),
            y = Number(1),
            distance = Math.Log10(Number(2) / 0.01),
            parabola = y - 5.1 / (4 * Math.PI * Math.PI) * x * x + 5 / Math.PI * x - 6,
            branin = parabola * parabola + 10 * (1 - 1 / (8 * Math.PI)) * Math.Cos(x) + 10,
            cost = values[3] switch
            {
                "Adam" => 3,
                "Sgd" => 20 * Math.Pow(Number(4) - 0.9, 2),
                _ => 6,
            };
        return branin + 3 * distance * distance + cost;

        double Number(int place) => double.Parse(values[place], CultureInfo.InvariantCulture);
    }
}
