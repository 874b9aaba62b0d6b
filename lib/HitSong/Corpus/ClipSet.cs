using HitSong.Features;
using HitSong.Features.Descriptors;

namespace HitSong.Corpus;

/// <summary>The clips of many tracks, with their features in the feature store.</summary>
/// <example><code>
/// using ClipSet clips = ClipSet.Read(corpus.Tracks, FeatureSettings.HipHop, "artifacts/features");
/// FeatureMatrix first = clips.Features(0); // [128 × 1292] dB
/// </code></example>
public sealed class ClipSet : IDisposable
{
    private readonly FeatureStore store;
    private readonly int[] places;
    private readonly IReadOnlyList<string> contents;

    private ClipSet(
        IReadOnlyList<Track> tracks,
        IReadOnlyList<Clip> clips,
        int[] places,
        IReadOnlyList<string> contents,
        IReadOnlyList<Failure> failures,
        FeatureStore store
    ) =>
        (Tracks, Clips, this.places, this.contents, Failures, this.store) = (
            tracks,
            clips,
            places,
            contents,
            failures,
            store
        );

    /// <summary>The tracks that gave clips.</summary>
    public IReadOnlyList<Track> Tracks { get; }

    /// <summary>[N] clips, by track and by number within it.</summary>
    public IReadOnlyList<Clip> Clips { get; }

    /// <summary>Files that gave none, with the reason.</summary>
    public IReadOnlyList<Failure> Failures { get; }

    /// <summary>Bands or coefficients of each clip.</summary>
    public int Bands => store.Bands;

    /// <summary>Frames of each clip.</summary>
    public int Frames => store.Frames;

    /// <summary>The track that a clip is from.</summary>
    public Track TrackOf(int clip) => Tracks[Clips[clip].Track];

    /// <summary>SHA-256 of the file that a clip is from, hexadecimal.</summary>
    public string ContentOf(int clip) => contents[Clips[clip].Track];

    /// <summary>A clip's features, [bands × frames].</summary>
    public FeatureMatrix Features(int clip) => store.Read(places[clip]);

    /// <summary>A clip's features, into a part of a batch.</summary>
    /// <param name="clip">Which.</param>
    /// <param name="values">[bands · frames], row by row.</param>
    public void Features(int clip, Span<float> values) => store.Read(places[clip], values);

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
    public void Dispose() => store.Dispose();

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
