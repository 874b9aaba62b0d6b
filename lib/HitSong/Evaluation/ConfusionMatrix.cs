namespace HitSong.Evaluation;

/// <summary>Counts of classes, rows true and columns predicted.</summary>
/// <param name="Counts">[classes][classes]; of two: [[TN, FP], [FN, TP]].</param>
/// <example><code>
/// var confusion = ConfusionMatrix.Of(labels: [0, 0, 1, 1, 1], predicted: [0, 1, 1, 1, 0], classes: 2);
/// double accuracy = confusion.Accuracy; // 0.6
/// confusion.BalancedAccuracy // 0.5833
/// </code></example>
public sealed record ConfusionMatrix(int[][] Counts)
{
    /// <summary>Counts predictions against labels.</summary>
    /// <param name="labels">[N] true classes.</param>
    /// <param name="predicted">[N] answers.</param>
    /// <param name="classes">Number of classes.</param>
    public static ConfusionMatrix Of(IReadOnlyList<int> labels, IReadOnlyList<int> predicted, int classes)
    {
        int[][] counts = [.. Enumerable.Range(0, classes).Select(_ => new int[classes])];
        foreach (var (label, answer) in labels.Zip(predicted))
            counts[label][answer]++;
        return new(counts);
    }

    /// <summary>All that were predicted.</summary>
    public int Total => Counts.Sum(row => row.Sum());

    /// <summary>Predictions that were right.</summary>
    public int Right => Counts.Select((row, c) => row[c]).Sum();

    /// <summary>Share of right predictions.</summary>
    public double Accuracy => (double)Right / Total;

    /// <summary>
    /// The mean of the classes' recalls (scikit-learn <c>balanced_accuracy_score</c>); a class that is missing does not
    /// count.
    /// </summary>
    public double BalancedAccuracy => Recalls.OfType<double>().Average();

    /// <summary>[classes] each class's share of right answers; null for a class that is missing.</summary>
    public IReadOnlyList<double?> Recalls =>
        [.. Counts.Select((row, c) => row.Sum() is > 0 and int all ? (double)row[c] / all : (double?)null)];

    /// <summary>
    /// How far the answers lie from the true classes, in classes, on average; classes in their order.
    /// </summary>
    public double MeanAbsoluteError =>
        Counts.SelectMany((row, label) => row.Select((count, answer) => (double)count * Math.Abs(answer - label))).Sum()
        / Total;

    /// <summary>
    /// The harmonic mean of precision and recall (scikit-learn <c>f1_score</c>): of two classes that of class 1, of
    /// more the classes' mean ("macro"). 0 for a class that is neither there nor answered.
    /// </summary>
    public double F1 => Counts.Length == 2 ? F1Of(1) : Enumerable.Range(0, Counts.Length).Average(F1Of);

    /// <summary>As scikit-learn writes it: <c>[[TN, FP], [FN, TP]]</c>.</summary>
    public override string ToString() => $"[{string.Join(", ", Counts.Select(row => $"[{string.Join(", ", row)}]"))}]";

    private double F1Of(int c)
    {
        int right = Counts[c][c];
        return right == 0 ? 0 : 2.0 * right / (Counts[c].Sum() + Counts.Sum(row => row[c]));
    }
}
