namespace HitSong.Evaluation;

/// <summary>How right a set of predictions is, beside what guessing the majority gives.</summary>
/// <param name="Confusion">Counts of true and answered classes.</param>
/// <param name="Interval">95% Wilson interval of the accuracy.</param>
/// <param name="ArtistInterval">
/// 95% interval of the accuracy by resampling whole artists; null where no artist has two predictions, or it was not
/// asked for.
/// </param>
/// <param name="MajorityBaseline">Accuracy of always answering the class that is most frequent in training.</param>
/// <param name="RocAuc">
/// Area under the ROC curve; of more than two classes the mean of each against the rest (scikit-learn
/// <c>multi_class="ovr"</c>). Null where a class is missing.
/// </param>
/// <param name="AveragePrecision">Area under the precision-recall curve, likewise.</param>
/// <param name="LogLoss">Mean negative log likelihood.</param>
/// <param name="Brier">Brier score; of more than two classes the sum over classes (Brier 1950).</param>
/// <param name="CalibrationError">Expected calibration error over ten bins.</param>
public sealed record Score(
    ConfusionMatrix Confusion,
    Interval Interval,
    Interval? ArtistInterval,
    double MajorityBaseline,
    double? RocAuc,
    double? AveragePrecision,
    double LogLoss,
    double Brier,
    double CalibrationError
)
{
    /// <summary>Share of right predictions.</summary>
    public double Accuracy => Confusion.Accuracy;

    /// <summary>Scores predictions.</summary>
    /// <param name="predictions">Predictions on the test set, by clip or by song; at least one.</param>
    /// <param name="majority">The class that is most frequent in training.</param>
    /// <param name="byArtist">
    /// Whether <see cref="ArtistInterval"/> is wanted, whose 10,000 resamples take most of the time.
    /// </param>
    /// <exception cref="HitSongException">
    /// There are none, or one has another number of classes, a label that is no class, or probabilities that are none.
    /// </exception>
    public static Score Of(IReadOnlyList<Prediction> predictions, int majority, bool byArtist = true)
    {
        if (predictions.Count == 0)
            throw new HitSongException("there are no predictions to score: the test set is empty");
        int classes = predictions[0].Probabilities.Length;
        foreach (Prediction prediction in predictions)
            Check(prediction, classes);
        int[] labels = [.. predictions.Select(p => p.Label)];
        string[] artists = [.. predictions.Select(p => p.Artist)];
        var confusion = ConfusionMatrix.Of(labels, [.. predictions.Select(p => p.Answer)], classes);
        // Of two classes the figures of class 1; of more, the mean of each against the rest.
        int[] positives = classes == 2 ? [1] : [.. Enumerable.Range(0, classes)];
        bool artistsRepeat = artists.Distinct().Count() < artists.Length;
        Interval? artistInterval =
            byArtist && artistsRepeat
                ? Bootstrap.OfMean([.. predictions.Select(p => p.Right ? 1.0 : 0)], artists)
                : null;
        double majorityBaseline = (double)labels.Count(l => l == majority) / labels.Length;
        double least = Math.Pow(2, -52);
        double logLoss = predictions.Average(p => -Math.Log(Math.Clamp(p.Probabilities[p.Label], least, 1 - least)));
        return new(
            confusion,
            Interval.Wilson(confusion.Right, confusion.Total),
            artistInterval,
            majorityBaseline,
            Mean(Roc.Auc),
            Mean(PrecisionRecall.AveragePrecision),
            logLoss,
            predictions.Average(SquaredError),
            CalibrationError()
        );

        double SquaredError(Prediction p) =>
            classes == 2
                ? Math.Pow(p.Probabilities[1] - p.Label, 2)
                : p.Probabilities.Select((q, c) => Math.Pow(q - (c == p.Label ? 1 : 0), 2)).Sum();

        double CalibrationError()
        {
            bool[] happened = [.. predictions.Select(p => classes == 2 ? p.Label == 1 : p.Right)];
            double[] told = [.. predictions.Select(p => p.Probabilities[classes == 2 ? 1 : p.Answer])];
            return Calibration.ExpectedError(happened, told);
        }

        double? Mean(Func<IReadOnlyList<bool>, IReadOnlyList<double>, double?> figure)
        {
            double?[] each =
            [
                .. positives.Select(c =>
                    figure([.. labels.Select(l => l == c)], [.. predictions.Select(p => p.Probabilities[c])])
                ),
            ];
            return each.All(value => value is not null) ? each.Average() : null;
        }
    }

    private static void Check(Prediction prediction, int classes)
    {
        string? wrong =
            prediction.Probabilities.Length != classes
                ? $"{prediction.Probabilities.Length} probabilities, and the first has {classes}"
            : prediction.Label < 0 || prediction.Label >= classes
                ? $"the label {prediction.Label}, and the classes are 0 to {classes - 1}"
            // A float32 softmax sums to 1 within some 1e-6.
            : !prediction.Probabilities.All(p => p is >= 0 and <= 1)
            || Math.Abs(prediction.Probabilities.Sum() - 1) > 1e-3
                ? $"the probabilities {string.Join(", ", prediction.Probabilities)}, which must lie between "
                    + "0 and 1 and sum to 1"
            : null;
        if (wrong is not null)
            throw new HitSongException(
                $"the prediction of {prediction.Track}, clip {prediction.Clip}, cannot be scored: it has {wrong}"
            );
    }
}
