namespace HitSong.Evaluation;

/// <summary>Precision against recall of a score.</summary>
/// <example><code>
/// PrecisionRecall.AveragePrecision([true, false, true, false], [0.9, 0.8, 0.7, 0.1]) // 0.8333
/// </code></example>
public static class PrecisionRecall
{
    /// <summary>
    /// Average precision, the area under the precision-recall curve as a sum of steps (scikit-learn
    /// <c>average_precision_score</c>); a score without skill has the share of positives. Null where there is no
    /// positive.
    /// </summary>
    /// <param name="labels">[N] true classes.</param>
    /// <param name="scores">[N] scores; higher means more likely positive.</param>
    public static double? AveragePrecision(IReadOnlyList<bool> labels, IReadOnlyList<double> scores)
    {
        int positives = labels.Count(l => l),
            found = 0,
            taken = 0;
        if (positives == 0)
            return null;
        double area = 0;
        foreach (var tied in Enumerable.Range(0, scores.Count).GroupBy(i => scores[i]).OrderByDescending(g => g.Key))
        {
            int hits = tied.Count(i => labels[i]);
            found += hits;
            taken += tied.Count();
            area += (double)hits / positives * found / taken;
        }
        return area;
    }

    /// <summary>
    /// The precision-recall curve: for each threshold the recall (X) and the precision (Y), from the highest threshold
    /// on (scikit-learn <c>precision_recall_curve</c> without its added point), and the average precision, with their
    /// intervals by drawing whole groups anew (<see cref="Bootstrap.OfShare"/> of the area). Near a recall of 1 few
    /// positives decide, and the curve's interval holds less often than is claimed. Null where one class is missing.
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
        labels.Distinct().Count() < 2
            ? null
            : CurveWithInterval.Of(labels, scores, groups, new OfRecall(), draws, seed);

    private sealed class OfRecall : ICurve
    {
        public double[] Places { get; } = [.. Enumerable.Range(1, 100).Select(i => i / 100.0)];

        public (double[] X, double[] Y) Of(double[] found, double[] wrong) =>
            (
                [.. found.Select(hits => hits / found[^1])],
                [.. found.Zip(wrong, (hits, misses) => Precision(hits, misses))]
            );

        public double At(double[] recall, double[] precision, double place) => precision[Index(recall, place)];

        public int Taken(double[] recall, double place) => Index(recall, place) + 1;

        public bool IsTrial(bool label, bool isTaken) => isTaken;

        public double Area(double[] recall, double[] precision) =>
            Enumerable.Range(0, recall.Length).Sum(i => (recall[i] - (i > 0 ? recall[i - 1] : 0)) * precision[i]);

        // A draw may have an area of 1, whose log odds are infinite: half an item is left below it.
        public Interval? AreaInterval(
            IReadOnlyList<bool> labels,
            IReadOnlyList<double> scores,
            IReadOnlyList<string> groups,
            double area,
            IReadOnlyList<double> drawn,
            int withBoth
        ) =>
            area < 1
                ? Bootstrap.OfShare(area, [.. drawn.Select(one => Math.Min(one, 1 - 0.5 / labels.Count))], withBoth)
                : null;

        private static int Index(double[] recall, double place) => Array.FindIndex(recall, value => value >= place);

        // 1 as long as nothing is taken, which only a draw that left out the first items has.
        private static double Precision(double hits, double misses) => hits + misses > 0 ? hits / (hits + misses) : 1;
    }
}
