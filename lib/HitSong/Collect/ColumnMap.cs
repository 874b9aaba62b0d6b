namespace HitSong.Collect;

/// <summary>
/// Which column of a CSV file holds what: from the fields of the track table (<see cref="Fields"/>) to the file's
/// column names.
/// </summary>
/// <param name="Source">What the tracks' source is called.</param>
/// <param name="Columns">Field to column. Without <c>id</c>, the title is the identifier.</param>
/// <example><code>
/// var map = ColumnMap.Parse("mine", "title=Name", "artist=Artist", "plays=Count");
/// map.Columns["plays"] // Count
/// </code></example>
public sealed record ColumnMap(string Source, IReadOnlyDictionary<string, string> Columns)
{
    /// <summary>The fields that a column can hold.</summary>
    public static IReadOnlyList<string> Fields { get; } =
    [
        "id",
        "title",
        "artist",
        "album",
        "isrc",
        "year",
        "genre",
        "duration",
        "rank",
        "popularity",
        "artist_popularity",
        "fans",
        "listens",
        "views",
        "plays",
        "bpm",
        "gain",
        "audio_url",
        "audio_path",
        "licence",
    ];

    /// <summary>The trending videos of <c>tiktok-lstm</c>.</summary>
    public static ColumnMap TikTok { get; } =
        Parse(
            "tiktok",
            "id=TikTok ID",
            "title=Music Title",
            "artist=Music Author",
            "duration=Video Duration",
            "plays=Play Count",
            "audio_url=Music URL"
        );

    /// <summary>The view counts of <c>views-resnet</c>.</summary>
    public static ColumnMap Views { get; } = Parse("views", "title=song", "views=views");

    /// <summary>
    /// The Kaggle set "Spotify 1 Million Tracks" of <c>spotify-mlp</c>, and the demo corpus' catalogue.csv.
    /// </summary>
    public static ColumnMap Kaggle { get; } =
        Parse(
            "kaggle",
            "id=track_id",
            "title=track_name",
            "artist=artist_name",
            "popularity=popularity",
            "year=year",
            "genre=genre"
        );

    /// <summary>A map from texts such as <c>title=Song name</c>.</summary>
    /// <exception cref="CollectException">
    /// A text is of another form, names no field, or there is neither id nor title.
    /// </exception>
    public static ColumnMap Parse(string source, params IEnumerable<string> pairs)
    {
        var columns = new Dictionary<string, string>();
        foreach (string pair in pairs)
        {
            string[] sides = pair.Split('=', 2);
            if (sides.Length != 2 || !Fields.Contains(sides[0]))
                throw new CollectException(
                    $"\"{pair}\" maps no field: write FIELD=COLUMN, FIELD one of {string.Join(", ", Fields)}"
                );
            columns[sides[0]] = sides[1];
        }
        return columns.ContainsKey("title")
            ? new(source, columns)
            : throw new CollectException("a column map needs at least title=COLUMN");
    }
}
