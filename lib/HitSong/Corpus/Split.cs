namespace HitSong.Corpus;

/// <summary>Which items train a model, which choose among its epochs, and which judge it. Indices into the list that was split, ascending.</summary>
/// <param name="Train">Items that train.</param>
/// <param name="Validation">Items that choose.</param>
/// <param name="Test">Items that judge.</param>
public sealed record Split(IReadOnlyList<int> Train, IReadOnlyList<int> Validation, IReadOnlyList<int> Test)
{
    /// <summary>
    /// Items at random. They are shuffled by <see cref="SeededRandom.Permutation"/>; the first ⌈count · testShare⌉ are the test,
    /// of the rest the first ⌈rest · validationShare⌉ the validation (rounded up as scikit-learn's <c>train_test_split</c> does).
    /// </summary>
    /// <param name="count">How many items.</param>
    /// <param name="testShare">Share of all, above 0 and below 1.</param>
    /// <param name="validationShare">Share of what the test leaves, 0 or above (0: no validation) and below 1.</param>
    /// <param name="seed">Seed.</param>
    /// <exception cref="CorpusException">A share outside its range, or a side that would be empty.</exception>
    public static Split Random(int count, double testShare, double validationShare, ulong seed) =>
        Cut(new SeededRandom(seed, "split").Permutation(count).Select(item => new[] { item }).ToList(), count, testShare, validationShare);

    /// <summary>
    /// Whole groups: no group (song, artist, album) stands on two sides. The groups are shuffled, then, for the test and next for
    /// the validation, taken in that order as long as the side's number of items stays within its share; a group that would
    /// exceed it is passed over. At the end one more group is taken where that brings the side nearer its share
    /// (and where the side is still empty): the one that brings it nearest, the first of equals.
    /// </summary>
    /// <param name="groups">The group of each item.</param>
    /// <param name="testShare">Share of all items, above 0 and below 1.</param>
    /// <param name="validationShare">Share of the items that the test leaves, 0 or above (0: no validation) and below 1.</param>
    /// <param name="seed">Seed. The groups' first appearance is their order before shuffling, so the same list gives the same split.</param>
    /// <exception cref="CorpusException">A share outside its range, or too few groups for every side to have one.</exception>
    public static Split Grouped(IReadOnlyList<string> groups, double testShare, double validationShare, ulong seed)
    {
        List<int[]> members = Enumerable.Range(0, groups.Count).GroupBy(item => groups[item], StringComparer.Ordinal).Select(group => group.ToArray()).ToList();
        int[] order = new SeededRandom(seed, "split").Permutation(members.Count);
        return Cut(order.Select(group => members[group]).ToList(), groups.Count, testShare, validationShare);
    }

    private static Split Cut(List<int[]> groups, int count, double testShare, double validationShare)
    {
        if (!(testShare > 0 && testShare < 1)) throw new CorpusException($"a test share of {testShare}: it must be above 0 and below 1");
        if (!(validationShare >= 0 && validationShare < 1)) throw new CorpusException($"a validation share of {validationShare}: it must be 0 or above, and below 1");
        int sides = validationShare > 0 ? 3 : 2;
        if (groups.Count < sides)
            throw new CorpusException($"{groups.Count} groups among {count} items cannot fill {sides} sides of a split (training, {(sides == 3 ? "validation, " : "")}test) with at least one each");

        List<int[]> rest = groups;
        int[] test = Take(ref rest, (int)Math.Ceiling(count * testShare), leave: sides - 1);
        int[] validation = sides == 3 ? Take(ref rest, (int)Math.Ceiling((count - test.Length) * validationShare), leave: 1) : [];
        return new Split(rest.SelectMany(group => group).Order().ToArray(), validation, test);
    }

    // Moves about `wanted` items, in whole groups, out of `groups`, at least one group, leaving at least `leave` groups.
    private static int[] Take(ref List<int[]> groups, int wanted, int leave)
    {
        var taken = new List<int[]>();
        var left = new List<int[]>();
        int size = 0;
        foreach (int[] group in groups)
        {
            bool fits = size + group.Length <= wanted && groups.Count - taken.Count > leave;
            (fits ? taken : left).Add(group);
            if (fits) size += group.Length;
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
