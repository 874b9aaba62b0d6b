using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using static TorchSharp.torch;

namespace TorchSharp.PyBridge;

/// <summary>
/// The safetensors format: the header's length in 8 bytes, a JSON header that gives each tensor's type, shape and place,
/// and the tensors, one after the other without gaps.
/// </summary>
internal static class SafeTensors
{
    /// <summary>The format's own bound on the header, in bytes.</summary>
    private const int LongestHeader = 100_000_000;

    private static readonly Dictionary<string, ScalarType> types = new()
    {
        ["F64"] = ScalarType.Float64, ["F32"] = ScalarType.Float32, ["F16"] = ScalarType.Float16, ["BF16"] = ScalarType.BFloat16,
        ["I64"] = ScalarType.Int64, ["I32"] = ScalarType.Int32, ["I16"] = ScalarType.Int16, ["I8"] = ScalarType.Int8,
        ["U8"] = ScalarType.Byte, ["BOOL"] = ScalarType.Bool,
    };

    /// <param name="Length">In bytes.</param>
    public sealed record Entry(string Name, ScalarType Type, long[] Shape, long Start, long Length);

    /// <summary>Reads and checks the header; the tensors follow in the stream in the order returned.</summary>
    public static List<Entry> ReadHeader(Stream stream)
    {
        byte[] lengthBytes = new byte[8];
        if (stream.ReadAtLeast(lengthBytes, 8, throwOnEndOfStream: false) < 8) throw Damaged("it ends within its first 8 bytes");
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(lengthBytes);
        if (length is < 2 or > LongestHeader) throw Damaged($"its header is said to be {length} bytes long");
        if (stream.CanSeek && (ulong)(stream.Length - stream.Position) < length) throw Damaged($"its header is said to be {length} bytes long, which are not there");
        byte[] header = new byte[length];
        if (stream.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) < header.Length) throw Damaged("it ends within the header");
        if (header[0] != '{') throw Damaged("its header is no JSON object");

        List<Entry> entries;
        try
        {
            using JsonDocument json = JsonDocument.Parse(header, new JsonDocumentOptions { MaxDepth = 4 });
            entries = [.. json.RootElement.EnumerateObject().Where(p => p.Name != "__metadata__").Select(Parse).OrderBy(e => e.Start).ThenBy(e => e.Length)];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            throw Damaged("its header does not say what it should", e);
        }

        var names = new HashSet<string>();
        long end = 0;
        foreach (Entry entry in entries)
        {
            if (!names.Add(entry.Name)) throw Damaged($"two of its tensors are named {entry.Name}");
            if (entry.Start != end) throw Damaged($"{entry.Name} starts at byte {entry.Start}, where {end} is next");
            end += entry.Length;
        }
        if (stream.CanSeek && stream.Length - stream.Position != end) throw Damaged($"its tensors take {end} bytes, and {stream.Length - stream.Position} are there");
        return entries;
    }

    private static Entry Parse(JsonProperty property)
    {
        JsonElement value = property.Value;
        string typeName = value.GetProperty("dtype").GetString() ?? "null";
        if (!types.TryGetValue(typeName, out ScalarType type)) throw Damaged($"{property.Name} is of type {typeName}, which is not read");
        long[] shape = [.. value.GetProperty("shape").EnumerateArray().Select(s => s.GetInt64())];
        long[] offsets = [.. value.GetProperty("data_offsets").EnumerateArray().Select(s => s.GetInt64())];
        if (offsets is not [>= 0, _] || offsets[1] < offsets[0]) throw Damaged($"{property.Name} lies at [{string.Join(", ", offsets)}]");
        long bytes = TensorBytes.Needed(type, shape) ?? throw Damaged($"{property.Name} has the shape [{string.Join(", ", shape)}]");
        if (bytes != offsets[1] - offsets[0]) throw Damaged($"{property.Name} of shape [{string.Join(", ", shape)}] and type {typeName} takes {bytes} bytes, and {offsets[1] - offsets[0]} are given to it");
        return new Entry(property.Name, type, shape, offsets[0], offsets[1] - offsets[0]);
    }

    /// <summary>Reads the tensor that is next in the stream.</summary>
    public static Tensor ReadTensor(Stream stream, Entry entry) => TensorBytes.Read(stream, entry.Type, entry.Shape, entry.Length);

    /// <summary>Passes over the tensor that is next in the stream.</summary>
    public static void Skip(Stream stream, Entry entry) => TensorBytes.Skip(stream, entry.Length);

    public static void Write(Stream stream, IEnumerable<KeyValuePair<string, Tensor>> tensors)
    {
        // The widest types first, so that every tensor is aligned to its elements, as the format's own writer does.
        KeyValuePair<string, Tensor>[] ordered = [.. tensors.OrderByDescending(t => t.Value.element_size())];
        using var header = new MemoryStream();
        using (var json = new Utf8JsonWriter(header))
        {
            long end = 0;
            json.WriteStartObject();
            foreach ((string name, Tensor tensor) in ordered)
            {
                ScalarType type = tensor.dtype;
                string typeName = types.FirstOrDefault(t => t.Value == type).Key ?? throw new NotSupportedException($"{name} is of type {type}, which safetensors does not have");
                json.WriteStartObject(name);
                json.WriteString("dtype", typeName);
                json.WriteStartArray("shape");
                foreach (long size in tensor.shape) json.WriteNumberValue(size);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(end);
                json.WriteNumberValue(end += tensor.numel() * tensor.element_size());
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        // Spaces, so that the tensors start at a multiple of 8 bytes.
        header.Write(Encoding.ASCII.GetBytes(new string(' ', (int)(-header.Length & 7))));
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        stream.Write(length);
        header.WriteTo(stream);
        foreach ((_, Tensor tensor) in ordered) TensorBytes.Write(stream, tensor);
    }

    private static InvalidDataException Damaged(string why, Exception? cause = null) => new($"Not a sound safetensors file: {why}", cause);
}
