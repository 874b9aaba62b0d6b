namespace HitSong.Evaluation;

/// <summary>
/// Holm's correction (1979) for many tests at once: the chance that any of them claims a difference where there is none
/// stays below the level that is asked of each.
/// </summary>
/// <example><code>
/// Holm.Adjust([0.01, 0.04, 0.03]) // [0.03, 0.06, 0.06]
/// </code></example>
public static class Holm
{
    /// <summary>
    /// Each test's p, adjusted: the i-th smallest of N times N − i (from 0), no smaller than the one before, at most 1
    /// (R <c>p.adjust(p, "holm")</c>).
    /// </summary>
    /// <param name="ps">[N] the tests' p.</param>
    /// <returns>[N] in the same order.</returns>
    public static double[] Adjust(IReadOnlyList<double> ps)
    {
        var adjusted = new double[ps.Count];
        double least = 0;
        foreach (var (i, rank) in Enumerable.Range(0, ps.Count).OrderBy(i => ps[i]).Select((i, rank) => (i, rank)))
            adjusted[i] = least = Math.Max(least, Math.Min(1, ps[i] * (ps.Count - rank)));
        return adjusted;
    }
}
