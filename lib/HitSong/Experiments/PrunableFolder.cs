namespace HitSong.Experiments;

/// <summary>A folder of the run store that could go.</summary>
/// <param name="Path">The folder.</param>
/// <param name="Reason">Why, as the end of a sentence that the path begins.</param>
/// <param name="Bytes">What it takes on disk.</param>
public sealed record PrunableFolder(string Path, string Reason, long Bytes)
{
    /// <summary>Removes it.</summary>
    /// <returns>Whether it is gone; not where a training has taken it up since.</returns>
    /// <exception cref="HitSongException">It cannot be removed.</exception>
    public bool Remove()
    {
        if (TrainingLock.IsHeld(Path))
            return false;
        try
        {
            if (Directory.Exists(Path))
                Directory.Delete(Path, recursive: true);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new HitSongException($"{Path} cannot be removed: {e.Message}", e);
        }
    }
}
