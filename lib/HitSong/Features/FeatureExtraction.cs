using System.Globalization;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using CsvHelper;
using HitSong.Audio;

namespace HitSong.Features;

/// <summary>How far an extraction is.</summary>
/// <param name="Stage">What is being done.</param>
/// <param name="Done">Files done in this stage.</param>
/// <param name="Total">Of how many.</param>
/// <param name="AudioSeconds">Seconds of audio whose features were extracted so far.</param>
public sealed record ExtractionProgress(string Stage, int Done, int Total, double AudioSeconds);

/// <summary>What an extraction left behind.</summary>
/// <param name="Folder">The folder of these settings, for <see cref="FeatureStore.Open"/>.</param>
/// <param name="Files">Audio files of this share, now in the store or among the failures.</param>
/// <param name="Extracted">How many of them this extraction worked on; the others were there.</param>
/// <param name="Repaired">Shards that were damaged, or lacked files, and have been made again.</param>
/// <param name="Damaged">
/// Shards that are damaged still, because some of their files are not among the given ones.
/// </param>
/// <param name="Failures">Files that gave no clip, with the reason.</param>
/// <param name="Audio">
/// SHA-256 of each readable file's content, hexadecimal, by the file's name: the clips of equal content stand in the
/// store once.
/// </param>
public sealed record ExtractionResult(
    string Folder,
    int Files,
    int Extracted,
    int Repaired,
    int Damaged,
    IReadOnlyList<StoredFailure> Failures,
    IReadOnlyDictionary<string, string> Audio
);

/// <summary>
/// Fills the feature store (<see cref="FeatureStore"/> has its layout). First the files are hashed, and those whose
/// content is new are written down with the shard that each belongs to; then shard after shard is made, on all cores.
/// So what a shard holds is settled before any work: whenever the work is killed, or shared by several processes, the
/// same bytes come out. A shard is written as <c>.npy.part</c>, which the system locks for the process that works on
/// it, and renamed when all else is on disk: a <c>.npy</c> is whole, or it is not there.
/// </summary>
public sealed class FeatureExtraction
{
    private const int FilesPerShard = 64;
    private const string Gone = "is gone",
        LockName = ".lock";

    private readonly FeatureExtractor extractor;
    private readonly string root,
        folder,
        share;
    private readonly IProgress<ExtractionProgress>? progress;
    private readonly CancellationToken cancellation;
    private Dictionary<string, string> names = []; // of the given files, by the hash of their content
    private double audioSeconds;
    private int done,
        total;

    private FeatureExtraction(
        string root,
        string store,
        FeatureSettings settings,
        string share,
        IProgress<ExtractionProgress>? progress,
        CancellationToken cancellation
    )
    {
        extractor = new FeatureExtractor(settings);
        this.root = root;
        folder = Path.Combine(store, settings.Key);
        this.share = Path.Combine(folder, share);
        this.progress = progress;
        this.cancellation = cancellation;
    }

    /// <summary>
    /// The audio files below a folder, by their names relative to it, in ordinal order; hidden ones are left out.
    /// </summary>
    /// <exception cref="HitSongException">The folder does not exist.</exception>
    public static IReadOnlyList<string> FilesBelow(string folder)
    {
        if (!Directory.Exists(folder))
            throw new HitSongException($"no folder {folder}");
        EnumerationOptions all = new()
        {
            RecurseSubdirectories = true,
            AttributesToSkip = FileAttributes.Hidden,
            IgnoreInaccessible = true,
        };
        return
        [
            .. Directory
                .EnumerateFiles(folder, "*", all)
                .Where(path => AudioFile.Extensions.Contains(Path.GetExtension(path)))
                .Select(path => Path.GetRelativePath(folder, path))
                .Order(StringComparer.Ordinal),
        ];
    }

    /// <summary>Extracts what the store does not have yet.</summary>
    /// <param name="root">The folder that the names are relative to.</param>
    /// <param name="files">The audio files.</param>
    /// <param name="settings">What is extracted of each.</param>
    /// <param name="store">The folder of all feature stores; made where it is missing.</param>
    /// <param name="only">One share of the work; null: all of it.</param>
    /// <param name="verify">
    /// Every checksum is checked first, and what is damaged or failed because its file was gone is extracted again.
    /// </param>
    /// <param name="progress">Told how far it is, from one thread at a time.</param>
    /// <param name="cancellation">Stops between files.</param>
    /// <exception cref="HitSongException">
    /// A setting out of its range, or the store cannot be written (a full disk); what was finished stays whole.
    /// </exception>
    public static ExtractionResult Run(
        string root,
        IReadOnlyList<string> files,
        FeatureSettings settings,
        string store,
        ExtractionShare? only = null,
        bool verify = false,
        IProgress<ExtractionProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        FeatureExtraction extraction = new(root, store, settings, only?.ToString() ?? "all", progress, cancellation);
        try
        {
            return extraction.Run([.. files.Where(name => only?.Has(name) ?? true).Distinct()], verify);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new HitSongException(
                $"The feature store {extraction.folder} cannot be written: {e.Message.TrimEnd('.')}. What "
                    + "was finished is whole; give it room or rights, and the same command goes on.",
                e
            );
        }
    }

    private ExtractionResult Run(IReadOnlyList<string> given, bool verify)
    {
        Directory.CreateDirectory(share);
        string json = extractor.Settings.ToJson(),
            settings = Path.Combine(folder, "settings.json");
        using (Lock())
        {
            if (!File.Exists(settings) || File.ReadAllText(settings) != json)
                WriteWhole(settings, path => File.WriteAllText(path, json));
        }

        (string? Hash, string? Trouble)[] hashes = Hash(given);
        StoredFailure[] unreadable =
        [
            .. given
                .Zip(hashes)
                .Where(file => file.Second.Hash is null)
                .Select(file => new StoredFailure("", file.First, file.Second.Trouble!)),
        ];
        (string Path, string Audio)[] files =
        [
            .. given
                .Zip(hashes)
                .Where(file => file.Second.Hash is not null)
                .Select(file => (file.First, file.Second.Hash!)),
        ];
        names = files.DistinctBy(file => file.Audio).ToDictionary(file => file.Audio, file => file.Path);

        (int repaired, int damaged) = verify ? RemoveDamaged() : (0, 0);
        ILookup<int, StoredFile> planned = Plan(files).ToLookup(file => file.Shard);
        int[] pending =
        [
            .. planned
                .Where(shard => !File.Exists(ShardPath(shard.Key)) && shard.Any(file => names.ContainsKey(file.Audio)))
                .Select(shard => shard.Key)
                .Order(),
        ];
        total = pending.Sum(shard => planned[shard].DistinctBy(file => file.Audio).Count());
        // First what no other process works on, then what others left undone.
        int[] left = [.. pending.Where(shard => !TryExtract(shard, planned[shard], wait: false))];
        foreach (int shard in left)
            TryExtract(shard, planned[shard], wait: true);

        IEnumerable<StoredFailure> failures = Directory
            .GetFiles(share, "*.failures.csv")
            .Order(StringComparer.Ordinal)
            .SelectMany(FeatureStore.ReadCsv<StoredFailure>)
            .Where(failure => names.ContainsKey(failure.Audio));
        return new(
            folder,
            given.Count,
            done,
            repaired,
            damaged,
            [.. unreadable, .. failures],
            files.ToDictionary(file => file.Path, file => file.Audio)
        );
    }

    private (string?, string?)[] Hash(IReadOnlyList<string> given)
    {
        var hashes = new (string?, string?)[given.Count];
        int hashed = 0;
        Parallel.For(
            0,
            given.Count,
            new ParallelOptions
            {
                CancellationToken = cancellation,
                MaxDegreeOfParallelism = Environment.ProcessorCount,
            },
            i =>
            {
                try
                {
                    hashes[i] = (HashOf(Path.Combine(root, given[i])), null);
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    hashes[i] = (null, $"cannot be read: {e.Message}");
                }
                if (Interlocked.Increment(ref hashed) % 64 == 0)
                    Report("reading", hashed, given.Count);
            }
        );
        return hashes;
    }

    private static string HashOf(string path)
    {
        using FileStream file = new(
            path,
            FileMode.Open,
            FileAccess.Read,
            FileShare.Read | FileShare.Delete,
            1 << 16,
            FileOptions.SequentialScan
        );
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }

    // The files of this share with their shards, after those whose content no shard has yet were given new ones.
    private List<StoredFile> Plan(IReadOnlyList<(string Path, string Audio)> files)
    {
        using FileStream held = Lock();
        List<StoredFile> planned = ReadPlan(share);
        Dictionary<string, int> shards = [];
        foreach (StoredFile file in planned)
            shards[file.Audio] = file.Shard;
        HashSet<(string, string)> known = [.. planned.Select(file => (file.Path, file.Audio))];
        // Shares of one cut are blind to each other, so that their order in time cannot matter; what another cut has
        // need not be made again.
        string cut = Cut(share);
        HashSet<string> elsewhere =
        [
            .. Directory
                .GetDirectories(folder)
                .Where(other => Cut(other) != cut)
                .SelectMany(other => ReadPlan(other).Where(file => File.Exists(ShardPath(file.Shard, other))))
                .Select(file => file.Audio),
        ];

        int next = planned.Count == 0 ? 0 : planned.Max(file => file.Shard) + 1,
            used = 0;
        List<StoredFile> added = [];
        foreach ((string path, string audio) in files)
        {
            if (known.Contains((path, audio)) || elsewhere.Contains(audio))
                continue;
            if (!shards.TryGetValue(audio, out int shard))
                shards[audio] = shard = next + used++ / FilesPerShard;
            added.Add(new StoredFile(path, audio, shard));
        }
        if (added.Count > 0)
        {
            string name = string.Create(
                CultureInfo.InvariantCulture,
                $"files-{Directory.GetFiles(share, "files-*.csv").Length:00000}"
            );
            string path = Path.Combine(share, name + ".csv"),
                part = path + ".part";
            WriteCsv(part, added);
            WriteSums(Path.Combine(share, name + ".sha256"), (Path.GetFileName(path), HashOf(part)));
            File.Move(part, path);
        }
        return [.. planned, .. added];

        static string Cut(string share) =>
            Path.GetFileName(share) is var name && name.Split("-of-") is [_, var count] ? count : name;
    }

    private static List<StoredFile> ReadPlan(string share) =>
        [
            .. Directory
                .GetFiles(share, "files-*.csv")
                .Order(StringComparer.Ordinal)
                .SelectMany(FeatureStore.ReadCsv<StoredFile>),
        ];

    // Makes a shard, unless another process does (false, or waits for it) or did.
    private bool TryExtract(int shard, IEnumerable<StoredFile> planned, bool wait)
    {
        StoredFile[] files = [.. planned.DistinctBy(file => file.Audio)];
        string path = ShardPath(shard),
            part = path + ".part";
        using FileStream? output = OpenLocked(part, wait);
        if (output is null)
            return false;
        if (File.Exists(path))
        {
            File.Delete(part);
            Interlocked.Add(ref total, -files.Length);
            return true;
        }
        try
        {
            Extract(shard, files, output);
        }
        catch
        {
            File.Delete(part); // on a full disk its space is wanted
            throw;
        }
        return true;
    }

    private void Extract(int shard, StoredFile[] files, FileStream output)
    {
        NpyHeader header = new(extractor.Settings.HalfPrecision, 0, extractor.Bands, extractor.Frames);
        List<StoredClip> clips = [];
        List<StoredFailure> failures = [];
        byte[] row = new byte[header.RowBytes];
        string path = ShardPath(shard),
            index = Path.ChangeExtension(path, ".index.csv"),
            failed = Path.ChangeExtension(path, ".failures.csv");

        output.SetLength(0);
        output.Write(header.ToBytes());
        foreach (var (file, extracted, trouble) in InOrder(files))
        {
            if (trouble is not null)
                failures.Add(new(file.Audio, file.Path, trouble));
            for (int clip = 0; clip < extracted.Count; clip++)
            {
                ReadOnlySpan<float> values = extracted[clip].Values.Values;
                if (header.HalfPrecision)
                    TensorPrimitives.ConvertToHalf(values, MemoryMarshal.Cast<byte, Half>(row.AsSpan()));
                else
                    MemoryMarshal.AsBytes(values).CopyTo(row);
                output.Write(row);
                clips.Add(
                    new(
                        file.Audio,
                        file.Path,
                        clip,
                        extracted[clip].Start,
                        $"{Path.GetFileName(share)}/{Path.GetFileName(path)}",
                        clips.Count
                    )
                );
            }
            audioSeconds += extracted.Count * Seconds;
            Report("extracting", ++done, total);
        }
        output.Position = 0;
        output.Write((header with { Rows = clips.Count }).ToBytes());
        output.Flush(flushToDisk: true);
        output.Position = 0;
        string hash = Convert.ToHexStringLower(SHA256.HashData(output));

        WriteWhole(index, beside => WriteCsv(beside, clips));
        if (failures.Count > 0)
            WriteWhole(failed, beside => WriteCsv(beside, failures));
        else
            File.Delete(failed);
        (string, string)[] sums = [(Path.GetFileName(path), hash), (Path.GetFileName(index), HashOf(index))];
        if (failures.Count > 0)
            sums = [.. sums, (Path.GetFileName(failed), HashOf(failed))];
        WriteSums(Path.ChangeExtension(path, ".sha256"), sums);
        File.Move(path + ".part", path);
    }

    private double Seconds =>
        extractor.Settings.Clips.Samples is { } samples
            ? (double)samples / (extractor.Settings.Audio.SampleRate ?? 44_100)
            : extractor.Settings.Clips.Seconds;

    // A file's clips, or the reason why it gave none.
    private sealed record Extracted(
        StoredFile File,
        IReadOnlyList<(double Start, FeatureMatrix Values)> Clips,
        string? Trouble
    );

    // Each file's clips, extracted on all cores some files ahead, in the order of the files.
    private IEnumerable<Extracted> InOrder(StoredFile[] files)
    {
        int ahead = 4 * Environment.ProcessorCount;
        Queue<Task<Extracted>> running = [];
        foreach (StoredFile file in files)
        {
            cancellation.ThrowIfCancellationRequested();
            if (running.Count == ahead)
                yield return running.Dequeue().GetAwaiter().GetResult();
            running.Enqueue(Task.Run(() => Extract(file)));
        }
        while (running.TryDequeue(out var next))
            yield return next.GetAwaiter().GetResult();
    }

    private Extracted Extract(StoredFile file)
    {
        string path = Path.Combine(root, names.GetValueOrDefault(file.Audio, file.Path));
        try
        {
            if (HashOf(path) != file.Audio)
                return new(file, [], $"{Gone}: another file has its name");
            return new(file, extractor.Extract(path, file.Audio), null);
        }
        catch (AudioException e)
        {
            return new(file, [], e.Reason);
        }
        catch (FeatureException e)
        {
            return new(file, [], $"has samples of which no feature can be computed: {e.Message}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new(file, [], $"{Gone} or cannot be read");
        }
    }

    // Deletes what is damaged, or lacks files that were gone and are here now, so that it is made again. What cannot be
    // made again from the given files, because some are not among them, stays as it is: most of it may be good.
    private (int Removed, int Left) RemoveDamaged()
    {
        using FileStream held = Lock();
        string[] shards = [.. Directory.GetFiles(share, "*.npy").Order(StringComparer.Ordinal)];
        if (!Directory.GetFiles(share, "files-*.csv").All(plan => SumsHold(Path.ChangeExtension(plan, ".sha256"))))
            return RemoveAll(shards);

        ILookup<string, string> audio = ReadPlan(share).ToLookup(file => ShardPath(file.Shard), file => file.Audio);
        int removed = 0,
            left = 0,
            checkedShards = 0;
        foreach (string shard in shards)
        {
            cancellation.ThrowIfCancellationRequested();
            Report("checking", ++checkedShards, shards.Length);
            string failures = Path.ChangeExtension(shard, ".failures.csv");
            bool whole = SumsHold(Path.ChangeExtension(shard, ".sha256"));
            string[] gone =
                whole && File.Exists(failures)
                    ?
                    [
                        .. FeatureStore
                            .ReadCsv<StoredFailure>(failures)
                            .Where(file => file.Reason.StartsWith(Gone, StringComparison.Ordinal))
                            .Select(file => file.Audio),
                    ]
                    : [];
            if (whole && !gone.Any(names.ContainsKey))
                continue;
            if (!audio[shard].Except(gone).All(names.ContainsKey))
            {
                left++;
                continue;
            }
            File.Delete(shard);
            removed++;
        }
        return (removed, left);
    }

    // Where it is no longer known which files belong in which shard, all shards have to be made again.
    private (int Removed, int Left) RemoveAll(string[] shards)
    {
        foreach (string shard in shards)
        {
            string index = Path.ChangeExtension(shard, ".index.csv");
            if (
                SumsHold(Path.ChangeExtension(shard, ".sha256"))
                && !FeatureStore.ReadCsv<StoredClip>(index).All(clip => names.ContainsKey(clip.Audio))
            )
                return (0, shards.Length);
        }
        foreach (string path in Directory.GetFiles(share).Where(path => Path.GetFileName(path) != LockName))
            File.Delete(path);
        return (shards.Length, 0);
    }

    // Whether every file that a .sha256 names is there with that hash, and the shard among them.
    private bool SumsHold(string sums)
    {
        try
        {
            string[] lines = File.ReadAllLines(sums);
            return lines.Length > 0
                && lines.All(line =>
                    line.Split("  ") is [var hash, var name] && HashOf(Path.Combine(share, name)) == hash
                );
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static void WriteSums(string path, params IEnumerable<(string Name, string Hash)> files) =>
        WriteWhole(
            path,
            beside => File.WriteAllText(beside, string.Concat(files.Select(file => $"{file.Hash}  {file.Name}\n")))
        );

    private static void WriteCsv<T>(string path, IEnumerable<T> rows)
    {
        using (CsvWriter writer = CsvWriter.ToFile(path, CsvWriterOptions.Default with { NewLine = "\n" }))
            writer.WriteRecords(rows);
        FlushToDisk(path);
    }

    private static void WriteWhole(string path, Action<string> write)
    {
        string beside = path + ".part";
        write(beside);
        FlushToDisk(beside);
        File.Move(beside, path, overwrite: true);
    }

    private static void FlushToDisk(string path)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Write);
        file.Flush(flushToDisk: true);
    }

    // One process at a time decides what belongs where.
    private FileStream Lock() => OpenLocked(Path.Combine(share, LockName), wait: true)!;

    // A file that the system locks for this process until it is closed, however the process ends; null where another
    // has it.
    private FileStream? OpenLocked(string path, bool wait)
    {
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            }
            catch (IOException e) when (e.HResult is 11 or 35) // EWOULDBLOCK on Linux, on macOS
            {
                if (!wait)
                    return null;
                cancellation.WaitHandle.WaitOne(100);
                cancellation.ThrowIfCancellationRequested();
            }
        }
    }

    private string ShardPath(int shard) => ShardPath(shard, share);

    private static string ShardPath(int shard, string share) =>
        Path.Combine(share, string.Create(CultureInfo.InvariantCulture, $"{shard:00000}.npy"));

    private void Report(string stage, int doneSoFar, int of)
    {
        if (progress is not null)
            lock (extractor)
                progress.Report(new(stage, doneSoFar, of, audioSeconds));
    }
}
