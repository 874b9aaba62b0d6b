using System.Collections.Concurrent;
using System.IO.MemoryMappedFiles;
using System.Numerics.Tensors;
using Microsoft.Win32.SafeHandles;

namespace HitSong.Features;

/// <summary>
/// Features of many audio files, as <see cref="FeatureExtraction"/> writes them: one folder for each settings
/// (<c>settings.json</c>), in it one for each share of the work (<c>all</c>, or <c>003-of-040</c>), in it shards of
/// some dozens of files, of more where there are more than 64,000: <c>00000.npy</c> ([clips, bands, frames], float32 or
/// float16), <c>00000.index.csv</c> (its clips), <c>00000.failures.csv</c> (the files that gave none) and
/// <c>00000.sha256</c> (for <c>sha256sum -c</c>).
/// Reading maps the shards into memory, and joins the shares. Safe to use from many threads at once.
/// </summary>
/// <example>
/// <code>
/// var files = AudioFolder.Read("../data/demo/corpus/audio").Files.Take(4).ToArray();
/// var extractor = new FeatureExtractor(FeatureSettings.TikTok);
/// var result = FeatureExtraction.Run("../data/demo/corpus/audio", files, extractor, "../artifacts/features");
/// using var store = FeatureStore.Open(result.Folder);
/// var clip = store.Read(0);
/// (clip.Bands, clip.Frames) // (13, 44)
/// </code>
/// The same from Python and DuckDB:
/// <code lang="python">
/// values = numpy.load("all/00000.npy", mmap_mode="r")
/// rows = pandas.read_csv("all/00000.index.csv")   # whose row is which
/// </code>
/// <code lang="sql">
/// SELECT * FROM read_csv('artifacts/features/mel-0123456789ab/*/*.index.csv')
/// </code>
/// </example>
public sealed class FeatureStore : IDisposable
{
    private readonly string folder;
    private readonly ConcurrentDictionary<string, Lazy<Shard>> shards = new();
    private volatile bool isDisposed;

    private FeatureStore(string folder, FeatureSettings settings, IReadOnlyList<StoredClip> clips)
    {
        this.folder = folder;
        Settings = settings;
        Clips = clips;
        (Bands, Frames) = settings.Shape;
    }

    /// <summary>What the features are.</summary>
    public FeatureSettings Settings { get; }

    /// <summary>The clips, share by share and in the order of the files they are from; each content once.</summary>
    public IReadOnlyList<StoredClip> Clips { get; }

    /// <summary>Bands or coefficients of each clip.</summary>
    public int Bands { get; }

    /// <summary>Frames of each clip.</summary>
    public int Frames { get; }

    /// <summary>Opens the features of one settings; what an extraction that still runs has finished is there.</summary>
    /// <param name="folder">The folder that holds <c>settings.json</c>.</param>
    /// <exception cref="HitSongException">No such folder, or a damaged index.</exception>
    public static FeatureStore Open(string folder)
    {
        FeatureSettings settings = FeatureSettings.Read(Path.Combine(folder, "settings.json"));
        List<StoredClip> clips = [];
        HashSet<(string, int)> seen = [];
        foreach (string share in Directory.GetDirectories(folder).Order(StringComparer.Ordinal))
        {
            foreach (string shard in Directory.GetFiles(share, "*.npy").Order(StringComparer.Ordinal))
                clips.AddRange(
                    StoreFiles
                        .ReadCsv<StoredClip>(Path.ChangeExtension(shard, ".index.csv"))
                        .Where(clip => seen.Add((clip.Audio, clip.Clip)))
                );
        }
        return new FeatureStore(folder, settings, clips);
    }

    /// <summary>The features of one clip, [bands × frames], as float32.</summary>
    /// <param name="clip">Its place in <see cref="Clips"/>.</param>
    public FeatureMatrix Read(int clip)
    {
        float[] values = GC.AllocateUninitializedArray<float>(Bands * Frames);
        Read(clip, values);
        return new FeatureMatrix(values, Bands, Frames);
    }

    /// <summary>The features of one clip, into a part of a batch.</summary>
    /// <param name="clip">Its place in <see cref="Clips"/>.</param>
    /// <param name="values">[bands · frames] values, row by row.</param>
    /// <exception cref="HitSongException">The shard is missing or no shard of these settings.</exception>
    /// <exception cref="ObjectDisposedException">The store is disposed of, and its memory unmapped.</exception>
    public void Read(int clip, Span<float> values)
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        if (values.Length != Bands * Frames)
            throw new ArgumentException($"a clip has {Bands} × {Frames} values, not {values.Length}", nameof(values));
        StoredClip stored = Clips[clip];
        shards
            .GetOrAdd(stored.Shard, name => new(() => new Shard(Path.Combine(folder, name), Settings)))
            .Value.Read(stored.Row, values);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        isDisposed = true;
        foreach (Lazy<Shard> shard in shards.Values)
            if (shard.IsValueCreated)
                shard.Value.Dispose();
    }

    // A .npy file in memory. Each reading holds the memory, so that disposing waits for those on other threads.
    private sealed unsafe class Shard : IDisposable
    {
        private readonly string path;
        private readonly MemoryMappedFile file;
        private readonly MemoryMappedViewAccessor view;
        private readonly SafeMemoryMappedViewHandle memory;
        private readonly NpyHeader header;

        public Shard(string path, FeatureSettings settings)
        {
            this.path = path;
            try
            {
                long length = new FileInfo(path).Length;
                file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
                view = file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
                memory = view.SafeMemoryMappedViewHandle;
                byte[] beginning = new byte[Math.Min(length, NpyHeader.Length)];
                memory.ReadSpan<byte>(0, beginning);
                (int bands, int frames) = settings.Shape;
                NpyHeader? found = NpyHeader.Parse(beginning);
                if (
                    found is null
                    || (found.HalfPrecision, found.Bands, found.Frames) != (settings.HalfPrecision, bands, frames)
                    || length != NpyHeader.Length + found.Rows * found.RowBytes
                )
                {
                    Dispose();
                    throw Damaged();
                }
                header = found;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
            {
                throw new HitSongException($"{path} cannot be mapped into memory: {e.Message}", e);
            }
        }

        public void Read(int row, Span<float> values)
        {
            if (row < 0 || row >= header.Rows)
                throw Damaged();
            byte* bytes = null;
            try
            {
                memory.AcquirePointer(ref bytes);
                byte* first = bytes + NpyHeader.Length + row * header.RowBytes;
                if (header.HalfPrecision)
                    TensorPrimitives.ConvertToSingle(new ReadOnlySpan<Half>(first, values.Length), values);
                else
                    new ReadOnlySpan<float>(first, values.Length).CopyTo(values);
            }
            finally
            {
                if (bytes is not null)
                    memory.ReleasePointer();
            }
        }

        public void Dispose()
        {
            view.Dispose();
            file.Dispose();
        }

        private HitSongException Damaged() =>
            new(
                $"{path} is no shard of these settings; ./research extract --verify, given the same "
                    + "audio, repairs the store"
            );
    }
}
