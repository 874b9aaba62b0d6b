using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using HitSong.Audio;
using HitSong.Features;

namespace HitSong.Corpus;

/// <summary>
/// Fingerprints of audio files, remembered in <c>fingerprints.csv</c> beside the feature stores by the hash of the
/// files' content, so that a file is decoded once for it. Of what two processes write at the same time one part may be
/// lost, and is made again.
/// </summary>
internal static class RememberedFingerprints
{
    /// <summary>Of more files the index of their words, some 60 kB each, is not made.</summary>
    public const int MostFiles = 4_000;

    /// <summary>The fingerprints, by the files' hashes; that of a file that cannot be decoded has no words.</summary>
    /// <param name="features">The folder of all feature stores.</param>
    /// <param name="files">The files, each with the hash of its content, hexadecimal.</param>
    /// <param name="done">Told how many files are done, of how many, from several threads.</param>
    /// <param name="cancellation">Stops between files; what was made is kept.</param>
    public static IReadOnlyDictionary<string, Fingerprint> Of(
        string features,
        IEnumerable<(string Path, string Hash)> files,
        Action<int, int> done,
        CancellationToken cancellation
    )
    {
        string remembered = Path.Combine(features, "fingerprints.csv");
        var known = new ConcurrentDictionary<string, Fingerprint>(Read(remembered));
        (string Path, string Hash)[] missing =
        [
            .. files.DistinctBy(file => file.Hash).Where(file => !known.ContainsKey(file.Hash)),
        ];
        if (missing.Length == 0)
            return known;
        int count = 0;
        try
        {
            Parallel.ForEach(
                missing,
                new ParallelOptions
                {
                    CancellationToken = cancellation,
                    MaxDegreeOfParallelism = Environment.ProcessorCount,
                },
                file =>
                {
                    known[file.Hash] = new(file.Hash, WordsOf(file.Path));
                    done(Interlocked.Increment(ref count), missing.Length);
                }
            );
        }
        finally
        {
            Save(remembered, known);
        }
        return known;
    }

    private static uint[] WordsOf(string path)
    {
        try
        {
            return Fingerprint.WordsOf(path);
        }
        catch (AudioException)
        {
            return [];
        }
    }

    private static IEnumerable<KeyValuePair<string, Fingerprint>> Read(string path)
    {
        try
        {
            return
            [
                .. StoreFiles
                    .Remembered<KeptFingerprint>(path)
                    .Select(row => KeyValuePair.Create(row.Hash, new Fingerprint(row.Hash, Unpacked(row.Words)))),
            ];
        }
        catch (FormatException)
        {
            return [];
        }
    }

    // With what other processes have written meanwhile.
    private static void Save(string path, ConcurrentDictionary<string, Fingerprint> known)
    {
        StoreFiles.Remember(path, Rows);

        IEnumerable<KeptFingerprint> Rows()
        {
            foreach (var (hash, print) in Read(path))
                known.TryAdd(hash, print);
            return known
                .OrderBy(print => print.Key, StringComparer.Ordinal)
                .Select(print => new KeptFingerprint(print.Key, Packed(print.Value.Words)));
        }
    }

    private static string Packed(uint[] words) => Convert.ToBase64String(MemoryMarshal.AsBytes(words.AsSpan()));

    private static uint[] Unpacked(string words) =>
        MemoryMarshal.Cast<byte, uint>(Convert.FromBase64String(words)).ToArray();
}
