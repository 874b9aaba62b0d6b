using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using HitSong.Audio;

namespace HitSong.Features;

/// <summary>
/// Makes shards, on all cores. A shard is written as <c>.npy.part</c>, which the system locks for the process that
/// works on it, and renamed when all else is on disk.
/// </summary>
/// <param name="extractor">What is extracted of each file.</param>
/// <param name="root">The folder that the files' names are relative to.</param>
/// <param name="share">Where the shards lie.</param>
/// <param name="names">Where a content lies now, by its hash.</param>
/// <param name="meter">Is told of each file.</param>
/// <param name="cancellation">Stops at once; the files that are being worked on are left behind.</param>
internal sealed class ShardExtraction(
    FeatureExtractor extractor,
    string root,
    ShareFolder share,
    IReadOnlyDictionary<string, string> names,
    ExtractionMeter meter,
    CancellationToken cancellation
)
{
    // How the reason begins why a file gave no clip that was there when it was planned.
    private const string Gone = "is gone";

    // The pool's threads alone would be more than cores, as those are replaced that wait for a file.
    private readonly TaskFactory cores = new(
        new ConcurrentExclusiveSchedulerPair(TaskScheduler.Default, Environment.ProcessorCount).ConcurrentScheduler
    );

    /// <summary>Whether a file failed only because it was gone, and is to be tried again where it is back.</summary>
    public static bool WasGone(StoredFailure failure) => failure.Reason.StartsWith(Gone, StringComparison.Ordinal);

    /// <summary>Makes a shard, unless another process does (false, or waits for it) or did.</summary>
    /// <param name="shard">Which.</param>
    /// <param name="files">Its files, each content once.</param>
    /// <param name="wait">Whether another process is waited for.</param>
    public bool TryMake(int shard, StoredFile[] files, bool wait)
    {
        string path = share.PathOf(shard),
            part = path + ".part";
        using FileStream? output = wait ? LockedFile.Open(part, cancellation) : LockedFile.TryOpen(part);
        if (output is null)
            return false;
        if (File.Exists(path))
        {
            File.Delete(part);
            meter.Expect(-files.Length);
            return true;
        }
        try
        {
            var (clips, failures) = WriteValues(path, files, output);
            WriteLists(path, clips, failures, HashOf(output));
            File.Move(part, path);
        }
        catch
        {
            File.Delete(part); // on a full disk its space is wanted
            throw;
        }
        return true;
    }

    // The .npy file itself, and what stands in it.
    private (List<StoredClip> Clips, List<StoredFailure> Failures) WriteValues(
        string path,
        StoredFile[] files,
        FileStream output
    )
    {
        NpyHeader header = new(extractor.Settings.HalfPrecision, 0, extractor.Bands, extractor.Frames);
        string name = $"{share.Name}/{Path.GetFileName(path)}";
        List<StoredClip> clips = [];
        List<StoredFailure> failures = [];
        byte[] row = new byte[header.RowBytes];

        output.SetLength(0);
        output.Write(header.ToBytes());
        foreach (var (file, extracted, trouble) in InOrder(files))
        {
            if (trouble is not null)
                failures.Add(new(file.Audio, file.Path, trouble));
            foreach (var (number, (start, features)) in extracted.Index())
            {
                if (header.HalfPrecision)
                    TensorPrimitives.ConvertToHalf(features.Values, MemoryMarshal.Cast<byte, Half>(row.AsSpan()));
                else
                    MemoryMarshal.AsBytes<float>(features.Values).CopyTo(row);
                output.Write(row);
                clips.Add(new(file.Audio, file.Path, number, start, name, clips.Count));
            }
            meter.Extracted(extracted.Count * SecondsOfAClip);
        }
        output.Position = 0;
        output.Write((header with { Rows = clips.Count }).ToBytes());
        output.Flush(flushToDisk: true);
        return (clips, failures);
    }

    private static string HashOf(FileStream output)
    {
        output.Position = 0;
        return Convert.ToHexStringLower(SHA256.HashData(output));
    }

    // What lies beside the .npy file: its clips, its failures, the hashes of all.
    private static void WriteLists(string path, List<StoredClip> clips, List<StoredFailure> failures, string hash)
    {
        string index = Path.ChangeExtension(path, ".index.csv"),
            failed = Path.ChangeExtension(path, ".failures.csv");
        WholeFile.Write(index, beside => StoreFiles.WriteCsv(beside, clips));
        List<(string, string)> sums =
        [
            (Path.GetFileName(path), hash),
            (Path.GetFileName(index), StoreFiles.HashOf(index)),
        ];
        if (failures.Count > 0)
        {
            WholeFile.Write(failed, beside => StoreFiles.WriteCsv(beside, failures));
            sums.Add((Path.GetFileName(failed), StoreFiles.HashOf(failed)));
        }
        else
            File.Delete(failed);
        StoreFiles.WriteSums(Path.ChangeExtension(path, ".sha256"), sums);
    }

    // What a recording that is described whole lasts is not known here.
    private double SecondsOfAClip =>
        extractor.Settings.Descriptors is not null ? 0
        : extractor.Settings.Clips.Samples is { } samples
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
                yield return Result(running.Dequeue());
            running.Enqueue(cores.StartNew(() => Extract(file)));
        }
        while (running.TryDequeue(out var next))
            yield return Result(next);

        // A long file may take minutes: what still runs is left behind.
        Extracted Result(Task<Extracted> task)
        {
            task.WaitAsync(cancellation).GetAwaiter().GetResult();
            return task.Result;
        }
    }

    private Extracted Extract(StoredFile file)
    {
        string path = Path.Combine(root, names.GetValueOrDefault(file.Audio, file.Path));
        try
        {
            if (FileEntry.Trouble(path) is { } trouble)
                return new(file, [], $"{Gone}: it {trouble}");
            if (StoreFiles.HashOf(path, cancellation) != file.Audio)
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
}
