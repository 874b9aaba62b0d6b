using HitSong.Features;
using HitSong.Features.Descriptors;

namespace HitSong.Corpus;

/// <summary>The clips of many tracks, with their features in the feature store.</summary>
/// <example><code>
/// var tracks = DemoCorpus.Open("../data/demo/corpus").Tracks.Take(4).ToArray();
/// using var clips = ClipSet.Read(tracks, FeatureSettings.TikTok, "../artifacts/features");
/// (clips.Clips.Count, clips.Bands, clips.Frames) // (20, 13, 44)
/// </code></example>
public sealed class ClipSet : IDisposable
{
    private readonly FeatureStore? store;
    private readonly int[] places;
    private readonly byte[][] pictures = []; // in the place of the store
    private readonly IReadOnlyList<string> contents;

    private ClipSet(
        IReadOnlyList<Track> tracks,
        IReadOnlyList<Clip> clips,
        int[] places,
        IReadOnlyList<string> contents,
        IReadOnlyList<Failure> failures,
        FeatureStore? store
    ) =>
        (Tracks, Clips, this.places, this.contents, Failures, this.store) = (
            tracks,
            clips,
            places,
            contents,
            failures,
            store
        );

    private ClipSet(
        IReadOnlyList<Track> tracks,
        IReadOnlyList<Clip> clips,
        IReadOnlyList<string> contents,
        IReadOnlyList<Failure> failures,
        byte[][] pictures
    )
        : this(tracks, clips, [], contents, failures, store: null) => this.pictures = pictures;

    /// <summary>The tracks that gave clips.</summary>
    public IReadOnlyList<Track> Tracks { get; }

    /// <summary>[N] clips, by track and by number within it.</summary>
    public IReadOnlyList<Clip> Clips { get; }

    /// <summary>Files that gave none, with the reason.</summary>
    public IReadOnlyList<Failure> Failures { get; }

    /// <summary>Bands or coefficients of each clip; of a picture three times its height.</summary>
    public int Bands => store?.Bands ?? 3 * Frames;

    /// <summary>Frames of each clip; a picture's width.</summary>
    public int Frames => store?.Frames ?? (int)Math.Sqrt(pictures[0].Length / 3);

    /// <summary>The track that a clip is from.</summary>
    public Track TrackOf(int clip) => Tracks[Clips[clip].Track];

    /// <summary>SHA-256 of the file that a clip is from, hexadecimal.</summary>
    public string ContentOf(int clip) => contents[Clips[clip].Track];

    /// <summary>A clip's features, [bands × frames].</summary>
    public FeatureMatrix Features(int clip)
    {
        if (store is not null)
            return store.Read(places[clip]);
        var values = new float[Bands * Frames];
        Features(clip, values);
        return new(values, Bands, Frames);
    }

    /// <summary>A clip's features, into a part of a batch.</summary>
    /// <param name="clip">Which.</param>
    /// <param name="values">[bands · frames], row by row.</param>
    public void Features(int clip, Span<float> values)
    {
        if (store is not null)
            store.Read(places[clip], values);
        else
            for (int i = 0; i < values.Length; i++)
                values[i] = pictures[clip][i] / 255f;
    }

    /// <summary>
    /// Pictures in the place of clips, each track's path being one's: [3 · side, side], 0…1, red above green above
    /// blue. They are held in memory, 3 · side² bytes each.
    /// </summary>
    /// <param name="tracks">The tracks; those of one id are of one song, and its pictures are counted.</param>
    /// <param name="side">Height and width that each is brought to, pixels.</param>
    /// <param name="features">The folder of all feature stores, which remembers hashes of files.</param>
    /// <param name="progress">Told how many are read.</param>
    /// <param name="cancellation">Stops between pictures.</param>
    /// <exception cref="HitSongException">None of them can be used.</exception>
    public static ClipSet ReadPictures(
        IReadOnlyList<Track> tracks,
        int side,
        string features,
        IProgress<ExtractionProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        var sizes = new (int Height, int Width)?[tracks.Count];
        var pictures = new byte[]?[tracks.Count];
        var reasons = new string?[tracks.Count];
        Each(i => sizes[i] = PictureFile.SizeOf(tracks[i].AudioPath));
        // What most have is how they were made; another size is another picture.
        (int Height, int Width) most = sizes.OfType<(int, int)>().CountBy(size => size).MaxBy(c => c.Value).Key;
        int read = 0;
        Each(i =>
        {
            if (sizes[i] is not { } size)
                return;
            pictures[i] =
                size == most
                    ? PictureFile.Read(tracks[i].AudioPath, side)
                    : throw new CorpusException(
                        $"is {size.Width} × {size.Height} pixels, where most are {most.Width} × {most.Height}"
                    );
            progress?.Report(new("reading pictures", Interlocked.Increment(ref read), tracks.Count, 0));
        });
        int[] used = [.. Enumerable.Range(0, tracks.Count).Where(i => pictures[i] is not null)];
        Failure[] failures =
        [
            .. Enumerable
                .Range(0, tracks.Count)
                .Where(i => reasons[i] is not null)
                .Select(i => new Failure(tracks[i].AudioPath, reasons[i]!)),
        ];
        if (used.Length == 0)
            throw new HitSongException(
                $"None of {tracks.Count} pictures can be used; the first: {failures[0].Path} {failures[0].Reason}"
            );
        (string? Hash, string?)[] hashes = ContentHashes.Of(features, [.. used.Select(i => tracks[i].AudioPath)]);
        Dictionary<string, int> next = [];
        return new(
            [.. used.Select(i => tracks[i])],
            [
                .. used.Select(
                    (i, place) => new Clip(place, next[tracks[i].Id] = next.GetValueOrDefault(tracks[i].Id, -1) + 1)
                ),
            ],
            [.. hashes.Select(hash => hash.Hash ?? "")],
            failures,
            [.. used.Select(i => pictures[i]!)]
        );

        void Each(Action<int> look) =>
            Parallel.For(
                0,
                tracks.Count,
                new ParallelOptions { CancellationToken = cancellation },
                i =>
                {
                    try
                    {
                        look(i);
                    }
                    catch (CorpusException e)
                    {
                        reasons[i] = e.Message;
                    }
                }
            );
    }

    /// <summary>Extracts what the store lacks, on all cores, and opens the rest.</summary>
    /// <param name="tracks">The tracks, with their audio.</param>
    /// <param name="settings">Clips and features.</param>
    /// <param name="features">The folder of all feature stores.</param>
    /// <param name="progress">Told how far the extraction is.</param>
    /// <param name="cancellation">Stops between tracks; what was extracted is kept.</param>
    /// <exception cref="HitSongException">No track gave a clip, or the store cannot be written.</exception>
    public static ClipSet Read(
        IReadOnlyList<Track> tracks,
        FeatureSettings settings,
        string features,
        IProgress<ExtractionProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        string root = Common([.. tracks.Select(track => Path.GetDirectoryName(Path.GetFullPath(track.AudioPath))!)]);
        string[] names = [.. tracks.Select(track => Path.GetRelativePath(root, Path.GetFullPath(track.AudioPath)))];
        ExtractionResult extracted = FeatureExtraction.Run(
            root,
            names,
            DescriptorExtractor.For(settings),
            features,
            progress: progress,
            cancellation: cancellation
        );
        Dictionary<string, string> failures = extracted
            .Failures.GroupBy(failure => failure.Path)
            .ToDictionary(failure => failure.Key, failure => failure.First().Reason);
        FeatureStore store = FeatureStore.Open(extracted.Folder);
        ILookup<string, int> byAudio = Enumerable
            .Range(0, store.Clips.Count)
            .ToLookup(place => store.Clips[place].Audio);

        List<Track> used = [];
        List<Clip> clips = [];
        List<int> places = [];
        List<string> contents = [];
        List<Failure> failed = [];
        for (int i = 0; i < tracks.Count; i++)
        {
            int[] own = extracted.Audio.TryGetValue(names[i], out string? audio) ? [.. byAudio[audio]] : [];
            if (own.Length == 0)
            {
                failed.Add(
                    new(
                        tracks[i].AudioPath,
                        failures.GetValueOrDefault(names[i], "gave no clip, as another file of the same content")
                    )
                );
                continue;
            }
            foreach (int place in own)
            {
                clips.Add(new(used.Count, store.Clips[place].Clip));
                places.Add(place);
            }
            used.Add(tracks[i]);
            contents.Add(audio!);
        }
        if (used.Count > 0)
            return new(used, clips, [.. places], contents, failed, store);
        store.Dispose();
        throw new HitSongException(
            $"None of {tracks.Count} audio files gave a clip"
                + (failed.Count > 0 ? $"; the first: {failed[0].Path} {failed[0].Reason}" : ".")
        );
    }

    /// <inheritdoc/>
    public void Dispose() => store?.Dispose();

    // The deepest folder that holds them all.
    private static string Common(IReadOnlyList<string> folders)
    {
        string common = folders.Count == 0 ? Path.GetFullPath(".") : folders[0];
        foreach (string folder in folders)
            while (!Holds(common, folder))
                common = Path.GetDirectoryName(common) ?? common;
        return common;

        static bool Holds(string outer, string inner)
        {
            string start = Path.TrimEndingDirectorySeparator(outer) + Path.DirectorySeparatorChar;
            return inner == outer || inner.StartsWith(start, StringComparison.Ordinal);
        }
    }
}
