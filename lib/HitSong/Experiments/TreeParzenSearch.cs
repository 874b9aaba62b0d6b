using HitSong.Numerics;

namespace HitSong.Experiments;

/// <summary>
/// The tree-structured Parzen estimator (Bergstra, Bardenet, Bengio and Kégl, "Algorithms for hyper-parameter
/// optimization", NIPS 2011) with the defaults of Optuna's <c>TPESampler</c>: the trials so far are parted into the
/// best tenth, at most 25, and the others; of each field by itself 24 values are drawn from the density of the best,
/// and the one is tried that is likeliest there by comparison with the others. Ranges from above 0 are seen by their
/// logarithm, whole numbers as real ones until they are rounded. A field whose condition does not hold has no say.
/// </summary>
/// <param name="space">The fields.</param>
/// <param name="seed">The same seed, number and trials give the same proposal.</param>
internal sealed class TreeParzenSearch(SearchSpace space, ulong seed)
{
    /// <summary>Trials at random before the first proposal.</summary>
    public const int AtRandom = 10;

    private const int Candidates = 24,
        MostBest = 25;

    /// <summary>Values that differ from all before, or so it is hoped: ask again where they do not.</summary>
    /// <param name="number">The trial's number.</param>
    /// <param name="tried">
    /// [trials] the values of what is known, the best first, and each trial's number, by which older ones count less.
    /// </param>
    public IEnumerable<string[]> Propose(int number, IReadOnlyList<(int Number, IReadOnlyList<string> Values)> tried)
    {
        int split = Math.Min((int)Math.Ceiling(0.1 * tried.Count), MostBest);
        IReadOnlyList<string>[] best = ByAge(tried.Take(split)),
            others = ByAge(tried.Skip(split));
        SeededRandom random = new(seed, "parzen", number);
        // In a space of few choices the likeliest is soon tried.
        for (int attempt = 0; attempt < 200; attempt++)
            yield return attempt < 100 ? space.Choose(Likeliest) : space.Draw(random);

        static IReadOnlyList<string>[] ByAge(IEnumerable<(int Number, IReadOnlyList<string> Values)> trials) =>
            [.. trials.OrderBy(trial => trial.Number).Select(trial => trial.Values)];

        string Likeliest(int place)
        {
            SweepField field = space.Fields[place];
            ParzenEstimator good = Density(best),
                bad = Density(others);
            double value = Enumerable
                .Range(0, Candidates)
                .Select(_ => good.Sample(random))
                .ToArray()
                .MaxBy(candidate => good.LogDensity(candidate) - bad.LogDensity(candidate));
            return field.Range is null ? field.Values[(int)value] : field.ValueOf(value);

            ParzenEstimator Density(IReadOnlyList<string>[] trials)
            {
                IEnumerable<string> values = trials
                    .Select(trial => trial[place])
                    .Where(tried => tried != SweepField.Left);
                return field.Range is null
                    ? new ParzenEstimator.OfChoices(
                        field.Values.Count,
                        [.. values.Select(tried => field.Values.Index().First(v => v.Item == tried).Index)]
                    )
                    : new ParzenEstimator.OfNumbers(field.Ends.Low, field.Ends.High, [.. values.Select(field.Seen)]);
            }
        }
    }
}
