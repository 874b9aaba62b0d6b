using HitSong.Numerics;

namespace HitSong.Corpus;

/// <summary>From a number a song to a class a song.</summary>
/// <example><code>
/// Labels.AtOrAbove([10, 20, 30, 40], quantile: 0.75) // [0, 0, 0, 1]
/// </code></example>
public static class Labels
{
    /// <summary>
    /// 1 where a value is at or above the given quantile of all values, else 0. The quantile is
    /// <see cref="Quantile.Linear"/>.
    /// </summary>
    /// <param name="values">[items].</param>
    /// <param name="quantile">0…1; 0.75 marks the top quarter.</param>
    public static int[] AtOrAbove(IReadOnlyList<double> values, double quantile)
    {
        double threshold = Quantile.Linear(values, quantile);
        return values.Select(value => value >= threshold ? 1 : 0).ToArray();
    }
}
