using HitSong.Evaluation;

namespace HitSong.Experiments;

/// <summary>Two runs on the songs that both were tested on.</summary>
/// <param name="First">One run.</param>
/// <param name="Second">The other.</param>
/// <param name="Songs">Songs that both were tested on, with the same label.</param>
/// <param name="OnlyFirst">Songs that only the first got right.</param>
/// <param name="OnlySecond">Songs that only the second got right.</param>
/// <param name="Accuracy">The first's accuracy by song less the second's, by artist; null of one artist.</param>
/// <param name="RocAuc">
/// The first's ROC-AUC by song less the second's, by artist; null where a class has songs of fewer than two artists, or
/// there are more than two classes.
/// </param>
/// <example><code>
/// var source = Source.Demo(DemoCorpus.Open("../data/demo/corpus"));
/// var store = new RunStore("../artifacts/runs");
/// var recipe = Recipes.Find("spotify-mlp-bins4", "audited").AtDemoScale(epochs: 1, seed: 42);
/// var one = Experiment.Execute(recipe, source, store);
/// var two = Experiment.Execute(recipe.With("Training.LearningRate", "0.01"), source, store);
/// Comparison.Of(one, two).Songs // 90
/// </code></example>
public sealed record Comparison(
    Run First,
    Run Second,
    int Songs,
    int OnlyFirst,
    int OnlySecond,
    PairedDifference? Accuracy,
    DeLong? RocAuc
)
{
    /// <summary>Compares two runs; null where no song was tested in both, with the same classes.</summary>
    public static Comparison? Of(Run first, Run second)
    {
        if (first.Bins.Count != second.Bins.Count)
            return null;
        var others = Prediction.BySong(second.Predictions, second.Recipe.SongVote).ToDictionary(p => p.Track);
        var both = Prediction
            .BySong(first.Predictions, first.Recipe.SongVote)
            .Where(p => others.TryGetValue(p.Track, out Prediction? other) && other.Label == p.Label)
            .Select(p => (First: p, Second: others[p.Track]))
            .ToArray();
        if (both.Length == 0)
            return null;
        bool[] firstRight = [.. both.Select(b => b.First.Right)],
            secondRight = [.. both.Select(b => b.Second.Right)];
        string[] artists = [.. both.Select(b => b.First.Artist)];
        DeLong? rocAuc =
            first.Bins.Count > 2
                ? null
                : DeLong.Difference(
                    [.. both.Select(b => b.First.Label == 1)],
                    [.. both.Select(b => b.First.Probabilities[1])],
                    [.. both.Select(b => b.Second.Probabilities[1])],
                    artists
                );
        return new(
            first,
            second,
            both.Length,
            both.Count(b => b.First.Right && !b.Second.Right),
            both.Count(b => b.Second.Right && !b.First.Right),
            PairedDifference.Of(firstRight, secondRight, artists),
            rocAuc
        );
    }

    /// <summary>
    /// Some runs against one, in sentences, with Holm's correction for so many tests (<see cref="Holm"/>).
    /// </summary>
    /// <param name="comparisons">The comparisons.</param>
    public static IReadOnlyList<string> InWords(IReadOnlyList<Comparison> comparisons)
    {
        double[] ps = [.. comparisons.SelectMany(c => new[] { c.Accuracy?.P, c.RocAuc?.P }).OfType<double>()];
        var adjusted = new Queue<double>(Holm.Adjust(ps));
        return [.. comparisons.Select(Sentence)];

        string Sentence(Comparison c)
        {
            string accuracy = c.Accuracy is { } difference
                ? $"; their accuracies differ by {difference.Points} points, 95% interval by artist "
                    + $"{difference.PointsInterval} ({Tested(difference.P)})"
                : "";
            string rocAuc = c.RocAuc is { } area
                ? $"; their ROC-AUC by {area.Estimate:+0.000;−0.000;0.000}, {area.Interval.Low:+0.000;−0.000;0.000} to "
                    + $"{area.Interval.High:+0.000;−0.000;0.000} ({Tested(area.P)})"
                : "";
            return $"{c.First.Id} and {c.Second.Id}, on {c.Songs} songs that both were tested on: {c.OnlyFirst} right "
                + $"by the first alone, {c.OnlySecond} by the second alone{accuracy}{rocAuc}.";
        }

        string Tested(double p)
        {
            double holm = adjusted.Dequeue();
            return ps.Length == 1 ? $"p = {p:0.000}" : $"p = {p:0.000}, of {ps.Length} tests {holm:0.000}";
        }
    }

    /// <summary>What the tests say, in a sentence.</summary>
    public override string ToString() => InWords([this])[0];
}
