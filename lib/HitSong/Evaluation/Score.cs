namespace HitSong.Evaluation;

/// <summary>How right a set of predictions is, beside what guessing the majority gives.</summary>
/// <param name="Confusion">Counts at a threshold of 0.5.</param>
/// <param name="Interval">95% Wilson interval of the accuracy.</param>
/// <param name="ArtistInterval">95% interval of the accuracy by resampling whole artists; null where no artist has two predictions.</param>
/// <param name="MajorityBaseline">Accuracy of always answering the class that is more frequent in training.</param>
/// <param name="RocAuc">Area under the ROC curve; null where one class is missing.</param>
/// <param name="AveragePrecision">Area under the precision-recall curve; null where there is no hit.</param>
/// <param name="LogLoss">Mean negative log likelihood.</param>
/// <param name="Brier">Brier score.</param>
/// <param name="CalibrationError">Expected calibration error over ten bins.</param>
public sealed record Score(
    ConfusionMatrix Confusion, Interval Interval, Interval? ArtistInterval, double MajorityBaseline,
    double? RocAuc, double? AveragePrecision, double LogLoss, double Brier, double CalibrationError)
{
    /// <summary>Share of right predictions.</summary>
    public double Accuracy => Confusion.Accuracy;

    /// <summary>Scores predictions.</summary>
    /// <param name="predictions">Predictions on the test set, by clip or by song; at least one.</param>
    /// <param name="majority">The class that is more frequent in training.</param>
    public static Score Of(IReadOnlyList<Prediction> predictions, bool majority)
    {
        bool[] labels = [.. predictions.Select(p => p.Label)], predicted = [.. predictions.Select(p => p.Probability >= 0.5)];
        double[] probabilities = [.. predictions.Select(p => p.Probability)];
        string[] artists = [.. predictions.Select(p => p.Artist)];
        var confusion = ConfusionMatrix.Of(labels, predicted);
        return new(
            confusion,
            Interval.Wilson(confusion.Right, confusion.Total),
            artists.Distinct().Count() < artists.Length ? Bootstrap.OfMean([.. labels.Zip(predicted, (l, p) => l == p ? 1.0 : 0)], artists) : null,
            (double)labels.Count(l => l == majority) / labels.Length,
            Roc.Auc(labels, probabilities),
            PrecisionRecall.AveragePrecision(labels, probabilities),
            Calibration.LogLoss(labels, probabilities),
            Calibration.Brier(labels, probabilities),
            Calibration.ExpectedError(labels, probabilities));
    }
}
