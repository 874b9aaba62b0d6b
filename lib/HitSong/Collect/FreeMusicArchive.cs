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
            .ToDictionary(
                file => file,
                file =>
                    int.TryParse(
                        Path.GetFileNameWithoutExtension(file),
                        NumberStyles.None,
                        CultureInfo.InvariantCulture,
                        out int id
                    )
                        ? id
                        : -1
            );
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
            table = database.Query(
                $"""
                SELECT id::INTEGER AS id, {string.Join(", ", wanted.Select(Database.Name))}
                FROM read_csv(?, header = false, skip = {HeaderRows}, all_varchar = true, delim = ',', quote = '"', escape = '"', names = [{string.Join(
                    ", ",
                    names.Select(Database.Text)
                )}])
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
            string? Text(string column) => table[column][row] as string;
            tracks.Add(
                new(
                    "fma",
                    id.ToString(CultureInfo.InvariantCulture),
                    Text("track.title") ?? "",
                    Text("artist.name") ?? ""
                )
                {
                    Album = Text("album.title"),
                    Genre = Text("track.genre_top"),
                    Licence = Text("track.license"),
                    Listens = long.TryParse(
                        Text("track.listens"),
                        NumberStyles.None,
                        CultureInfo.InvariantCulture,
                        out long listens
                    )
                        ? listens
                        : null,
                    Duration = double.TryParse(
                        Text("track.duration"),
                        NumberStyles.Float,
                        CultureInfo.InvariantCulture,
                        out double seconds
                    )
                        ? seconds
                        : null,
                    Year =
                        Text("album.date_released") is { Length: >= 4 } date
                        && int.TryParse(date[..4], NumberStyles.None, CultureInfo.InvariantCulture, out int year)
                            ? year
                            : null,
                    AudioPath = file,
                }
            );
        }
        return new(tracks, rejected);
    }
}
