namespace HitSong.Corpus;

/// <summary>From a number a song to a class a song.</summary>
public static class Labels
{
    /// <summary>
    /// 1 where a value is at or above the given quantile of all values, else 0. The quantile is interpolated linearly between
    /// the two nearest values, as NumPy's <c>percentile</c> does by default.
    /// </summary>
    /// <param name="values">[items].</param>
    /// <param name="quantile">0…1; 0.75 marks the top quarter.</param>
    public static int[] AtOrAbove(IReadOnlyList<double> values, double quantile)
    {
        double[] sorted = values.Order().ToArray();
        double position = quantile * (sorted.Length - 1);
        int below = (int)position;
        int above = Math.Min(below + 1, sorted.Length - 1);
        double threshold = sorted[below] + (position - below) * (sorted[above] - sorted[below]);
        return values.Select(value => value >= threshold ? 1 : 0).ToArray();
    }
}
