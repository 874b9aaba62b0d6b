using System.Runtime.ExceptionServices;
using System.Text.Json;
using CsvHelper;
using HitSong.Audio;
using HitSong.Corpus.Demo;

namespace HitSong.Corpus;

/// <summary>What the demo corpus is made of. Seed, songs and artists decide the labels; the others only how long and how fine the songs sound.</summary>
public sealed record DemoCorpusSettings
{
    /// <summary>Everything follows from it.</summary>
    public ulong Seed { get; init; } = 2024;

    /// <summary>Number of songs.</summary>
    public int Songs { get; init; } = 240;

    /// <summary>Number of artists; song n (from 0) is by artist n modulo this.</summary>
    public int Artists { get; init; } = 40;

    /// <summary>Length of each song, s.</summary>
    public double Seconds { get; init; } = 20;

    /// <summary>Hz.</summary>
    public int SampleRate { get; init; } = 44_100;

    internal void Validate()
    {
        if (Artists < 1) throw new CorpusException($"a demo corpus of {Artists} artists: at least 1 is needed");
        if (Songs < Artists) throw new CorpusException($"a demo corpus of {Songs} songs by {Artists} artists: each artist needs at least one song");
        if (!(Seconds is >= 1 and <= 600)) throw new CorpusException($"songs of {Seconds} s: 1 to 600 s are possible");
        if (SampleRate < 16_000 || !Mp3.SampleRates.Contains(SampleRate))
            throw new CorpusException($"a sampling rate of {SampleRate} Hz: {string.Join(", ", Mp3.SampleRates.Where(rate => rate >= 16_000))} are possible");
    }
}

/// <summary>
/// Songs composed and rendered by a seeded synthesizer, with labels by a written rule (<see cref="PopularityRule"/>, data/demo/README.md): the one corpus
/// of which it is known what makes a hit, and how well a model could tell.
/// </summary>
public sealed class DemoCorpus
{
    // Raised whenever the same settings would give other audio or other labels than before, so that no folder mixes two recipes.
    private const int Format = 1;
    private const int BitRate = 128_000;
    private const int CeilingDraws = 20_000;

    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true };

    private sealed record Manifest(string Kind, int Format, DemoCorpusSettings Settings);

    private DemoCorpus(string folder, DemoCorpusSettings settings)
    {
        Folder = folder;
        Settings = settings;
        string[] names = Names.Distinct(settings.Seed, "name", settings.Artists, Names.Artist);
        string[] titles = Names.Distinct(settings.Seed, "title", settings.Songs, Names.Title);
        Artist[] artists = names.Select((name, number) => new Artist(settings.Seed, number, name)).ToArray();
        Songs = titles.Select((title, number) => DemoSong.Create(settings.Seed, number, title, artists[number % artists.Length])).ToArray();
        Tracks = Songs.Select(song => new Track(song.Id, song.Title, song.Artist.Name, AudioPath(song))
        {
            Popularity = song.Popularity,
            Views = song.Views,
            Plays = song.Plays,
        }).ToArray();
    }

    /// <summary>Where it lies.</summary>
    public string Folder { get; }

    /// <summary>What it was made from.</summary>
    public DemoCorpusSettings Settings { get; }

    /// <summary>The songs as any catalogue would have them, in order of their numbers.</summary>
    public IReadOnlyList<Track> Tracks { get; }

    /// <summary>The same songs, same order, with what no catalogue knows: what counts in their sound, and fame.</summary>
    public IReadOnlyList<DemoSong> Songs { get; }

    /// <summary>The best accuracies any model could reach; the first is that of the label of <c>tiktok-lstm</c>.</summary>
    public IReadOnlyList<Ceiling> Ceilings { get; private set; } = [];

    /// <summary>
    /// Opens the corpus in a folder; what is missing of it is rendered first, on all cores. Killed at any moment, the next call goes on where it was,
    /// with the same result. A corpus of other settings or of an older format in that folder is replaced.
    /// </summary>
    /// <param name="folder">Where it lies or will lie: audio/*.mp3, tracks.csv, ceilings.json, manifest.json.</param>
    /// <param name="settings">What it is made of; the defaults where null.</param>
    /// <param name="rendered">Is told how many songs are there, of <see cref="DemoCorpusSettings.Songs"/>; not called where none was missing.</param>
    /// <param name="cancellation">Stops between songs.</param>
    /// <exception cref="CorpusException">The settings are impossible, or the folder holds files but no demo corpus.</exception>
    /// <exception cref="AudioException">An mp3 cannot be written.</exception>
    public static DemoCorpus Open(string folder, DemoCorpusSettings? settings = null, IProgress<int>? rendered = null, CancellationToken cancellation = default)
    {
        settings ??= new();
        settings.Validate();
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
            throw new CorpusException($"{corpus.CeilingsPath} cannot be read: {e.Message} Delete it, and it is made anew", e);
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
        double chance = Math.Sqrt(PopularityRule.Luck * PopularityRule.Luck + PopularityRule.LabelLuck * PopularityRule.LabelLuck);

        double[][] unknown = Probabilities(random => Enumerable.Range(0, Settings.Artists).Select(_ => random.Normal()).ToArray());
        double[] fame = Songs.Take(Settings.Artists).Select(song => song.Artist.Fame).ToArray();
        double[][] known = Probabilities(_ => fame);
        // Further digits would be the draws' own chance.
        return new Ceiling(name, Math.Round(Ceiling.MajorityAccuracy(unknown), 4), Math.Round(Ceiling.BestAccuracy(unknown), 4), Math.Round(Ceiling.BestAccuracy(known), 4), CeilingDraws);

        double[][] Probabilities(Func<SeededRandom, double[]> drawFame) => Ceiling.ClassProbabilities(Songs.Count, classes, (random, values) =>
        {
            double[] drawn = drawFame(random);
            for (int i = 0; i < values.Length; i++)
                values[i] = PopularityRule.Value(measure, audible[i] + PopularityRule.Fame * drawn[i % drawn.Length] + chance * random.Normal());
        }, label, CeilingDraws, Settings.Seed);
    }

    private string AudioFolder => Path.Combine(Folder, "audio");
    private string ManifestPath => Path.Combine(Folder, "manifest.json");
    private string TracksPath => Path.Combine(Folder, "tracks.csv");
    private string CeilingsPath => Path.Combine(Folder, "ceilings.json");

    private string AudioPath(DemoSong song) => Path.Combine(AudioFolder, song.Id + ".mp3");

    // All files have been renamed into place once whole, so that being there is being whole.
    private bool IsComplete() => IsThisCorpus() && File.Exists(TracksPath) && File.Exists(CeilingsPath) && Tracks.All(track => File.Exists(track.AudioPath));

    private bool IsThisCorpus() => ReadManifest() is { } manifest && manifest.Format == Format && manifest.Settings == Settings;

    private Manifest? ReadManifest()
    {
        if (!File.Exists(ManifestPath)) return null;
        try
        {
            return JsonSerializer.Deserialize<Manifest>(File.ReadAllText(ManifestPath)) is { Kind: "demo corpus" } manifest ? manifest : null;
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
            if (ReadManifest() is not null) Clear();
            else if (Directory.EnumerateFileSystemEntries(Folder).Any(path => path != alone.Name && path != ManifestPath + ".part"))
                throw new CorpusException($"{Folder} holds files but no demo corpus; name an empty or a new folder");
            Write(ManifestPath, JsonSerializer.Serialize(new Manifest("demo corpus", Format, Settings), Json));
        }

        Directory.CreateDirectory(AudioFolder);
        DemoSong[] missing = Songs.Where(song => !File.Exists(AudioPath(song))).ToArray();
        int done = Songs.Count - missing.Length;
        Parallel.ForEach(missing, new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = Environment.ProcessorCount }, song =>
        {
            Mp3.Write(AudioPath(song), song.Render(Settings.Seconds, Settings.SampleRate), BitRate, song.Title, song.Artist.Name);
            rendered?.Report(Interlocked.Increment(ref done));
        });
        WriteTracks();
        Ceiling plays = EstimateCeiling("plays in the top quarter", Measure.Plays, values => Labels.AtOrAbove(values, 0.75));
        Write(CeilingsPath, JsonSerializer.Serialize(new[] { plays }, Json));
    }

    // Two processes that open the same new corpus: the second waits. The lock goes with the process that holds it, however that ends.
    private FileStream Lock(CancellationToken cancellation)
    {
        for (; ; )
        {
            try
            {
                return new FileStream(Path.Combine(Folder, ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (File.Exists(Path.Combine(Folder, ".lock")))
            {
                if (cancellation.WaitHandle.WaitOne(200)) cancellation.ThrowIfCancellationRequested();
            }
        }
    }

    // The manifest goes last: until then the folder is known as ours.
    private void Clear()
    {
        File.Delete(TracksPath);
        File.Delete(CeilingsPath);
        if (Directory.Exists(AudioFolder)) Directory.Delete(AudioFolder, recursive: true);
        File.Delete(ManifestPath);
    }

    private void WriteTracks()
    {
        using (CsvWriter csv = CsvWriter.ToFile(TracksPath + ".part", CsvWriterOptions.Default with { NewLine = "\n" }))
        {
            csv.WriteHeader("id", "title", "artist", "popularity", "views", "plays", "audio", "tempo", "tonic", "mode", "brightness", "loudness", "drums", "hook", "fame");
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
                csv.EndRecord();
            }
        }
        File.Move(TracksPath + ".part", TracksPath, overwrite: true);
    }

    private static void Write(string path, string text)
    {
        File.WriteAllText(path + ".part", text);
        File.Move(path + ".part", path, overwrite: true);
    }
}
