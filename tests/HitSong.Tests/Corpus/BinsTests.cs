using System.Globalization;
using HitSong.Corpus;
using Tests;

namespace HitSong.Tests.Corpus;

public class BinsTests
{
    private static readonly double[] Popularity =
    [
        .. Enumerable.Range(0, 200).Select(i => (double)(i * 7919 % 101 * (i % 3 + 1) / 3)),
    ];

    [Fact]
    public void ClassesAreThoseOfPandas()
    {
        string values = string.Join(",", Popularity.Select(v => v.ToString(CultureInfo.InvariantCulture)));
        string[] expected = Python
            .Run(
                $"""
                import numpy as np, pandas as pd
                v = pd.Series([{values}])
                def show(x): print(''.join(str(int(c)) for c in x))
                show(v >= 39)
                show(v >= v.median())
                show(v >= v.quantile(0.75))
                show(pd.cut(v, [-1, 25, 50, 75, 1000], labels=False))
                show(pd.cut(v, np.linspace(v.min(), v.max() + 1e-9, 4), labels=False, right=False))
                show(pd.cut(v, [-np.inf, *v.quantile([0.25, 0.5, 0.75]), np.inf], labels=False, right=False))
                """
            )
            .Split();
        Bins[] bins =
        [
            Bins.Threshold(39),
            Bins.Median(Popularity),
            Bins.TopQuantile(Popularity, 0.75),
            Bins.Custom([25, 50, 75], edgeBelow: true),
            Bins.EqualWidth(Popularity, 3),
            Bins.Quantiles(Popularity, 4),
        ];
        Assert.Equal(expected[..6], bins.Select(b => string.Concat(b.Assign(Popularity))));
    }

    [Fact]
    public void EdgesComeFromTrainingAloneAndHoldForWhatComesLater()
    {
        Bins bins = Bins.EqualWidth([10, 20, 40], 3);
        Assert.Equal([20.0, 30], bins.Edges);
        Assert.Equal([0, 0, 1, 2, 2], bins.Assign([-5, 19.9, 20, 30, 1000]));
        Assert.Equal(["below 20", "20–29", "30 and more"], bins.Names);
        Assert.Equal(["up to 25", "26–50", "over 50"], Bins.Custom([25, 50], edgeBelow: true).Names);
        Assert.Equal(["below 1.5", "1.5–2", "2 and more"], Bins.Custom([1.5, 2]).Names);
        Assert.Equal(["below 1", "1", "2 and more"], Bins.Custom([1, 2]).Names);
    }

    [Fact]
    public void LabelsThatTellNothingAreRefusedWithTheReason()
    {
        Assert.Contains(
            "all 3 items have the label 7",
            Assert.Throws<CorpusException>(() => Bins.EqualWidth([7, 7, 7], 2)).Message
        );
        Assert.Contains(
            "too many of the 5 numbers are equal",
            Assert.Throws<CorpusException>(() => Bins.Median([0, 0, 0, 0, 9])).Message
        );
        Assert.Contains(
            "song 1 has the label NaN",
            Assert.Throws<CorpusException>(() => Bins.Median([0, double.NaN])).Message
        );
        Assert.Contains("no songs", Assert.Throws<CorpusException>(() => Bins.Median([])).Message);
        Assert.Contains("ascend", Assert.Throws<CorpusException>(() => Bins.Custom([3, 3])).Message);
        Assert.Contains("NaN", Assert.Throws<CorpusException>(() => Bins.Threshold(3).Of(double.NaN)).Message);
    }
}
