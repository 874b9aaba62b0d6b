using System.Globalization;
using Tables;

namespace HitSong.Corpus;

/// <summary>
/// A folder of pictures of songs, whoever made them, with a table <c>pictures.csv</c>: <c>file</c>, relative to the
/// folder, and how well the song did, <c>popularity</c>, <c>views</c> or <c>plays</c>; where it is known <c>track</c>
/// (the same for all pictures of a song), <c>title</c>, <c>artist</c> and <c>album</c>, by which splits keep songs
/// together.
/// </summary>
/// <param name="Tracks">A track for each picture, whose path stands for the audio's.</param>
/// <example><code>
/// // As ./research extract --pictures writes it, or anyone.
/// Directory.CreateDirectory("../artifacts/drawn");
/// File.WriteAllText("../artifacts/drawn/pictures.csv", "file,track,artist,popularity\n1.png,1,The Examples,40\n");
/// PictureFolder.Read("../artifacts/drawn").Tracks[0].Popularity // 40
/// </code></example>
public sealed record PictureFolder(IReadOnlyList<Track> Tracks)
{
    /// <summary>The table's name.</summary>
    public const string Table = "pictures.csv";

    private static readonly string[] targets = ["popularity", "views", "plays"];

    private sealed record Row(
        string? File,
        string? Track,
        string? Title,
        string? Artist,
        string? Album,
        string? Popularity,
        string? Views,
        string? Plays
    );

    /// <summary>Reads a folder's table, not its pictures.</summary>
    /// <exception cref="CorpusException">
    /// There is no table, it lacks a column or is malformed, or a number is none; the message names file and row.
    /// </exception>
    public static PictureFolder Read(string folder)
    {
        string path = Path.Combine(folder, Table);
        if (!File.Exists(path))
            throw new CorpusException(
                $"{folder} holds no {Table}: it says of each picture its file and its song's popularity, views or plays"
            );
        try
        {
            CsvFile csv = CsvFile.Open(path);
            bool namesFiles = csv.Columns.Contains("file");
            if (!namesFiles || !targets.Any(csv.Columns.Contains))
                throw new CorpusException(
                    $"{path} lacks the column {(namesFiles ? "popularity, views or plays" : "file")}; "
                        + $"it has {string.Join(", ", csv.Columns)}"
                );
            string[] wanted = ["file", "track", "title", "artist", "album", .. targets];
            IEnumerable<string> columns = wanted.Select(name =>
                csv.Columns.Contains(name) ? Database.Name(name) : $"NULL::VARCHAR AS {Database.Name(name)}"
            );
            using Database database = Database.InMemory();
            Row[] rows =
            [
                .. database.Query($"SELECT {string.Join(", ", columns)} FROM {csv.ToSql(_ => "VARCHAR")}").Rows<Row>(),
            ];
            return rows.Length > 0
                ? new([.. rows.Select((row, i) => TrackOf(row, i + 1))])
                : throw new CorpusException($"{path} names no picture");
        }
        catch (TableException e)
        {
            throw new CorpusException($"{path} cannot be read: {e.Reason}", e);
        }

        Track TrackOf(Row row, int number)
        {
            if (row.File is not { Length: > 0 } file)
                throw new CorpusException($"{path} names no file in row {number}");
            return new(row.Track ?? file, row.Title ?? "", row.Artist ?? "", Path.Combine(folder, file))
            {
                Album = row.Album,
                Popularity = Number(row.Popularity, "popularity", 100),
                Views = (long?)Number(row.Views, "views", 1e15),
                Plays = (long?)Number(row.Plays, "plays", 1e15),
            };

            double? Number(string? text, string column, double most) =>
                text is null or "" ? null
                : double.TryParse(text, CultureInfo.InvariantCulture, out double value) && value >= 0 && value <= most
                    ? value
                : throw new CorpusException(
                    FormattableString.Invariant(
                        $"{path} has in row {number} the {column} \"{text}\", which is no number from 0 to {most:0}"
                    )
                );
        }
    }
}
