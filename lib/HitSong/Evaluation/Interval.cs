namespace HitSong.Evaluation;

/// <summary>A confidence interval.</summary>
/// <param name="Low">Lower end.</param>
/// <param name="High">Upper end.</param>
public sealed record Interval(double Low, double High)
{
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
        const double z = 1.959963984540054;
        double n = trials,
            p = successes / n;
        double centre = (p + z * z / (2 * n)) / (1 + z * z / n);
        double half = z / (1 + z * z / n) * Math.Sqrt(p * (1 - p) / n + z * z / (4 * n * n));
        return new(Math.Max(0, centre - half), Math.Min(1, centre + half));
    }

    /// <summary>Such as <c>70.1% to 80.3%</c>.</summary>
    public override string ToString() => $"{Low:0.0%} to {High:0.0%}";
}
