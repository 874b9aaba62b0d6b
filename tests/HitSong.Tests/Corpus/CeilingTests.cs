using System.Globalization;
using HitSong.Corpus;
using HitSong.Numerics;
using Tests;

namespace HitSong.Tests.Corpus;

public class CeilingTests
{
    private static int[] TopQuarter(double[] values) => Labels.AtOrAbove(values, 0.75);

    [Fact]
    public void WithoutChanceEverythingCanBeKnown()
    {
        double[] scores = [3, 1, 4, 1.5, 9, 2.6, 5, 3.5];
        double[][] probabilities = Ceiling.ClassProbabilities(
            8,
            2,
            (_, values) => scores.CopyTo(values, 0),
            TopQuarter,
            100,
            1
        );
        Assert.Equal(1, Ceiling.BestAccuracy(probabilities));
        Assert.Equal(0.75, Ceiling.MajorityAccuracy(probabilities));
    }

    [Fact]
    public void WithoutAnythingAudibleTheMajorityIsTheCeiling()
    {
        double[][] probabilities = Ceiling.ClassProbabilities(20, 2, Noise, TopQuarter, 20_000, 1);
        Assert.Equal(0.75, Ceiling.BestAccuracy(probabilities), 1e-9);

        static void Noise(SeededRandom random, double[] values)
        {
            for (int i = 0; i < values.Length; i++)
                values[i] = random.Normal();
        }
    }

    [Fact]
    public void OfTwoSongsTheBetterWinsAsOftenAsTheNormalDistributionSays()
    {
        // P(1 + N₁ > N₂) = Φ(1/√2) = 0.76025
        double[][] probabilities = Ceiling.ClassProbabilities(
            2,
            2,
            Draw,
            values => Labels.AtOrAbove(values, 0.5),
            200_000,
            1
        );
        Assert.Equal(0.76025, Ceiling.BestAccuracy(probabilities), 0.003);

        static void Draw(SeededRandom random, double[] values)
        {
            values[0] = 1 + random.Normal();
            values[1] = random.Normal();
        }
    }

    [Fact]
    public void ManyClassesWorkAsTwoDo()
    {
        // Song 0 is in class 2 always; song 1 in class 0, 1 or 2 with probabilities 0.2, 0.5, 0.3.
        double[][] probabilities = Ceiling.ClassProbabilities(
            2,
            3,
            Draw,
            values => values.Select(value => (int)value).ToArray(),
            200_000,
            1
        );
        Assert.Equal((1 + 0.5) / 2, Ceiling.BestAccuracy(probabilities), 0.003);
        Assert.Equal((1 + 0.3) / 2, Ceiling.MajorityAccuracy(probabilities), 0.003);

        static void Draw(SeededRandom random, double[] values)
        {
            values[0] = 2;
            double u = random.Uniform();
            values[1] =
                u < 0.2 ? 0
                : u < 0.7 ? 1
                : 2;
        }
    }

    [Fact]
    public void ManySongsComeToTheBivariateNormalFormula()
    {
        // With the audible score normal of variance r² and the rest of variance 1 − r², the best prediction is positive
        // where the label's probability
        // passes one half; SciPy integrates its accuracy.
        string expected = Python.Run(
            """
            import numpy as np
            from scipy import integrate, stats
            r = 0.7
            threshold = stats.norm.ppf(0.75)
            def best(a):
                p = stats.norm.cdf((r * a - threshold) / np.sqrt(1 - r * r))
                return max(p, 1 - p) * stats.norm.pdf(a)
            print(integrate.quad(best, -8, 8, points=[threshold / r])[0])
            """
        );

        const double R = 0.7;
        var random = new SeededRandom(3, "audible");
        double[] audible = Enumerable.Range(0, 4000).Select(_ => R * random.Normal()).ToArray();
        double[][] probabilities = Ceiling.ClassProbabilities(audible.Length, 2, Draw, TopQuarter, 1000, 1);
        Assert.Equal(double.Parse(expected, CultureInfo.InvariantCulture), Ceiling.BestAccuracy(probabilities), 0.006);

        void Draw(SeededRandom chance, double[] values)
        {
            for (int i = 0; i < values.Length; i++)
                values[i] = audible[i] + Math.Sqrt(1 - R * R) * chance.Normal();
        }
    }

    [Fact]
    public void QuantilesAreNumPys()
    {
        var random = new SeededRandom(5, "values");
        foreach (int count in new[] { 1, 2, 5, 8, 100 })
        {
            double[] values = Enumerable.Range(0, count).Select(_ => (double)random.Below(10)).ToArray();
            string list = string.Join(",", values);
            string expected = Python.Run(
                $"import numpy as np; v = np.array([{list}]); print(*(v >= np.percentile(v, 75)).astype(int))"
            );
            Assert.Equal(expected.Trim(), string.Join(" ", Labels.AtOrAbove(values, 0.75)));
        }
    }

    // Three songs of which −1, 0 and 2 can be heard, and standard normal chance: class 1 has the probabilities Φ(−1) =
    // 0.158655, ½ and Φ(2) = 0.977250, so that the likeliest class is right in 0.841345, ½ and 0.977250.
    [Theory]
    [InlineData(new[] { 0, 1, 2 }, 0.772865)]
    [InlineData(new[] { 0, 2 }, 0.909297)]
    [InlineData(new[] { 1 }, 0.5)]
    public void TheCeilingIsThatOfTheSongsAtHand(int[] songs, double expected)
    {
        double[] audible = [-1, 0, 2];
        double[][] probabilities = Ceiling.ClassProbabilities(
            3,
            2,
            (random, values) =>
            {
                for (int i = 0; i < values.Length; i++)
                    values[i] = audible[i] + random.Normal();
            },
            values => [.. values.Select(value => value > 0 ? 1 : 0)],
            200_000,
            1
        );
        var chances = new SongChances(probabilities, probabilities, 200_000);
        Assert.Equal(expected, chances.CeilingOf("", songs).ArtistUnknown, 0.003);
    }
}
