namespace HitSong.Evaluation;

/// <summary>How right a set of predictions is, beside what guessing the majority gives.</summary>
/// <param name="Confusion">Counts at a threshold of 0.5.</param>
/// <param name="Interval">95% Wilson interval of the accuracy.</param>
/// <param name="MajorityBaseline">Accuracy of always answering the class that is more frequent in training.</param>
/// <param name="RocAuc">Area under the ROC curve; null where one class is missing.</param>
public sealed record Score(ConfusionMatrix Confusion, Interval Interval, double MajorityBaseline, double? RocAuc)
{
    /// <summary>Share of right predictions.</summary>
    public double Accuracy => Confusion.Accuracy;

    /// <summary>Scores predictions.</summary>
    /// <param name="predictions">Predictions on the test set, by clip or by song; at least one.</param>
    /// <param name="majority">The class that is more frequent in training.</param>
    public static Score Of(IReadOnlyList<Prediction> predictions, bool majority)
    {
        bool[] labels = [.. predictions.Select(p => p.Label)];
        var confusion = ConfusionMatrix.Of(labels, [.. predictions.Select(p => p.Probability >= 0.5)]);
        return new(confusion, Interval.Wilson(confusion.Right, confusion.Total), (double)labels.Count(l => l == majority) / labels.Length,
            Roc.Auc(labels, [.. predictions.Select(p => p.Probability)]));
    }
}
