using MathNet.Numerics;

namespace HitSong.Evaluation;

/// <summary>
/// DeLong, DeLong and Clarke-Pearson's test (1988): whether two scores of the same items differ in their area under the
/// ROC curve.
/// </summary>
/// <param name="Difference">The first area less the second.</param>
/// <param name="StandardError">Standard error of the difference, from the items' placements.</param>
public sealed record DeLong(double Difference, double StandardError)
{
    /// <summary>Compares two scores. Null where a class has fewer than two items.</summary>
    /// <param name="labels">[N] true classes.</param>
    /// <param name="first">[N] the first model's scores.</param>
    /// <param name="second">[N] the second's.</param>
    public static DeLong? Test(IReadOnlyList<bool> labels, IReadOnlyList<double> first, IReadOnlyList<double> second)
    {
        int[] positives = [.. Enumerable.Range(0, labels.Count).Where(i => labels[i])],
            negatives = [.. Enumerable.Range(0, labels.Count).Where(i => !labels[i])];
        if (positives.Length < 2 || negatives.Length < 2)
            return null;
        // Of each positive the share of negatives that it beats, ties half; of each negative the share of positives
        // that beat it.
        double[] Placements(int[] of, int[] against, IReadOnlyList<double> scores, bool above) =>
            [
                .. of.Select(i =>
                    against.Average(j =>
                        scores[i] == scores[j] ? 0.5
                        : scores[i] > scores[j] == above ? 1
                        : 0
                    )
                ),
            ];
        double[] Differences(int[] of, int[] against, bool above) =>
            [.. Placements(of, against, first, above).Zip(Placements(of, against, second, above), (a, b) => a - b)];
        double[] byPositive = Differences(positives, negatives, above: true),
            byNegative = Differences(negatives, positives, above: false);
        return new(
            byPositive.Average(),
            Math.Sqrt(Variance(byPositive) / positives.Length + Variance(byNegative) / negatives.Length)
        );
    }

    /// <summary>The two-sided p under the normal approximation.</summary>
    public double P =>
        StandardError == 0 ? 1 : SpecialFunctions.Erfc(Math.Abs(Difference) / StandardError / Math.Sqrt(2));

    private static double Variance(double[] values)
    {
        double mean = values.Average();
        return values.Sum(v => (v - mean) * (v - mean)) / (values.Length - 1);
    }
}
