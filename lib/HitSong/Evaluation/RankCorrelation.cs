using System.Numerics.Tensors;
using MathNet.Numerics.Statistics;

namespace HitSong.Evaluation;

/// <summary>How far scores and ordered classes go together, by their order alone.</summary>
/// <example><code>
/// RankCorrelation.Spearman([0, 1, 2, 3], [0.1, 0.4, 0.3, 0.9]) // 0.8
/// </code></example>
public static class RankCorrelation
{
    /// <summary>
    /// Spearman's ρ, ties at their mean rank (scipy <c>spearmanr</c>); null where all labels or all scores are equal.
    /// </summary>
    /// <param name="labels">[N] true classes, 0…classes − 1.</param>
    /// <param name="scores">[N] scores; higher means a higher class.</param>
    public static double? Spearman(IReadOnlyList<int> labels, IReadOnlyList<double> scores) =>
        IsDefined(labels, scores) ? Correlation.Spearman(labels.Select(label => (double)label), scores) : null;

    /// <summary>
    /// Kendall's τ-b (Kendall 1945; scipy <c>kendalltau</c>): concordant less discordant pairs, over the geometric mean
    /// of the pairs that each side does not tie. Null where all labels or all scores are equal.
    /// </summary>
    /// <inheritdoc cref="Spearman"/>
    public static double? Kendall(IReadOnlyList<int> labels, IReadOnlyList<double> scores)
    {
        if (!IsDefined(labels, scores))
            return null;
        var below = new long[labels.Max() + 1];
        long balance = 0,
            tiedScores = 0;
        // From the lowest score up: each item is concordant with those below it of a lower class.
        foreach (var tied in Enumerable.Range(0, labels.Count).GroupBy(i => scores[i]).OrderBy(group => group.Key))
        {
            int[] classes = [.. tied.Select(i => labels[i])];
            foreach (int c in classes)
                balance += TensorPrimitives.Sum(below.AsSpan(0, c)) - TensorPrimitives.Sum(below.AsSpan(c + 1));
            foreach (int c in classes)
                below[c]++;
            tiedScores += Pairs(classes.Length);
        }
        long pairs = Pairs(labels.Count),
            tiedLabels = below.Sum(Pairs);
        return balance / (Math.Sqrt(pairs - tiedLabels) * Math.Sqrt(pairs - tiedScores));
    }

    private static long Pairs(long items) => items * (items - 1) / 2;

    private static bool IsDefined(IReadOnlyList<int> labels, IReadOnlyList<double> scores) =>
        labels.Distinct().Skip(1).Any() && scores.Distinct().Skip(1).Any();
}
