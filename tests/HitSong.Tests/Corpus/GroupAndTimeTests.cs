using HitSong.Corpus;
using HitSong.Numerics;

namespace HitSong.Tests.Corpus;

public class GroupAndTimeTests
{
    private static (string[] Groups, int[] Labels) Songs(ulong seed)
    {
        // Artists of 1 to 12 songs, each with a popularity of its own: what a split by artist alone leaves unbalanced.
        var random = new SeededRandom(seed, "test");
        double[] chance = [.. Enumerable.Range(0, 60).Select(_ => random.Uniform())];
        int[] sizes = [.. Enumerable.Range(0, 60).Select(_ => 1 + random.Below(12))];
        string[] groups = [.. Enumerable.Range(0, 60).SelectMany(a => Enumerable.Repeat($"artist {a}", sizes[a]))];
        return (groups, [.. groups.Select(g => random.Uniform() < chance[int.Parse(g[7..])] ? 1 : 0)]);
    }

    [Fact]
    public void GroupedAndStratifiedSidesShareNoGroupAndAreBalanced()
    {
        for (ulong seed = 0; seed < 50; seed++)
        {
            var (groups, labels) = Songs(seed);
            Split split = Split.GroupedStratified(groups, labels, 0.25, 0.2, seed);
            Assert.Equal(
                Enumerable.Range(0, groups.Length),
                split.Train.Concat(split.Validation).Concat(split.Test).Order()
            );
            AssertApart(groups, split.Train, split.Test);
            AssertApart(groups, split.Train, split.Validation);
            AssertApart(groups, split.Validation, split.Test);
            double all = labels.Average();
            Assert.InRange((double)split.Test.Count / groups.Length, 0.23, 0.27);
            Assert.InRange((double)split.Validation.Count / groups.Length, 0.13, 0.17);
            Assert.InRange(split.Test.Average(i => labels[i]), all - 0.05, all + 0.05);
            Assert.InRange(split.Validation.Average(i => labels[i]), all - 0.06, all + 0.06);
        }
    }

    [Fact]
    public void GroupedFoldsTestEachItemOnce()
    {
        for (ulong seed = 0; seed < 20; seed++)
        {
            var (groups, labels) = Songs(seed);
            IReadOnlyList<Fold>[] both =
            [
                KFold.Grouped(groups, 5, seed),
                KFold.GroupedStratified(groups, labels, 5, seed),
            ];
            foreach (IReadOnlyList<Fold> folds in both)
            {
                Assert.Equal(Enumerable.Range(0, groups.Length), folds.SelectMany(fold => fold.Test).Order());
                Assert.All(folds, fold => AssertApart(groups, fold.Train, fold.Test));
                Assert.All(folds, fold => Assert.Equal(groups.Length, fold.Train.Count + fold.Test.Count));
                Assert.InRange(folds.Max(fold => fold.Test.Count) - folds.Min(fold => fold.Test.Count), 0, 14);
            }
            Assert.All(
                KFold.GroupedStratified(groups, labels, 5, seed),
                fold => Assert.InRange(fold.Test.Average(i => labels[i]) - labels.Average(), -0.08, 0.08)
            );
        }
    }

    [Fact]
    public void AGroupThatAloneExceedsTheTestShareTrains()
    {
        string[] groups = [.. Enumerable.Repeat("large", 60), .. Enumerable.Range(0, 40).Select(i => $"small {i}")];
        Split split = Split.GroupedStratified(groups, [.. Enumerable.Range(0, 100).Select(i => i % 2)], 0.25, 0, 1);
        Assert.InRange(split.Test.Count, 24, 25);
        Assert.DoesNotContain(0, split.Test);
    }

    [Fact]
    public void ByTimeTheTestIsNewerThanAllThatTrained()
    {
        var random = new SeededRandom(1, "years");
        double[] years = [.. Enumerable.Range(0, 500).Select(_ => 2000.0 + random.Below(24))];
        Split split = Split.ByTime(years, 0.25, 0.2);
        Assert.Equal(Enumerable.Range(0, 500), split.Train.Concat(split.Validation).Concat(split.Test).Order());
        Assert.True(split.Train.Max(i => years[i]) < split.Validation.Min(i => years[i]));
        Assert.True(split.Validation.Max(i => years[i]) < split.Test.Min(i => years[i]));
        Assert.InRange(split.Test.Count, 110, 140);

        IReadOnlyList<Fold> folds = KFold.ByTime(years, 4);
        Assert.Equal(4, folds.Count);
        Assert.All(folds, fold => Assert.True(fold.Train.Max(i => years[i]) < fold.Test.Min(i => years[i])));
        Assert.Equal(500, folds[^1].Train.Count + folds[^1].Test.Count);
        Assert.Contains(
            "different times",
            Assert.Throws<CorpusException>(() => Split.ByTime([2000, 2000, 2000], 0.25, 0)).Message
        );
        Assert.Contains(
            "item 1 has the time NaN",
            Assert.Throws<CorpusException>(() => Split.ByTime([2000, double.NaN], 0.5, 0)).Message
        );
    }

    private static void AssertApart(string[] groups, IReadOnlyList<int> a, IReadOnlyList<int> b) =>
        Assert.Empty(a.Select(i => groups[i]).Intersect(b.Select(i => groups[i])));
}
