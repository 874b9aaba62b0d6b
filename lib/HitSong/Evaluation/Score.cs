namespace HitSong.Evaluation;

/// <summary>How right a set of predictions is, beside what guessing the majority gives.</summary>
/// <example><code>
/// Prediction Song(string artist, int label, double p) => new($"{artist} {p}", artist, 0, label, [1 - p, p]);
/// Prediction[] songs =
/// [
///     Song("a", 0, 0.1), Song("a", 1, 0.4), Song("b", 0, 0.3), Song("b", 1, 0.8), Song("c", 1, 0.7),
/// ];
/// var score = Score.Of(songs, majority: 1);
/// double baseline = score.MajorityBaseline; // 0.6
/// (score.Accuracy, score.RocAuc) // (0.8, 1)
/// </code></example>
public sealed record Score
{
    /// <summary>Counts of true and answered classes.</summary>
    public required ConfusionMatrix Confusion { get; init; }

    /// <summary>
    /// 95% interval of the accuracy; songs of one artist are not independent
    /// (<see cref="Interval.Wilson(IReadOnlyList{bool}, IReadOnlyList{string})"/>).
    /// </summary>
    public required Interval Interval { get; init; }

    /// <summary>Accuracy of always answering the class that is most frequent in training.</summary>
    public required double MajorityBaseline { get; init; }

    /// <summary>
    /// Accuracy less that of the best constant answer, on the same items and by artist; null where all are of one
    /// artist.
    /// </summary>
    public PairedDifference? Gain { get; init; }

    /// <summary>
    /// Area under the ROC curve; of more than two classes the mean of each against the rest (scikit-learn
    /// <c>multi_class="ovr"</c>), over the classes that are there. Null where but one is.
    /// </summary>
    public double? RocAuc { get; init; }

    /// <summary>
    /// 95% interval of <see cref="RocAuc"/> by artist (<see cref="DeLong.AreaInterval"/>); null of more than two
    /// classes.
    /// </summary>
    public Interval? RocAucInterval { get; init; }

    /// <summary>Area under the precision-recall curve, of more than two classes likewise.</summary>
    public double? AveragePrecision { get; init; }

    /// <summary>Mean negative log likelihood.</summary>
    public required double LogLoss { get; init; }

    /// <summary>Brier score; of more than two classes the sum over classes (Brier 1950).</summary>
    public required double Brier { get; init; }

    /// <summary>Expected calibration error over ten bins.</summary>
    public required double CalibrationError { get; init; }

    /// <summary>Spearman's ρ of true class and expected class, Σ c · p_c; null where one of them is constant.</summary>
    public double? Spearman { get; init; }

    /// <summary>Kendall's τ-b of the same.</summary>
    public double? Kendall { get; init; }

    /// <summary>Share of right predictions.</summary>
    public double Accuracy => Confusion.Accuracy;

    /// <summary>
    /// The accuracy to beat: of always answering the class that most of the tested items have, which is no worse than
    /// <see cref="MajorityBaseline"/>.
    /// </summary>
    public double BestConstant => (double)Confusion.Counts.Max(row => row.Sum()) / Confusion.Total;

    /// <summary>Scores predictions.</summary>
    /// <param name="predictions">Predictions on the test set, by clip or by song; at least one.</param>
    /// <param name="majority">The class that is most frequent in training.</param>
    /// <exception cref="HitSongException">
    /// There are none, or one has another number of classes, a label that is no class, or probabilities that are none.
    /// </exception>
    public static Score Of(IReadOnlyList<Prediction> predictions, int majority)
    {
        if (predictions.Count == 0)
            throw new HitSongException("there are no predictions to score: the test set is empty");
        int classes = predictions[0].Probabilities.Length;
        foreach (Prediction prediction in predictions)
            Check(prediction, classes);

        int[] labels = [.. predictions.Select(p => p.Label)];
        bool[] right = [.. predictions.Select(p => p.Right)];
        string[] artists = [.. predictions.Select(p => p.Artist)];
        var confusion = ConfusionMatrix.Of(labels, [.. predictions.Select(p => p.Answer)], classes);
        int[] counts = [.. confusion.Counts.Select(row => row.Sum())];
        int constant = counts[majority] == counts.Max() ? majority : Array.IndexOf(counts, counts.Max());
        double[] expected = [.. predictions.Select(p => p.Probabilities.Select((q, c) => c * q).Sum())];
        // Of two classes the figures of class 1; of more, the mean of each against the rest.
        int[] positives = classes == 2 ? [1] : [.. Enumerable.Range(0, classes)];
        double least = Math.Pow(2, -52);
        return new()
        {
            Confusion = confusion,
            Interval = Interval.Wilson(right, artists),
            MajorityBaseline = (double)counts[majority] / labels.Length,
            Gain = PairedDifference.Of(right, Is(constant), artists),
            RocAuc = Mean(Roc.Auc),
            RocAucInterval = classes == 2 ? DeLong.Of(Is(1), Of(1), artists)?.AreaInterval : null,
            AveragePrecision = Mean(PrecisionRecall.AveragePrecision),
            LogLoss = predictions.Average(p => -Math.Log(Math.Clamp(p.Probabilities[p.Label], least, 1 - least))),
            Brier = predictions.Average(SquaredError),
            CalibrationError = CalibrationError(),
            Spearman = RankCorrelation.Spearman(labels, expected),
            Kendall = RankCorrelation.Kendall(labels, expected),
        };

        bool[] Is(int c) => [.. labels.Select(label => label == c)];

        double[] Of(int c) => [.. predictions.Select(p => p.Probabilities[c])];

        double SquaredError(Prediction p) =>
            classes == 2
                ? Math.Pow(p.Probabilities[1] - p.Label, 2)
                : p.Probabilities.Select((q, c) => Math.Pow(q - (c == p.Label ? 1 : 0), 2)).Sum();

        double CalibrationError()
        {
            bool[] happened = classes == 2 ? Is(1) : right;
            double[] told = [.. predictions.Select(p => p.Probabilities[classes == 2 ? 1 : p.Answer])];
            return Calibration.ExpectedError(happened, told);
        }

        // Null where no class is there beside others; a class that is not there is left out.
        double? Mean(Func<IReadOnlyList<bool>, IReadOnlyList<double>, double?> figure) =>
            counts.Max() == labels.Length
                ? null
                : positives.Where(c => counts[c] > 0).Average(c => figure(Is(c), Of(c)));
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
