namespace HitSong.Corpus;

/// <summary>How items (clips, or rows of a catalogue) are assigned to training, validation and test.</summary>
/// <param name="Unit">What stays together.</param>
/// <param name="Test">Share for the test.</param>
/// <param name="Validation">Share of the rest for validation; 0: no validation.</param>
/// <param name="Stratified">Whether every side gets about the same share of each class.</param>
/// <param name="ValidationUnit">
/// What stays together between training and validation; null: the same as for the test.
/// </param>
/// <param name="Seed">Its seed; null: the recipe's.</param>
/// <param name="Folds">
/// So many folds of a cross-validation, 2 or more, in the place of one share for the test; null: none.
/// </param>
/// <param name="Fold">Which of them tests, from 1.</param>
/// <example><code>
/// var demo = DemoCorpus.Open("../data/demo/corpus");
/// int[] classes = Bins.Threshold(39).Assign(demo.Tracks.Select(track => track.Popularity.Value));
/// var split = Recipes.HipHopMlp.Split.Assign(demo.Tracks, classes, recipeSeed: 42);
/// split.Test.Count // 36
/// </code></example>
public sealed record SplitRule(
    SplitUnit Unit,
    double Test = 0.25,
    double Validation = 0.2,
    bool Stratified = false,
    SplitUnit? ValidationUnit = null,
    int? Seed = null,
    int? Folds = null,
    int Fold = 1
)
{
    /// <summary>
    /// Assigns the items, at random by <paramref name="recipeSeed"/>. Clips and tracks are dealt as scikit-learn's
    /// <c>train_test_split</c>, of folds <c>KFold</c> or <c>StratifiedKFold</c>, deals them with that
    /// <c>random_state</c>.
    /// </summary>
    /// <param name="tracks">[N] the track of each item.</param>
    /// <param name="classes">[N] classes, which a stratified split spreads evenly; others pay no heed to them.</param>
    /// <param name="recipeSeed">The seed where the rule has none.</param>
    /// <exception cref="CorpusException">A side would be empty.</exception>
    public Split Assign(IReadOnlyList<Track> tracks, IReadOnlyList<int> classes, ulong recipeSeed)
    {
        ulong seed = Seed is int own ? (ulong)own : recipeSeed;
        SplitUnit unit = ValidationUnit ?? Unit;
        if (Folds is null && unit == Unit)
            return Deal(Unit, tracks, classes, Test, Validation, seed);
        Split outer = Folds is int folds
            ? DealFold(tracks, classes, folds, seed)
            : Deal(Unit, tracks, classes, Test, 0, seed);
        if (Validation == 0)
            return outer;
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
    public override string ToString() => Of("track");

    /// <summary>The rule in words.</summary>
    /// <param name="track">What a track is called: of a catalogue, a row.</param>
    internal string Of(string track)
    {
        string stratified = Stratified ? ", stratified" : "";
        string thatBy = ValidationUnit is { } unit && unit != Unit ? $", that by {Word(unit)}" : "";
        string validation = Validation > 0 ? $"{Validation:0.#%} of the rest validation{thatBy}" : "no validation";
        string test = Folds is int folds ? $"fold {Fold} of {folds}" : $"{Test:0.#%}";
        string seed = Seed is int own ? $", split by seed {own}" : "";
        return $"by {Word(Unit)}{stratified}, {test} test, {validation}{seed}";

        string Word(SplitUnit unit) => unit == SplitUnit.Track ? track : unit.ToString().ToLowerInvariant();
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
            int[][] items = ItemsOfTracks(tracks);
            Split split = Stratified
                ? Split.Stratified([.. items.Select(track => classes[track[0]])], test, validation, seed)
                : Split.Random(items.Length, test, validation, seed);
            return new(Of(split.Train, items), Of(split.Validation, items), Of(split.Test, items));
        }
        string[] groups = Groups(unit, tracks);
        return Stratified
            ? Split.GroupedStratified(groups, classes, test, validation, seed)
            : Split.Grouped(groups, test, validation, seed);
    }

    // Without validation.
    private Split DealFold(IReadOnlyList<Track> tracks, IReadOnlyList<int> classes, int folds, ulong seed)
    {
        if (Unit is SplitUnit.Clip or SplitUnit.Track)
        {
            int[][] items =
                Unit == SplitUnit.Track
                    ? ItemsOfTracks(tracks)
                    : [.. Enumerable.Range(0, tracks.Count).Select(item => new[] { item })];
            uint state = Split.State(seed);
            Fold dealt = (
                Stratified
                    ? KFold.Stratified([.. items.Select(own => classes[own[0]])], folds, state)
                    : KFold.Random(items.Length, folds, state)
            )[Fold - 1];
            return new(Of(dealt.Train, items), [], Of(dealt.Test, items));
        }
        string[] groups = Groups(Unit, tracks);
        Fold fold = (
            Stratified ? KFold.GroupedStratified(groups, classes, folds, seed) : KFold.Grouped(groups, folds, seed)
        )[Fold - 1];
        return new(fold.Train, [], fold.Test);
    }

    private static int[][] ItemsOfTracks(IReadOnlyList<Track> tracks) =>
        [.. Enumerable.Range(0, tracks.Count).GroupBy(i => tracks[i].Id).Select(track => track.ToArray())];

    private static int[] Of(IReadOnlyList<int> tracks, int[][] items) =>
        [.. tracks.SelectMany(track => items[track]).Order()];

    private static string[] Groups(SplitUnit unit, IReadOnlyList<Track> tracks) =>
        [.. tracks.Select(track => GroupOf(unit, track))];

    private static string GroupOf(SplitUnit unit, Track track) =>
        unit switch
        {
            SplitUnit.Artist when track.Artist != "" => $"artist {SongKey.OfArtist(track.Artist)}",
            SplitUnit.Album when track.AlbumKey is { } album => $"album {album}",
            _ => $"song {SongKey.Of(track)}",
        };
}
