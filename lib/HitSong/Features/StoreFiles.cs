using System.Security.Cryptography;
using CsvHelper;

namespace HitSong.Features;

/// <summary>
/// How the files of a feature store are written and read: each is whole and on disk, or not there, and has its SHA-256
/// in a <c>.sha256</c> beside it.
/// </summary>
internal static class StoreFiles
{
    /// <summary>The SHA-256 of a file's content, hexadecimal.</summary>
    public static string HashOf(string path, CancellationToken cancellation = default)
    {
        using FileStream file = new(
            path,
            FileMode.Open,
            FileAccess.Read,
            FileShare.Read | FileShare.Delete,
            1 << 16,
            FileOptions.SequentialScan
        );
        return Convert.ToHexStringLower(SHA256.HashDataAsync(file, cancellation).AsTask().GetAwaiter().GetResult());
    }

    /// <summary>Writes rows with a header, and does not return before they are on disk.</summary>
    public static void WriteCsv<T>(string path, IEnumerable<T> rows)
    {
        using (CsvWriter writer = CsvWriter.ToFile(path, CsvWriterOptions.Default with { NewLine = "\n" }))
            writer.WriteRecords(rows);
        FlushToDisk(path);
    }

    /// <summary>The rows of a CSV file.</summary>
    /// <exception cref="HitSongException">It is damaged or missing.</exception>
    public static T[] ReadCsv<T>(string path) => ReadCsv<T>(path, _ => true);

    /// <summary>Some of the rows of a CSV file; of the others nothing is held.</summary>
    /// <inheritdoc cref="ReadCsv{T}(string)"/>
    public static T[] ReadCsv<T>(string path, Func<T, bool> which)
    {
        try
        {
            using CsvReader reader = CsvReader.FromFile(path);
            return [.. reader.GetRecords<T>().Where(which)];
        }
        catch (Exception e) when (e is IOException or CsvFormatException or KeyNotFoundException)
        {
            throw new HitSongException(
                $"{path} is damaged or missing ({e.Message}); ./research extract --verify, given the same "
                    + "audio, repairs the store",
                e
            );
        }
    }

    /// <summary>
    /// Writes rows that are only remembered, one process at a time; where another writes, or the file cannot be
    /// written, nothing is lost but time.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="rows">Gives the rows, once no other process writes.</param>
    public static void Remember<T>(string path, Func<IEnumerable<T>> rows)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using FileStream held = new(
                path + ".lock",
                FileMode.OpenOrCreate,
                FileAccess.Write,
                FileShare.None,
                bufferSize: 1,
                FileOptions.DeleteOnClose
            );
            WholeFile.Write(path, beside => WriteCsv(beside, rows()));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { }
    }

    /// <summary>The rows that are remembered in a file; none where it is missing or damaged.</summary>
    public static T[] Remembered<T>(string path)
    {
        try
        {
            return File.Exists(path) ? ReadCsv<T>(path) : [];
        }
        catch (HitSongException)
        {
            return [];
        }
    }

    /// <summary>Writes hashes for <c>sha256sum -c</c>.</summary>
    public static void WriteSums(string path, params IEnumerable<(string Name, string Hash)> files) =>
        WholeFile.Write(path, string.Concat(files.Select(file => $"{file.Hash}  {file.Name}\n")));

    /// <summary>Whether every file that a <c>.sha256</c> names lies beside it with that hash.</summary>
    public static bool SumsHold(string sums)
    {
        string folder = Path.GetDirectoryName(sums)!;
        try
        {
            string[] lines = File.ReadAllLines(sums);
            return lines.Length > 0
                && lines.All(line =>
                    line.Split("  ") is [var hash, var name] && HashOf(Path.Combine(folder, name)) == hash
                );
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static void FlushToDisk(string path)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Write);
        file.Flush(flushToDisk: true);
    }
}
