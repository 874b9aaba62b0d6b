using HitSong.Corpus.Demo;
using HitSong.Numerics;

namespace HitSong.Corpus;

/// <summary>The best accuracies that any model could reach on the demo corpus, by drawing its rule's chance.</summary>
internal static class DemoCeilings
{
    private const int Draws = 20_000;

    /// <summary>Those of every experiment's label.</summary>
    public static Ceiling[] All(IReadOnlyList<DemoSong> songs, DemoCorpusSettings settings)
    {
        return
        [
            Of("plays in the top quarter", Target.Plays, values => Labels.AtOrAbove(values, 0.75), 2),
            Binned("views of 300,000,000 and more", Target.Views, Bins.Threshold(300_000_000)),
            Binned("popularity of 39 and more", Target.Popularity, Bins.Threshold(39)),
            Binned("popularity in three bins of equal width", Target.Popularity, Bins.Custom([100 / 3.0, 200 / 3.0])),
            Binned("popularity up to 25, 50, 75, above", Target.Popularity, Bins.Custom([25, 50, 75], edgeBelow: true)),
            Binned(
                "popularity in eleven bins of ten",
                Target.Popularity,
                Bins.Custom([10, 20, 30, 40, 50, 60, 70, 80, 90, 100])
            ),
        ];

        Ceiling Binned(string name, Target target, Bins bins) =>
            Of(name, target, values => bins.Assign(values), bins.Count);

        Ceiling Of(string name, Target target, Func<double[], int[]> label, int classes) =>
            Estimate(songs, settings, target, label, classes).CeilingOf(name);
    }

    /// <summary>The chances of one label, as <see cref="DemoCorpus.EstimateChances"/> says.</summary>
    public static SongChances Estimate(
        IReadOnlyList<DemoSong> songs,
        DemoCorpusSettings settings,
        Target target,
        Func<double[], int[]> label,
        int classes
    )
    {
        Func<double, double> number = target switch
        {
            Target.Popularity => PopularityRule.Popularity,
            Target.Views => PopularityRule.Views,
            Target.Plays => PopularityRule.Plays,
            _ => throw new ArgumentOutOfRangeException(nameof(target), target, "no such target"),
        };
        double[] audible = songs.Select(song => PopularityRule.Audible(song.Sound)).ToArray();
        double chance = Math.Sqrt(
            PopularityRule.Luck * PopularityRule.Luck + PopularityRule.LabelLuck * PopularityRule.LabelLuck
        );
        double[] fame = songs.Take(settings.Artists).Select(song => song.Artist.Fame).ToArray();
        return new(
            Probabilities(random => Enumerable.Range(0, settings.Artists).Select(_ => random.Normal()).ToArray()),
            Probabilities(_ => fame),
            Draws
        );

        double[][] Probabilities(Func<SeededRandom, double[]> drawFame) =>
            Ceiling.ClassProbabilities(
                songs.Count,
                classes,
                (random, values) =>
                {
                    double[] drawn = drawFame(random);
                    for (int i = 0; i < values.Length; i++)
                        values[i] = number(
                            audible[i] + PopularityRule.Fame * drawn[i % drawn.Length] + chance * random.Normal()
                        );
                },
                label,
                Draws,
                settings.Seed
            );
    }
}
