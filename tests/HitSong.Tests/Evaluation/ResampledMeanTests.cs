using HitSong.Evaluation;
using Xunit.Abstractions;

namespace HitSong.Tests.Evaluation;

public class ResampledMeanTests(ITestOutputHelper output)
{
    [Fact]
    public void Folds_have_Nadeau_and_Bengios_variance()
    {
        // Five folds, each tested on a fourth of what it was trained on: mean 0.65, s² = 0.025 / 4 = 0.00625, variance
        // (1/5 + 1/4) · 0.00625 = 0.0028125; Student's 0.975 quantile of 4 degrees of freedom is 2.776445.
        ResampledMean mean = ResampledMean.Of([0.6, 0.7, 0.65, 0.75, 0.55], 0.25);
        Assert.Equal(0.65, mean.Mean, 1e-12);
        Assert.Equal(Math.Sqrt(0.00625), mean.Deviation, 1e-12);
        Assert.Equal(Math.Sqrt(0.0028125), mean.StandardError, 1e-12);
        Assert.Equal(0.65 - 2.776445 * Math.Sqrt(0.0028125), mean.Interval.Low, 1e-7);
        // Independent trainings have the ordinary standard error.
        Assert.Equal(Math.Sqrt(0.00625 / 5), ResampledMean.Of([0.6, 0.7, 0.65, 0.75, 0.55]).StandardError, 1e-12);
        Assert.Throws<ArgumentOutOfRangeException>(() => ResampledMean.Of([0.6], 0.25));
    }

    [Fact]
    public void Seeds_add_their_variance_to_that_of_the_songs()
    {
        // Ten songs of as many artists. The first seed is right on 6, the second on the same and two more, a constant
        // answer on the last 5. Mean differences: five 1, a 0, two −0.5, two −1; with a pair added each way the mean of
        // 12 is 1/6, its variance (9.5 − 12 / 36) / 11 / 12 = 0.069444. The seeds' is (0.1² + 0.1²) / 2 = 0.01. By
        // Satterthwaite 11.7223 degrees of freedom; quantile and p are SciPy's.
        bool[] first = [.. Enumerable.Range(0, 10).Select(i => i < 6)],
            second = [.. Enumerable.Range(0, 10).Select(i => i < 8)],
            constant = [.. Enumerable.Range(0, 10).Select(i => i >= 5)];
        string[] artists = [.. Enumerable.Range(0, 10).Select(i => $"{i}")];
        PairedDifference both = PairedDifference.OfRepeats([first, second], constant, artists)!,
            songs = PairedDifference.OfRepeats([first, second], constant, artists, seedsVary: false)!;
        Assert.Equal(0.2, both.Value, 1e-12);
        Assert.Equal(-0.449069, both.Interval.Low, 1e-6);
        Assert.Equal(0.782402, both.Interval.High, 1e-6);
        Assert.Equal(0.565540, both.P, 1e-6);
        Assert.Equal(-0.413344, songs.Interval.Low, 1e-6);
        Assert.Equal(0.746677, songs.Interval.High, 1e-6);
    }

    /// <summary>
    /// Models whose accuracy depends on the seed, on songs of artists that are easy or hard: the interval is to hold
    /// the mean over all seeds and songs. That of the songs alone does not know what other seeds would have given.
    /// </summary>
    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    public void In_95_of_100_repetitions_the_interval_holds_the_value_over_all_seeds_and_songs(int seeds)
    {
        const int Repetitions = 1000,
            Artists = 15,
            Songs = 6;
        const double Model = 0.6,
            Constant = 0.5;
        var random = new Random(seeds);
        string[] artists = [.. Enumerable.Range(0, Artists * Songs).Select(i => $"{i / Songs}")];
        int both = 0,
            songs = 0;
        for (int repetition = 0; repetition < Repetitions; repetition++)
        {
            // Uniform: the seed ± 0.16, the artist ± 0.2.
            double[] ofArtist = [.. Enumerable.Range(0, Artists).Select(_ => 0.4 * random.NextDouble() - 0.2)];
            bool[][] right =
            [
                .. Enumerable
                    .Range(0, seeds)
                    .Select(_ => Model + 0.32 * random.NextDouble() - 0.16)
                    .Select(ofSeed =>
                        artists.Select((_, i) => random.NextDouble() < ofSeed + ofArtist[i / Songs]).ToArray()
                    ),
            ];
            bool[] constant = [.. artists.Select(_ => random.NextDouble() < Constant)];
            if (PairedDifference.OfRepeats(right, constant, artists)!.Interval.Contains(Model - Constant))
                both++;
            PairedDifference alone = PairedDifference.OfRepeats(right, constant, artists, seedsVary: false)!;
            if (alone.Interval.Contains(Model - Constant))
                songs++;
        }
        output.WriteLine(
            $"{seeds} seeds: by artist and seed {(double)both / Repetitions:0.0%}, by artist alone "
                + $"{(double)songs / Repetitions:0.0%}"
        );
        // Of 1,000 the coverage is known to 0.7 points (1 standard error).
        Assert.InRange((double)both / Repetitions, 0.93, 0.99);
        Assert.InRange((double)songs / Repetitions, 0, 0.92);
    }

    [Fact]
    public void The_mean_area_of_several_seeds_has_both_variances()
    {
        bool[] labels = [.. Enumerable.Range(0, 40).Select(i => i % 3 == 0)];
        var random = new Random(1);
        double[][] scores =
        [
            .. Enumerable.Range(0, 3).Select(_ => labels.Select(l => random.NextDouble() + (l ? 0.4 : 0)).ToArray()),
        ];
        string[] artists = [.. labels.Select((_, i) => $"{i / 4}")];
        DeLong[] each = [.. scores.Select(of => DeLong.Of(labels, of, artists)!)];
        // Seeds that all put the items in one order are one.
        double[][] alike = [scores[0], [.. scores[0].Select(Math.Exp)], [.. scores[0].Select(score => 3 * score)]];
        DeLong one = DeLong.OfRepeats(labels, alike, artists)!;
        Assert.Equal(each[0].Estimate, one.Estimate, 1e-12);
        Assert.Equal(each[0].StandardError, one.StandardError, 1e-12);
        Assert.Equal(each[0].Clusters, one.Clusters);

        double[] areas = [.. scores.Select(of => Roc.Auc(labels, of)!.Value)];
        DeLong all = DeLong.OfRepeats(labels, scores, artists)!;
        Assert.Equal(areas.Average(), all.Estimate, 1e-12);
        // What the items leave of their variance is at least that of none, and at most that of the worst seed alone.
        double ofSeeds = areas.Sum(area => Math.Pow(area - areas.Average(), 2)) / 2 / 3,
            ofItems = all.StandardError * all.StandardError - ofSeeds;
        Assert.InRange(ofItems, 0, Math.Pow(each.Max(seed => seed.StandardError), 2));
        Assert.InRange(all.Clusters, 3, 2 + each[0].Clusters);
    }
}
