using HitSong.Corpus;
using Tables;

namespace HitSong.Experiments;

/// <summary>The songs of an experiment, and what is known of where they come from.</summary>
/// <param name="Name">Stands beside every figure that was measured on it, such as <c>demo corpus</c>.</param>
/// <param name="Tracks">The tracks, with their audio; none where the source is a catalogue alone.</param>
public sealed record Source(string Name, IReadOnlyList<Track> Tracks)
{
    /// <summary>Files that gave no track, with the reason.</summary>
    public IReadOnlyList<Failure> Rejected { get; init; } = [];

    /// <summary>The catalogue's CSV (the Kaggle set's form); null where there is none.</summary>
    public string? Catalogue { get; init; }

    /// <summary>CSV files of the artists' popularity, for the catalogue.</summary>
    public IReadOnlyList<string> Artists { get; init; } = [];

    /// <summary>The best accuracy that any model could reach for a label; null where nobody can know.</summary>
    public Func<Measure, Bins, Ceiling>? Ceiling { get; init; }

    /// <summary>Whether it is our own demo corpus, on which every figure says so.</summary>
    public bool IsDemo { get; init; }

    /// <summary>The demo corpus.</summary>
    public static Source Demo(DemoCorpus corpus) =>
        new($"demo corpus, {corpus.Tracks.Count} synthesized songs", corpus.Tracks)
        {
            Catalogue = corpus.CataloguePath,
            Artists = [corpus.ArtistsPath],
            Ceiling = (measure, bins) =>
                corpus.EstimateCeiling(
                    $"{measure} {string.Join(" | ", bins.Names)}",
                    measure,
                    values => bins.Assign(values),
                    bins.Count
                ),
            IsDemo = true,
        };

    /// <summary>A folder of files named as the TikTok collector names them.</summary>
    /// <exception cref="CorpusException">The folder is missing or has no such file.</exception>
    public static Source TikTok(string folder)
    {
        TikTokFolder files = TikTokFolder.Read(folder);
        return new(folder, files.Tracks) { Rejected = files.Rejected };
    }

    /// <summary>
    /// A catalogue in the form of the Kaggle set "Spotify 1 Million Tracks", with the artists' popularity apart.
    /// </summary>
    public static Source Kaggle(string catalogue, IReadOnlyList<string> artists) =>
        new(Path.GetFileName(catalogue), []) { Catalogue = catalogue, Artists = artists };

    private sealed record Collected(
        string Source,
        string Id,
        string Title,
        string Artist,
        string AudioPath,
        double? Popularity,
        long? Rank,
        long? Views,
        long? Plays,
        int? Year
    );

    /// <summary>
    /// What <c>./research collect</c> gathered: the tracks that have audio. Where a catalogue gives a rank (Deezer's,
    /// up to a million) and no popularity, its ten-thousandth part counts as popularity.
    /// </summary>
    /// <param name="folder">The collection's folder.</param>
    /// <exception cref="CorpusException">There is no collection, or none of its tracks has audio.</exception>
    public static Source Collection(string folder)
    {
        string table = Path.Combine(folder, "tracks.duckdb");
        if (!File.Exists(table))
            throw new CorpusException($"{folder} holds no collection: ./research collect --to {folder} makes one");
        try
        {
            using Database database = Database.Open(table);
            Track[] tracks =
            [
                .. database
                    .Query(
                        "SELECT source, id, title, artist, audio_path AS AudioPath, popularity, rank, "
                            + "views, plays, year FROM tracks WHERE state = 'there' ORDER BY source, id"
                    )
                    .Rows<Collected>()
                    .Select(row => new Track(
                        $"{row.Source} {row.Id}",
                        row.Title,
                        row.Artist,
                        Path.Combine(folder, row.AudioPath)
                    )
                    {
                        Popularity = row.Popularity ?? row.Rank / 10_000.0,
                        Views = row.Views,
                        Plays = row.Plays,
                        Year = row.Year,
                    }),
            ];
            return tracks.Length > 0
                ? new(folder, tracks)
                : throw new CorpusException(
                    $"no track of {folder} has audio yet: the same ./research collect goes on with it"
                );
        }
        catch (TableException e)
        {
            throw new CorpusException($"{table} cannot be read: {e.Reason}", e);
        }
    }
}
