using System.Runtime.InteropServices;

namespace HitSong.Audio;

/// <summary>
/// What lies at a path, links followed: .NET tells neither pipes from files nor one file of two names from two files.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly partial struct FileEntry
{
    private readonly long device,
        inode;

    /// <summary>Its size.</summary>
    public readonly long Bytes;
    private readonly int kind,
        isLink;

    /// <summary>The same for all names of one file or folder, also through links and bind mounts.</summary>
    public (long, long) Identity => (device, inode);

    /// <summary>Whether it is a folder.</summary>
    public bool IsFolder => kind == 1;

    /// <summary>Whether the path itself is a symbolic link.</summary>
    public bool IsLink => isLink != 0;

    /// <summary>Looks at a path, and opens nothing.</summary>
    /// <exception cref="AudioException">
    /// Nothing is there, a link leads to nothing, or the name is not UTF-8 and so cannot be found again.
    /// </exception>
    public static FileEntry At(string path)
    {
        byte[] message = new byte[AudioFile.MessageSize];
        return file_entry_at(path, out FileEntry entry, message) == 0
            ? entry
            : throw new AudioException(path, AudioFile.Text(message));
    }

    /// <summary>
    /// Why no file can be read at a path, as the end of a sentence that the path begins; null where one can. A named
    /// pipe cannot: it would be waited for.
    /// </summary>
    public static string? Trouble(string path)
    {
        byte[] message = new byte[AudioFile.MessageSize];
        return file_required(path, message) == 0 ? null : AudioFile.Text(message);
    }

    [LibraryImport("nativeaudio", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int file_entry_at(string path, out FileEntry entry, [Out] byte[] message);

    [LibraryImport("nativeaudio", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int file_required(string path, [Out] byte[] message);
}
