using System.Globalization;
using HitSong.Numerics;

namespace HitSong.Corpus;

/// <summary>
/// Which items train a model, which choose among its epochs, and which judge it. Indices into the list that was split,
/// ascending.
/// </summary>
/// <param name="Train">Items that train.</param>
/// <param name="Validation">Items that choose.</param>
/// <param name="Test">Items that judge.</param>
/// <example><code>
/// string[] artists = ["a", "a", "b", "b", "c", "c", "d", "d"];
/// var split = Split.Grouped(artists, testShare: 0.25, validationShare: 0.25, seed: 42);
/// // No artist on both sides.
/// split.Test.Select(i => artists[i]).Intersect(split.Train.Select(i => artists[i])).Count() // 0
/// </code></example>
public sealed record Split(IReadOnlyList<int> Train, IReadOnlyList<int> Validation, IReadOnlyList<int> Test)
{
    /// <summary>
    /// Items at random, by scikit-learn's <c>train_test_split</c> (<see cref="TrainTestSplit.Random"/>): first the test
    /// is split off, then the validation from what is left, both with the same <c>random_state</c>.
    /// </summary>
    /// <param name="count">How many items.</param>
    /// <param name="testShare">Share of all, above 0 and below 1.</param>
    /// <param name="validationShare">Share of what the test leaves, 0 or above (0: no validation) and below 1.</param>
    /// <param name="seed">scikit-learn's <c>random_state</c>, 0…2³² − 1.</param>
    /// <exception cref="CorpusException">A share or seed outside its range, or a side that would be empty.</exception>
    public static Split Random(int count, double testShare, double validationShare, ulong seed) =>
        Twice(
            testShare,
            validationShare,
            count,
            (items, share) => TrainTestSplit.Random(items.Count, share, State(seed))
        );

    /// <summary>
    /// The same with each class in every side with about its share of all (<see cref="TrainTestSplit.Stratified"/>).
    /// </summary>
    /// <param name="labels">[items] classes.</param>
    /// <param name="testShare">Share of all, above 0 and below 1.</param>
    /// <param name="validationShare">Share of what the test leaves, 0 or above (0: no validation) and below 1.</param>
    /// <param name="seed">scikit-learn's <c>random_state</c>, 0…2³² − 1.</param>
    /// <exception cref="CorpusException">
    /// A share or seed outside its range, a class of one item, or a side smaller than the number of classes.
    /// </exception>
    public static Split Stratified(IReadOnlyList<int> labels, double testShare, double validationShare, ulong seed) =>
        Twice(
            testShare,
            validationShare,
            labels.Count,
            (items, share) => TrainTestSplit.Stratified([.. items.Select(i => labels[i])], share, State(seed))
        );

    /// <summary>
    /// Whole groups, with each class in every side with about its share of all, as nearly as the groups allow.
    /// </summary>
    /// <param name="groups">[items] groups: no group (song, artist, album) stands on two sides.</param>
    /// <param name="labels">[items] classes.</param>
    /// <param name="testShare">Share of all items, above 0 and below 1.</param>
    /// <param name="validationShare">
    /// Share of the items that the test leaves, 0 or above (0: no validation) and below 1.
    /// </param>
    /// <param name="seed">Seed of the order in which groups of one size are dealt.</param>
    /// <exception cref="CorpusException">
    /// A share outside its range; too few groups for every side to have one; or a group that alone exceeds the test
    /// share, so that the test would hold less than half or more than twice its share (one that training can hold
    /// trains, and is not refused).
    /// </exception>
    public static Split GroupedStratified(
        IReadOnlyList<string> groups,
        IReadOnlyList<int> labels,
        double testShare,
        double validationShare,
        ulong seed
    )
    {
        CheckShares(testShare, validationShare);
        double validation = (1 - testShare) * validationShare,
            train = 1 - testShare - validation;
        int[] sides = GroupDealer.Deal(
            groups,
            labels,
            validation > 0 ? [train, testShare, validation] : [train, testShare],
            seed
        );
        int[] Side(int side) => [.. Enumerable.Range(0, sides.Length).Where(item => sides[item] == side)];
        return TestKept(new(Side(0), Side(2), Side(1)), groups, testShare);
    }

    /// <summary>The oldest train, the newest judge, those between choose; items of one time are never parted.</summary>
    /// <param name="times">[items] times, such as years.</param>
    /// <param name="testShare">Share of all, above 0 and below 1; about, as a cut lies where the time changes.</param>
    /// <param name="validationShare">Share of what the test leaves, 0 or above (0: no validation) and below 1.</param>
    /// <exception cref="CorpusException">
    /// A share outside its range, or too few different times for every side to have one.
    /// </exception>
    public static Split ByTime(IReadOnlyList<double> times, double testShare, double validationShare)
    {
        CheckShares(testShare, validationShare);
        int[] order = TimeCut.Order(times);
        int test = TimeCut.At(times, 1 - testShare),
            validation = validationShare > 0
                ? TimeCut.At([.. order[..test].Select(item => times[item])], 1 - validationShare)
                : test;
        if (validation == 0 || test == 0)
            throw new CorpusException(
                $"{times.Distinct().Count()} different times among {times.Count} items cannot fill every "
                    + "side of a split by time"
            );
        return new([.. order[..validation].Order()], [.. order[validation..test].Order()], [.. order[test..].Order()]);
    }

    /// <summary>
    /// Whole groups: no group (song, artist, album) stands on two sides. The groups are shuffled, then, for the test
    /// and next for the validation, taken in that order as long as the side's number of items stays within its share; a
    /// group that would exceed it is passed over. At the end one more group is taken where that brings the side nearer
    /// its share (and where the side is still empty): the one that brings it nearest, the first of equals.
    /// </summary>
    /// <param name="groups">The group of each item.</param>
    /// <param name="testShare">Share of all items, above 0 and below 1.</param>
    /// <param name="validationShare">
    /// Share of the items that the test leaves, 0 or above (0: no validation) and below 1.
    /// </param>
    /// <param name="seed">
    /// Seed. The groups' first appearance is their order before shuffling, so the same list gives the same split.
    /// </param>
    /// <exception cref="CorpusException">
    /// A share outside its range; too few groups for every side to have one; or a group that alone exceeds the test
    /// share, so that the test would hold less than half or more than twice its share (one that training can hold
    /// trains, and is not refused).
    /// </exception>
    public static Split Grouped(IReadOnlyList<string> groups, double testShare, double validationShare, ulong seed)
    {
        List<int[]> members = Enumerable
            .Range(0, groups.Count)
            .GroupBy(item => groups[item], StringComparer.Ordinal)
            .Select(group => group.ToArray())
            .ToList();
        int[] order = new SeededRandom(seed, "split").Permutation(members.Count);
        return TestKept(
            Cut(order.Select(group => members[group]).ToList(), groups.Count, testShare, validationShare),
            groups,
            testShare
        );
    }

    // Whole groups meet a share only about; at half or twice of it, a figure is measured on something else than was
    // asked for.
    private static Split TestKept(Split split, IReadOnlyList<string> groups, double testShare)
    {
        int wanted = (int)Math.Ceiling(groups.Count * testShare),
            got = split.Test.Count;
        if (got * 2 >= wanted && got <= wanted * 2)
            return split;
        // Too small, the largest of all leaves too little for the test; too large, one that the test had to take fills
        // it.
        var (name, size) = (got < wanted ? groups : split.Test.Select(item => groups[item]))
            .CountBy(group => group, StringComparer.Ordinal)
            .MaxBy(group => group.Value);
        return size <= wanted
            ? split
            : throw new CorpusException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"the group {name} has {size} of {groups.Count} items and alone exceeds the test "
                        + $"share of {testShare}: the test would have {got} items instead of {wanted}. Group by "
                        + $"something finer, leave some of its items out, or ask for another share"
                )
            );
    }

    private static void CheckShares(double testShare, double validationShare)
    {
        if (!(testShare > 0 && testShare < 1))
            throw new CorpusException($"a test share of {testShare}: it must be above 0 and below 1");
        if (!(validationShare >= 0 && validationShare < 1))
            throw new CorpusException($"a validation share of {validationShare}: it must be 0 or above, and below 1");
    }

    internal static uint State(ulong seed) =>
        seed <= uint.MaxValue
            ? (uint)seed
            : throw new CorpusException(
                $"a seed of {seed}: scikit-learn's random_state, which this split follows, ends at {uint.MaxValue}"
            );

    private static Split Twice(
        double testShare,
        double validationShare,
        int count,
        Func<IReadOnlyList<int>, double, Fold> split
    )
    {
        CheckShares(testShare, validationShare);
        int[] all = [.. Enumerable.Range(0, count)];
        Fold first = split(all, testShare);
        if (validationShare == 0)
            return new([.. first.Train.Order()], [], [.. first.Test.Order()]);
        Fold second = split(first.Train, validationShare);
        return new(
            [.. second.Train.Select(i => first.Train[i]).Order()],
            [.. second.Test.Select(i => first.Train[i]).Order()],
            [.. first.Test.Order()]
        );
    }

    private static Split Cut(List<int[]> groups, int count, double testShare, double validationShare)
    {
        CheckShares(testShare, validationShare);
        int sides = validationShare > 0 ? 3 : 2;
        if (groups.Count < sides)
            throw new CorpusException(
                $"{groups.Count} {(groups.Count == 1 ? "group" : "groups")} among {count} "
                    + $"{(count == 1 ? "item" : "items")} cannot fill {sides} sides of a split "
                    + $"(training, {(sides == 3 ? "validation, " : "")}test) with at least one each"
            );

        List<int[]> rest = groups;
        int[] test = Take(ref rest, (int)Math.Ceiling(count * testShare), leave: sides - 1);
        int[] validation =
            sides == 3 ? Take(ref rest, (int)Math.Ceiling((count - test.Length) * validationShare), leave: 1) : [];
        return new Split(rest.SelectMany(group => group).Order().ToArray(), validation, test);
    }

    // Moves about `wanted` items, in whole groups, out of `groups`, at least one group, leaving at least `leave`
    // groups.
    private static int[] Take(ref List<int[]> groups, int wanted, int leave)
    {
        var taken = new List<int[]>();
        var left = new List<int[]>();
        int size = 0;
        foreach (int[] group in groups)
        {
            bool fits = size + group.Length <= wanted && groups.Count - taken.Count > leave;
            (fits ? taken : left).Add(group);
            if (fits)
                size += group.Length;
        }
        if (left.Count > leave)
        {
            int[] nearest = left.MinBy(group => Math.Abs(size + group.Length - wanted))!;
            if (taken.Count == 0 || Math.Abs(size + nearest.Length - wanted) < wanted - size)
            {
                taken.Add(nearest);
                left.Remove(nearest);
            }
        }
        groups = left;
        return taken.SelectMany(group => group).Order().ToArray();
    }
}
