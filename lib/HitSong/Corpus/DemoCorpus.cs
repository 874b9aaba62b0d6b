using System.Runtime.ExceptionServices;
using System.Text.Json;
using CsvHelper;
using HitSong.Audio;
using HitSong.Corpus.Demo;

namespace HitSong.Corpus;

/// <summary>
/// What the demo corpus is made of. Seed, songs and artists decide the labels; the others only how long and how fine
/// the songs sound.
/// </summary>
public sealed record DemoCorpusSettings
{
    /// <summary>Everything follows from it.</summary>
    public ulong Seed { get; init; } = 2024;

    /// <summary>Number of songs.</summary>
    public int Songs { get; init; } = 360;

    /// <summary>Number of artists; song n (from 0) is by artist n modulo this.</summary>
    public int Artists { get; init; } = 60;

    /// <summary>Length of each song, s.</summary>
    public double Seconds { get; init; } = 20;

    /// <summary>Hz.</summary>
    public int SampleRate { get; init; } = 44_100;

    internal void Validate()
    {
        if (Artists < 1)
            throw new CorpusException($"a demo corpus of {Artists} artists: at least 1 is needed");
        if (Songs < Artists)
            throw new CorpusException(
                $"a demo corpus of {Songs} songs by {Artists} artists: each artist needs at least one song"
            );
        if (!(Seconds is >= 1 and <= 600))
            throw new CorpusException($"songs of {Seconds} s: 1 to 600 s are possible");
        if (SampleRate < 16_000 || !Mp3.SampleRates.Contains(SampleRate))
            throw new CorpusException(
                $"a sampling rate of {SampleRate} Hz: "
                    + $"{string.Join(", ", Mp3.SampleRates.Where(rate => rate >= 16_000))} are possible"
            );
    }
}

/// <summary>
/// Songs composed and rendered by a seeded synthesizer, with labels by a written rule (<see cref="PopularityRule"/>,
/// data/demo/README.md): the one corpus of which it is known what makes a hit, and how well a model could tell.
/// </summary>
public sealed class DemoCorpus
{
    // Raised whenever the same settings would give other audio or other labels than before, so that no folder mixes two
    // recipes.
    private const int Format = 2;
    private const int BitRate = 128_000;
    private const int CeilingDraws = 20_000;

    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true };

    private sealed record Manifest(string Kind, int Format, DemoCorpusSettings Settings);

    private DemoCorpus(string folder, DemoCorpusSettings settings)
    {
        Folder = folder;
        Settings = settings;
        Songs = Describe(settings);
        Tracks = Songs
            .Select(song => new Track(song.Id, song.Title, song.Artist.Name, AudioPath(song))
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
    public string CataloguePath => Path.Combine(Folder, "catalogue.csv");

    /// <summary>
    /// The artists' popularity: the mean of their songs', as the published data's is made of its tracks'.
    /// </summary>
    public string ArtistsPath => Path.Combine(Folder, "artists.csv");

    /// <summary>What it was made from.</summary>
    public DemoCorpusSettings Settings { get; }

    /// <summary>The songs as any catalogue would have them, in order of their numbers.</summary>
    public IReadOnlyList<Track> Tracks { get; }

    /// <summary>
    /// The same songs, same order, with what no catalogue knows: what counts in their sound, and fame.
    /// </summary>
    public IReadOnlyList<DemoSong> Songs { get; }

    /// <summary>
    /// The best accuracies any model could reach, for the label of every experiment; the first is that of
    /// <c>tiktok-lstm</c>.
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
        if (!corpus.IsComplete())
        {
            try
            {
                corpus.Make(rendered, cancellation);
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
        try
        {
            corpus.Ceilings = JsonSerializer.Deserialize<Ceiling[]>(File.ReadAllText(corpus.CeilingsPath))!;
        }
        catch (JsonException e)
        {
            throw new CorpusException(
                $"{corpus.CeilingsPath} cannot be read: {e.Message} Delete it, and it is made anew",
                e
            );
        }
        return corpus;
    }

    /// <summary>The ceilings of a label of this corpus.</summary>
    /// <param name="name">The label, in words.</param>
    /// <param name="measure">The number that it is made from.</param>
    /// <param name="label">From that number of every song, [songs], to every song's class, 0…classes − 1.</param>
    /// <param name="classes">Number of classes.</param>
    public Ceiling EstimateCeiling(string name, Measure measure, Func<double[], int[]> label, int classes = 2)
    {
        double[] audible = Songs.Select(song => PopularityRule.Audible(song.Sound)).ToArray();
        double chance = Math.Sqrt(
            PopularityRule.Luck * PopularityRule.Luck + PopularityRule.LabelLuck * PopularityRule.LabelLuck
        );

        double[][] unknown = Probabilities(random =>
            Enumerable.Range(0, Settings.Artists).Select(_ => random.Normal()).ToArray()
        );
        double[] fame = Songs.Take(Settings.Artists).Select(song => song.Artist.Fame).ToArray();
        double[][] known = Probabilities(_ => fame);
        // Further digits would be the draws' own chance.
        return new Ceiling(
            name,
            Math.Round(Ceiling.MajorityAccuracy(unknown), 4),
            Math.Round(Ceiling.BestAccuracy(unknown), 4),
            Math.Round(Ceiling.BestAccuracy(known), 4),
            CeilingDraws
        );

        double[][] Probabilities(Func<SeededRandom, double[]> drawFame) =>
            Ceiling.ClassProbabilities(
                Songs.Count,
                classes,
                (random, values) =>
                {
                    double[] drawn = drawFame(random);
                    for (int i = 0; i < values.Length; i++)
                        values[i] = PopularityRule.Value(
                            measure,
                            audible[i] + PopularityRule.Fame * drawn[i % drawn.Length] + chance * random.Normal()
                        );
                },
                label,
                CeilingDraws,
                Settings.Seed
            );
    }

    private string AudioFolder => Path.Combine(Folder, "audio");
    private string ManifestPath => Path.Combine(Folder, "manifest.json");
    private string TracksPath => Path.Combine(Folder, "tracks.csv");
    private string CeilingsPath => Path.Combine(Folder, "ceilings.json");

    private string AudioPath(DemoSong song) => Path.Combine(AudioFolder, song.Id + ".mp3");

    // All files have been renamed into place once whole, so that being there is being whole.
    private bool IsComplete() =>
        IsThisCorpus()
        && File.Exists(TracksPath)
        && File.Exists(CataloguePath)
        && File.Exists(ArtistsPath)
        && File.Exists(CeilingsPath)
        && Tracks.All(track => File.Exists(track.AudioPath));

    private bool IsThisCorpus() =>
        ReadManifest() is { } manifest && manifest.Format == Format && manifest.Settings == Settings;

    private Manifest? ReadManifest()
    {
        if (!File.Exists(ManifestPath))
            return null;
        try
        {
            return
                JsonSerializer.Deserialize<Manifest>(File.ReadAllText(ManifestPath)) is { Kind: "demo corpus" } manifest
                ? manifest
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private void Make(IProgress<int>? rendered, CancellationToken cancellation)
    {
        Directory.CreateDirectory(Folder);
        using FileStream alone = Lock(cancellation);
        if (!IsThisCorpus())
        {
            if (ReadManifest() is not null)
                Clear();
            else if (
                Directory
                    .EnumerateFileSystemEntries(Folder)
                    .Any(path => path != alone.Name && path != ManifestPath + ".part")
            )
                throw new CorpusException($"{Folder} holds files but no demo corpus; name an empty or a new folder");
            Write(ManifestPath, JsonSerializer.Serialize(new Manifest("demo corpus", Format, Settings), Json));
        }

        Directory.CreateDirectory(AudioFolder);
        DemoSong[] missing = Songs.Where(song => !File.Exists(AudioPath(song))).ToArray();
        int done = Songs.Count - missing.Length;
        Parallel.ForEach(
            missing,
            new ParallelOptions
            {
                CancellationToken = cancellation,
                MaxDegreeOfParallelism = Environment.ProcessorCount,
            },
            song =>
            {
                Mp3.Write(
                    AudioPath(song),
                    song.Render(Settings.Seconds, Settings.SampleRate),
                    BitRate,
                    song.Title,
                    song.Artist.Name
                );
                rendered?.Report(Interlocked.Increment(ref done));
            }
        );
        WriteTracks();
        WriteCatalogue();
        WriteArtists();
        Ceiling Binned(string label, Measure measure, Bins bins) =>
            EstimateCeiling(label, measure, values => bins.Assign(values), bins.Count);
        Write(
            CeilingsPath,
            JsonSerializer.Serialize(
                new[]
                {
                    EstimateCeiling(
                        "plays in the top quarter",
                        Measure.Plays,
                        values => Labels.AtOrAbove(values, 0.75)
                    ),
                    Binned("views of 300,000,000 and more", Measure.Views, Bins.Threshold(300_000_000)),
                    Binned("popularity of 39 and more", Measure.Popularity, Bins.Threshold(39)),
                    Binned(
                        "popularity in three bins of equal width",
                        Measure.Popularity,
                        Bins.Custom([100 / 3.0, 200 / 3.0])
                    ),
                    Binned(
                        "popularity up to 25, 50, 75, above",
                        Measure.Popularity,
                        Bins.Custom([25, 50, 75], edgeBelow: true)
                    ),
                    Binned(
                        "popularity in eleven bins of ten",
                        Measure.Popularity,
                        Bins.Custom([10, 20, 30, 40, 50, 60, 70, 80, 90, 100])
                    ),
                },
                Json
            )
        );
    }

    // Two processes that open the same new corpus: the second waits. The lock goes with the process that holds it,
    // however that ends.
    private FileStream Lock(CancellationToken cancellation)
    {
        for (; ; )
        {
            try
            {
                return new FileStream(
                    Path.Combine(Folder, ".lock"),
                    FileMode.OpenOrCreate,
                    FileAccess.ReadWrite,
                    FileShare.None
                );
            }
            catch (IOException) when (File.Exists(Path.Combine(Folder, ".lock")))
            {
                if (cancellation.WaitHandle.WaitOne(200))
                    cancellation.ThrowIfCancellationRequested();
            }
        }
    }

    // The manifest goes last: until then the folder is known as ours.
    private void Clear()
    {
        File.Delete(TracksPath);
        File.Delete(CataloguePath);
        File.Delete(ArtistsPath);
        File.Delete(CeilingsPath);
        if (Directory.Exists(AudioFolder))
            Directory.Delete(AudioFolder, recursive: true);
        File.Delete(ManifestPath);
    }

    private void WriteTracks()
    {
        using (CsvWriter csv = CsvWriter.ToFile(TracksPath + ".part", CsvWriterOptions.Default with { NewLine = "\n" }))
        {
            csv.WriteHeader(
                "id",
                "title",
                "artist",
                "popularity",
                "views",
                "plays",
                "audio",
                "tempo",
                "tonic",
                "mode",
                "brightness",
                "loudness",
                "drums",
                "hook",
                "fame",
                "year",
                "release_of"
            );
            foreach (DemoSong song in Songs)
            {
                csv.WriteField(song.Id);
                csv.WriteField(song.Title);
                csv.WriteField(song.Artist.Name);
                csv.WriteField(song.Popularity);
                csv.WriteField(song.Views);
                csv.WriteField(song.Plays);
                csv.WriteField($"audio/{song.Id}.mp3");
                csv.WriteField(song.Sound.Tempo);
                csv.WriteField(song.Tonic);
                csv.WriteField(song.Sound.Major ? "major" : "minor");
                csv.WriteField(song.Sound.Brightness);
                csv.WriteField(song.Sound.Loudness);
                csv.WriteField(song.Sound.Drums);
                csv.WriteField(song.Sound.Hook);
                csv.WriteField(song.Artist.Fame, "F4");
                csv.WriteField(song.Year);
                csv.WriteField(song.Original?.Id ?? "");
                csv.EndRecord();
            }
        }
        File.Move(TracksPath + ".part", TracksPath, overwrite: true);
    }

    private void WriteCatalogue()
    {
        using (
            CsvWriter csv = CsvWriter.ToFile(CataloguePath + ".part", CsvWriterOptions.Default with { NewLine = "\n" })
        )
        {
            csv.WriteHeader(
                "",
                "artist_name",
                "track_name",
                "track_id",
                "popularity",
                "year",
                "genre",
                "danceability",
                "energy",
                "key",
                "loudness",
                "mode",
                "speechiness",
                "acousticness",
                "instrumentalness",
                "liveness",
                "valence",
                "tempo",
                "duration_ms",
                "time_signature"
            );
            foreach (DemoSong song in Songs)
            {
                CatalogueEntry entry = CatalogueEntry.Of(song);
                csv.WriteField(song.Number);
                csv.WriteField(song.Artist.Name);
                csv.WriteField(song.Title);
                csv.WriteField(song.Id);
                csv.WriteField(song.Popularity);
                csv.WriteField(song.Year);
                csv.WriteField(entry.Genre);
                csv.WriteField(entry.Danceability);
                csv.WriteField(entry.Energy);
                csv.WriteField(song.Tonic);
                csv.WriteField(song.Sound.TargetLufs);
                csv.WriteField(song.Sound.Major ? 1 : 0);
                csv.WriteField(entry.Speechiness);
                csv.WriteField(entry.Acousticness);
                csv.WriteField(entry.Instrumentalness);
                csv.WriteField(entry.Liveness);
                csv.WriteField(entry.Valence);
                csv.WriteField(song.Sound.Tempo);
                csv.WriteField((int)Math.Round(Settings.Seconds * 1000));
                csv.WriteField(4);
                csv.EndRecord();
            }
        }
        File.Move(CataloguePath + ".part", CataloguePath, overwrite: true);
    }

    private void WriteArtists()
    {
        using (
            CsvWriter csv = CsvWriter.ToFile(ArtistsPath + ".part", CsvWriterOptions.Default with { NewLine = "\n" })
        )
        {
            csv.WriteHeader("artist_name", "popularity");
            foreach (var artist in Songs.GroupBy(song => song.Artist.Name))
            {
                csv.WriteField(artist.Key);
                csv.WriteField((int)Math.Round(artist.Average(song => song.Popularity)));
                csv.EndRecord();
            }
        }
        File.Move(ArtistsPath + ".part", ArtistsPath, overwrite: true);
    }

    private static void Write(string path, string text)
    {
        File.WriteAllText(path + ".part", text);
        File.Move(path + ".part", path, overwrite: true);
    }
}
