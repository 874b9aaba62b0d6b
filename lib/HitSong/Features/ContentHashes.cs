using System.Collections.Concurrent;
using HitSong.Audio;

namespace HitSong.Features;

/// <summary>
/// The SHA-256 of files' contents. What was read is remembered in <c>hashes.csv</c>, beside the feature stores, by
/// path, size and time of the last change, and a file that has all of these is not read again. One that was changed
/// less than two seconds before it was read is: a file system may give two changes of one moment the same time (what
/// git calls racy). Safe to use from many threads; of what two processes write at the same time one part may be lost,
/// and is read again.
/// </summary>
internal sealed class ContentHashes
{
    private static readonly TimeSpan SameMoment = TimeSpan.FromSeconds(2);

    private readonly string file;
    private readonly ConcurrentDictionary<string, StoredHash> known = new();
    private volatile bool hasNew;

    private ContentHashes(string folder)
    {
        file = Path.Combine(folder, "hashes.csv");
        foreach (StoredHash hash in Stored())
            known[hash.Path] = hash;
    }

    /// <summary>
    /// The hashes of some files, hexadecimal, and for those that cannot be read the reason. They are read on all cores.
    /// </summary>
    /// <param name="folder">The folder of all feature stores.</param>
    /// <param name="paths">The files.</param>
    /// <param name="done">Told now and then how many are done, from several threads.</param>
    /// <param name="cancellation">Stops at once.</param>
    /// <param name="again">Whether all are read, whatever is remembered of them.</param>
    public static (string? Hash, string? Trouble)[] Of(
        string folder,
        IReadOnlyList<string> paths,
        Action<int>? done = null,
        CancellationToken cancellation = default,
        bool again = false
    )
    {
        ContentHashes remembered = new(folder);
        var hashes = new (string?, string?)[paths.Count];
        int count = 0;
        try
        {
            Parallel.For(
                0,
                paths.Count,
                new ParallelOptions
                {
                    CancellationToken = cancellation,
                    MaxDegreeOfParallelism = Environment.ProcessorCount,
                },
                i =>
                {
                    try
                    {
                        hashes[i] = FileEntry.Trouble(paths[i]) is { } trouble
                            ? (null, trouble)
                            : (remembered.Of(paths[i], again, cancellation), null);
                    }
                    catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                    {
                        hashes[i] = (null, $"cannot be read: {e.Message}");
                    }
                    if (Interlocked.Increment(ref count) % 64 == 0)
                        done?.Invoke(count);
                }
            );
        }
        finally
        {
            remembered.Save();
        }
        return hashes;
    }

    private string Of(string path, bool again, CancellationToken cancellation)
    {
        path = Path.GetFullPath(path);
        DateTime now = DateTime.UtcNow;
        FileInfo info = new(path);
        // Size and time of a link are its own, not its file's.
        if (info.ResolveLinkTarget(returnFinalTarget: true) is FileInfo target)
            info = target;
        if (!info.Exists)
            return StoreFiles.HashOf(path, cancellation);
        long changed = info.LastWriteTimeUtc.Ticks;
        if (
            !again
            && known.TryGetValue(path, out StoredHash? hash)
            && (hash.Bytes, hash.Changed) == (info.Length, changed)
        )
            return hash.Hash;

        string read = StoreFiles.HashOf(path, cancellation);
        if (info.LastWriteTimeUtc < now - SameMoment)
        {
            known[path] = new(path, info.Length, changed, read);
            hasNew = true;
        }
        return read;
    }

    private StoredHash[] Stored() => StoreFiles.Remembered<StoredHash>(file);

    // With what other processes have written meanwhile.
    private void Save()
    {
        if (hasNew)
            StoreFiles.Remember(file, Rows);

        IEnumerable<StoredHash> Rows()
        {
            foreach (StoredHash hash in Stored())
                known.TryAdd(hash.Path, hash);
            return known.Values.OrderBy(hash => hash.Path, StringComparer.Ordinal);
        }
    }
}
