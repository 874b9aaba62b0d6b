using CsvHelper;
using HitSong.Corpus.Demo;

namespace HitSong.Corpus;

/// <summary>The demo corpus' tables, as CSV.</summary>
internal static class DemoTables
{
    /// <summary><c>tracks.csv</c>: what is known of each song, and what counts in its sound.</summary>
    public static void WriteTracks(string path, IReadOnlyList<DemoSong> songs) =>
        Write(
            path,
            songs,
            ("id", (csv, song) => csv.WriteField(song.Id)),
            ("title", (csv, song) => csv.WriteField(song.Title)),
            ("artist", (csv, song) => csv.WriteField(song.Artist.Name)),
            ("popularity", (csv, song) => csv.WriteField(song.Popularity)),
            ("views", (csv, song) => csv.WriteField(song.Views)),
            ("plays", (csv, song) => csv.WriteField(song.Plays)),
            ("audio", (csv, song) => csv.WriteField($"audio/{song.Id}.mp3")),
            ("tempo", (csv, song) => csv.WriteField(song.Sound.Tempo)),
            ("tonic", (csv, song) => csv.WriteField(song.Tonic)),
            ("mode", (csv, song) => csv.WriteField(song.Sound.Major ? "major" : "minor")),
            ("brightness", (csv, song) => csv.WriteField(song.Sound.Brightness)),
            ("loudness", (csv, song) => csv.WriteField(song.Sound.Loudness)),
            ("drums", (csv, song) => csv.WriteField(song.Sound.Drums)),
            ("hook", (csv, song) => csv.WriteField(song.Sound.Hook)),
            ("fame", (csv, song) => csv.WriteField(song.Artist.Fame, "F4")),
            ("year", (csv, song) => csv.WriteField(song.Year)),
            ("release_of", (csv, song) => csv.WriteField(song.Original?.Id ?? ""))
        );

    /// <summary>
    /// <c>catalogue.csv</c>: the songs in the shape of the Kaggle set "Spotify 1 Million Tracks".
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="songs">The songs.</param>
    /// <param name="seconds">Length of each song, s.</param>
    public static void WriteCatalogue(string path, IReadOnlyList<DemoSong> songs, double seconds) =>
        Write(
            path,
            songs.Select(song => (Song: song, Entry: CatalogueEntry.Of(song))),
            ("", (csv, row) => csv.WriteField(row.Song.Number)),
            ("artist_name", (csv, row) => csv.WriteField(row.Song.Artist.Name)),
            ("track_name", (csv, row) => csv.WriteField(row.Song.Title)),
            ("track_id", (csv, row) => csv.WriteField(row.Song.Id)),
            ("popularity", (csv, row) => csv.WriteField(row.Song.Popularity)),
            ("year", (csv, row) => csv.WriteField(row.Song.Year)),
            ("genre", (csv, row) => csv.WriteField(row.Entry.Genre)),
            ("danceability", (csv, row) => csv.WriteField(row.Entry.Danceability)),
            ("energy", (csv, row) => csv.WriteField(row.Entry.Energy)),
            ("key", (csv, row) => csv.WriteField(row.Song.Tonic)),
            ("loudness", (csv, row) => csv.WriteField(row.Song.Sound.TargetLufs)),
            ("mode", (csv, row) => csv.WriteField(row.Song.Sound.Major ? 1 : 0)),
            ("speechiness", (csv, row) => csv.WriteField(row.Entry.Speechiness)),
            ("acousticness", (csv, row) => csv.WriteField(row.Entry.Acousticness)),
            ("instrumentalness", (csv, row) => csv.WriteField(row.Entry.Instrumentalness)),
            ("liveness", (csv, row) => csv.WriteField(row.Entry.Liveness)),
            ("valence", (csv, row) => csv.WriteField(row.Entry.Valence)),
            ("tempo", (csv, row) => csv.WriteField(row.Song.Sound.Tempo)),
            ("duration_ms", (csv, row) => csv.WriteField((int)Math.Round(seconds * 1000))),
            ("time_signature", (csv, row) => csv.WriteField(4))
        );

    /// <summary><c>artists.csv</c>: the mean popularity of each artist's songs.</summary>
    public static void WriteArtists(string path, IReadOnlyList<DemoSong> songs) =>
        Write(
            path,
            songs.GroupBy(song => song.Artist.Name),
            ("artist_name", (csv, artist) => csv.WriteField(artist.Key)),
            ("popularity", (csv, artist) => csv.WriteField((int)Math.Round(artist.Average(song => song.Popularity))))
        );

    private static void Write<T>(
        string path,
        IEnumerable<T> rows,
        params (string Name, Action<CsvWriter, T> Write)[] columns
    ) =>
        WholeFile.Write(
            path,
            beside =>
            {
                using CsvWriter csv = CsvWriter.ToFile(beside, CsvWriterOptions.Default with { NewLine = "\n" });
                csv.WriteHeader([.. columns.Select(column => column.Name)]);
                foreach (T row in rows)
                {
                    foreach (var (_, write) in columns)
                        write(csv, row);
                    csv.EndRecord();
                }
            }
        );
}
