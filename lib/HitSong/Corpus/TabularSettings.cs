using HitSong.Numerics;

namespace HitSong.Corpus;

/// <summary>
/// How <c>spotify-mlp</c> prepares its catalogue; the defaults are <c>bins4-duration</c>: 14 numbers and the genres.
/// </summary>
public sealed record TabularSettings
{
    /// <summary>
    /// The catalogue's numbers: danceability … time_signature. Year is not among them: 14 numbers with the artist's
    /// popularity were published, not which (our choice).
    /// </summary>
    public static IReadOnlyList<string> CatalogueNumbers { get; } =
    [
        "danceability",
        "energy",
        "key",
        "loudness",
        "mode",
        "speechiness",
        "acousticness",
        "instrumentalness",
        "liveness",
        "valence",
        "tempo",
        "duration_ms",
        "time_signature",
    ];

    /// <summary>The name that the artist's popularity has among the numbers.</summary>
    public const string ArtistPopularity = "artist_popularity";

    /// <summary>
    /// Whether one of some numbers contains the label, as popularity itself and the artist's, which is made of the
    /// popularity of the very tracks that are asked about.
    /// </summary>
    public static bool ContainLabel(IEnumerable<string> numbers) =>
        numbers.Any(name => name is ArtistPopularity or "popularity");

    /// <summary>Which numbers are inputs, before the genres, in this order.</summary>
    public IReadOnlyList<string> Numbers { get; init; } = [.. CatalogueNumbers, ArtistPopularity];

    /// <summary>From popularity to class; the default: ≤ 25, ≤ 50, ≤ 75, above.</summary>
    public Bins Bins { get; init; } = Bins.Custom([25, 50, 75], edgeBelow: true);

    /// <summary>Share of the rows that test.</summary>
    public double TestShare { get; init; } = 0.25;

    /// <summary>scikit-learn's <c>random_state</c> of the stratified split.</summary>
    public uint RandomState { get; init; } = 42;

    /// <summary>
    /// Whether all rows of an artist stand on one side of the split; else rows are dealt alone, as published.
    /// </summary>
    public bool ByArtist { get; init; }

    /// <summary>
    /// So many folds of a cross-validation, of which one tests, in the place of <see cref="TestShare"/>; null: none.
    /// </summary>
    public int? Folds { get; init; }

    /// <summary>Which of the folds tests, from 1.</summary>
    public int Fold { get; init; } = 1;
}
