namespace HitSong.Evaluation;

/// <summary>Whether probabilities mean what they say.</summary>
/// <example><code>
/// bool[] hits = [true, false, true, true];
/// double[] probabilities = [0.9, 0.2, 0.6, 0.7];
/// double brier = Calibration.Brier(hits, probabilities); // 0.075
/// Calibration.LogLoss(hits, probabilities) // 0.299
/// </code></example>
public static class Calibration
{
    /// <summary>
    /// The mean negative log likelihood (scikit-learn <c>log_loss</c>), natural logarithm; probabilities kept 2⁻⁵² away
    /// from 0 and 1.
    /// </summary>
    /// <param name="labels">[N] true classes; at least one.</param>
    /// <param name="probabilities">[N] probabilities of the positive class.</param>
    public static double LogLoss(IReadOnlyList<bool> labels, IReadOnlyList<double> probabilities)
    {
        double least = Math.Pow(2, -52);
        return labels
            .Zip(probabilities, (label, p) => -Math.Log(Math.Clamp(label ? p : 1 - p, least, 1 - least)))
            .Average();
    }

    /// <summary>
    /// The mean squared distance of probability and outcome (Brier 1950): 0 at best, 0.25 for answering one half to
    /// all.
    /// </summary>
    /// <param name="labels">[N] true classes; at least one.</param>
    /// <param name="probabilities">[N] probabilities of the positive class.</param>
    public static double Brier(IReadOnlyList<bool> labels, IReadOnlyList<double> probabilities) =>
        labels.Zip(probabilities, (label, p) => Math.Pow(p - (label ? 1 : 0), 2)).Average();

    /// <summary>
    /// The expected calibration error (Naeini, Cooper and Hauskrecht 2015) of the positive class's probability: over
    /// equally wide bins, the mean distance of mean probability and share of positives, weighted by the bins' counts.
    /// </summary>
    /// <param name="labels">[N] true classes; at least one.</param>
    /// <param name="probabilities">[N] probabilities of the positive class.</param>
    /// <param name="bins">Number of bins.</param>
    public static double ExpectedError(
        IReadOnlyList<bool> labels,
        IReadOnlyList<double> probabilities,
        int bins = 10
    ) =>
        Curve(labels, probabilities, bins).Sum(bin => bin.Count * Math.Abs(bin.Predicted - bin.Observed))
        / labels.Count;

    /// <summary>
    /// The reliability curve: of each equally wide bin that is not empty its count, mean probability and share of
    /// positives (scikit-learn <c>calibration_curve</c>).
    /// </summary>
    /// <param name="labels">[N] true classes.</param>
    /// <param name="probabilities">[N] probabilities of the positive class.</param>
    /// <param name="bins">Number of bins.</param>
    public static IReadOnlyList<(int Count, double Predicted, double Observed)> Curve(
        IReadOnlyList<bool> labels,
        IReadOnlyList<double> probabilities,
        int bins = 10
    ) =>
        [
            .. from i in Enumerable.Range(0, labels.Count)
            group i by Math.Min((int)(probabilities[i] * bins), bins - 1) into bin
            orderby bin.Key
            select (bin.Count(), bin.Average(i => probabilities[i]), bin.Average(i => labels[i] ? 1.0 : 0)),
        ];
}
