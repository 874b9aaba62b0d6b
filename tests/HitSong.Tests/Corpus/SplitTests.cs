using HitSong.Corpus;
using HitSong.Numerics;

namespace HitSong.Tests.Corpus;

public class SplitTests
{
    [Theory]
    [InlineData(4, 0.25, 0.34)]
    [InlineData(240, 0.25, 0.2)]
    [InlineData(1001, 0.1, 0.15)]
    [InlineData(100, 0.3, 0)]
    public void RandomSidesHoldEachItemOnceInTheAskedShares(int count, double testShare, double validationShare)
    {
        Split split = Split.Random(count, testShare, validationShare, seed: 7);

        Assert.Equal(Enumerable.Range(0, count), split.Train.Concat(split.Validation).Concat(split.Test).Order());
        int test = (int)Math.Ceiling(count * testShare);
        Assert.Equal(test, split.Test.Count);
        Assert.Equal((int)Math.Ceiling((count - test) * validationShare), split.Validation.Count);
        Assert.Equal(split.Test.Order(), split.Test);
    }

    [Fact]
    public void SeedDecidesTheSplit()
    {
        Assert.Equal(Split.Random(100, 0.25, 0.2, 1).Test, Split.Random(100, 0.25, 0.2, 1).Test);
        Assert.NotEqual(Split.Random(100, 0.25, 0.2, 1).Test, Split.Random(100, 0.25, 0.2, 2).Test);
    }

    [Fact]
    public void EveryItemIsTestedEquallyOften()
    {
        var counts = new int[20];
        for (ulong seed = 0; seed < 4000; seed++)
            foreach (int item in Split.Random(20, 0.25, 0.2, seed).Test)
                counts[item]++;
        // Binomial(4000, 1/4): a standard deviation is 27.
        Assert.All(counts, count => Assert.InRange(count, 1000 - 110, 1000 + 110));
    }

    [Fact]
    public void GroupedSidesShareNoGroupAndComeNearTheShares()
    {
        for (ulong seed = 0; seed < 200; seed++)
        {
            var random = new SeededRandom(seed, "test");
            string[] groups = Enumerable.Range(0, 300).Select(_ => $"artist {random.Below(40)}").ToArray();

            Split split = Split.Grouped(groups, 0.25, 0.2, seed);

            Assert.Equal(Enumerable.Range(0, 300), split.Train.Concat(split.Validation).Concat(split.Test).Order());
            HashSet<string> Of(IReadOnlyList<int> side) => side.Select(item => groups[item]).ToHashSet();
            Assert.False(Of(split.Train).Overlaps(Of(split.Test)));
            Assert.False(Of(split.Train).Overlaps(Of(split.Validation)));
            Assert.False(Of(split.Validation).Overlaps(Of(split.Test)));
            Assert.InRange(split.Test.Count, 73, 77);
            Assert.InRange(split.Validation.Count, 43, 47);
        }
    }

    [Fact]
    public void AGroupLargerThanTheTestShareStaysInTraining()
    {
        string[] groups = [.. Enumerable.Repeat("large", 60), .. Enumerable.Range(0, 40).Select(i => $"small {i}")];
        for (ulong seed = 0; seed < 50; seed++)
        {
            Split split = Split.Grouped(groups, 0.25, 0.2, seed);
            Assert.Equal(25, split.Test.Count);
            Assert.DoesNotContain(0, split.Test);
        }
    }

    [Fact]
    public void AGroupThatAloneExceedsTheTestShareIsNamedWhereNoSplitKeepsIt()
    {
        // The one leaves 5 of 25 items for the test; of the other two, the test would have to take one that is more
        // than twice its share.
        string[] large = [.. Enumerable.Repeat("large", 95), .. Enumerable.Range(0, 5).Select(i => $"small {i}")],
            halves = [.. Enumerable.Repeat("half", 100).Select((half, i) => $"{half} {i / 50}")];
        int[] labels = [.. Enumerable.Range(0, 100).Select(i => i % 2)];
        Func<string[], double, Split>[] splits =
        [
            (groups, share) => Split.Grouped(groups, share, 0, 3),
            (groups, share) => Split.GroupedStratified(groups, labels, share, 0, 3),
        ];
        foreach (Func<string[], double, Split> split in splits)
        {
            Assert.Contains(
                "the group large has 95 of 100 items and alone exceeds the test share of 0.25: the test "
                    + "would have 5 items instead of 25",
                Assert.Throws<CorpusException>(() => split(large, 0.25)).Message
            );
            Assert.Matches(
                "the group half [01] has 50 of 100 items and alone exceeds the test share of 0.2: the "
                    + "test would have 50 items instead of 20",
                Assert.Throws<CorpusException>(() => split(halves, 0.2)).Message
            );
            Assert.Equal(50, split(halves, 0.4).Test.Count);
        }
    }

    [Fact]
    public void ThreeGroupsFillThreeSides()
    {
        for (ulong seed = 0; seed < 50; seed++)
        {
            Split split = Split.Grouped(["a", "a", "a", "b", "b", "c"], 0.9, 0.9, seed);
            Assert.NotEmpty(split.Train);
            Assert.NotEmpty(split.Validation);
            Assert.NotEmpty(split.Test);
        }
    }

    [Fact]
    public void ASideThatWouldBeEmptyIsRefused()
    {
        Assert.Contains(
            "2 groups among 4 items",
            Assert.Throws<CorpusException>(() => Split.Grouped(["a", "a", "b", "b"], 0.25, 0.2, 1)).Message
        );
        Assert.Throws<CorpusException>(() => Split.Random(2, 0.25, 0.2, 1));
        Assert.Throws<CorpusException>(() => Split.Random(0, 0.25, 0, 1));
    }

    [Theory]
    [InlineData(0, 0.2)]
    [InlineData(1, 0.2)]
    [InlineData(double.NaN, 0.2)]
    [InlineData(0.25, -0.1)]
    [InlineData(0.25, 1)]
    public void SharesOutsideTheirRangeAreRefused(double testShare, double validationShare) =>
        Assert.Contains(
            "share",
            Assert.Throws<CorpusException>(() => Split.Random(100, testShare, validationShare, 1)).Message
        );
}
