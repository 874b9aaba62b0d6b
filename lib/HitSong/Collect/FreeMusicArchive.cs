using System.Globalization;
using HitSong.Corpus;
using Tables;

namespace HitSong.Collect;

/// <summary>
/// The Free Music Archive's data set (Defferrard et al., "FMA: a dataset for music analysis", ISMIR 2017):
/// <c>fma_metadata/tracks.csv</c>, with three header rows, and the audio of <c>fma_small</c> … <c>fma_full</c>, in
/// folders of a thousand: <c>000/000002.mp3</c>.
/// </summary>
public static class FreeMusicArchive
{
    private const int HeaderRows = 3;
    private const int MostHeader = 1 << 20;

    /// <summary>
    /// The tracks whose audio lies in a folder, with their listens; a file of which the metadata says nothing is
    /// rejected.
    /// </summary>
    /// <param name="metadata">The folder <c>fma_metadata</c>.</param>
    /// <param name="audio">The folder <c>fma_small</c>, <c>fma_medium</c>, <c>fma_large</c> or <c>fma_full</c>.</param>
    /// <exception cref="CollectException">
    /// A folder or its files are missing, or tracks.csv is of another form.
    /// </exception>
    public static CsvCatalogue Read(string metadata, string audio)
    {
        string path = Path.Combine(metadata, "tracks.csv");
        if (!File.Exists(path))
            throw new CollectException($"no {path}: unzip fma_metadata.zip, and give its folder");
        if (!Directory.Exists(audio))
            throw new CollectException(
                $"no folder {audio}: unzip fma_small.zip (or _medium, _large, _full), and give its folder"
            );
        var files = Directory
            .EnumerateFiles(audio, "*.mp3", SearchOption.AllDirectories)
            .ToDictionary(file => file, IdOf);
        if (files.Count == 0)
            throw new CollectException(
                $"{audio} holds no mp3: unzip fma_small.zip (or _medium, _large, _full), and give its folder"
            );

        // Bounded: a line that never ends must not be read whole.
        var start = new char[MostHeader];
        using (var reader = new StreamReader(path))
            start = start[..reader.ReadBlock(start)];
        string[] headers = [.. new string(start).Split('\n').SkipLast(1).Take(2).Select(line => line.TrimEnd('\r'))];
        string[] names =
            headers.Length < 2
                ? []
                : [.. headers[0].Split(',').Zip(headers[1].Split(','), (group, name) => $"{group}.{name}")];
        string[] wanted =
        [
            "track.title",
            "artist.name",
            "album.title",
            "track.listens",
            "track.genre_top",
            "track.license",
            "track.duration",
            "album.date_released",
        ];
        string[] missing = [.. wanted.Where(name => !names.Contains(name))];
        if (missing.Length > 0)
            throw new CollectException(
                $"{path} has no column {string.Join(", ", missing)} under its two header rows: is it the "
                    + "fma_metadata of 2017?"
            );
        names[0] = "id";

        Table table;
        using Database database = Database.InMemory();
        try
        {
            string columns = string.Join(", ", wanted.Select(Database.Name));
            string allColumns = string.Join(", ", names.Select(Database.Text));
            table = database.Query(
                $"""
                SELECT id::INTEGER AS id, {columns}
                FROM read_csv(
                    ?, header = false, skip = {HeaderRows}, all_varchar = true,
                    delim = ',', quote = '"', escape = '"', names = [{allColumns}]
                )
                """,
                path
            );
        }
        catch (TableException e)
        {
            throw new CollectException($"{path} cannot be read: {e.ReasonOf(path)}", e);
        }
        var rows = new Dictionary<int, int>();
        ReadOnlySpan<int> ids = table.Values<int>("id");
        for (int row = 0; row < ids.Length; row++)
            rows[ids[row]] = row;
        var tracks = new List<CatalogueTrack>();
        var rejected = new List<Failure>();
        foreach (var (file, id) in files.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            if (!rows.TryGetValue(id, out int row))
            {
                rejected.Add(new(file, $"is of no track in {path}"));
                continue;
            }
            tracks.Add(TrackOf(file, id, column => table[column][row] as string));
        }
        return new(tracks, rejected);
    }

    // 000002.mp3 is of the track 2; a file of another name of none.
    private static int IdOf(string file)
    {
        string name = Path.GetFileNameWithoutExtension(file);
        return int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int id) ? id : -1;
    }

    private static CatalogueTrack TrackOf(string file, int id, Func<string, string?> text)
    {
        CultureInfo culture = CultureInfo.InvariantCulture;
        bool hasListens = long.TryParse(text("track.listens"), NumberStyles.None, culture, out long listens);
        bool hasDuration = double.TryParse(text("track.duration"), NumberStyles.Float, culture, out double seconds);
        string released = text("album.date_released") is { Length: >= 4 } date ? date[..4] : "";
        bool hasYear = int.TryParse(released, NumberStyles.None, culture, out int year);
        return new("fma", id.ToString(culture), text("track.title") ?? "", text("artist.name") ?? "")
        {
            Album = text("album.title"),
            Genre = text("track.genre_top"),
            Licence = text("track.license"),
            Listens = hasListens ? listens : null,
            Duration = hasDuration ? seconds : null,
            Year = hasYear ? year : null,
            AudioPath = file,
        };
    }
}
