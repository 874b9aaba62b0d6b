using HitSong.Numerics;

namespace HitSong.Corpus;

/// <summary>
/// Cross-validation: every item is tested once, in one of so many folds (by time: the newest parts, each by what came
/// before).
/// </summary>
/// <example><code>
/// string[] artists = ["a", "a", "b", "b", "c", "c"];
/// var folds = KFold.Grouped(artists, folds: 3, seed: 42);
/// folds.Select(fold => fold.Test.Count) // [2, 2, 2]
/// </code></example>
public static class KFold
{
    /// <summary>Items at random; equals scikit-learn's <c>KFold(folds, shuffle=True, random_state)</c>.</summary>
    /// <param name="count">How many items.</param>
    /// <param name="folds">How many folds, 2 or more.</param>
    /// <param name="randomState">scikit-learn's <c>random_state</c>.</param>
    /// <exception cref="CorpusException">Fewer items than folds, or fewer than two folds.</exception>
    public static IReadOnlyList<Fold> Random(int count, int folds, uint randomState)
    {
        Check(count, "items", folds);
        int[] order = new RandomState(randomState).Permutation(count),
            testedIn = new int[count];
        int larger = count % folds,
            size = count / folds;
        for (int place = 0; place < count; place++)
            testedIn[order[place]] =
                place < larger * (size + 1) ? place / (size + 1) : larger + (place - larger * (size + 1)) / size;
        return Fold.Of(testedIn, folds);
    }

    /// <summary>
    /// Items at random, each class spread evenly over the folds; equals scikit-learn's <c>StratifiedKFold(folds,
    /// shuffle=True, random_state)</c>.
    /// </summary>
    /// <param name="labels">[items] classes.</param>
    /// <param name="folds">How many folds, 2 or more.</param>
    /// <param name="randomState">scikit-learn's <c>random_state</c>.</param>
    /// <exception cref="CorpusException">A class of fewer items than folds, or fewer than two folds.</exception>
    public static IReadOnlyList<Fold> Stratified(IReadOnlyList<int> labels, int folds, uint randomState)
    {
        Check(labels.Count, "items", folds);
        // Classes in the order in which they appear.
        int[][] classes =
        [
            .. Enumerable.Range(0, labels.Count).GroupBy(item => labels[item]).Select(group => group.ToArray()),
        ];
        foreach (int[] items in classes)
            Check(items.Length, $"items of class {labels[items[0]]}", folds);
        var random = new RandomState(randomState);
        var testedIn = new int[labels.Count];
        int start = 0;
        foreach (int[] items in classes)
        {
            // Were the items sorted by class, every so-manieth would be a fold's: how many of this class is each fold
            // given?
            int[] dealt = [.. Enumerable.Range(start, items.Length).Select(place => place % folds).Order()];
            random.Shuffle<int>(dealt);
            for (int i = 0; i < items.Length; i++)
                testedIn[items[i]] = dealt[i];
            start += items.Length;
        }
        return Fold.Of(testedIn, folds);
    }

    /// <summary>
    /// Whole groups (song, artist, album): none stands on two sides. Folds are as equal in size as the groups allow.
    /// </summary>
    /// <param name="groups">[items] groups.</param>
    /// <param name="folds">How many folds, 2 or more.</param>
    /// <param name="seed">Seed of the order in which groups of one size are dealt.</param>
    /// <exception cref="CorpusException">Fewer groups than folds, or fewer than two folds.</exception>
    public static IReadOnlyList<Fold> Grouped(IReadOnlyList<string> groups, int folds, ulong seed) =>
        GroupedStratified(groups, new int[groups.Count], folds, seed);

    /// <summary>
    /// Whole groups, with each class spread as evenly over the folds as the groups allow (<see cref="GroupDealer"/>).
    /// </summary>
    /// <param name="groups">[items] groups.</param>
    /// <param name="labels">[items] classes.</param>
    /// <param name="folds">How many folds, 2 or more.</param>
    /// <param name="seed">Seed of the order in which groups of one size are dealt.</param>
    /// <exception cref="CorpusException">Fewer groups than folds, or fewer than two folds.</exception>
    public static IReadOnlyList<Fold> GroupedStratified(
        IReadOnlyList<string> groups,
        IReadOnlyList<int> labels,
        int folds,
        ulong seed
    )
    {
        Check(groups.Distinct().Count(), "groups", folds);
        return Fold.Of(GroupDealer.Deal(groups, labels, [.. Enumerable.Repeat(1.0 / folds, folds)], seed), folds);
    }

    /// <summary>
    /// The items in order of time, cut into folds + 1 parts of about equal size at changes of the time: fold k trains
    /// on the first k parts and tests on the next. Items of one time are never parted.
    /// </summary>
    /// <param name="times">[items] times, such as years.</param>
    /// <param name="folds">How many folds, 2 or more.</param>
    /// <exception cref="CorpusException">Too few different times, or fewer than two folds.</exception>
    public static IReadOnlyList<Fold> ByTime(IReadOnlyList<double> times, int folds)
    {
        Check(times.Distinct().Count(), "different times", folds + 1);
        int[] cuts =
        [
            0,
            .. Enumerable.Range(1, folds).Select(part => TimeCut.At(times, (double)part / (folds + 1))),
            times.Count,
        ];
        if (cuts.Zip(cuts.Skip(1)).Any(part => part.First >= part.Second))
            throw new CorpusException(
                $"the {times.Count} items cannot be cut into {folds + 1} parts by time: some times alone "
                    + "hold more than a part. Ask for fewer folds"
            );
        int[] order = TimeCut.Order(times);
        return
        [
            .. Enumerable
                .Range(1, folds)
                .Select(part => new Fold(
                    [.. order[..cuts[part]].Order()],
                    [.. order[cuts[part]..cuts[part + 1]].Order()]
                )),
        ];
    }

    private static void Check(int count, string what, int folds)
    {
        if (folds < 2)
            throw new CorpusException($"{folds} folds: 2 at least are needed");
        if (count < folds)
            throw new CorpusException($"{count} {what} cannot fill {folds} folds with one each: ask for fewer folds");
    }
}
