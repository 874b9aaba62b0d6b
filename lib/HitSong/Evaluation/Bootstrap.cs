using HitSong.Corpus;

namespace HitSong.Evaluation;

/// <summary>Intervals by resampling (Efron 1979).</summary>
public static class Bootstrap
{
    /// <summary>
    /// The 95% percentile interval of a mean whose items come in groups that are not independent within, such as songs
    /// of one artist: whole groups are drawn with replacement (the cluster bootstrap).
    /// </summary>
    /// <param name="values">[N] values; at least one.</param>
    /// <param name="groups">[N] the group of each.</param>
    /// <param name="draws">Number of resamples.</param>
    /// <param name="seed">Seed; the same seed gives the same interval.</param>
    public static Interval OfMean(
        IReadOnlyList<double> values,
        IReadOnlyList<string> groups,
        int draws = 10_000,
        ulong seed = 0
    )
    {
        (double Sum, int Count)[] clusters =
        [
            .. values.Zip(groups).GroupBy(pair => pair.Second, pair => pair.First).Select(g => (g.Sum(), g.Count())),
        ];
        var random = new SeededRandom(seed, "bootstrap");
        var means = new double[draws];
        for (int draw = 0; draw < draws; draw++)
        {
            double sum = 0;
            int count = 0;
            for (int i = 0; i < clusters.Length; i++)
            {
                var cluster = clusters[random.Below(clusters.Length)];
                sum += cluster.Sum;
                count += cluster.Count;
            }
            means[draw] = sum / count;
        }
        return new(Quantile.Linear(means, 0.025), Quantile.Linear(means, 0.975));
    }
}
