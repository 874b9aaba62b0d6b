using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using TorchSharp;
using TorchSharp.PyBridge;
using static TorchSharp.torch;

namespace HitSong.Models;

/// <summary>
/// Weights in files that Python reads and writes: <c>.safetensors</c> and, to load dense networks, Keras' <c>.h5</c> by
/// that extension, and by any other what <c>torch.save(model.state_dict(), path)</c> has written since 2020. Loading
/// executes nothing.
/// </summary>
/// <example><code>
/// using SpotifyMlp network = new(), other = new();
/// Dictionary&lt;string, string> about = new() { ["license"] = "MIT" };
/// Checkpoint.Save(network, "../artifacts/network.safetensors", about);
/// Checkpoint.Load(other, "../artifacts/network.safetensors");
/// Checkpoint.Metadata("../artifacts/network.safetensors")["license"] // MIT
/// </code></example>
public static class Checkpoint
{
    private const string MetadataKey = "__metadata__";

    /// <summary>
    /// Copies a file's values into a model, as Python's strict <c>load_state_dict</c> does: into the model's own types
    /// and devices, its <c>requires_grad</c> as it was; a count of batches that batch normalization misses is 0 (files
    /// of before 2018; not where the file's <c>_metadata</c> says that it is of version 2, which has one), and one of
    /// shape [1] is taken for one of [].
    /// </summary>
    /// <param name="model">The model; as it was where the file is refused.</param>
    /// <param name="path">The file.</param>
    /// <param name="skip">Names that the model keeps as they are, whether the file has them or not.</param>
    /// <exception cref="HitSongException">
    /// There is no such file, it is damaged or holds anything but tensors, or its names or shapes are not the model's;
    /// a <c>.h5</c> is of a network that has not dense layers alone.
    /// </exception>
    public static void Load(nn.Module model, string path, params IEnumerable<string> skip)
    {
        if (!File.Exists(path))
            throw new HitSongException($"There are no weights at {path}: name a .pth, .safetensors or Keras' .h5.");
        using DisposeScope scope = NewDisposeScope();
        using IDisposable copying = no_grad();
        HashSet<string> kept = [.. skip];
        var own = model.state_dict().Where(tensor => !kept.Contains(tensor.Key)).ToDictionary();

        Dictionary<string, Tensor> values = Explain(
            path,
            () =>
                IsSafetensors(path) ? ReadSafetensors(path, kept, own)
                : IsKeras(path) ? KerasWeights.Read(path, own)
                : ReadPickled(path, kept, own)
        );

        // Not before all is read and fits, and by no load_py of PyBridge, which takes requires_grad from the file,
        // heeds no skip, and spreads [1, 1] over [4, 4].
        foreach ((string name, Tensor tensor) in own)
        {
            if (!values.TryGetValue(name, out Tensor? value))
                tensor.zero_();
            else
                tensor.copy_(IsFirstOf(value.shape, tensor.shape) ? value[0] : value);
        }
    }

    /// <summary>Writes a model's weights, beside the path first and then in its place.</summary>
    /// <param name="model">The model; views, transposed tensors and those on a GPU go as what they hold.</param>
    /// <param name="path">The file.</param>
    /// <param name="metadata">Texts by name for <see cref="Metadata"/>; <c>.safetensors</c> alone has a place.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="HitSongException">There are metadata, and the file has no place for them.</exception>
    public static void Save(nn.Module model, string path, IReadOnlyDictionary<string, string>? metadata = null)
    {
        if (metadata is not null && !IsSafetensors(path))
            throw new HitSongException($"{path} has no place for metadata: take a .safetensors.");
        using DisposeScope scope = NewDisposeScope();
        // PyBridge writes requires_grad, which no state dict of Python's asks for, no strides, and a view's offset
        // without what lies before it: it is given tensors that lie alone. The widest types come first, so that in a
        // .safetensors each lies at a multiple of its size.
        var state = model
            .state_dict()
            .OrderByDescending(tensor => tensor.Value.element_size())
            .ToDictionary(tensor => tensor.Key, tensor => tensor.Value.detach().cpu().contiguous().clone());

        string beside = path + ".partial";
        try
        {
            // Streams, because PyBridge leaves the end of a longer file behind what it writes in its place.
            using (FileStream file = File.Create(beside))
            {
                if (IsSafetensors(path))
                    WriteSafetensors(file, state, metadata ?? new Dictionary<string, string> { ["format"] = "pt" });
                else
                    PyTorchPickler.PickleStateDict(file, state);
            }
            File.Move(beside, path, overwrite: true);
        }
        finally
        {
            File.Delete(beside);
        }
    }

    /// <summary>
    /// What a <c>.safetensors</c> says of itself, texts by name (Python's <c>safe_open(…).metadata()</c>); none where
    /// it says nothing.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <exception cref="HitSongException">It cannot be read, or is no such file.</exception>
    public static IReadOnlyDictionary<string, string> Metadata(string path) =>
        Explain(
            path,
            () =>
            {
                using FileStream file = File.OpenRead(path);
                using JsonDocument header = ReadHeader(file);
                return header.RootElement.TryGetProperty(MetadataKey, out JsonElement metadata)
                    ? metadata.EnumerateObject().ToDictionary(entry => entry.Name, entry => entry.Value.GetString()!)
                    : [];
            }
        );

    private static bool IsSafetensors(string path) =>
        Path.GetExtension(path).Equals(".safetensors", StringComparison.OrdinalIgnoreCase);

    private static bool IsKeras(string path) =>
        Path.GetExtension(path).ToLowerInvariant() is ".h5" or ".hdf5" or ".keras";

    // What the readers throw at a damaged file is of many types; libtorch adds a trace from the second line on.
    private static T Explain<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is not HitSongException)
        {
            string form =
                IsSafetensors(path) ? "safetensors file"
                : IsKeras(path) ? "Keras file (HDF5)"
                : "state dict of torch.save";
            string why = e.Message.Split('\n')[0].TrimEnd('.');
            throw new HitSongException($"{path} cannot be read as a {form}: {why}. Save it or get it again.", e);
        }
    }

    private static Dictionary<string, Tensor> ReadPickled(
        string path,
        HashSet<string> kept,
        Dictionary<string, Tensor> own
    )
    {
        using FileStream file = File.OpenRead(path);
        using PickledStateDict state = new(
            file,
            room: own.Values.Sum(tensor => tensor.numel() * tensor.element_size())
        );
        string[] names = Compare(
            path,
            state.Shapes.Where(tensor => !kept.Contains(tensor.Key)),
            own,
            name => IsBatchCount(name) && state.VersionOf(name) is not >= 2
        );
        return names.ToDictionary(name => name, state.Read);
    }

    private static Dictionary<string, Tensor> ReadSafetensors(
        string path,
        HashSet<string> kept,
        Dictionary<string, Tensor> own
    )
    {
        using FileStream file = File.OpenRead(path);
        using JsonDocument header = ReadHeader(file);
        long bytes = file.Length - file.Position;
        OrderedDictionary<string, long[]> shapes = [];
        foreach (JsonProperty entry in header.RootElement.EnumerateObject().Where(entry => entry.Name != MetadataKey))
        {
            if (!shapes.TryAdd(entry.Name, Numbers(entry, "shape")))
                throw new InvalidDataException($"two tensors are named {entry.Name}");
            if (Numbers(entry, "data_offsets") is not [>= 0 and long from, long to] || to < from || to > bytes)
                throw new InvalidDataException($"{entry.Name} does not lie within its {bytes} bytes of tensors");
        }
        List<string> names = [.. Compare(path, shapes.Where(tensor => !kept.Contains(tensor.Key)), own, IsBatchCount)];

        // PyBridge makes room for what a header claims before it looks at the file: now that is what the model has.
        file.Position = 0;
        return Safetensors.LoadStateDict(file, leaveOpen: true, names);

        static long[] Numbers(JsonProperty entry, string name) =>
            [.. entry.Value.GetProperty(name).EnumerateArray().Select(number => number.GetInt64())];
    }

    private static void WriteSafetensors(
        FileStream file,
        Dictionary<string, Tensor> state,
        IReadOnlyDictionary<string, string> metadata
    )
    {
        // PyBridge writes no metadata: the header is written anew, and the tensors follow as they are.
        using FileStream plain = new(
            file.Name + ".tensors",
            FileMode.Create,
            FileAccess.ReadWrite,
            FileShare.None,
            1 << 16,
            FileOptions.DeleteOnClose
        );
        Safetensors.SaveStateDict(plain, state, leaveOpen: true);
        plain.Position = 0;
        using JsonDocument tensors = ReadHeader(plain);
        using var header = new MemoryStream();
        using (var json = new Utf8JsonWriter(header))
        {
            json.WriteStartObject();
            json.WriteStartObject(MetadataKey);
            foreach ((string name, string text) in metadata)
                json.WriteString(name, text);
            json.WriteEndObject();
            foreach (JsonProperty tensor in tensors.RootElement.EnumerateObject())
                tensor.WriteTo(json);
            json.WriteEndObject();
        }
        // Spaces, so that the tensors start at a multiple of 8 bytes.
        header.Write(Encoding.ASCII.GetBytes(new string(' ', (int)(-header.Length & 7))));
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        file.Write(length);
        header.WriteTo(file);
        plain.CopyTo(file);
    }

    // The stream is then at the first tensor.
    private static JsonDocument ReadHeader(FileStream file)
    {
        Span<byte> length = stackalloc byte[8];
        file.ReadExactly(length);
        ulong bytes = BinaryPrimitives.ReadUInt64LittleEndian(length);
        if (bytes > (ulong)(file.Length - 8))
            throw new InvalidDataException($"its header is said to be {bytes} bytes long, which are not there");
        byte[] header = new byte[bytes];
        file.ReadExactly(header);
        JsonDocument json = JsonDocument.Parse(header);
        return json.RootElement.ValueKind == JsonValueKind.Object
            ? json
            : throw new InvalidDataException("its header is no object");
    }

    // The names that both have; the model's others are counts of batches.
    private static string[] Compare(
        string path,
        IEnumerable<KeyValuePair<string, long[]>> file,
        Dictionary<string, Tensor> own,
        Func<string, bool> mayMiss
    )
    {
        Dictionary<string, long[]> theirs = file.ToDictionary();
        string[] missing = [.. own.Keys.Where(name => !theirs.ContainsKey(name) && !mayMiss(name))];
        string[] unexpected = [.. theirs.Keys.Where(name => !own.ContainsKey(name))];
        if (Prefix(missing, theirs.Keys) is { Length: > 0 } prefix)
            throw new HitSongException(
                $"{path} has its weights under names that begin with \"{prefix}\", as a wrapper of the model "
                    + "(DataParallel, a LightningModule) has them. Take that away in Python:\n"
                    + Python(path, $"{{k.removeprefix(\"{prefix}\"): v for k, v in FILE.items()}}")
            );
        if (missing.Length + unexpected.Length > 0)
        {
            string lacks = missing.Length > 0 ? $" It lacks {FirstFew(missing)}." : "";
            string more = unexpected.Length > 0 ? $" It has besides {FirstFew(unexpected)}." : "";
            throw new HitSongException(
                $"{path} is of another model.{lacks}{more} Take the model that it was saved from, or skip those names."
            );
        }
        string[] others = [.. theirs.Keys.Where(name => !Fits(theirs[name], own[name].shape))];
        if (others.Length > 0)
        {
            string[] shapes =
            [
                .. others.Select(name => $"{name} ({Shape(theirs[name])}, here {Shape(own[name].shape)})"),
            ];
            throw new HitSongException(
                $"{path} has other shapes than this model: {FirstFew(shapes)}. "
                    + "Make the model of the same size, or skip those names."
            );
        }
        return [.. theirs.Keys];

        static string Shape(long[] sizes) => $"[{string.Join(", ", sizes.Take(9))}]";
    }

    private static bool IsBatchCount(string name) =>
        name == "num_batches_tracked" || name.EndsWith(".num_batches_tracked", StringComparison.Ordinal);

    private static bool Fits(long[] file, long[] own) => file.AsSpan().SequenceEqual(own) || IsFirstOf(file, own);

    // PyTorch takes the first of several for a single number, as those of before 0.4 were written.
    private static bool IsFirstOf(long[] file, long[] own) => own is [] && file is [> 0];

    // What comes before the names of a model whose own are missing.
    private static string? Prefix(string[] missing, IReadOnlyCollection<string> names)
    {
        string? longer =
            missing.Length == 0
                ? null
                : names.FirstOrDefault(name => name.EndsWith("." + missing[0], StringComparison.Ordinal));
        string? prefix = longer?[..^missing[0].Length];
        bool isPrefix = prefix is not null && names.All(name => name.StartsWith(prefix, StringComparison.Ordinal));
        return isPrefix && IsPlain(prefix!) ? prefix : null;
    }

    /// <summary>Whether what a file names may stand in a line for the shell, where it could do harm.</summary>
    internal static bool IsPlain(string name) => name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-');

    private static string FirstFew(string[] names) =>
        string.Join(", ", names.Take(3)) + (names.Length > 3 ? $" and {names.Length - 3} more" : "");

    /// <summary>The line of Python that writes what is made of a file to another beside it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="expression">What to write, where <c>FILE</c> stands for what the file holds.</param>
    internal static string Python(string path, string expression)
    {
        string extension = Path.GetExtension(path);
        string other = $"{path[..^extension.Length]}-converted{extension}";
        (string import, string read, string write) = IsSafetensors(path)
            ? ("from safetensors.torch import load_file, save_file", $"load_file(\"{path}\")", "save_file")
            : ("import torch", $"torch.load(\"{path}\", map_location=\"cpu\")", "torch.save");
        return $"python3 -c '{import}; {write}({expression.Replace("FILE", read)}, \"{other}\")'";
    }
}
