using System.Globalization;
using HitSong.Corpus;
using Tables;

namespace HitSong.Collect;

/// <summary>The tracks of a CSV file, and the rows that gave none.</summary>
/// <param name="Tracks">The tracks, in the order of the rows.</param>
/// <param name="Rejected">The other rows, each with the reason.</param>
public sealed record CsvCatalogue(IReadOnlyList<CatalogueTrack> Tracks, IReadOnlyList<Failure> Rejected)
{
    /// <summary>Reads a CSV file (RFC 4180, UTF-8, with a header).</summary>
    /// <param name="path">The file.</param>
    /// <param name="map">Which column holds what. A relative <c>audio_path</c> starts at the file's folder.</param>
    /// <exception cref="CollectException">
    /// The file lacks a column, or is not in UTF-8 or malformed; the message names it, and the line where DuckDB knows
    /// it.
    /// </exception>
    public static CsvCatalogue Read(string path, ColumnMap map)
    {
        Table table;
        using Database database = Database.InMemory();
        try
        {
            table = database.Query(
                "FROM read_csv(?, delim = ',', quote = '\"', escape = '\"', header = true, all_varchar = true)",
                path
            );
        }
        catch (TableException e)
        {
            throw new CollectException($"{path} cannot be read: {e.ReasonOf(path)}", e);
        }
        string[] missing =
        [
            .. map.Columns.Values.Where(name =>
                !table.Columns.Any(column => column.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            ),
        ];
        if (missing.Length > 0)
            throw new CollectException(
                $"{path} has no column {string.Join(", ", missing)}; it has "
                    + $"{string.Join(", ", table.Columns.Select(column => column.Name))}"
            );

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
                        columns.TryGetValue(field, out Column? column) && column[row] is string { Length: > 0 } text
                            ? text
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

    private static CatalogueTrack Track(string source, Func<string, string?> text, string folder)
    {
        string title = text("title") ?? throw new CollectException("has no title");
        string? url = text("audio_url");
        var track = new CatalogueTrack(source, text("id") ?? title, title, text("artist") ?? "")
        {
            Album = text("album"),
            Isrc = text("isrc"),
            Genre = text("genre"),
            Licence = text("licence"),
            Year = (int?)Number("year", 0, 3000),
            Duration = Number("duration", 0, 1e6),
            Rank = (long?)Number("rank", 0, 1e6),
            Popularity = Number("popularity", 0, 100),
            ArtistPopularity = Number("artist_popularity", 0, 100),
            Fans = (long?)Number("fans", 0, 1e15),
            Listens = (long?)Number("listens", 0, 1e15),
            Views = (long?)Number("views", 0, 1e15),
            Plays = (long?)Number("plays", 0, 1e15),
            Bpm = Number("bpm", 0, 1000),
            Gain = Number("gain", -200, 200),
            // The published collector takes addresses that end so, and no others.
            AudioUrl = source != "tiktok" || url?.EndsWith(".mp3", StringComparison.Ordinal) == true ? url : null,
            AudioPath = text("audio_path") is string path ? Path.Combine(folder, path) : null,
        };
        return track;

        double? Number(string field, double least, double most) =>
            text(field) switch
            {
                null => null,
                string written
                    when double.TryParse(written, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
                        && value >= least
                        && value <= most => value,
                string written => throw new CollectException(
                    $"has the {field} \"{(written.Length > 40 ? written[..40] + "…" : written)}\", which "
                        + $"is no number from {least:N0} to {most:N0}"
                ),
            };
    }
}
