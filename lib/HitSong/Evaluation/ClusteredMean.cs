using MathNet.Numerics.Distributions;

namespace HitSong.Evaluation;

/// <summary>
/// A mean of items that come in clusters and are not independent within, such as songs of one artist: its standard
/// error from the clusters' sums, corrected for their small number (CR2, Bell and McCaffrey 2002), and Student's t with
/// their degrees of freedom. It stays right where clusters differ in size (Imbens and Kolesár 2016).
/// </summary>
/// <param name="Mean">The mean.</param>
/// <param name="StandardError">Its standard error.</param>
/// <param name="DegreesOfFreedom">
/// Bell and McCaffrey's; the number of clusters less one where all are of a size.
/// </param>
/// <example><code>
/// // Four songs by two artists are less than four independent ones.
/// ClusteredMean mean = ClusteredMean.Of([1, 1, 0, 0], ["a", "a", "b", "b"]);
/// (mean.Mean, mean.StandardError, mean.DegreesOfFreedom) // (0.5, 0.5, 1)
/// </code></example>
public sealed record ClusteredMean(double Mean, double StandardError, double DegreesOfFreedom)
{
    /// <summary>The mean of some values; null where there are fewer than two clusters, which tell no spread.</summary>
    /// <param name="values">[N] values.</param>
    /// <param name="clusters">[N] the cluster of each.</param>
    public static ClusteredMean? Of(IReadOnlyList<double> values, IReadOnlyList<string> clusters)
    {
        (double Sum, double Count)[] all =
        [
            .. values.Zip(clusters).GroupBy(item => item.Second, item => item.First).Select(c => (c.Sum(), c.Count())),
        ];
        if (all.Length < 2)
            return null;
        double count = values.Count,
            mean = values.Sum() / count;

        double squares = 0,
            sizes = 0,
            leverages = 0,
            leverageSquares = 0;
        foreach (var cluster in all)
        {
            double left = 1 - cluster.Count / count,
                residual = cluster.Sum - mean * cluster.Count,
                leverage = cluster.Count * cluster.Count / left;
            squares += residual * residual / left;
            sizes += cluster.Count * cluster.Count;
            leverages += leverage;
            leverageSquares += leverage * leverage;
        }

        // Satterthwaite's approximation for independent items: (Σλ)² / Σλ² of the estimator's quadratic form.
        double pairs = (leverages * leverages - leverageSquares) / (count * count),
            freedom = count * count / (sizes + pairs);
        return new(mean, Math.Sqrt(squares) / count, freedom);
    }

    /// <summary>
    /// The same mean where trainings add their own chance to that of the clusters: both variances add up, and
    /// Student's t has Satterthwaite's (1946) degrees of freedom, (a + b)² / (a² / α + b² / β) of variances a, b of
    /// α, β degrees.
    /// </summary>
    /// <param name="trainings">The mean over trainings.</param>
    internal ClusteredMean Plus(ResampledMean trainings) => Plus(trainings.StandardError, trainings.Count - 1);

    /// <summary>This mean less one of other items in other clusters.</summary>
    internal ClusteredMean Minus(ClusteredMean other) =>
        Plus(other.StandardError, other.DegreesOfFreedom) with
        {
            Mean = Mean - other.Mean,
        };

    private ClusteredMean Plus(double error, double degreesOfFreedom)
    {
        double own = StandardError * StandardError,
            added = error * error,
            all = own + added,
            freedom = added == 0
                ? DegreesOfFreedom
                : all * all / (own * own / DegreesOfFreedom + added * added / degreesOfFreedom);
        return new(Mean, Math.Sqrt(all), freedom);
    }

    /// <summary>The 95% interval of the mean.</summary>
    public Interval Interval
    {
        get
        {
            double half = StandardError * StudentT.InvCDF(0, 1, DegreesOfFreedom, 0.975);
            return new(Mean - half, Mean + half);
        }
    }

    /// <summary>The two-sided p of a mean of 0; 1 where every value is 0.</summary>
    public double P =>
        Mean == 0 ? 1
        : StandardError == 0 ? 0
        : 2 * StudentT.CDF(0, 1, DegreesOfFreedom, -Math.Abs(Mean) / StandardError);
}
