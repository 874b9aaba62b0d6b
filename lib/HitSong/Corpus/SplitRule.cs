namespace HitSong.Corpus;

/// <summary>What is assigned to training, validation or test as a whole.</summary>
public enum SplitUnit
{
    /// <summary>Each clip on its own: clips of one song stand on both sides, and the split leaks.</summary>
    Clip,

    /// <summary>All clips of a track together. Two tracks may be one song: a re-release, a remaster.</summary>
    Track,

    /// <summary>All clips of a song together; tracks of one title by one artist are one song.</summary>
    Song,

    /// <summary>All songs of an artist together; a song whose artist is not known stands for itself.</summary>
    Artist,
}

/// <summary>How items (clips, or rows of a catalogue) are assigned to training, validation and test.</summary>
/// <param name="Unit">What stays together.</param>
/// <param name="Test">Share for the test.</param>
/// <param name="Validation">Share of the rest for validation; 0: no validation.</param>
/// <param name="Stratified">Whether every side gets about the same share of each class.</param>
/// <param name="ValidationUnit">
/// What stays together between training and validation; null: the same as for the test.
/// </param>
public sealed record SplitRule(
    SplitUnit Unit,
    double Test = 0.25,
    double Validation = 0.2,
    bool Stratified = false,
    SplitUnit? ValidationUnit = null
)
{
    /// <summary>
    /// Assigns the items, at random by <paramref name="seed"/>. Clips and tracks are dealt as scikit-learn's
    /// <c>train_test_split</c> deals them with that <c>random_state</c>.
    /// </summary>
    /// <param name="tracks">[N] the track of each item.</param>
    /// <param name="classes">[N] classes, which a stratified split spreads evenly; others pay no heed to them.</param>
    /// <param name="seed">Seed.</param>
    /// <exception cref="CorpusException">A side would be empty.</exception>
    public Split Assign(IReadOnlyList<Track> tracks, IReadOnlyList<int> classes, ulong seed)
    {
        if (ValidationUnit is not { } unit || unit == Unit)
            return Deal(Unit, tracks, classes, Test, Validation, seed);
        Split outer = Deal(Unit, tracks, classes, Test, 0, seed);
        // What is left of the rest after a "test" of the validation's share is training.
        Split inner = Deal(
            unit,
            [.. outer.Train.Select(i => tracks[i])],
            [.. outer.Train.Select(i => classes[i])],
            Validation,
            0,
            seed
        );
        return new(
            [.. inner.Train.Select(i => outer.Train[i])],
            [.. inner.Test.Select(i => outer.Train[i])],
            outer.Test
        );
    }

    /// <summary>The rule in words.</summary>
    public override string ToString()
    {
        string stratified = Stratified ? ", stratified" : "";
        string thatBy = ValidationUnit is { } unit && unit != Unit ? $", that by {Word(unit)}" : "";
        string validation = Validation > 0 ? $"{Validation:0.#%} of the rest validation{thatBy}" : "no validation";
        return $"by {Word(Unit)}{stratified}, {Test:0.#%} test, {validation}";

        static string Word(SplitUnit unit) => unit.ToString().ToLowerInvariant();
    }

    private Split Deal(
        SplitUnit unit,
        IReadOnlyList<Track> tracks,
        IReadOnlyList<int> classes,
        double test,
        double validation,
        ulong seed
    )
    {
        if (unit == SplitUnit.Clip)
            return Stratified
                ? Split.Stratified(classes, test, validation, seed)
                : Split.Random(classes.Count, test, validation, seed);
        if (unit == SplitUnit.Track)
        {
            int[][] items =
            [
                .. Enumerable.Range(0, tracks.Count).GroupBy(i => tracks[i].Id).Select(track => track.ToArray()),
            ];
            Split split = Stratified
                ? Split.Stratified([.. items.Select(track => classes[track[0]])], test, validation, seed)
                : Split.Random(items.Length, test, validation, seed);
            int[] Items(IReadOnlyList<int> side) => [.. side.SelectMany(track => items[track]).Order()];
            return new(Items(split.Train), Items(split.Validation), Items(split.Test));
        }
        string[] groups =
        [
            .. tracks.Select(track =>
                unit == SplitUnit.Artist && track.Artist != ""
                    ? $"artist {track.Artist}"
                    : $"song {track.Artist}\n{track.Title}"
            ),
        ];
        return Stratified
            ? Split.GroupedStratified(groups, classes, test, validation, seed)
            : Split.Grouped(groups, test, validation, seed);
    }
}
