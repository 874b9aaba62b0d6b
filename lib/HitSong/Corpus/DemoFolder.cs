using System.Text.Json;
using HitSong.Audio;
using HitSong.Corpus.Demo;

namespace HitSong.Corpus;

/// <summary>
/// The folder of a demo corpus: audio/*.mp3, tracks.csv, catalogue.csv, artists.csv, ceilings.json, manifest.json. Each
/// file is renamed into place once whole, so that being there is being whole.
/// </summary>
/// <param name="folder">Where it lies or will lie.</param>
/// <param name="settings">What the corpus is made of.</param>
/// <param name="songs">Its songs.</param>
internal sealed class DemoFolder(string folder, DemoCorpusSettings settings, IReadOnlyList<DemoSong> songs)
{
    // Raised whenever the same settings would give other audio or other labels than before, so that no folder mixes two
    // recipes.
    private const int Format = 2;
    private const string Kind = "demo corpus";
    private const int BitRate = 128_000;

    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true };

    private sealed record Manifest(string Kind, int Format, DemoCorpusSettings Settings);

    /// <summary>Where the catalogue lies.</summary>
    public string Catalogue { get; } = Path.Combine(folder, "catalogue.csv");

    /// <summary>Where the artists' popularity lies.</summary>
    public string Artists { get; } = Path.Combine(folder, "artists.csv");

    private string Audio { get; } = Path.Combine(folder, "audio");
    private string Tracks { get; } = Path.Combine(folder, "tracks.csv");
    private string Ceilings { get; } = Path.Combine(folder, "ceilings.json");
    private string ManifestFile { get; } = Path.Combine(folder, "manifest.json");
    private string LockFile { get; } = Path.Combine(folder, ".lock");

    /// <summary>Where a song's audio lies.</summary>
    public string PathOf(DemoSong song) => Path.Combine(Audio, song.Id + ".mp3");

    /// <summary>Whether nothing is missing.</summary>
    public bool IsComplete() =>
        IsThisCorpus()
        && new[] { Tracks, Catalogue, Artists, Ceilings }.All(File.Exists)
        && songs.All(song => File.Exists(PathOf(song)));

    /// <summary>Makes what is missing, on all cores.</summary>
    /// <param name="rendered">Is told how many songs are there.</param>
    /// <param name="cancellation">Stops between songs.</param>
    public void Complete(IProgress<int>? rendered, CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder);
        using FileStream alone = Lock(cancellation);
        if (!IsThisCorpus())
            Begin();
        Render(rendered, cancellation);
        DemoTables.WriteTracks(Tracks, songs);
        DemoTables.WriteCatalogue(Catalogue, songs, settings.Seconds);
        DemoTables.WriteArtists(Artists, songs);
        Write(Ceilings, DemoCeilings.All(songs, settings));
    }

    /// <summary>The ceilings as they were written.</summary>
    /// <exception cref="CorpusException">The file is damaged.</exception>
    public Ceiling[] ReadCeilings()
    {
        try
        {
            return JsonSerializer.Deserialize<Ceiling[]>(File.ReadAllText(Ceilings))!;
        }
        catch (JsonException e)
        {
            throw new CorpusException($"{Ceilings} cannot be read: {e.Message} Delete it, and it is made anew", e);
        }
    }

    private bool IsThisCorpus() =>
        ReadManifest() is { } manifest && manifest.Format == Format && manifest.Settings == settings;

    private Manifest? ReadManifest()
    {
        if (!File.Exists(ManifestFile))
            return null;
        try
        {
            return JsonSerializer.Deserialize<Manifest>(File.ReadAllText(ManifestFile)) is { Kind: Kind } manifest
                ? manifest
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // Takes the folder for this corpus, in the place of another demo corpus or of nothing.
    private void Begin()
    {
        string[] ours = [LockFile, ManifestFile + ".part"];
        if (ReadManifest() is not null)
            Clear();
        else if (Directory.EnumerateFileSystemEntries(folder).Except(ours).Any())
            throw new CorpusException($"{folder} holds files but no demo corpus; name an empty or a new folder");
        Write(ManifestFile, new Manifest(Kind, Format, settings));
    }

    private void Render(IProgress<int>? rendered, CancellationToken cancellation)
    {
        Directory.CreateDirectory(Audio);
        DemoSong[] missing = songs.Where(song => !File.Exists(PathOf(song))).ToArray();
        int done = songs.Count - missing.Length;
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
                    PathOf(song),
                    song.Render(settings.Seconds, settings.SampleRate),
                    BitRate,
                    song.Title,
                    song.Artist.Name
                );
                rendered?.Report(Interlocked.Increment(ref done));
            }
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
                return new FileStream(LockFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (File.Exists(LockFile))
            {
                if (cancellation.WaitHandle.WaitOne(200))
                    cancellation.ThrowIfCancellationRequested();
            }
        }
    }

    // The manifest goes last: until then the folder is known as ours.
    private void Clear()
    {
        File.Delete(Tracks);
        File.Delete(Catalogue);
        File.Delete(Artists);
        File.Delete(Ceilings);
        if (Directory.Exists(Audio))
            Directory.Delete(Audio, recursive: true);
        File.Delete(ManifestFile);
    }

    private static void Write<T>(string path, T value) => WholeFile.Write(path, JsonSerializer.Serialize(value, Json));
}
