using MathNet.Numerics.Distributions;

namespace HitSong.Evaluation;

/// <summary>A confidence interval.</summary>
/// <param name="Low">Lower end.</param>
/// <param name="High">Upper end.</param>
/// <example><code>
/// // Of 90 test songs 68 right: the 95% interval of the accuracy.
/// var interval = Interval.Wilson(68, 90);
/// (interval.Low, interval.High) // (0.6575, 0.8327)
/// </code></example>
public sealed record Interval(double Low, double High)
{
    // The normal distribution's 0.975 quantile.
    private const double Z = 1.959963984540054;

    /// <summary>
    /// The 95% Wilson score interval of a proportion (Wilson 1927): it keeps its coverage for few trials and near 0 and
    /// 1.
    /// </summary>
    /// <param name="successes">Trials that succeeded.</param>
    /// <param name="trials">All trials; at least one.</param>
    /// <exception cref="ArgumentOutOfRangeException">No trials, or successes outside 0…trials.</exception>
    public static Interval Wilson(int successes, int trials)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(trials, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(successes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(successes, trials);
        return Wilson((double)successes / trials, (double)trials);
    }

    /// <summary>
    /// The 95% interval of a proportion of trials that come in clusters, such as the songs of one artist: Wilson's, of
    /// as many independent trials as these are worth. That is their number over the design effect (Kish 1965; at least
    /// 1), which the clusters' jackknife gives, and less by the squared ratio of the normal and Student's quantile
    /// (Korn and Graubard 1998; Dean and Pagano 2015). Where all trials end alike, which tells no design effect, those
    /// of a cluster count as one. Where no cluster has two trials it is <see cref="Wilson(int, int)"/>.
    /// </summary>
    /// <param name="successes">[N] whether each trial succeeded.</param>
    /// <param name="clusters">[N] the cluster of each.</param>
    /// <returns>The interval; from 0 to 1 where there is one cluster alone, which tells nothing of others.</returns>
    /// <exception cref="ArgumentOutOfRangeException">No trials.</exception>
    public static Interval Wilson(IReadOnlyList<bool> successes, IReadOnlyList<string> clusters)
    {
        int trials = successes.Count,
            succeeded = successes.Count(success => success);
        ArgumentOutOfRangeException.ThrowIfZero(trials);
        (double Succeeded, double Count)[] all =
        [
            .. successes
                .Zip(clusters)
                .GroupBy(trial => trial.Second, trial => trial.First)
                .Select(cluster => ((double)cluster.Count(success => success), (double)cluster.Count())),
        ];
        if (all.Length == trials)
            return Wilson(succeeded, trials);
        if (all.Length == 1)
            return new(0, 1);

        double share = (double)succeeded / trials,
            ofIndependent = share * (1 - share) / trials,
            most = all.Sum(cluster => cluster.Count * cluster.Count) / trials,
            effect = ofIndependent > 0 ? Math.Max(1, Jackknife() / ofIndependent) : most,
            shortfall = Z / StudentT.InvCDF(0, 1, all.Length - 1, 0.975);
        return Wilson(share, trials / effect * shortfall * shortfall);

        double Jackknife() =>
            (all.Length - 1.0)
            / all.Length
            * all.Sum(cluster => Math.Pow((cluster.Succeeded - share * cluster.Count) / (trials - cluster.Count), 2));
    }

    /// <summary>Such as <c>70.1% to 80.3%</c>.</summary>
    public override string ToString() => $"{Low:0.0%} to {High:0.0%}";

    /// <summary>Whether a value lies in it, ends included.</summary>
    public bool Contains(double value) => value >= Low && value <= High;

    private static Interval Wilson(double share, double trials)
    {
        double centre = (share + Z * Z / (2 * trials)) / (1 + Z * Z / trials),
            half = Z / (1 + Z * Z / trials) * Math.Sqrt(share * (1 - share) / trials + Z * Z / (4 * trials * trials));
        return new(Math.Max(0, centre - half), Math.Min(1, centre + half));
    }
}
