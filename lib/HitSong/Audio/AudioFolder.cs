namespace HitSong.Audio;

/// <summary>
/// The audio files of a folder, each once: also where links, hard links or bind mounts give it several names, and where
/// a link leads back to a folder above. Hidden ones are left out.
/// </summary>
/// <param name="Files">
/// Their names relative to the folder, in ordinal order. Of several names of a file it is one without a link on its
/// way, if there is one, and the first.
/// </param>
/// <param name="Rejected">
/// What has an audio file's name and cannot be read (a pipe, a broken link, a name that is not UTF-8), and folders that
/// cannot be looked into.
/// </param>
/// <example><code>
/// var folder = AudioFolder.Read("../data/demo/corpus/audio");
/// int unreadable = folder.Rejected.Count; // 0
/// folder.Files.Count // 360
/// </code></example>
public sealed record AudioFolder(IReadOnlyList<string> Files, IReadOnlyList<AudioException> Rejected)
{
    /// <summary>Looks at the names; no file is opened.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="withSubfolders">Whether the folders in it are looked into.</param>
    /// <exception cref="HitSongException">The folder does not exist.</exception>
    public static AudioFolder Read(string folder, bool withSubfolders = true)
    {
        if (!Directory.Exists(folder))
            throw new HitSongException($"no folder {folder}");

        List<(string Path, FileEntry Entry, bool IsLinked)> files = [];
        List<AudioException> rejected = [];
        HashSet<(long, long)> visited = Above(folder);
        // What no link leads to comes first, so that a folder of several names goes by its own.
        Queue<string> folders = new([folder]),
            linked = new();
        bool isLinked = false;
        while (folders.Count + linked.Count > 0)
        {
            isLinked = folders.Count == 0;
            string next = (isLinked ? linked : folders).Dequeue();
            try
            {
                if (!visited.Add(FileEntry.At(next).Identity))
                    continue;
                foreach (FileSystemInfo info in new DirectoryInfo(next).EnumerateFileSystemInfos())
                    Look(info, Path.Combine(next, info.Name));
            }
            catch (AudioException e)
            {
                rejected.Add(e);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                string reason = e is PathTooLongException ? "its path is too long" : e.Message;
                rejected.Add(new(next, $"cannot be looked into: {reason}"));
            }
        }
        return new(
            [
                .. files
                    .OrderBy(file => file.IsLinked)
                    .ThenBy(file => file.Path, StringComparer.Ordinal)
                    .DistinctBy(file => file.Entry.Identity)
                    .Select(file => Path.GetRelativePath(folder, file.Path))
                    .Order(StringComparer.Ordinal),
            ],
            [.. rejected.OrderBy(file => file.Path, StringComparer.Ordinal)]
        );

        void Look(FileSystemInfo info, string path)
        {
            bool isFolder = info is DirectoryInfo,
                isWanted = isFolder ? withSubfolders : AudioFile.Extensions.Contains(info.Extension);
            if (!isWanted || info.Name.StartsWith('.'))
                return;
            try
            {
                FileEntry entry = FileEntry.At(path);
                if (entry.IsFolder)
                    (entry.IsLink || isLinked ? linked : folders).Enqueue(path);
                else if (FileEntry.Trouble(path) is { } trouble)
                    rejected.Add(new(path, trouble));
                else
                    files.Add((path, entry, entry.IsLink || isLinked));
            }
            catch (AudioException e)
            {
                rejected.Add(e);
            }
        }
    }

    // The folders above a folder, which it does not hold, whatever links in it lead to.
    private static HashSet<(long, long)> Above(string folder)
    {
        HashSet<(long, long)> above = [];
        string path = folder;
        try
        {
            while (above.Add(FileEntry.At(path = Path.Combine(path, "..")).Identity)) { }
        }
        catch (AudioException) { }
        above.Remove(FileEntry.At(folder).Identity);
        return above;
    }
}
