using System.Collections.Concurrent;
using HitSong.Collect;
using HitSong.Corpus;
using Tables;

namespace HitSong.Experiments;

/// <summary>The songs of an experiment, and what is known of where they come from.</summary>
/// <param name="Name">Stands beside every figure that was measured on it, such as <c>demo corpus</c>.</param>
/// <param name="Tracks">The tracks, with their audio; none where the source is a catalogue alone.</param>
/// <example><code>
/// var source = Source.Demo(DemoCorpus.Open("../data/demo/corpus"));
/// source.Tracks.Count // 360
/// </code></example>
public sealed record Source(string Name, IReadOnlyList<Track> Tracks)
{
    /// <summary>Files that gave no track, with the reason.</summary>
    public IReadOnlyList<Failure> Rejected { get; init; } = [];

    /// <summary>What is not among <see cref="Tracks"/> though it was collected, by reason.</summary>
    public IReadOnlyList<LeftOut> LeftOut { get; init; } = [];

    /// <summary>
    /// Whether more than a tenth (<see cref="Corpus.LeftOut.MostShare"/>) of the songs or rows may be left out, for
    /// gaps; else the first use of the data refuses, with the reasons.
    /// </summary>
    public bool AllowGaps { get; init; }

    /// <summary>Refuses where more is left out for gaps than is allowed.</summary>
    /// <param name="leftOut">What is left out.</param>
    /// <param name="given">How many songs or rows were given.</param>
    /// <exception cref="CorpusException">More is missing; the message says of what.</exception>
    internal void CheckGaps(IReadOnlyList<LeftOut> leftOut, int given)
    {
        if (!AllowGaps)
            Corpus.LeftOut.Check(leftOut, given, Name);
    }

    /// <summary>The catalogue's CSV (the Kaggle set's form); null where there is none.</summary>
    public string? Catalogue { get; init; }

    /// <summary>CSV files of the artists' popularity, for the catalogue.</summary>
    public IReadOnlyList<string> Artists { get; init; } = [];

    /// <summary>
    /// The best accuracy that any model could reach for a label, on the test songs of these ids (or, of the catalogue,
    /// rows); null where nobody can know.
    /// </summary>
    public Func<Target, Bins, IReadOnlyCollection<string>, Ceiling>? Ceiling { get; init; }

    /// <summary>Whether its tracks' files are pictures of songs, not audio (<see cref="Pictures"/>).</summary>
    public bool ArePictures { get; init; }

    /// <summary>Whether it is our own demo corpus, on which every figure says so.</summary>
    public bool IsDemo { get; init; }

    /// <summary>The demo corpus.</summary>
    public static Source Demo(DemoCorpus corpus)
    {
        // Many runs ask for the same label, each with test songs of its own.
        var chances = new ConcurrentDictionary<string, Lazy<SongChances>>();
        // The catalogue's rows are the songs in their order.
        var places = corpus
            .Songs.SelectMany(song => new[] { (song.Id, song.Number), ($"row {song.Number}", song.Number) })
            .ToDictionary();
        return new($"demo corpus, {corpus.Tracks.Count} synthesized songs", corpus.Tracks)
        {
            Catalogue = corpus.CataloguePath,
            Artists = [corpus.ArtistsPath],
            Ceiling = (target, bins, songs) =>
            {
                string label = $"{target} {string.Join(" | ", bins.Names)}",
                    edges = string.Join(' ', bins.Edges.Select(edge => $"{edge:R}"));
                Lazy<SongChances> ofLabel = chances.GetOrAdd(
                    $"{label} {edges}",
                    _ => new(() => corpus.EstimateChances(target, values => bins.Assign(values), bins.Count))
                );
                return ofLabel.Value.CeilingOf(label, [.. songs.Select(id => places[id])]);
            },
            IsDemo = true,
        };
    }

    /// <summary>A folder of files named as the TikTok collector names them.</summary>
    /// <exception cref="CorpusException">The folder is missing or has no such file.</exception>
    public static Source TikTok(string folder)
    {
        TikTokFolder files = TikTokFolder.Read(folder);
        return new(folder, files.Tracks) { Rejected = files.Rejected };
    }

    /// <summary>A folder of pictures of songs, whoever made them (<see cref="PictureFolder"/>).</summary>
    /// <exception cref="CorpusException">Its table is missing or malformed.</exception>
    public static Source Pictures(string folder) =>
        new(folder, PictureFolder.Read(folder).Tracks) { ArePictures = true };

    /// <summary>
    /// A catalogue in the form of the Kaggle set "Spotify 1 Million Tracks", with the artists' popularity apart.
    /// </summary>
    public static Source Kaggle(string catalogue, IReadOnlyList<string> artists) =>
        new(Path.GetFileName(catalogue), []) { Catalogue = catalogue, Artists = artists };

    /// <summary>
    /// What <c>./research collect</c> gathered: the tracks that have audio. Where a catalogue gives a rank (Deezer's,
    /// up to a million) and no popularity, its ten-thousandth part counts as popularity; listens on the Free Music
    /// Archive count as plays.
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
            using var songs = Collect.Collection.Open(folder);
            IReadOnlyList<Track> tracks = songs.Read();
            return tracks.Count > 0
                ? new(folder, tracks) { LeftOut = songs.LeftOut }
                : throw new CorpusException(
                    $"no track of {folder} has audio yet: the same ./research collect goes on with it"
                );
        }
        catch (CollectException e)
        {
            throw new CorpusException(e.Message, e);
        }
        catch (TableException e)
        {
            throw new CorpusException($"{table} cannot be read: {e.Reason}", e);
        }
    }
}
