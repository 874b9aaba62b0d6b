using HitSong.Numerics;

namespace HitSong.Corpus;

/// <summary>
/// Deals whole groups to sides so that each side gets its share of every class, as nearly as the groups allow:
/// shuffled, then the largest group first, each goes to the side where Σ (count − wanted)² / wanted, over sides and
/// classes, then is least (greedy, as scikit-learn's <c>StratifiedGroupKFold</c>, with Pearson's χ² for the measure).
/// </summary>
internal static class GroupDealer
{
    /// <summary>The side of each item, [items], 0…shares − 1. No side stays empty.</summary>
    public static int[] Deal(IReadOnlyList<string> groups, IReadOnlyList<int> labels, double[] shares, ulong seed)
    {
        int[] classes = [.. labels.Distinct().Order()];
        var number = classes.Index().ToDictionary(c => c.Item, c => c.Index);
        int[][] members =
        [
            .. Enumerable
                .Range(0, groups.Count)
                .GroupBy(item => groups[item], StringComparer.Ordinal)
                .Select(group => group.ToArray()),
        ];
        if (members.Length < shares.Length)
            throw new CorpusException(
                $"{members.Length} groups among {groups.Count} items cannot fill {shares.Length} sides of "
                    + "a split with at least one each"
            );
        double[] totals = [.. classes.Select(c => (double)labels.Count(label => label == c))];
        var counts = new double[shares.Length, classes.Length];
        var groupsIn = new int[shares.Length];
        var sides = new int[groups.Count];
        int left = members.Length;
        IEnumerable<int[]> largestFirst = new SeededRandom(seed, "deal")
            .Permutation(members.Length)
            .Select(i => members[i])
            .OrderByDescending(group => group.Length);
        foreach (int[] group in largestFirst)
        {
            var own = new double[classes.Length];
            foreach (int item in group)
                own[number[labels[item]]]++;
            bool mustFill = groupsIn.Count(n => n == 0) >= left--;
            int side = Enumerable
                .Range(0, shares.Length)
                .Where(s => !mustFill || groupsIn[s] == 0)
                .MinBy(s =>
                    Enumerable
                        .Range(0, classes.Length)
                        .Sum(c =>
                        {
                            // What the sum grows by when this side takes the group.
                            double wanted = shares[s] * totals[c],
                                before = counts[s, c] - wanted,
                                after = before + own[c];
                            return (after * after - before * before) / wanted;
                        })
                );
            groupsIn[side]++;
            for (int c = 0; c < classes.Length; c++)
                counts[side, c] += own[c];
            foreach (int item in group)
                sides[item] = side;
        }
        return sides;
    }
}
