using System.Globalization;
using HitSong.Audio;
using HitSong.Corpus;
using Tables;

namespace HitSong.Collect;

/// <summary>
/// The Free Music Archive's data set (Defferrard et al., "FMA: a dataset for music analysis", ISMIR 2017):
/// <c>fma_metadata/tracks.csv</c>, with three header rows, and the audio of <c>fma_small</c> … <c>fma_full</c>, in
/// folders of a thousand: <c>000/000002.mp3</c>.
/// </summary>
/// <example><code>
/// Directory.CreateDirectory("../artifacts/fma_metadata");
/// Directory.CreateDirectory("../artifacts/fma_small/000");
/// File.Copy("../data/demo/corpus/audio/demo-0001.mp3", "../artifacts/fma_small/000/000002.mp3", overwrite: true);
/// File.WriteAllText(
///     "../artifacts/fma_metadata/tracks.csv",
///     """
///     ,track,artist,album,track,track,track,track,album
///     ,title,name,title,listens,genre_top,license,duration,date_released
///     track_id,,,,,,,,
///     2,An Example,The Examples,One,1200,Hip-Hop,CC BY,20,2009-01-05
///
///     """
/// );
/// FreeMusicArchive.Read("../artifacts/fma_metadata", "../artifacts/fma_small").Tracks[0].Listens // 1200
/// </code></example>
public static class FreeMusicArchive
{
    private const int HeaderRows = 3;

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
        AudioFolder folder = AudioFolder.Read(audio);
        var files = folder
            .Files.Where(name => name.EndsWith(".mp3", StringComparison.OrdinalIgnoreCase))
            .Select(name => Path.Combine(audio, name))
            .ToDictionary(file => file, IdOf);
        if (files.Count == 0)
            throw new CollectException(
                $"{audio} holds no mp3: unzip fma_small.zip (or _medium, _large, _full), and give its folder"
            );

        string[] names;
        try
        {
            IReadOnlyList<string[]> headers = CsvFile.Head(path, HeaderRows);
            names = [.. headers[0].Zip(headers[1], (group, name) => $"{group}.{name}")];
        }
        catch (TableException e)
        {
            throw new CollectException($"{path} cannot be read: {e.Reason}", e);
        }
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
            var csv = new CsvFile(path, names, HeaderRows);
            table = database.Query($"SELECT id, {columns} FROM {csv.ToSql()}");
        }
        catch (TableException e)
        {
            throw new CollectException($"{path} cannot be read: {e.Reason}", e);
        }
        var rows = new Dictionary<int, int>();
        for (int row = 0; row < table.Count; row++)
            if (
                table["id"][row] is string id
                && WrittenNumber.ParseWhole(id) is long number and >= 0 and <= int.MaxValue
            )
                rows[(int)number] = row;
        var tracks = new List<CatalogueTrack>();
        var rejected = folder.Rejected.Select(Failure.Of).ToList();
        foreach (var (file, id) in files.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            if (!rows.TryGetValue(id, out int row))
            {
                rejected.Add(new(file, $"is of no track in {path}"));
                continue;
            }
            try
            {
                tracks.Add(TrackOf(file, id, column => Written(table[column][row])));
            }
            catch (CollectException e)
            {
                rejected.Add(new(file, FormattableString.Invariant($"{e.Message} in row {row + 1} of {path}")));
            }
        }
        return new(tracks, rejected);
    }

    // 000002.mp3 is of the track 2; a file of another name of none.
    private static int IdOf(string file)
    {
        string name = Path.GetFileNameWithoutExtension(file);
        return int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int id) ? id : -1;
    }

    private static string? Written(object? value) =>
        value is not string text || string.IsNullOrWhiteSpace(text) ? null
        : text.Contains('\0') ? throw new CollectException("has the character NUL in a text")
        : text;

    private static CatalogueTrack TrackOf(string file, int id, Func<string, string?> text)
    {
        string number = id.ToString(CultureInfo.InvariantCulture);
        return new("fma", number, text("track.title") ?? "", text("artist.name") ?? "")
        {
            Album = text("album.title"),
            Genre = text("track.genre_top"),
            Licence = text("track.license"),
            Listens = Listens(),
            Duration = Duration(),
            Year = ReleaseYear.Of(text("album.date_released")),
            AudioPath = file,
        };

        long? Listens() =>
            text("track.listens") is not string written ? null
            : WrittenNumber.ParseWhole(written) is long count and >= 0 ? count
            : throw new CollectException($"has the listens \"{written}\", which is no whole number from 0 on,");

        // What the file lasts is heard anyway; 0 says that nobody knew.
        double? Duration() =>
            text("track.duration") is string written && WrittenNumber.Parse(written) is double seconds and > 0
                ? seconds
                : null;
    }
}
