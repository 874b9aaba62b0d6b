namespace HitSong.Evaluation;

/// <summary>
/// What is counted at each threshold of a score, from the highest to the lowest; equal scores share one.
/// </summary>
internal sealed class Thresholds
{
    private readonly IReadOnlyList<bool> labels;
    private readonly int[][] items;

    /// <param name="labels">[N] true classes.</param>
    /// <param name="scores">[N] scores; higher means more likely positive.</param>
    public Thresholds(IReadOnlyList<bool> labels, IReadOnlyList<double> scores)
    {
        this.labels = labels;
        items =
        [
            .. Enumerable
                .Range(0, scores.Count)
                .GroupBy(i => scores[i])
                .OrderByDescending(tied => tied.Key)
                .Select(tied => tied.ToArray()),
        ];
    }

    /// <summary>The items that the highest so many thresholds let pass.</summary>
    public IEnumerable<int> Taken(int thresholds) => items.Take(thresholds).SelectMany(tied => tied);

    /// <summary>[thresholds] true and false positives, where each item counts so many times.</summary>
    /// <param name="weights">[N] how many times.</param>
    public (double[] True, double[] False) Positives(IReadOnlyList<int> weights)
    {
        var (found, wrong) = (new double[items.Length], new double[items.Length]);
        double hits = 0,
            misses = 0;
        for (int threshold = 0; threshold < items.Length; threshold++)
        {
            foreach (int item in items[threshold])
                if (labels[item])
                    hits += weights[item];
                else
                    misses += weights[item];
            (found[threshold], wrong[threshold]) = (hits, misses);
        }
        return (found, wrong);
    }
}
