namespace HitSong.Corpus;

/// <summary>Two sides of a split: indices into the list that was split.</summary>
/// <param name="Train">Items that train.</param>
/// <param name="Test">Items that judge.</param>
public sealed record Fold(IReadOnlyList<int> Train, IReadOnlyList<int> Test)
{
    /// <summary>
    /// The folds in which each item is tested once, given the number of the fold that tests it; both sides ascending.
    /// </summary>
    internal static IReadOnlyList<Fold> Of(int[] testedIn, int folds) =>
        [
            .. Enumerable
                .Range(0, folds)
                .Select(fold => new Fold([.. Items(testedIn, i => i != fold)], [.. Items(testedIn, i => i == fold)])),
        ];

    private static IEnumerable<int> Items(int[] testedIn, Func<int, bool> wanted) =>
        Enumerable.Range(0, testedIn.Length).Where(item => wanted(testedIn[item]));
}
