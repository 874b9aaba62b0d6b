namespace HitSong.Features;

/// <summary>
/// Fills the feature store (<see cref="FeatureStore"/> has its layout). First the files are hashed, and those whose
/// content is new are written down with the shard that each belongs to; then shard after shard is made, on all cores.
/// So what a shard holds is settled before any work: whenever the work is killed, or shared by several processes, the
/// same bytes come out. A shard is written as <c>.npy.part</c>, which the system locks for the process that works on
/// it, and renamed when all else is on disk: a <c>.npy</c> is whole, or it is not there.
/// </summary>
/// <example><code>
/// var files = AudioFolder.Read("../data/demo/corpus/audio").Files.Take(4).ToArray();
/// var extractor = new FeatureExtractor(FeatureSettings.TikTok);
/// var result = FeatureExtraction.Run("../data/demo/corpus/audio", files, extractor, "../artifacts/features");
/// result.Failures.Count // 0
/// </code></example>
public sealed class FeatureExtraction
{
    // The share that has all of the work.
    private const string All = "all";

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
        FeatureExtraction extraction = new(root, store, extractor, only?.ToString() ?? All, progress, cancellation);
        return extraction.Writing(() =>
            extraction.ExtractAll([.. files.Where(name => only?.Has(name) ?? true).Distinct()], verify)
        );
    }

    /// <summary>
    /// The first half of <see cref="Run"/>: hashes the files and writes down which shard each belongs to.
    /// </summary>
    /// <returns>The shards that are still to be made, for <see cref="Make"/> in any processes.</returns>
    /// <inheritdoc cref="Run"/>
    public static IReadOnlyList<PlannedShard> Plan(
        string root,
        IReadOnlyList<string> files,
        FeatureExtractor extractor,
        string store,
        IProgress<ExtractionProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        FeatureExtraction extraction = new(root, store, extractor, All, progress, cancellation);
        return extraction.Writing<IReadOnlyList<PlannedShard>>(() =>
        {
            var (planned, names, _) = extraction.Plan([.. files.Distinct()], verify: false);
            return [.. extraction.Missing(planned, names).Select(shard => new PlannedShard(shard.Number, shard.Path))];
        });
    }

    /// <summary>
    /// Makes some of the planned shards, and looks at nothing but their files: one part of what <see cref="Run"/>
    /// would make, to the same bytes. A shard that another process is making is waited for.
    /// </summary>
    /// <param name="root">As it was planned.</param>
    /// <param name="shards">Their numbers.</param>
    /// <param name="extractor">As it was planned.</param>
    /// <param name="store">As it was planned.</param>
    /// <param name="progress">Told how far it is, from one thread at a time.</param>
    /// <param name="cancellation">Stops at once; what is whole stays.</param>
    /// <exception cref="HitSongException">
    /// A shard is not planned, or the store cannot be written (a full disk); what was finished stays whole.
    /// </exception>
    public static void Make(
        string root,
        IReadOnlyCollection<int> shards,
        FeatureExtractor extractor,
        string store,
        IProgress<ExtractionProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        FeatureExtraction extraction = new(root, store, extractor, All, progress, cancellation);
        if (!Directory.Exists(extraction.folder))
            throw NotPlanned(shards.First());
        extraction.Writing(() =>
        {
            HashSet<int> wanted = [.. shards];
            List<StoredFile> planned = ExtractionPlan.Read(extraction.share, wanted);
            wanted.ExceptWith(planned.Select(file => file.Shard));
            if (wanted.Count > 0)
                throw NotPlanned(wanted.First());
            // A content may have had another name when it was first planned.
            Dictionary<string, string> names = planned
                .GroupBy(file => file.Audio)
                .ToDictionary(
                    file => file.Key,
                    file =>
                        (file.FirstOrDefault(named => File.Exists(Path.Combine(root, named.Path))) ?? file.First()).Path
                );
            extraction.Extract(extraction.Missing(planned, names), names);
            return shards.Count;
        });

        HitSongException NotPlanned(int shard) =>
            new($"Shard {shard} is not planned in {extraction.folder}: ./research extract plans it.");
    }

    private T Writing<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new HitSongException(
                $"The feature store {folder} cannot be written: {e.Message.TrimEnd('.')}. What "
                    + "was finished is whole; give it room or rights, and the same command goes on.",
                e
            );
        }
    }

    private ExtractionResult ExtractAll(IReadOnlyList<string> given, bool verify)
    {
        var (planned, names, hashed) = Plan(given, verify);
        Extract(Missing(planned, names), names);

        IEnumerable<StoredFailure> failures = share
            .Failures.SelectMany(StoreFiles.ReadCsv<StoredFailure>)
            .Where(failure => names.ContainsKey(failure.Audio));
        return new(
            folder,
            given.Count,
            meter.Done,
            hashed.Repaired,
            hashed.Damaged,
            [.. hashed.Unreadable, .. failures],
            hashed.Files.ToDictionary(file => file.Path, file => file.Audio)
        );
    }

    // What reading the files gave: those that can be read, those that cannot, and shards that were damaged.
    private sealed record Hashed(
        (string Path, string Audio)[] Files,
        StoredFailure[] Unreadable,
        int Repaired,
        int Damaged
    );

    // All files of the share with their shards, the given contents' names, and what reading the given ones gave.
    private (List<StoredFile> Planned, Dictionary<string, string> Names, Hashed Hashed) Plan(
        IReadOnlyList<string> given,
        bool verify
    )
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
        return (ExtractionPlan.Extend(share, files), names, new(files, unreadable, repaired, damaged));
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

    // The shards that are not there and that the given files have a part in, with their files, each content once.
    private (int Number, string Path, StoredFile[] Files)[] Missing(
        List<StoredFile> planned,
        Dictionary<string, string> names
    )
    {
        HashSet<string> made = [.. share.Shards];
        return
        [
            .. planned
                .GroupBy(file => file.Shard)
                .Where(shard =>
                    !made.Contains(share.PathOf(shard.Key)) && shard.Any(file => names.ContainsKey(file.Audio))
                )
                .OrderBy(shard => shard.Key)
                .Select(shard => (shard.Key, share.PathOf(shard.Key), shard.DistinctBy(file => file.Audio).ToArray())),
        ];
    }

    private void Extract((int Number, string Path, StoredFile[] Files)[] missing, Dictionary<string, string> names)
    {
        meter.Expect(missing.Sum(shard => shard.Files.Length));
        ShardExtraction extraction = new(extractor, root, share, names, meter, cancellation);
        // First what no other process works on, then what others left undone.
        var left = missing.Where(shard => !extraction.TryMake(shard.Number, shard.Files, wait: false)).ToArray();
        foreach (var (shard, _, files) in left)
            extraction.TryMake(shard, files, wait: true);
    }
}
