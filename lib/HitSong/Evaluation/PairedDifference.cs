namespace HitSong.Evaluation;

/// <summary>
/// How much more often one model is right than another on the same items, which come in clusters, such as the songs of
/// one artist.
/// </summary>
/// <param name="Value">The first's accuracy less the second's.</param>
/// <param name="Interval">Its 95% interval.</param>
/// <param name="P">The two-sided p of no difference.</param>
/// <example><code>
/// bool[] ours = [true, true, false, true, true, true], theirs = [true, false, false, true, false, true];
/// PairedDifference gain = PairedDifference.Of(ours, theirs, ["a", "a", "b", "b", "c", "c"]);
/// (gain.Value, gain.Interval.Low, gain.Interval.High) // (0.3333, -0.423, 0.923)
/// </code></example>
public sealed record PairedDifference(double Value, Interval Interval, double P)
{
    /// <summary>
    /// Compares right and wrong answers to the same questions: <see cref="ClusteredMean"/> of their differences, with
    /// an item added that the first alone got right, and one that the second alone did (Bonett and Price 2012), each a
    /// cluster of its own. Without these the interval is too narrow where the two seldom differ.
    /// </summary>
    /// <param name="first">[N] whether the first was right.</param>
    /// <param name="second">[N] whether the second was.</param>
    /// <param name="clusters">[N] the cluster of each item.</param>
    /// <returns>Null where there are fewer than two clusters, which tell no spread.</returns>
    public static PairedDifference? Of(
        IReadOnlyList<bool> first,
        IReadOnlyList<bool> second,
        IReadOnlyList<string> clusters
    ) => OfRepeats([first], second, clusters);

    /// <summary>
    /// Compares a model that was trained several times, from other seeds, with another: the mean difference over seeds
    /// and items, for seeds and items like these. Its variance is the sum of both sides': s² / S of the S seeds' means,
    /// and that of the items' means over the seeds by cluster, as <see cref="Of"/> has it. What a seed does to one item
    /// counts in both, so that the sum is rather too large than too small (Davezies, D'Haultfœuille and Guyonvarch
    /// 2018, for data clustered two ways).
    /// </summary>
    /// <param name="repeats">[S][N] whether the model was right, of each seed.</param>
    /// <param name="second">[N] whether the other was.</param>
    /// <param name="clusters">[N] the cluster of each item.</param>
    /// <param name="seedsVary">Whether the seeds' variance counts, or these are all seeds that there are.</param>
    /// <returns>Null where there are fewer than two clusters, which tell no spread.</returns>
    public static PairedDifference? OfRepeats(
        IReadOnlyList<IReadOnlyList<bool>> repeats,
        IReadOnlyList<bool> second,
        IReadOnlyList<string> clusters,
        bool seedsVary = true
    )
    {
        if (clusters.Distinct().Take(2).Count() < 2)
            return null;
        double[] differences = [.. second.Select((other, i) => repeats.Average(One(i)) - (other ? 1 : 0))];
        ClusteredMean mean = ClusteredMean.Of([.. differences, 1, -1], [.. clusters, "\0first", "\0second"])!;
        if (seedsVary && repeats.Count > 1)
            mean = mean.Plus(ResampledMean.Of([.. repeats.Select(right => right.Average(r => r ? 1.0 : 0))]));
        double value = differences.Average();
        Interval interval = new(
            Math.Max(-1, Math.Min(mean.Interval.Low, value)),
            Math.Min(1, Math.Max(mean.Interval.High, value))
        );
        return new(value, interval, value == 0 ? 1 : mean.P);

        static Func<IReadOnlyList<bool>, double> One(int item) => right => right[item] ? 1 : 0;
    }

    // In words and tables: +2.5, and -1.0 to +6.0.
    internal string Points => InPoints(Value);

    internal string PointsInterval => $"{InPoints(Interval.Low)} to {InPoints(Interval.High)}";

    internal static string InPoints(double share) => $"{100 * share:+0.0;−0.0;0.0}";
}
