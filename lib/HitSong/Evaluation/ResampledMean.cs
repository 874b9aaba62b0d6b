using MathNet.Numerics.Distributions;

namespace HitSong.Evaluation;

/// <summary>
/// The mean of a figure over trainings whose training sets overlap, such as the folds of a cross-validation: their
/// figures are not independent, and s² / K is too small a variance. Nadeau and Bengio's (2003) corrected one is
/// (1 / K + tested / trained) · s², with Student's t of K − 1 degrees of freedom.
/// </summary>
/// <param name="Mean">The mean.</param>
/// <param name="Deviation">s, the standard deviation between trainings (of the sample, over K − 1).</param>
/// <param name="StandardError">The corrected standard error of the mean.</param>
/// <param name="Count">K, how many trainings.</param>
/// <example><code>
/// // Five folds, the test a quarter of the training.
/// var mean = ResampledMean.Of([0.62, 0.58, 0.66, 0.60, 0.64], testedToTrained: 0.25);
/// (mean.Mean, mean.Interval.Low, mean.Interval.High) // (0.62, 0.5611, 0.6789)
/// </code></example>
public sealed record ResampledMean(double Mean, double Deviation, double StandardError, int Count)
{
    /// <summary>Of the trainings' figures.</summary>
    /// <param name="figures">[K] a figure of each; two at least.</param>
    /// <param name="testedToTrained">
    /// Items that each is tested on, by those that it is trained on; 0 where the trainings are independent, such as
    /// those from several seeds.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than two, which tell no spread.</exception>
    public static ResampledMean Of(IReadOnlyList<double> figures, double testedToTrained = 0)
    {
        int count = figures.Count;
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 2);
        double mean = figures.Average(),
            variance = figures.Sum(figure => (figure - mean) * (figure - mean)) / (count - 1);
        return new(mean, Math.Sqrt(variance), Math.Sqrt((1.0 / count + testedToTrained) * variance), count);
    }

    /// <summary>The 95% interval of the mean.</summary>
    public Interval Interval
    {
        get
        {
            double half = StandardError * StudentT.InvCDF(0, 1, Count - 1, 0.975);
            return new(Mean - half, Mean + half);
        }
    }
}
