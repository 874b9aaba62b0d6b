using System.Formats.Tar;
using System.IO.Compression;

namespace TorchSharp.Utils;

/// <summary>Unpacks what data sets come in.</summary>
public static class Decompress
{
    /// <summary>Writes what a .gz file holds into a folder, under its name without .gz.</summary>
    /// <exception cref="InvalidDataException">It is no such file.</exception>
    public static void DecompressGZipFile(string gzipFileName, string targetDir)
    {
        Directory.CreateDirectory(targetDir);
        using var packed = new GZipStream(File.OpenRead(gzipFileName), CompressionMode.Decompress);
        using FileStream target = File.Create(Path.Combine(targetDir, Path.GetFileNameWithoutExtension(gzipFileName)));
        packed.CopyTo(target);
    }

    /// <summary>Writes the files of a .tar.gz archive into a folder, and none beside it.</summary>
    /// <exception cref="InvalidDataException">It is no such file.</exception>
    public static void ExtractTGZ(string gzArchiveName, string destFolder)
    {
        Directory.CreateDirectory(destFolder);
        using var packed = new GZipStream(File.OpenRead(gzArchiveName), CompressionMode.Decompress);
        TarFile.ExtractToDirectory(packed, destFolder, overwriteFiles: true);
    }
}
