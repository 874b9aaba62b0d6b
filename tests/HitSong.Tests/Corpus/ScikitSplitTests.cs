using HitSong.Corpus;
using Tests;

namespace HitSong.Tests.Corpus;

/// <summary>Splits against scikit-learn's, index for index and in order.</summary>
public class ScikitSplitTests
{
    private static readonly int[] Sizes = [2, 3, 7, 10, 100, 999, 1000, 4097, 20_000];
    private static readonly uint[] Seeds = [0, 1, 42, 2024, uint.MaxValue];
    private static readonly double[] Shares = [0.1, 0.25, 0.33, 0.5];

    private static int[] Labels(int count, uint seed)
    {
        static int Label(long x) =>
            x < 480 ? 0
            : x < 800 ? 1
            : x < 930 ? 7
            : 3;
        return [.. Enumerable.Range(0, count).Select(i => Label((i * 2654435761L + seed) % 1000))];
    }

    private static string Line(IEnumerable<int> items)
    {
        // Long lists as their length and an order-sensitive checksum, so that both sides print little.
        int count = 0;
        long sum = 0;
        foreach (int item in items)
            sum = (sum * 31 + item + 1 + count++) % 1_000_000_007;
        return $"{count}:{sum}";
    }

    private const string Prelude = """
        import warnings; warnings.simplefilter('ignore')
        import numpy as np
        from sklearn.model_selection import train_test_split, KFold, StratifiedKFold
        def line(items):
            s = 0
            for n, item in enumerate(items): s = (s * 31 + int(item) + 1 + n) % 1000000007
            return f'{len(items)}:{s}'
        def labels(count, seed):
            x = [(i * 2654435761 + seed) % 1000 for i in range(count)]
            return np.array([0 if v < 480 else 1 if v < 800 else 7 if v < 930 else 3 for v in x])

        """;

    [Fact]
    public void RandomSplitsAreThoseOfTrainTestSplit()
    {
        string expected = Python.Run(
            Prelude
                + $"""
                for n in [{string.Join(",", Sizes)}]:
                    for seed in [{string.Join(",", Seeds)}]:
                        for share in [{string.Join(",", Shares)}]:
                            a, b = train_test_split(np.arange(n), test_size=share, random_state=seed)
                            print(n, seed, share, line(a), line(b))
                """
        );
        var ours =
            from n in Sizes
            from seed in Seeds
            from share in Shares
            let fold = TrainTestSplit.Random(n, share, seed)
            select FormattableString.Invariant($"{n} {seed} {share} {Line(fold.Train)} {Line(fold.Test)}");
        Assert.Equal(expected.TrimEnd().Split('\n'), ours);
    }

    [Fact]
    public void StratifiedSplitsAreThoseOfTrainTestSplit()
    {
        int[] sizes = [50, 97, 240, 1000, 4097, 20_000];
        string expected = Python.Run(
            Prelude
                + $"""
                for n in [{string.Join(",", sizes)}]:
                    for seed in [{string.Join(",", Seeds)}]:
                        for share in [{string.Join(",", Shares)}]:
                            classes = labels(n, seed)
                            a, b = train_test_split(np.arange(n), test_size=share, random_state=seed, stratify=classes)
                            print(n, seed, share, line(a), line(b))
                # Equal classes, so that remainders are drawn by lot.
                for seed in range(20):
                    classes = np.arange(33) % 11
                    a, b = train_test_split(np.arange(33), test_size=0.4, random_state=seed, stratify=classes)
                    print(33, seed, line(a), line(b))
                """
        );
        var ours =
            from n in sizes
            from seed in Seeds
            from share in Shares
            let fold = TrainTestSplit.Stratified(Labels(n, seed), share, seed)
            select FormattableString.Invariant($"{n} {seed} {share} {Line(fold.Train)} {Line(fold.Test)}");
        int[] equal = [.. Enumerable.Range(0, 33).Select(i => i % 11)];
        var tied =
            from seed in Enumerable.Range(0, 20)
            let fold = TrainTestSplit.Stratified(equal, 0.4, (uint)seed)
            select $"33 {seed} {Line(fold.Train)} {Line(fold.Test)}";
        Assert.Equal(expected.TrimEnd().Split('\n'), ours.Concat(tied));
    }

    [Fact]
    public void AWholeSplitIsTrainTestSplitTwice()
    {
        string[] expected = Python
            .Run(
                Prelude
                    + """
                    rest, test = train_test_split(np.arange(1001), test_size=0.25, random_state=42)
                    train, validation = train_test_split(rest, test_size=0.2, random_state=42)
                    print(line(sorted(train)), line(sorted(validation)), line(sorted(test)))
                    """
            )
            .Split();
        Split split = Split.Random(1001, 0.25, 0.2, 42);
        Assert.Equal(expected.Take(3), new[] { Line(split.Train), Line(split.Validation), Line(split.Test) });
    }

    [Fact]
    public void FoldsAreThoseOfKFoldAndStratifiedKFold()
    {
        string expected = Python.Run(
            Prelude
                + $"""
                for n in [50, 97, 1000]:
                    for seed in [{string.Join(",", Seeds)}]:
                        for folds in [2, 3, 5]:
                            random = KFold(folds, shuffle=True, random_state=seed).split(np.arange(n))
                            print(n, seed, folds, *(line(a) + ' ' + line(b) for a, b in random))
                            stratified = StratifiedKFold(folds, shuffle=True, random_state=seed)
                            classes = np.arange(n) % 7 % 4
                            parts = stratified.split(np.arange(n), classes)
                            print(n, seed, folds, *(line(a) + ' ' + line(b) for a, b in parts))
                """
        );
        var ours =
            from n in new[] { 50, 97, 1000 }
            from seed in Seeds
            from folds in new[] { 2, 3, 5 }
            from line in new[]
            {
                KFold.Random(n, folds, seed),
                KFold.Stratified([.. Enumerable.Range(0, n).Select(i => i % 7 % 4)], folds, seed),
            }
            select $"{n} {seed} {folds} "
                + $"{string.Join(' ', line.Select(fold => $"{Line(fold.Train)} {Line(fold.Test)}"))}";
        Assert.Equal(expected.TrimEnd().Split('\n'), ours);
    }

    [Fact]
    public void WhatCannotBeSplitIsRefusedWithTheReason()
    {
        Assert.Contains(
            "class 5 has one item (number 2)",
            Assert.Throws<CorpusException>(() => TrainTestSplit.Stratified([1, 1, 5, 1], 0.5, 0)).Message
        );
        Assert.Contains(
            "too few for 3 classes",
            Assert.Throws<CorpusException>(() => TrainTestSplit.Stratified([0, 0, 1, 1, 2, 2], 0.2, 0)).Message
        );
        Assert.Contains(
            "3 items cannot fill 4 folds",
            Assert.Throws<CorpusException>(() => KFold.Random(3, 4, 0)).Message
        );
        Assert.Contains(
            "2 items of class 9 cannot fill 3 folds",
            Assert.Throws<CorpusException>(() => KFold.Stratified([9, 9, 0, 0, 0], 3, 0)).Message
        );
        Assert.Contains(
            "2 groups cannot fill 3 folds",
            Assert.Throws<CorpusException>(() => KFold.Grouped(["a", "b", "a"], 3, 0)).Message
        );
        Assert.Contains(
            "random_state",
            Assert.Throws<CorpusException>(() => Split.Random(10, 0.5, 0, 1UL << 32)).Message
        );
    }
}
