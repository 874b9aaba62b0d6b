namespace HitSong;

/// <summary>
/// A file that the system locks for this process (flock) until it is closed, however the process ends.
/// </summary>
public static class LockedFile
{
    /// <summary>Opens it, and makes it where it is missing; null where another process has it.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public static FileStream? TryOpen(string path)
    {
        try
        {
            return new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (IOException e) when (e.HResult is 11 or 35) // EWOULDBLOCK on Linux, on macOS
        {
            return null;
        }
    }

    /// <summary>Opens it as soon as no other process has it.</summary>
    /// <param name="path">Where it lies.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <inheritdoc cref="TryOpen"/>
    public static FileStream Open(string path, CancellationToken cancellation = default)
    {
        while (true)
        {
            if (TryOpen(path) is { } file)
                return file;
            cancellation.WaitHandle.WaitOne(100);
            cancellation.ThrowIfCancellationRequested();
        }
    }
}
