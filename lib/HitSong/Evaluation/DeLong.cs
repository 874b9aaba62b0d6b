using MathNet.Numerics.Distributions;

namespace HitSong.Evaluation;

/// <summary>
/// An area under the ROC curve, or the difference of two on the same items, with its standard error by DeLong, DeLong
/// and Clarke-Pearson (1988); where items come in clusters, such as the songs of one artist, by Obuchowski (1997), of
/// which theirs is the case of clusters of one.
/// </summary>
/// <param name="Estimate">The area, or the first area less the second.</param>
/// <param name="StandardError">Its standard error, from the items' placements.</param>
/// <param name="Clusters">Independent clusters; the number of items where none are given.</param>
/// <example><code>
/// bool[] hits = [true, true, true, false, false, false];
/// DeLong area = DeLong.Of(hits, [0.9, 0.8, 0.3, 0.4, 0.2, 0.1]);
/// (area.Estimate, area.StandardError) // (0.8889, 0.1571)
/// </code></example>
public sealed record DeLong(double Estimate, double StandardError, int Clusters)
{
    /// <summary>One score's area (<see cref="Roc.Auc"/>).</summary>
    /// <param name="labels">[N] true classes.</param>
    /// <param name="scores">[N] scores; higher means more likely positive.</param>
    /// <param name="clusters">[N] the cluster of each; null: every item is independent of the others.</param>
    /// <returns>Null where a class has items in fewer than two clusters.</returns>
    public static DeLong? Of(
        IReadOnlyList<bool> labels,
        IReadOnlyList<double> scores,
        IReadOnlyList<string>? clusters = null
    ) => Estimated(labels, Placements(labels, scores), clusters);

    /// <summary>Two scores of the same items: the first's area less the second's.</summary>
    /// <param name="labels">[N] true classes.</param>
    /// <param name="first">[N] the first model's scores.</param>
    /// <param name="second">[N] the second's.</param>
    /// <param name="clusters">[N] the cluster of each; null: every item is independent of the others.</param>
    /// <inheritdoc cref="Of" path="/returns"/>
    public static DeLong? Difference(
        IReadOnlyList<bool> labels,
        IReadOnlyList<double> first,
        IReadOnlyList<double> second,
        IReadOnlyList<string>? clusters = null
    )
    {
        double[] differences =
        [
            .. Placements(labels, first).Zip(Placements(labels, second), (one, other) => one - other),
        ];
        return Estimated(labels, differences, clusters);
    }

    /// <summary>
    /// The mean area of a model that was trained several times, from other seeds, for seeds and items like these: the
    /// variance of the mean placements by cluster, and that of the seeds' areas, as
    /// <see cref="PairedDifference.OfRepeats"/> adds them. <see cref="Clusters"/> is one more than the degrees of
    /// freedom.
    /// </summary>
    /// <param name="labels">[N] true classes.</param>
    /// <param name="repeats">[S][N] scores of each seed.</param>
    /// <param name="clusters">[N] the cluster of each.</param>
    /// <inheritdoc cref="Of" path="/returns"/>
    public static DeLong? OfRepeats(
        IReadOnlyList<bool> labels,
        IReadOnlyList<IReadOnlyList<double>> repeats,
        IReadOnlyList<string> clusters
    )
    {
        double[][] placements = [.. repeats.Select(scores => Placements(labels, scores))];
        double[] means = [.. labels.Select((_, i) => placements.Average(of => of[i]))];
        if (Estimated(labels, means, clusters) is not { } items || repeats.Count == 1)
            return Estimated(labels, means, clusters);
        double[] areas = [.. placements.Select(of => of.Where((_, i) => labels[i]).Average())];
        ClusteredMean all = new ClusteredMean(items.Estimate, items.StandardError, items.Clusters - 1).Plus(
            ResampledMean.Of(areas)
        );
        // Rounded down, but for what adding up left.
        return new(all.Mean, all.StandardError, 1 + (int)(all.DegreesOfFreedom + 1e-9));
    }

    /// <summary>
    /// The two-sided p of a difference of 0, by Student's t with as many degrees of freedom as there are clusters, less
    /// one; 1 where both areas are equal, 0 where they differ and no item says how much that may vary.
    /// </summary>
    public double P =>
        Estimate == 0 ? 1
        : StandardError == 0 ? 0
        : 2 * StudentT.CDF(0, 1, Clusters - 1, -Math.Abs(Estimate) / StandardError);

    /// <summary>The 95% interval of a difference.</summary>
    public Interval Interval => Around(Estimate, StandardError);

    /// <summary>
    /// The 95% interval of an area, symmetric in its log odds, which keeps it between 0 and 1 (Pepe 2003). Null where
    /// the area is 0 or 1: no pair says how much that may vary.
    /// </summary>
    public Interval? AreaInterval
    {
        get
        {
            double odds = Estimate * (1 - Estimate);
            if (odds <= 0)
                return null;
            Interval logOdds = Around(Math.Log(Estimate / (1 - Estimate)), StandardError / odds);
            return new(1 / (1 + Math.Exp(-logOdds.Low)), 1 / (1 + Math.Exp(-logOdds.High)));
        }
    }

    private Interval Around(double value, double error)
    {
        double half = error * StudentT.InvCDF(0, 1, Clusters - 1, 0.975);
        return new(value - half, value + half);
    }

    // [N] of each positive the share of negatives that it beats, ties half; of each negative the share of positives
    // that beat it.
    private static double[] Placements(IReadOnlyList<bool> labels, IReadOnlyList<double> scores)
    {
        double positives = labels.Count(label => label),
            negatives = labels.Count - positives,
            positivesBelow = 0,
            negativesBelow = 0;
        var placements = new double[labels.Count];
        foreach (var tied in Enumerable.Range(0, labels.Count).GroupBy(i => scores[i]).OrderBy(group => group.Key))
        {
            double positivesTied = tied.Count(i => labels[i]),
                negativesTied = tied.Count() - positivesTied;
            foreach (int i in tied)
                placements[i] = labels[i]
                    ? (negativesBelow + negativesTied / 2) / negatives
                    : 1 - (positivesBelow + positivesTied / 2) / positives;
            positivesBelow += positivesTied;
            negativesBelow += negativesTied;
        }
        return placements;
    }

    private static DeLong? Estimated(IReadOnlyList<bool> labels, double[] placements, IReadOnlyList<string>? clusters)
    {
        double positives = labels.Count(label => label),
            negatives = labels.Count - positives,
            estimate = placements.Where((_, i) => labels[i]).Sum() / positives;
        // Of each cluster how far its positives' placements lie above the area in sum, and its negatives'.
        (double Above, double Count)[][] sums =
        [
            .. Enumerable
                .Range(0, labels.Count)
                .GroupBy(i => clusters?[i] ?? $"{i}")
                .Select(cluster => new[] { Sum(cluster, true), Sum(cluster, false) }),
        ];
        int withPositives = sums.Count(cluster => cluster[0].Count > 0),
            withNegatives = sums.Count(cluster => cluster[1].Count > 0);
        if (withPositives < 2 || withNegatives < 2)
            return null;
        double variance =
            Scaled(withPositives, sums.Sum(c => c[0].Above * c[0].Above)) / (positives * positives)
            + Scaled(withNegatives, sums.Sum(c => c[1].Above * c[1].Above)) / (negatives * negatives)
            + 2 * Scaled(sums.Length, sums.Sum(c => c[0].Above * c[1].Above)) / (positives * negatives);
        return new(estimate, Math.Sqrt(Math.Max(0, variance)), sums.Length);

        (double, double) Sum(IEnumerable<int> cluster, bool label)
        {
            double[] own = [.. cluster.Where(i => labels[i] == label).Select(i => placements[i] - estimate)];
            return (own.Sum(), own.Length);
        }

        static double Scaled(double count, double sum) => count / (count - 1) * sum;
    }
}
