namespace HitSong.Numerics;

/// <summary>Quantiles of a sample.</summary>
/// <example><code>
/// // As numpy.quantile does by default.
/// Quantile.Linear([1, 2, 3, 4], 0.9) // 3.7
/// </code></example>
public static class Quantile
{
    /// <summary>
    /// The quantile with linear interpolation between order statistics, as NumPy's <c>quantile</c> does by default
    /// (type 7 of Hyndman and Fan 1996).
    /// </summary>
    /// <param name="values">The sample; at least one value.</param>
    /// <param name="q">Which quantile, 0…1.</param>
    public static double Linear(IEnumerable<double> values, double q)
    {
        double[] sorted = [.. values.Order()];
        double place = q * (sorted.Length - 1);
        int below = (int)place;
        int above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }
}
