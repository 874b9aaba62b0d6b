using System.Globalization;
using HitSong.Training;

namespace HitSong.Experiments;

/// <summary>
/// Held while a recipe is trained on a source, so that no second process writes into the same state. The operating
/// system holds it (flock) for as long as the process lives: what was killed holds nothing.
/// </summary>
internal sealed class TrainingLock : IDisposable
{
    private readonly string folder;
    private readonly FileStream file;

    private TrainingLock(string folder, FileStream file) => (this.folder, this.file) = (folder, file);

    /// <summary>Takes the lock of a state's folder, which is made.</summary>
    /// <param name="folder">Where the state lies.</param>
    /// <param name="what">What is trained, in words.</param>
    /// <exception cref="HitSongException">Another holds it, or the folder cannot be written.</exception>
    public static TrainingLock Take(string folder, string what)
    {
        try
        {
            while (true)
            {
                Directory.CreateDirectory(folder);
                string path = Path.Combine(folder, "lock");
                if (LockedFile.TryOpen(path) is not { } file)
                    throw new HitSongException(
                        $"{what} is being trained already, {Holder(folder)}. Wait until that run is kept; "
                            + "or stop it, and the same command goes on after its last whole epoch; or train "
                            + "something else, such as another seed."
                    );
                // Who held it until now removed the folder in the meantime, and the lock with it.
                if (!File.Exists(path))
                {
                    file.Dispose();
                    continue;
                }
                File.WriteAllText(
                    Path.Combine(folder, "holder"),
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"by process {Environment.ProcessId} on {Environment.MachineName} since "
                            + $"{DateTime.UtcNow:yyyy-MM-dd HH:mm:ss} UTC"
                    )
                );
                return new(folder, file);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new HitSongException($"The training's state cannot be kept in {folder}: {e.Message}", e);
        }
    }

    /// <summary>Whether a living process holds the lock of a state's folder.</summary>
    public static bool IsHeld(string folder)
    {
        string path = Path.Combine(folder, "lock");
        if (!File.Exists(path))
            return false;
        using FileStream? file = LockedFile.TryOpen(path);
        return file is null;
    }

    /// <summary>Removes the folder with all that is in it: the training is done.</summary>
    public void RemoveFolder()
    {
        try
        {
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
        }
        // Another came in the moment in which the lock was gone and the folder not yet: it is theirs.
        catch (IOException) { }
    }

    /// <summary>Gives the lock back; what a state that goes on later needs stays.</summary>
    public void Dispose()
    {
        // A training that failed before its first epoch leaves nothing to go on from.
        if (!File.Exists(Path.Combine(folder, TrainingState.FileName)))
            RemoveFolder();
        file.Dispose();
    }

    private static string Holder(string folder)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, "holder"));
        }
        catch (IOException)
        {
            return "by another process";
        }
    }
}
