using System.Runtime.ExceptionServices;
using HitSong.Audio;
using HitSong.Corpus.Demo;
using HitSong.Numerics;

namespace HitSong.Corpus;

/// <summary>
/// Songs composed and rendered by a seeded synthesizer, with labels by a written rule (<see cref="PopularityRule"/>,
/// data/demo/README.md): the one corpus of which it is known what makes a hit, and how well a model could tell.
/// </summary>
/// <example><code>
/// var demo = DemoCorpus.Open("../data/demo/corpus");
/// int songs = demo.Tracks.Count; // 360
/// string best = demo.Tracks.MaxBy(track => track.Popularity).Title; // Running through Borrowed Weekend
/// demo.Ceilings[0].ArtistUnknown // 0.8126
/// </code></example>
public sealed class DemoCorpus
{
    private readonly DemoFolder files;

    private DemoCorpus(string folder, DemoCorpusSettings settings)
    {
        Folder = folder;
        Settings = settings;
        Songs = Describe(settings);
        files = new DemoFolder(folder, settings, Songs);
        Tracks = Songs
            .Select(song => new Track(song.Id, song.Title, song.Artist.Name, files.PathOf(song))
            {
                Popularity = song.Popularity,
                Year = song.Year,
                Views = song.Views,
                Plays = song.Plays,
            })
            .ToArray();
    }

    /// <summary>The songs that settings give, without their audio.</summary>
    /// <exception cref="CorpusException">The settings are impossible.</exception>
    public static IReadOnlyList<DemoSong> Describe(DemoCorpusSettings settings)
    {
        settings.Validate();
        string[] names = Names.Distinct(settings.Seed, "name", settings.Artists, Names.Artist);
        string[] titles = Names.Distinct(settings.Seed, "title", settings.Songs, Names.Title);
        return Release(
            settings.Seed,
            titles,
            [.. names.Select((name, number) => new Artist(settings.Seed, number, name))]
        );
    }

    // One song in twenty, after an artist's first, is a re-release of an earlier one that was not released again
    // before.
    private static DemoSong[] Release(ulong seed, string[] titles, Artist[] artists)
    {
        var songs = new DemoSong[titles.Length];
        for (int number = 0; number < songs.Length; number++)
        {
            var random = new SeededRandom(seed, "release", number);
            int first = number % artists.Length;
            DemoSong[] earlier =
            [
                .. Enumerable.Range(0, number / artists.Length).Select(round => songs[first + round * artists.Length]),
            ];
            DemoSong[] once =
            [
                .. earlier.Where(song => song.Original is null && !earlier.Any(other => other.Original == song)),
            ];
            songs[number] =
                once.Length > 0 && random.Chance(0.05)
                    ? random.Pick(once).ReRelease(number)
                    : DemoSong.Create(seed, number, titles[number], artists[first]);
        }
        return songs;
    }

    /// <summary>Where it lies.</summary>
    public string Folder { get; }

    /// <summary>
    /// The songs as experiment 5's catalogue has them, in the shape of the Kaggle set "Spotify 1 Million Tracks".
    /// </summary>
    public string CataloguePath => files.Catalogue;

    /// <summary>
    /// The artists' popularity: the mean of their songs', as the published data's is made of its tracks'.
    /// </summary>
    public string ArtistsPath => files.Artists;

    /// <summary>What it was made from.</summary>
    public DemoCorpusSettings Settings { get; }

    /// <summary>The songs as any catalogue would have them, in order of their numbers.</summary>
    public IReadOnlyList<Track> Tracks { get; }

    /// <summary>
    /// The same songs, same order, with what no catalogue knows: what counts in their sound, and fame.
    /// </summary>
    public IReadOnlyList<DemoSong> Songs { get; }

    /// <summary>
    /// The best accuracies any model could reach on all its songs, for the label of every experiment; the first is that
    /// of <c>tiktok-lstm</c>. Those of a test's songs alone are <see cref="EstimateChances"/>'s.
    /// </summary>
    public IReadOnlyList<Ceiling> Ceilings { get; private set; } = [];

    /// <summary>
    /// Opens the corpus in a folder; what is missing of it is rendered first, on all cores. Killed at any moment, the
    /// next call goes on where it was, with the same result. A corpus of other settings or of an older format in that
    /// folder is replaced.
    /// </summary>
    /// <param name="folder">
    /// Where it lies or will lie: audio/*.mp3, tracks.csv, catalogue.csv, artists.csv, ceilings.json, manifest.json.
    /// </param>
    /// <param name="settings">What it is made of; the defaults where null.</param>
    /// <param name="rendered">
    /// Is told how many songs are there, of <see cref="DemoCorpusSettings.Songs"/>; not called where none was missing.
    /// </param>
    /// <param name="cancellation">Stops between songs.</param>
    /// <exception cref="CorpusException">
    /// The settings are impossible, or the folder holds files but no demo corpus.
    /// </exception>
    /// <exception cref="AudioException">An mp3 cannot be written.</exception>
    public static DemoCorpus Open(
        string folder,
        DemoCorpusSettings? settings = null,
        IProgress<int>? rendered = null,
        CancellationToken cancellation = default
    )
    {
        settings ??= new();
        var corpus = new DemoCorpus(Path.GetFullPath(folder), settings);
        if (!corpus.files.IsComplete())
        {
            try
            {
                corpus.files.Complete(rendered, cancellation);
            }
            catch (AggregateException e) when (e.InnerException is HitSongException first)
            {
                ExceptionDispatchInfo.Throw(first);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new CorpusException($"the demo corpus cannot be written to {corpus.Folder}: {e.Message}", e);
            }
        }
        corpus.Ceilings = corpus.files.ReadCeilings();
        return corpus;
    }

    /// <summary>
    /// The chances of a label of this corpus: of each song, how likely each class is. Takes a second for some hundred
    /// songs.
    /// </summary>
    /// <param name="target">The number that the label is made from.</param>
    /// <param name="label">From that number of every song, [songs], to every song's class, 0…classes − 1.</param>
    /// <param name="classes">Number of classes.</param>
    public SongChances EstimateChances(Target target, Func<double[], int[]> label, int classes = 2) =>
        DemoCeilings.Estimate(Songs, Settings, target, label, classes);
}
