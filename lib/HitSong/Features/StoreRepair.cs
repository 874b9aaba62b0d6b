namespace HitSong.Features;

/// <summary>
/// Deletes what is damaged in a share, or lacks files that were gone and are here now, so that it is made again. What
/// cannot be made again from the given files, because some are not among them, stays as it is: most of it may be good.
/// </summary>
/// <param name="share">The share.</param>
/// <param name="given">The hashes of the given files' contents.</param>
/// <param name="meter">Is told how far the check is.</param>
/// <param name="cancellation">Stops between shards.</param>
internal sealed class StoreRepair(
    ShareFolder share,
    IReadOnlySet<string> given,
    ExtractionMeter meter,
    CancellationToken cancellation
)
{
    /// <summary>Checks every shard.</summary>
    /// <returns>How many shards were removed, and how many are damaged still.</returns>
    public (int Removed, int Left) RemoveDamaged()
    {
        using FileStream held = share.Lock();
        string[] shards = share.Shards;
        if (!share.Plans.All(IsWhole))
            return RemoveAll(shards);

        ILookup<string, string> audio = ExtractionPlan
            .Read(share)
            .ToLookup(file => share.PathOf(file.Shard), file => file.Audio);
        int removed = 0,
            left = 0;
        foreach (var (number, shard) in shards.Index())
        {
            cancellation.ThrowIfCancellationRequested();
            meter.Report("checking", number + 1, shards.Length);
            bool isWhole = IsWhole(shard);
            string[] gone = isWhole ? GoneOf(shard) : [];
            if (isWhole && !gone.Any(given.Contains))
                continue;
            if (!audio[shard].Except(gone).All(given.Contains))
            {
                left++;
                continue;
            }
            File.Delete(shard);
            removed++;
        }
        return (removed, left);
    }

    // Where it is no longer known which files belong in which shard, all shards have to be made again.
    private (int Removed, int Left) RemoveAll(string[] shards)
    {
        if (shards.Where(IsWhole).Any(shard => !AudioOf(shard).All(given.Contains)))
            return (0, shards.Length);
        share.Clear();
        return (shards.Length, 0);
    }

    private static bool IsWhole(string path) => StoreFiles.SumsHold(Path.ChangeExtension(path, ".sha256"));

    private static IEnumerable<string> AudioOf(string shard) =>
        StoreFiles.ReadCsv<StoredClip>(Path.ChangeExtension(shard, ".index.csv")).Select(clip => clip.Audio);

    private static string[] GoneOf(string shard)
    {
        string failures = Path.ChangeExtension(shard, ".failures.csv");
        return File.Exists(failures)
            ?
            [
                .. StoreFiles
                    .ReadCsv<StoredFailure>(failures)
                    .Where(ShardExtraction.WasGone)
                    .Select(failure => failure.Audio),
            ]
            : [];
    }
}
