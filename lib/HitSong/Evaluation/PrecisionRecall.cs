namespace HitSong.Evaluation;

/// <summary>Precision against recall of a score.</summary>
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
}
