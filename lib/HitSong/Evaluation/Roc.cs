namespace HitSong.Evaluation;

/// <summary>The receiver operating characteristic of a score.</summary>
/// <example><code>
/// Roc.Auc([true, false, true, false], [0.9, 0.8, 0.7, 0.1]) // 0.75
/// </code></example>
public static class Roc
{
    /// <summary>
    /// Area under the ROC curve: the chance that a positive scores above a negative, ties counted half (Mann and
    /// Whitney 1947; scikit-learn <c>roc_auc_score</c>). Null where one class is missing, since it is undefined then.
    /// </summary>
    /// <param name="labels">[N] true classes.</param>
    /// <param name="scores">[N] scores; higher means more likely positive.</param>
    public static double? Auc(IReadOnlyList<bool> labels, IReadOnlyList<double> scores)
    {
        int[] order = [.. Enumerable.Range(0, scores.Count).OrderBy(i => scores[i])];
        double positives = labels.Count(l => l),
            negatives = labels.Count - positives,
            rankSum = 0;
        if (positives == 0 || negatives == 0)
            return null;
        for (int first = 0; first < order.Length; )
        {
            int after = first;
            while (after < order.Length && scores[order[after]] == scores[order[first]])
                after++;
            double rank = (first + 1 + after) / 2.0;
            for (; first < after; first++)
                if (labels[order[first]])
                    rankSum += rank;
        }
        return (rankSum - positives * (positives + 1) / 2) / (positives * negatives);
    }

    /// <summary>
    /// The ROC curve: for each threshold the false positive rate (X) and the true positive rate (Y), from (0, 0) on
    /// (scikit-learn <c>roc_curve</c> with every threshold), and the area below it, whose interval is
    /// <see cref="DeLong.AreaInterval"/>; the curve's is by drawing whole groups anew. Null where one class is missing.
    /// </summary>
    /// <param name="labels">[N] true classes.</param>
    /// <param name="scores">[N] scores; higher means more likely positive.</param>
    /// <param name="groups">[N] the group of each item, such as its artist.</param>
    /// <param name="draws">Number of resamples.</param>
    /// <param name="seed">Seed; the same seed gives the same intervals.</param>
    public static CurveWithInterval? Curve(
        IReadOnlyList<bool> labels,
        IReadOnlyList<double> scores,
        IReadOnlyList<string> groups,
        int draws = 1000,
        ulong seed = 0
    ) =>
        labels.Distinct().Count() < 2 ? null : CurveWithInterval.Of(labels, scores, groups, new OfRates(), draws, seed);

    private sealed class OfRates : ICurve
    {
        public double[] Places { get; } = [.. Enumerable.Range(0, 101).Select(i => i / 100.0)];

        public (double[] X, double[] Y) Of(double[] found, double[] wrong) => (Shares(wrong), Shares(found));

        // On a vertical step its upper end.
        public double At(double[] x, double[] y, double place)
        {
            int next = Array.FindIndex(x, value => value > place);
            if (next < 0)
                return y[^1];
            double part = (place - x[next - 1]) / (x[next] - x[next - 1]);
            return y[next - 1] + part * (y[next] - y[next - 1]);
        }

        public int Taken(double[] x, double place) => Array.FindLastIndex(x, value => value <= place);

        public bool IsTrial(bool label, bool isTaken) => label;

        public double Area(double[] x, double[] y) =>
            Enumerable.Range(1, x.Length - 1).Sum(i => (x[i] - x[i - 1]) * (y[i] + y[i - 1]) / 2);

        public Interval? AreaInterval(
            IReadOnlyList<bool> labels,
            IReadOnlyList<double> scores,
            IReadOnlyList<string> groups,
            double area,
            IReadOnlyList<double> drawn,
            int withBoth
        ) => DeLong.Of(labels, scores, groups)?.AreaInterval;

        private static double[] Shares(double[] counts) => [0, .. counts.Select(count => count / counts[^1])];
    }
}
