using System.Diagnostics;
using System.Globalization;
using HitSong;
using HitSong.Collect;
using HitSong.Corpus;
using HitSong.Experiments;
using HitSong.Features;
using HitSong.Models;
using Notebooks;
using Tables;
using Tests;
using TorchSharp;

namespace Benchmarks;

/// <summary>A kind of file that is read from outside, with sound samples and what reads them.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Count">Mutants of a whole run.</param>
/// <param name="Read">Reads the mutated file, which lies in a folder with what belongs to it.</param>
internal sealed record MutatedInput(string Name, int Count, Action<string> Read)
{
    private const long MostMemory = 2L << 30; // bytes

    public static IReadOnlyList<MutatedInput> All { get; } =
    [
        new("audio", 20_000, ReadAudio),
        new("catalogue", 5_000, ReadCatalogue),
        new("artists", 5_000, path => ReadCatalogue(Path.Combine(FolderOf(path), "catalogue.csv"))),
        new("track table", 5_000, ReadTrackTable),
        new("run", 5_000, ReadRun),
        new("run of numbers", 5_000, ReadRun),
        new("notebook", 5_000, path => Notebook.Load(path)),
        new("feature store", 5_000, ReadStore),
        new("feature settings", 5_000, path => FeatureSettings.Read(path)),
        new("checkpoint", 2_000, ReadCheckpoint),
    ];

    /// <summary>Makes the sound samples of kinds, a folder each.</summary>
    public static void MakeSamples(string folder, IReadOnlyCollection<string> kinds)
    {
        string corpus = Path.Combine(Machine.Root(), "data", "demo", "corpus");
        string song = Directory.GetFiles(Path.Combine(corpus, "audio"), "*.mp3").Order(StringComparer.Ordinal).First();
        foreach (string ending in new[] { "mp3", "m4a", "ogg", "opus", "flac", "wav" })
            Process
                .Start("ffmpeg", ["-v", "error", "-y", "-i", song, "-t", "2", At("audio", $"song.{ending}")])
                .WaitForExit();

        foreach (string kind in new[] { "catalogue", "artists" })
        {
            File.WriteAllLines(At(kind, "catalogue.csv"), File.ReadLines(Path.Combine(corpus, "catalogue.csv")));
            File.Copy(Path.Combine(corpus, "artists.csv"), At(kind, "artists.csv"), overwrite: true);
        }
        File.WriteAllLines(
            At("track table", "tracks.csv"),
            File.ReadLines(Path.Combine(corpus, "tracks.csv")).Take(40)
        );

        Source source = Source.Demo(DemoCorpus.Open(corpus));
        RunStore store = new(Path.Combine(folder, "runs"));
        if (kinds.Contains("run") || kinds.Contains("feature store"))
            Keep("run", Recipes.Find("descriptor-mlp", "audited").AtDemoScale() with { Songs = 60 });
        if (kinds.Contains("run of numbers"))
            Keep("run of numbers", Recipes.Find("spotify-mlp-bins4-duration", "published").AtDemoScale());

        string notebooks = Path.Combine(Machine.Root(), "notebooks");
        foreach (string name in new[] { "03-tensors.ipynb", "12-album.ipynb" })
            File.Copy(Path.Combine(notebooks, name), At("notebook", name), overwrite: true);

        if (kinds.Contains("feature store"))
        {
            string features = Directory
                .GetDirectories(store.Features)
                .First(path => File.Exists(Path.Combine(path, "settings.json")));
            foreach (string file in Directory.GetFiles(features, "*", SearchOption.AllDirectories))
                File.Copy(file, At("feature store", Path.GetRelativePath(features, file)), overwrite: true);
        }
        File.WriteAllText(At("feature settings", "settings.json"), FeatureSettings.TikTok.ToJson());
        using var model = Network();
        foreach (string ending in new[] { "pth", "safetensors" })
            Checkpoint.Save(model, At("checkpoint", $"model.{ending}"));

        string At(string kind, string name)
        {
            string path = Path.Combine(folder, kind, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            return path;
        }

        void Keep(string kind, Recipe recipe)
        {
            Run run = Experiment.Execute(recipe with { Training = recipe.Training with { Epochs = 1 } }, source, store);
            foreach (string file in Directory.GetFiles(store.PathOf(run)))
                File.Copy(file, At(kind, Path.GetFileName(file)), overwrite: true);
        }
    }

    /// <summary>
    /// What a worker does: of each mutant, by its seed, a line before it is read and one of what came of it.
    /// </summary>
    public void Work(string samples, string own, int from, int end, int stride, int seed)
    {
        foreach (string file in Directory.GetFiles(samples, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(own, Path.GetRelativePath(samples, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy, overwrite: true);
        }
        string[] paths = [.. Mutated(samples)];
        byte[][] sound = [.. paths.Select(path => File.ReadAllBytes(Path.Combine(samples, path)))];
        foreach (string path in paths)
            if (Outcome(Path.Combine(own, path)) is not "accepted" and var outcome)
                throw new InvalidOperationException($"{Name}: {path} itself is {outcome}");
        for (int i = from; i < end; i += stride)
        {
            int of = (seed + i) % paths.Length;
            string path = Path.Combine(own, paths[of]);
            File.WriteAllBytes(path, Mutant.Of(sound[of], seed + i));
            Console.WriteLine($"try {i} {paths[of]}");
            Console.WriteLine($"{Outcome(path)}");
            File.WriteAllBytes(path, sound[of]);
        }
    }

    /// <summary>The files of a kind that are mutated, relative to their folder.</summary>
    public IEnumerable<string> Mutated(string samples) =>
        Directory
            .GetFiles(samples, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(samples, path))
            .Where(path => Name != "artists" || path == "artists.csv")
            .Where(path => Name != "catalogue" || path == "catalogue.csv")
            .Where(path => Path.GetExtension(path) is not ".md" && path != "checkpoint.pth")
            .Order(StringComparer.Ordinal);

    private string Outcome(string path)
    {
        try
        {
            Read(path);
            return Environment.WorkingSet < MostMemory ? "accepted" : "other memory";
        }
        catch (Exception e) when (e is HitSongException or NotebookException or TableException)
        {
            return Environment.WorkingSet < MostMemory ? "refused" : "other memory";
        }
        catch (Exception e)
        {
            string place = e.StackTrace?.Split('\n').FirstOrDefault(line => line.Contains(" in ")) ?? "";
            return $"other {e.GetType().Name}: {e.Message} {place}".ReplaceLineEndings(" ");
        }
    }

    private static string FolderOf(string path) => Path.GetDirectoryName(path)!;

    private static readonly FeatureExtractor extractor = new(
        FeatureSettings.HipHop with
        {
            Clips = new() { Seconds = 1, Padding = HitSong.Audio.ClipPadding.Zero },
        }
    );

    private static void ReadAudio(string path) => extractor.Extract(path);

    private static void ReadCatalogue(string path) =>
        TabularData.Read(path, [Path.Combine(FolderOf(path), "artists.csv")]);

    private static void ReadTrackTable(string path) =>
        CsvCatalogue.Read(
            path,
            ColumnMap.Parse("csv", "id=id", "title=title", "artist=artist", "popularity=popularity", "year=year")
        );

    private static void ReadRun(string path)
    {
        string run = FolderOf(path);
        while (!File.Exists(Path.Combine(run, "config.json")))
            run = Path.GetDirectoryName(run)!;
        using Predictor predictor = Predictor.Load(run);
        new RunStore(Path.GetDirectoryName(run)!).TracksOf(predictor.Run);
    }

    private static void ReadStore(string path)
    {
        string folder = FolderOf(path);
        if (!File.Exists(Path.Combine(folder, "settings.json")))
            folder = Path.GetDirectoryName(folder)!;
        using FeatureStore store = FeatureStore.Open(folder);
        for (int clip = 0; clip < Math.Min(5, store.Clips.Count); clip++)
            store.Read(clip);
    }

    private static void ReadCheckpoint(string path)
    {
        using var model = Network();
        Checkpoint.Load(model, path);
    }

    private static TorchSharp.Modules.Sequential Network() =>
        torch.nn.Sequential(torch.nn.Linear(4, 6), torch.nn.BatchNorm1d(6), torch.nn.Linear(6, 1));
}
