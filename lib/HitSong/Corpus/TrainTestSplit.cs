using HitSong.Numerics;

namespace HitSong.Corpus;

/// <summary>
/// scikit-learn's <c>train_test_split</c>, index for index and in its order, given the same <c>random_state</c>, so
/// that a published split can be made again. The test side takes ⌈count · share⌉ items, the training side the rest.
/// </summary>
/// <example><code>
/// // As scikit-learn's train_test_split(range(10), test_size=0.2, random_state=42).
/// TrainTestSplit.Random(10, testShare: 0.2, randomState: 42).Test // [8, 1]
/// </code></example>
public static class TrainTestSplit
{
    /// <summary>Items at random.</summary>
    /// <param name="count">How many items.</param>
    /// <param name="testShare">Share for the test, above 0 and below 1.</param>
    /// <param name="randomState">scikit-learn's <c>random_state</c>.</param>
    /// <exception cref="CorpusException">A share outside its range, or a side that would be empty.</exception>
    public static Fold Random(int count, double testShare, uint randomState)
    {
        int test = TestCount(count, testShare);
        int[] order = new RandomState(randomState).Permutation(count);
        return new(order[test..], order[..test]);
    }

    /// <summary>Items at random, each class in both sides with about its share of all.</summary>
    /// <param name="labels">[items] classes.</param>
    /// <param name="testShare">Share for the test, above 0 and below 1.</param>
    /// <param name="randomState">scikit-learn's <c>random_state</c>.</param>
    /// <exception cref="CorpusException">
    /// A share outside its range, a class of one item, or a side smaller than the number of classes.
    /// </exception>
    public static Fold Stratified(IReadOnlyList<int> labels, double testShare, uint randomState)
    {
        int test = TestCount(labels.Count, testShare),
            train = labels.Count - test;
        int[][] classes =
        [
            .. Enumerable
                .Range(0, labels.Count)
                .GroupBy(item => labels[item])
                .OrderBy(group => group.Key)
                .Select(group => group.ToArray()),
        ];
        if (classes.FirstOrDefault(items => items.Length < 2) is { } lonely)
            throw new CorpusException(
                $"class {labels[lonely[0]]} has one item (number {lonely[0]}): a stratified split needs "
                    + "two of each class. Bin the label more coarsely"
            );
        if (Math.Min(train, test) < classes.Length)
            throw new CorpusException(
                $"{labels.Count} items with a test share of {testShare} leave a side of "
                    + $"{Math.Min(train, test)}, too few for {classes.Length} classes"
            );

        var random = new RandomState(randomState);
        int[] counts = [.. classes.Select(items => items.Length)];
        int[] inTrain = Apportion(counts, train, random);
        int[] inTest = Apportion([.. counts.Zip(inTrain, (all, taken) => all - taken)], test, random);
        var trainItems = new List<int>(train);
        var testItems = new List<int>(test);
        for (int c = 0; c < classes.Length; c++)
        {
            int[] order = random.Permutation(counts[c]);
            trainItems.AddRange(order.Take(inTrain[c]).Select(i => classes[c][i]));
            testItems.AddRange(order.Skip(inTrain[c]).Take(inTest[c]).Select(i => classes[c][i]));
        }
        int[] trainSide = [.. trainItems],
            testSide = [.. testItems];
        random.Shuffle<int>(trainSide);
        random.Shuffle<int>(testSide);
        return new(trainSide, testSide);
    }

    internal static int TestCount(int count, double share)
    {
        if (!(share > 0 && share < 1))
            throw new CorpusException($"a share of {share}: it must be above 0 and below 1");
        int test = (int)Math.Ceiling(count * share);
        if (test < 1 || test >= count)
            throw new CorpusException($"{count} items cannot be split with a share of {share}: a side would be empty");
        return test;
    }

    // The likeliest draw of so many items from the classes (the mode of the multivariate hypergeometric distribution,
    // nearly): each class its share rounded down, the rest to the largest remainders, equal remainders by lot
    // (scikit-learn's _approximate_mode).
    private static int[] Apportion(int[] counts, int draws, RandomState random)
    {
        double all = counts.Sum();
        double[] shares = [.. counts.Select(count => count / all * draws)],
            remainders = [.. shares.Select(share => share - Math.Floor(share))];
        int[] taken = [.. shares.Select(share => (int)Math.Floor(share))];
        int missing = draws - taken.Sum();
        foreach (double remainder in remainders.Distinct().OrderDescending())
        {
            if (missing == 0)
                break;
            int[] tied = [.. Enumerable.Range(0, counts.Length).Where(c => remainders[c] == remainder)];
            int adding = Math.Min(tied.Length, missing);
            foreach (int place in random.Permutation(tied.Length).Take(adding))
                taken[tied[place]]++;
            missing -= adding;
        }
        return taken;
    }
}
