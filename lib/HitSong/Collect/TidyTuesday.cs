using HitSong.Corpus;
using Tables;

namespace HitSong.Collect;

/// <summary>
/// The table "Spotify Songs" of TidyTuesday, 2020-01-21: tracks of six genres with the popularity that they had in
/// January 2020, as Kaylin Pavlik gathered them with spotifyr. A row is a track on a playlist; a track on several
/// playlists stands there as often, with the playlist's columns alone differing.
/// </summary>
/// <param name="Rows">Rows of the table.</param>
/// <param name="Distinct">Track ids in it.</param>
/// <param name="Tracks">Tracks that were written.</param>
/// <param name="Repeats">Rows that repeat a track on another playlist.</param>
/// <param name="Artists">Names of artists that were written.</param>
/// <param name="WithoutYear">Tracks that were written with a gap for the year, which training leaves out.</param>
/// <param name="Rejected">Rows that gave no track, each with the reason.</param>
/// <example><code>
/// // A table of the same columns, of the demo corpus.
/// using var database = Database.InMemory();
/// database.Execute(
///     """
///     COPY (
///         SELECT *, artist_name AS track_artist, genre AS playlist_genre, popularity AS track_popularity,
///             year::VARCHAR AS track_album_release_date
///         FROM '../data/demo/corpus/catalogue.csv'
///     ) TO '../artifacts/spotify_songs.csv'
///     """
/// );
/// var table = TidyTuesday.Write(
///     "../artifacts/spotify_songs.csv",
///     catalogue: "../artifacts/catalogue.csv",
///     artists: "../artifacts/artists.csv"
/// );
/// table.Tracks // 360
/// </code></example>
public sealed record TidyTuesday(
    int Rows,
    int Distinct,
    int Tracks,
    int Repeats,
    int Artists,
    int WithoutYear,
    IReadOnlyList<Failure> Rejected
)
{
    // The table has no time signature.
    private static readonly string[] numbers =
    [
        .. TabularSettings.CatalogueNumbers.Where(name => name != "time_signature"),
    ];

    private static readonly string[] words = ["track_id", "track_name", "track_artist", "playlist_genre"];

    /// <summary>Where the table lies, as its page says.</summary>
    public static Uri Address { get; } =
        new(
            "https://raw.githubusercontent.com/rfordatascience/tidytuesday/main/data/2020/2020-01-21/spotify_songs.csv"
        );

    /// <summary>What may be done with it.</summary>
    public const string Licence =
        "TidyTuesday's repository is CC0-1.0. The facts are Spotify's, whose developer terms forbid to pass its\n"
        + "data on and to train models on it: ask Spotify before you publish more than figures.";

    /// <summary>
    /// Writes the table in the form of the Kaggle set "Spotify 1 Million Tracks", and its artists' popularity apart.
    /// </summary>
    /// <remarks>
    /// Of a track's rows the first that can be used counts, and its playlist's genre. The year is that of the album. A
    /// time signature is not in the table: 4 is written for every track, a constant that tells a network nothing. An
    /// artist's popularity is the mean of their tracks' in this very table: it holds the label, wholly where an artist
    /// has one track, and stands for Spotify's own only to run what was published with it.
    /// </remarks>
    /// <param name="path">spotify_songs.csv: UTF-8, gaps empty or NA.</param>
    /// <param name="catalogue">The CSV of the tracks that is written.</param>
    /// <param name="artists">The CSV of artist_name and popularity that is written.</param>
    /// <exception cref="CollectException">
    /// The table lacks a column, is malformed, or no row gives a track; the message names it.
    /// </exception>
    public static TidyTuesday Write(string path, string catalogue, string artists)
    {
        using Database database = Database.InMemory();
        try
        {
            CsvFile csv = CsvFile.Open(path);
            string[] wanted = [.. words, "track_popularity", "track_album_release_date", .. numbers];
            string[] missing = [.. wanted.Where(name => !csv.Columns.Contains(name))];
            if (missing.Length > 0)
                throw new CollectException(
                    $"{path} has no column {string.Join(", ", missing)}; it has {string.Join(", ", csv.Columns)}"
                );
            IEnumerable<string> reasons =
            [
                .. words.Select(word => $"WHEN {word} IS NULL THEN 'has no {word}'"),
                .. numbers.Prepend("track_popularity").Select(Outside),
            ];
            string told = string.Join(
                ", ",
                numbers.Prepend("track_popularity").Select(name => $"{WrittenNumber.PlainSql(name)} AS {name}")
            );
            database.Execute(
                $"""
                CREATE TABLE told AS
                    SELECT * REPLACE ({told}), CASE {string.Join(' ', reasons)} END AS reason
                    FROM (SELECT row_number() OVER () AS row, * FROM {csv.ToSql(gaps: ["", "NA"])});
                CREATE TABLE years(date VARCHAR, year INTEGER);
                """
            );
            AddYears(database);
            database.Execute(
                """
                CREATE TABLE songs AS
                    SELECT told.*, years.year
                    FROM told LEFT JOIN years ON told.track_album_release_date = years.date WHERE reason IS NULL
                    QUALIFY row_number() OVER (PARTITION BY track_id ORDER BY row) = 1;
                """
            );
        }
        catch (TableException e)
        {
            throw new CollectException($"{path} cannot be read: {e.Reason}", e);
        }
        Failure[] rejected =
        [
            .. database
                .Query("SELECT row, reason AS text FROM told WHERE reason IS NOT NULL ORDER BY row")
                .Rows<Reason>()
                .Select(row => new Failure(path, FormattableString.Invariant($"row {row.Row} {row.Text}"))),
        ];
        Counts counts = database
            .Query(
                """
                SELECT (SELECT count(*) FROM told) AS rows, (SELECT count(DISTINCT track_id) FROM told) AS ids,
                    (SELECT count(*) FROM songs) AS tracks,
                    (SELECT count(DISTINCT track_artist) FROM songs) AS artists,
                    (SELECT count(*) FROM songs WHERE year IS NULL) AS gaps
                """
            )
            .Rows<Counts>()
            .Single();
        if (counts.Tracks == 0)
            throw new CollectException(
                $"no row of {path} gives a track: {(rejected.Length > 0 ? rejected[0].Reason : "it has none")}"
            );
        string columns = string.Join(", ", numbers);
        database.Export(
            $"""
            SELECT track_artist AS artist_name, track_name, track_id, track_popularity AS popularity, year,
                playlist_genre AS genre, {columns}, 4 AS time_signature
            FROM songs ORDER BY row
            """,
            catalogue
        );
        database.Export(
            """
            SELECT track_artist AS artist_name, round(avg(track_popularity::DOUBLE), 2) AS popularity
            FROM songs GROUP BY track_artist ORDER BY min(row)
            """,
            artists
        );
        int tracks = (int)counts.Tracks;
        return new(
            (int)counts.Rows,
            (int)counts.Ids,
            tracks,
            (int)counts.Rows - tracks - rejected.Length,
            (int)counts.Artists,
            (int)counts.Gaps,
            rejected
        );
    }

    // A number that is none, or lies where none can.
    private static string Outside(string column)
    {
        NumberRange range = NumberRange.Of(column);
        return FormattableString.Invariant(
            $"""
            WHEN coalesce({WrittenNumber.ToSql(column)} NOT BETWEEN {range.Least} AND {range.Most}, true)
            THEN 'has the {column} "' || left(coalesce({column}, ''), 40) || '", which is {range}'
            """
        );
    }

    private static void AddYears(Database database)
    {
        Table dates = database.Query(
            "SELECT DISTINCT track_album_release_date AS date FROM told WHERE track_album_release_date IS NOT NULL"
        );
        using Appender rows = database.Append("years");
        foreach (string date in dates.Values<string>("date"))
            if (!date.Contains('\0'))
                rows.Add(date).Add(ReleaseYear.Of(date)).EndRow();
        rows.Close();
    }

    private sealed record Reason(long Row, string Text);

    private sealed record Counts(long Rows, long Ids, long Tracks, long Artists, long Gaps);
}
