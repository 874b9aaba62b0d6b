using System.Globalization;

namespace HitSong.Features;

/// <summary>
/// Which files each shard of a share is of: written down before any work, so that whenever the work is killed, or
/// shared by several processes, the same bytes come out.
/// </summary>
internal static class ExtractionPlan
{
    /// <summary>The files with their shards.</summary>
    public static List<StoredFile> Read(ShareFolder share) =>
        [.. share.Plans.SelectMany(StoreFiles.ReadCsv<StoredFile>)];

    /// <summary>The files of some shards.</summary>
    public static List<StoredFile> Read(ShareFolder share, IReadOnlySet<int> shards) =>
        [.. share.Plans.SelectMany(plan => StoreFiles.ReadCsv<StoredFile>(plan, file => shards.Contains(file.Shard)))];

    /// <summary>
    /// All files, after those of the given whose content no shard has yet were given new ones: some dozens each, and
    /// more where they are many.
    /// </summary>
    public static List<StoredFile> Extend(ShareFolder share, IReadOnlyList<(string Path, string Audio)> files)
    {
        using FileStream held = share.Lock();
        List<StoredFile> planned = Read(share);
        Dictionary<string, int> shards = [];
        foreach (StoredFile file in planned)
            shards[file.Audio] = file.Shard;
        HashSet<(string, string)> known = [.. planned.Select(file => (file.Path, file.Audio))];
        HashSet<string> elsewhere = AudioOfOtherCuts(share);

        int contents = files
            .Select(file => file.Audio)
            .Where(audio => !shards.ContainsKey(audio) && !elsewhere.Contains(audio))
            .Distinct()
            .Count();
        int perShard = FilesPerShard(contents);
        int next = planned.Count == 0 ? 0 : planned.Max(file => file.Shard) + 1,
            used = 0;
        List<StoredFile> added = [];
        foreach ((string path, string audio) in files)
        {
            if (known.Contains((path, audio)) || elsewhere.Contains(audio))
                continue;
            if (!shards.TryGetValue(audio, out int shard))
                shards[audio] = shard = next + used++ / perShard;
            added.Add(new StoredFile(path, audio, shard));
        }
        if (added.Count > 0)
            Write(share, added);
        return [.. planned, .. added];
    }

    // A file system bears a thousand shards better than a hundred thousand; one that is cut off costs its files alone.
    private static int FilesPerShard(int contents) => Math.Clamp((contents + 999) / 1000, 64, 4096);

    // Shares of one cut are blind to each other, so that their order in time cannot matter; what another cut has need
    // not be made again.
    private static HashSet<string> AudioOfOtherCuts(ShareFolder share)
    {
        return
        [
            .. share
                .All.Where(other => Cut(other) != Cut(share))
                .SelectMany(other => Read(other).Where(file => File.Exists(other.PathOf(file.Shard))))
                .Select(file => file.Audio),
        ];

        static string Cut(ShareFolder share) => share.Name.Split("-of-") is [_, var count] ? count : share.Name;
    }

    private static void Write(ShareFolder share, List<StoredFile> added)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"files-{share.Plans.Length:00000}.csv");
        string path = share.PathOf(name),
            part = path + ".part";
        StoreFiles.WriteCsv(part, added);
        StoreFiles.WriteSums(Path.ChangeExtension(path, ".sha256"), (name, StoreFiles.HashOf(part)));
        File.Move(part, path);
    }
}
