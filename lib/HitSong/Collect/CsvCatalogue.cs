using HitSong.Corpus;
using Tables;

namespace HitSong.Collect;

/// <summary>The tracks of a CSV file, and the rows that gave none.</summary>
/// <param name="Tracks">The tracks, in the order of the rows.</param>
/// <param name="Rejected">The other rows, each with the reason.</param>
/// <example><code>
/// File.WriteAllText("../artifacts/mine.csv", "Name,Artist,Count\nAn Example,The Examples,1200\n,Nobody,3\n");
/// var map = ColumnMap.Parse("mine", "title=Name", "artist=Artist", "plays=Count");
/// var mine = CsvCatalogue.Read("../artifacts/mine.csv", map);
/// int used = mine.Tracks.Count; // 1
/// mine.Rejected.Count // 1
/// </code></example>
public sealed record CsvCatalogue(IReadOnlyList<CatalogueTrack> Tracks, IReadOnlyList<Failure> Rejected)
{
    /// <summary>Reads a CSV file (RFC 4180, UTF-8, with a header).</summary>
    /// <param name="path">The file.</param>
    /// <param name="map">Which column holds what. A relative <c>audio_path</c> starts at the file's folder.</param>
    /// <exception cref="CollectException">
    /// The file lacks a column, is not in UTF-8 or malformed, or has a row of more or fewer columns than its header;
    /// the message names it and the line.
    /// </exception>
    public static CsvCatalogue Read(string path, ColumnMap map)
    {
        Table table;
        using Database database = Database.InMemory();
        try
        {
            CsvFile csv = CsvFile.Open(path);
            string[] missing =
            [
                .. map.Columns.Values.Where(name => !csv.Columns.Contains(name, StringComparer.OrdinalIgnoreCase)),
            ];
            if (missing.Length > 0)
                throw new CollectException(
                    $"{path} has no column {string.Join(", ", missing)}; it has {string.Join(", ", csv.Columns)}"
                );
            table = database.Query($"FROM {csv.ToSql()}");
        }
        catch (TableException e)
        {
            throw new CollectException($"{path} cannot be read: {e.Reason}", e);
        }

        var columns = map.Columns.ToDictionary(pair => pair.Key, pair => table[pair.Value]);
        var tracks = new List<CatalogueTrack>(table.Count);
        var rejected = new List<Failure>();
        var ids = new HashSet<string>(StringComparer.Ordinal);
        for (int row = 0; row < table.Count; row++)
        {
            try
            {
                CatalogueTrack track = Track(
                    map.Source,
                    field =>
                        columns.TryGetValue(field, out Column? column) && column[row] is string text
                            ? Written(field, text)
                            : null,
                    Path.GetDirectoryName(Path.GetFullPath(path))!
                );
                if (!ids.Add(track.Id))
                    throw new CollectException($"repeats the id {track.Id}");
                tracks.Add(track);
            }
            catch (CollectException e)
            {
                rejected.Add(new(path, FormattableString.Invariant($"row {row + 1} {e.Message}")));
            }
        }
        return new(tracks, rejected);
    }

    // Nothing and blanks say nothing.
    private static string? Written(string field, string text) =>
        text.Contains('\0') ? throw new CollectException($"has the character NUL in its {field}")
        : string.IsNullOrWhiteSpace(text) ? null
        : text;

    private static CatalogueTrack Track(string source, Func<string, string?> text, string folder)
    {
        const double SecondsOfADay = 86_400;
        string title = text("title") ?? throw new CollectException("has no title");
        string? url = text("audio_url");
        var track = new CatalogueTrack(source, text("id") ?? title, title, text("artist") ?? "")
        {
            Album = text("album"),
            Isrc = text("isrc"),
            Genre = text("genre"),
            Licence = text("licence"),
            Year = ReleaseYear.Of(text("year")),
            Duration = Number("duration", 0.001, SecondsOfADay),
            Rank = Whole("rank", 1e6),
            Popularity = Number("popularity", 0, 100),
            ArtistPopularity = Number("artist_popularity", 0, 100),
            Fans = Whole("fans", 1e15),
            Listens = Whole("listens", 1e15),
            Views = Whole("views", 1e15),
            Plays = Whole("plays", 1e15),
            Bpm = Number("bpm", 0, 1000),
            Gain = Number("gain", -200, 200),
            // The published collector takes addresses that end so, and no others.
            AudioUrl = source != "tiktok" || url?.EndsWith(".mp3", StringComparison.Ordinal) == true ? url : null,
            AudioPath = text("audio_path") is string path ? Path.Combine(folder, path) : null,
        };
        return track;

        long? Whole(string field, double most) =>
            Number(field, 0, most) is null
                ? null
                : WrittenNumber.ParseWhole(text(field)!) ?? throw NoNumber(field, 0, most);

        double? Number(string field, double least, double most) =>
            text(field) switch
            {
                null => null,
                string written when WrittenNumber.Parse(written) is double value && value >= least && value <= most =>
                    value,
                _ => throw NoNumber(field, least, most),
            };

        CollectException NoNumber(string field, double least, double most)
        {
            const int Most = 40;
            string written = text(field)!;
            string shown = written.Length > Most ? written[..Most] + "…" : written;
            string what = least == 0 && most >= 1e6 ? "whole number" : "number";
            return new(
                FormattableString.Invariant(
                    $"has the {field} \"{shown}\", which is no {what} from {least} to {most:#,0}"
                )
            );
        }
    }
}
