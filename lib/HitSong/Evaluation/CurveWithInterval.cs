namespace HitSong.Evaluation;

/// <summary>
/// A curve over 0…1 and the area below it, each with its 95% interval; the curve's is pointwise: nineteen of twenty
/// such intervals hold the true value at one place, not along the whole curve.
/// </summary>
/// <param name="X">[thresholds] from 0 to 1.</param>
/// <param name="Y">[thresholds] the curve there.</param>
/// <param name="Places">[places] where the interval is known.</param>
/// <param name="Low">[places] its lower end.</param>
/// <param name="High">[places] its upper end.</param>
/// <param name="Area">The area below the curve.</param>
/// <param name="AreaInterval">
/// The area's interval; null where it is 0 or 1, or a class has items of fewer than two groups, which tells none.
/// </param>
public sealed record CurveWithInterval(
    double[] X,
    double[] Y,
    double[] Places,
    double[] Low,
    double[] High,
    double Area,
    Interval? AreaInterval
)
{
    /// <summary>
    /// By drawing whole groups (<see cref="Bootstrap.Percentiles"/>), joined at each place with Wilson's interval of
    /// the share there (<see cref="Interval.Wilson(IReadOnlyList{bool}, IReadOnlyList{string})"/>): the draws know that
    /// the threshold varies, and Wilson that few items say little where the curve is 0 or 1 in every draw. Draws in
    /// which a class is missing have no curve and don't count. Where a class has items of fewer than two groups,
    /// nothing is known: the interval is from 0 to 1.
    /// </summary>
    internal static CurveWithInterval Of(
        IReadOnlyList<bool> labels,
        IReadOnlyList<double> scores,
        IReadOnlyList<string> groups,
        ICurve curve,
        int draws,
        ulong seed
    )
    {
        var thresholds = new Thresholds(labels, scores);
        (double[] X, double[] Y) Curve(int[] weights)
        {
            var (found, wrong) = thresholds.Positives(weights);
            return curve.Of(found, wrong);
        }
        bool HasBoth(int[] weights) =>
            labels.Zip(weights).Any(item => item is (true, > 0))
            && labels.Zip(weights).Any(item => item is (false, > 0));

        var (x, y) = Curve([.. labels.Select(_ => 1)]);
        double area = curve.Area(x, y);
        int withBoth = new[] { true, false }.Min(label =>
            groups.Where((_, i) => labels[i] == label).Distinct().Count()
        );
        if (withBoth < 2)
            return new(
                x,
                y,
                curve.Places,
                [.. curve.Places.Select(_ => 0.0)],
                [.. curve.Places.Select(_ => 1.0)],
                area,
                null
            );
        (double[] X, double[] Y)[] drawn = [.. Bootstrap.Weights(groups, draws, seed).Where(HasBoth).Select(Curve)];

        Interval[] band = [.. curve.Places.Select(At)];
        return new(
            x,
            y,
            curve.Places,
            [.. band.Select(interval => interval.Low)],
            [.. band.Select(interval => interval.High)],
            area,
            curve.AreaInterval(labels, scores, groups, area, [.. drawn.Select(d => curve.Area(d.X, d.Y))], withBoth)
        );

        Interval At(double place)
        {
            double value = curve.At(x, y, place);
            Interval ofDraws = Bootstrap.Percentiles([.. drawn.Select(one => curve.At(one.X, one.Y, place))], withBoth);
            HashSet<int> taken = [.. thresholds.Taken(curve.Taken(x, place))];
            int[] trials =
            [
                .. Enumerable.Range(0, labels.Count).Where(i => curve.IsTrial(labels[i], taken.Contains(i))),
            ];
            Interval wilson = Interval.Wilson(
                [.. trials.Select(i => labels[i] && taken.Contains(i))],
                [.. trials.Select(i => groups[i])]
            );
            return new(
                Math.Min(value, Math.Min(ofDraws.Low, wilson.Low)),
                Math.Max(value, Math.Max(ofDraws.High, wilson.High))
            );
        }
    }
}
