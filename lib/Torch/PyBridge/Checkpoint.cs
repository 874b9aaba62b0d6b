using System.IO.Compression;
using System.Text;
using static TorchSharp.torch;

namespace TorchSharp.PyBridge;

/// <summary>
/// Files of <c>torch.save</c>: since 1.6 a zip archive of one pickle and the storages, before that pickles with the storages behind.
/// </summary>
internal static class Checkpoint
{
    private static readonly byte[] legacyMagic = [0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e];

    /// <summary>Reads a checkpoint; every tensor in it is a <see cref="StoredTensor"/>.</summary>
    /// <exception cref="InvalidDataException">It is none, it is damaged, or it holds what is not read.</exception>
    public static object? Read(Stream stream)
    {
        if (!stream.CanSeek)
        {
            var copy = new MemoryStream();
            stream.CopyTo(copy);
            copy.Position = 0;
            stream = copy;
        }
        long start = stream.Position;
        byte[] magic = new byte[legacyMagic.Length];
        int read = stream.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false);
        stream.Position = start;
        try
        {
            if (magic.AsSpan().StartsWith("PK\u0003\u0004"u8)) return ReadZip(stream);
            if (read == magic.Length && magic.SequenceEqual(legacyMagic)) return ReadLegacy(stream);
        }
        catch (Exception e) when (e is IOException or NotSupportedException or ArgumentException or OverflowException or InvalidOperationException)
        {
            throw Damaged(e.Message, e);
        }
        throw Damaged("it begins as no file of torch.save does");
    }

    private static object? ReadZip(Stream stream)
    {
        using var zip = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true);
        // An archive can name the same bytes many times; no more is taken from it than it is long.
        long left = stream.Length;
        ZipArchiveEntry pickle = zip.Entries.FirstOrDefault(e => e.FullName.EndsWith("/data.pkl", StringComparison.Ordinal)) ?? throw Damaged("it has no data.pkl");
        string folder = pickle.FullName[..^"data.pkl".Length];
        if (zip.GetEntry(folder + "byteorder") is { } order && Encoding.ASCII.GetString(Content(order)) != "little") throw Damaged("its numbers are big-endian");
        var storages = new Dictionary<string, Storage>();
        return new Unpickler(new MemoryStream(Content(pickle)), id =>
        {
            if (id is not ["storage", ScalarType type, string key, string, long count]) throw Damaged("a persistent id in its pickle is no storage's");
            if (storages.TryGetValue(key, out Storage? known)) return known.Type == type ? known : throw Damaged($"storage {key} is said to be of two types");
            ZipArchiveEntry entry = zip.GetEntry($"{folder}data/{key}") ?? throw Damaged($"storage {key} is not in it");
            if (TensorBytes.Needed(type, [count]) is not { } bytes || bytes != Length(entry)) throw Damaged($"storage {key} is said to have {count} elements, and has {entry.Length} bytes");
            using Stream content = entry.Open();
            return storages[key] = new Storage(type, key, count) { Elements = TensorBytes.Read(content, type, [count], bytes) };
        }).Read();

        byte[] Content(ZipArchiveEntry entry)
        {
            byte[] bytes = new byte[Length(entry)];
            using Stream content = entry.Open();
            content.ReadExactly(bytes);
            return bytes;
        }

        long Length(ZipArchiveEntry entry)
        {
            if (entry.Length != entry.CompressedLength) throw Damaged($"its part {entry.FullName} is compressed, which torch.save never does");
            left -= entry.Length;
            return left >= 0 ? entry.Length : throw Damaged("its parts are longer than it");
        }
    }

    private static object? ReadLegacy(Stream stream)
    {
        stream.Position += legacyMagic.Length;
        if (Pickle() is not 1001L) throw Damaged("it is not of protocol 1001, the only one there was");
        if (Pickle() is not OrderedDictionary<object, object?> system || system.GetValueOrDefault("little_endian") is not true) throw Damaged("its numbers are big-endian");
        var storages = new Dictionary<string, Storage>();
        object? result = new Unpickler(stream, id =>
        {
            if (id is not ["storage", ScalarType type, string key, string, long count, null]) throw Damaged("a persistent id in its pickle is no storage's, or one of a storage within another, which is not read");
            if (!storages.TryGetValue(key, out Storage? known)) return storages[key] = new Storage(type, key, count);
            return known.Type == type && known.Count == count ? known : throw Damaged($"storage {key} is said to be of two types or lengths");
        }).Read();

        if (Pickle() is not List<object?> keys) throw Damaged("the list of its storages is missing");
        foreach (object? key in keys)
        {
            if (key is not string name || !storages.TryGetValue(name, out Storage? storage)) throw Damaged($"no tensor lies in its storage {key}");
            byte[] count = new byte[8];
            stream.ReadExactly(count);
            if (BitConverter.ToInt64(count) != storage.Count || TensorBytes.Needed(storage.Type, [storage.Count]) is not { } bytes)
                throw Damaged($"storage {key} is said to have {storage.Count} elements and {BitConverter.ToInt64(count)}");
            storage.Elements = TensorBytes.Read(stream, storage.Type, [storage.Count], bytes);
        }
        return storages.Values.FirstOrDefault(s => s.Elements is null) is { } absent ? throw Damaged($"storage {absent.Key} is missing") : result;

        object? Pickle() => new Unpickler(stream, _ => throw Damaged("a storage stands where none belongs")).Read();
    }

    /// <summary>Writes a checkpoint as Python does today.</summary>
    /// <param name="root">Dictionaries, lists, tuples, strings, numbers and tensors; tensors that share memory share a storage.</param>
    public static void Write(Stream stream, object root)
    {
        using var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        var pickler = new Pickler();
        Add("archive/data.pkl", content => content.Write(pickler.Write(root)));
        for (int i = 0; i < pickler.Storages.Count; i++)
        {
            using Tensor elements = pickler.Storages[i];
            Add($"archive/data/{i}", content => TensorBytes.Write(content, elements));
        }
        Add("archive/version", content => content.Write("3\n"u8));

        void Add(string name, Action<Stream> write)
        {
            using Stream content = zip.CreateEntry(name, CompressionLevel.NoCompression).Open();
            write(content);
        }
    }

    public static InvalidDataException Damaged(string why, Exception? cause = null) => new($"Not a sound checkpoint of PyTorch: {why}", cause);
}
