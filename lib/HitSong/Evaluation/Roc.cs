namespace HitSong.Evaluation;

/// <summary>The receiver operating characteristic of a score.</summary>
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
}
