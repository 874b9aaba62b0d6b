namespace HitSong.Evaluation;

/// <summary>Counts of two classes, rows true and columns predicted: [[TN, FP], [FN, TP]].</summary>
/// <param name="TrueNegatives">Negatives predicted negative.</param>
/// <param name="FalsePositives">Negatives predicted positive.</param>
/// <param name="FalseNegatives">Positives predicted negative.</param>
/// <param name="TruePositives">Positives predicted positive.</param>
public sealed record ConfusionMatrix(int TrueNegatives, int FalsePositives, int FalseNegatives, int TruePositives)
{
    /// <summary>Counts predictions against labels.</summary>
    public static ConfusionMatrix Of(IReadOnlyList<bool> labels, IReadOnlyList<bool> predicted)
    {
        int Count(bool label, bool prediction) => labels.Zip(predicted).Count(pair => pair == (label, prediction));
        return new(Count(false, false), Count(false, true), Count(true, false), Count(true, true));
    }

    /// <summary>All that were predicted.</summary>
    public int Total => TrueNegatives + FalsePositives + FalseNegatives + TruePositives;

    /// <summary>Predictions that were right.</summary>
    public int Right => TrueNegatives + TruePositives;

    /// <summary>Share of right predictions.</summary>
    public double Accuracy => (double)Right / Total;

    /// <summary>The mean of the two classes' recalls (scikit-learn <c>balanced_accuracy_score</c>); a class that is missing does not count.</summary>
    public double BalancedAccuracy => new[] { (Right: TrueNegatives, Of: TrueNegatives + FalsePositives), (Right: TruePositives, Of: TruePositives + FalseNegatives) }
        .Where(c => c.Of > 0).Average(c => (double)c.Right / c.Of);

    /// <summary>The harmonic mean of precision and recall of the positive class; 0 where nothing is positive or predicted so.</summary>
    public double F1 => TruePositives == 0 ? 0 : 2.0 * TruePositives / (2 * TruePositives + FalsePositives + FalseNegatives);

    /// <summary>As EXPERIMENTS and scikit-learn write it: <c>[[TN, FP], [FN, TP]]</c>.</summary>
    public override string ToString() => $"[[{TrueNegatives}, {FalsePositives}], [{FalseNegatives}, {TruePositives}]]";
}
