namespace HitSong.Evaluation;

/// <summary>
/// A <see cref="Evaluation.Calibrator"/>, and how far other validation items would have moved it: it is fitted anew to
/// whole artists drawn with replacement. Draws of one class alone fit none, and don't count.
/// </summary>
/// <example><code>
/// Prediction Song(int artist, int label, double p) => new($"{artist} {p}", $"{artist}", 0, label, [1 - p, p]);
/// Prediction[] validation =
/// [
///     .. Enumerable.Range(0, 40).Select(i => Song(i / 2, i % 3 == 0 ? 1 : 0, 0.1 + 0.02 * i)),
/// ];
/// var calibrator = CalibratorWithInterval.Fit(validation);
/// calibrator.Intervals([0.4, 0.6]).Length // 2
/// </code></example>
public sealed class CalibratorWithInterval
{
    private readonly int artists;
    private readonly Lazy<Calibrator[]> drawn;

    private CalibratorWithInterval(IReadOnlyList<Prediction> validation, int draws, ulong seed)
    {
        Calibrator = Calibrator.Fit(validation);
        ILookup<int, string> byClass = validation.ToLookup(p => p.Label, p => p.Artist);
        HasInterval = byClass.Count(ofClass => ofClass.Distinct().Skip(1).Any()) > 1;
        artists = validation.Select(p => p.Artist).Distinct().Count();
        drawn = new(() =>
            [
                .. Bootstrap
                    .Weights([.. validation.Select(p => p.Artist)], draws, seed)
                    .Select(times => validation.SelectMany((p, i) => Enumerable.Repeat(p, times[i])).ToArray())
                    .Where(Calibrator.CanFit)
                    .Select(Calibrator.Fit),
            ]
        );
    }

    /// <summary>The calibrator of all validation items.</summary>
    public Calibrator Calibrator { get; }

    /// <summary>
    /// Whether the items tell an interval: at least two classes have items of at least two artists each.
    /// </summary>
    public bool HasInterval { get; }

    /// <summary>Fits the calibrator; the draws are fitted when an interval is first asked for.</summary>
    /// <param name="validation">As for <see cref="Calibrator.Fit"/>.</param>
    /// <param name="draws">Number of resamples.</param>
    /// <param name="seed">Seed; the same seed gives the same intervals.</param>
    /// <returns>Null where none can be fitted: there are no items, or all are of one class.</returns>
    public static CalibratorWithInterval? Fit(IReadOnlyList<Prediction> validation, int draws = 200, ulong seed = 0) =>
        Calibrator.CanFit(validation) ? new(validation, draws, seed) : null;

    /// <summary>
    /// [classes] the 95% interval of each calibrated probability (<see cref="Bootstrap.OfShare"/>), which contains it:
    /// what the choice of validation artists leaves open. It tells nothing of songs unlike those.
    /// </summary>
    /// <param name="probabilities">[classes] as the model gives them.</param>
    /// <returns>Null where <see cref="HasInterval"/> is false.</returns>
    public Interval[]? Intervals(double[] probabilities)
    {
        if (!HasInterval)
            return null;
        double[] calibrated = Calibrator.Apply(probabilities);
        double[][] others = [.. drawn.Value.Select(calibrator => calibrator.Apply(probabilities))];
        return [.. calibrated.Select((p, c) => Bootstrap.OfShare(p, [.. others.Select(other => other[c])], artists))];
    }
}
