namespace HitSong.Features;

/// <summary>
/// Fills the feature store (<see cref="FeatureStore"/> has its layout). First the files are hashed, and those whose
/// content is new are written down with the shard that each belongs to; then shard after shard is made, on all cores.
/// So what a shard holds is settled before any work: whenever the work is killed, or shared by several processes, the
/// same bytes come out. A shard is written as <c>.npy.part</c>, which the system locks for the process that works on
/// it, and renamed when all else is on disk: a <c>.npy</c> is whole, or it is not there.
/// </summary>
public sealed class FeatureExtraction
{
    private readonly FeatureExtractor extractor;
    private readonly string root,
        store,
        folder;
    private readonly ShareFolder share;
    private readonly ExtractionMeter meter;
    private readonly CancellationToken cancellation;

    private FeatureExtraction(
        string root,
        string store,
        FeatureExtractor extractor,
        string share,
        IProgress<ExtractionProgress>? progress,
        CancellationToken cancellation
    )
    {
        this.extractor = extractor;
        this.root = root;
        this.store = store;
        folder = Path.Combine(store, extractor.Settings.Key);
        this.share = new ShareFolder(Path.Combine(folder, share), cancellation);
        meter = new ExtractionMeter(progress);
        this.cancellation = cancellation;
    }

    /// <summary>Extracts what the store does not have yet.</summary>
    /// <param name="root">The folder that the names are relative to.</param>
    /// <param name="files">The audio files.</param>
    /// <param name="extractor">What is extracted of each.</param>
    /// <param name="store">The folder of all feature stores; made where it is missing.</param>
    /// <param name="only">One share of the work; null: all of it.</param>
    /// <param name="verify">
    /// Every checksum is checked first, and what is damaged or failed because its file was gone is extracted again.
    /// </param>
    /// <param name="progress">Told how far it is, from one thread at a time.</param>
    /// <param name="cancellation">Stops at once; the same call goes on after the last whole shard.</param>
    /// <exception cref="HitSongException">
    /// The store cannot be written (a full disk); what was finished stays whole.
    /// </exception>
    public static ExtractionResult Run(
        string root,
        IReadOnlyList<string> files,
        FeatureExtractor extractor,
        string store,
        ExtractionShare? only = null,
        bool verify = false,
        IProgress<ExtractionProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        FeatureExtraction extraction = new(root, store, extractor, only?.ToString() ?? "all", progress, cancellation);
        try
        {
            return extraction.Run([.. files.Where(name => only?.Has(name) ?? true).Distinct()], verify);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new HitSongException(
                $"The feature store {extraction.folder} cannot be written: {e.Message.TrimEnd('.')}. What "
                    + "was finished is whole; give it room or rights, and the same command goes on.",
                e
            );
        }
    }

    private ExtractionResult Run(IReadOnlyList<string> given, bool verify)
    {
        share.Create();
        WriteSettings();
        var (files, unreadable) = Hash(given, verify);
        Dictionary<string, string> names = files
            .DistinctBy(file => file.Audio)
            .ToDictionary(file => file.Audio, file => file.Path);

        (int repaired, int damaged) = verify
            ? new StoreRepair(share, names.Keys.ToHashSet(), meter, cancellation).RemoveDamaged()
            : (0, 0);
        Extract(ExtractionPlan.Extend(share, files), names);

        IEnumerable<StoredFailure> failures = share
            .Failures.SelectMany(StoreFiles.ReadCsv<StoredFailure>)
            .Where(failure => names.ContainsKey(failure.Audio));
        return new(
            folder,
            given.Count,
            meter.Done,
            repaired,
            damaged,
            [.. unreadable, .. failures],
            files.ToDictionary(file => file.Path, file => file.Audio)
        );
    }

    private void WriteSettings()
    {
        string json = extractor.Settings.ToJson(),
            path = Path.Combine(folder, "settings.json");
        using FileStream held = share.Lock();
        if (!File.Exists(path) || File.ReadAllText(path) != json)
            WholeFile.Write(path, json);
    }

    // The files with the hashes of their contents, and those that cannot be read.
    private ((string Path, string Audio)[] Files, StoredFailure[] Unreadable) Hash(
        IReadOnlyList<string> given,
        bool verify
    )
    {
        var hashes = ContentHashes.Of(
            store,
            [.. given.Select(name => Path.Combine(root, name))],
            done => meter.Report("reading", done, given.Count),
            cancellation,
            again: verify
        );
        var read = given.Zip(hashes, (path, of) => (Path: path, of.Hash, of.Trouble)).ToArray();
        return (
            [.. read.Where(file => file.Hash is not null).Select(file => (file.Path, file.Hash!))],
            [.. read.Where(file => file.Hash is null).Select(file => new StoredFailure("", file.Path, file.Trouble!))]
        );
    }

    // Makes the shards that are missing and that the given files have a part in.
    private void Extract(List<StoredFile> planned, Dictionary<string, string> names)
    {
        (int Shard, StoredFile[] Files)[] pending =
        [
            .. planned
                .GroupBy(file => file.Shard)
                .Where(shard =>
                    !File.Exists(share.PathOf(shard.Key)) && shard.Any(file => names.ContainsKey(file.Audio))
                )
                .OrderBy(shard => shard.Key)
                .Select(shard => (shard.Key, shard.DistinctBy(file => file.Audio).ToArray())),
        ];
        meter.Expect(pending.Sum(shard => shard.Files.Length));
        ShardExtraction extraction = new(extractor, root, share, names, meter, cancellation);
        // First what no other process works on, then what others left undone.
        var left = pending.Where(shard => !extraction.TryMake(shard.Shard, shard.Files, wait: false)).ToArray();
        foreach (var (shard, files) in left)
            extraction.TryMake(shard, files, wait: true);
    }
}
