using System.Buffers.Binary;
using System.Text;
using System.Text.Json;

namespace HitSong.Models;

/// <summary>What a <c>.safetensors</c> file says of itself: the format's <c>__metadata__</c>, texts by name, in the header before the tensors. Python's <c>safe_open(…).metadata()</c> gives the same.</summary>
public static class SafeTensorsMetadata
{
    private const string Key = "__metadata__";

    /// <summary>The texts; none where the file has none.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="HitSongException">It cannot be read, or its header is none.</exception>
    public static IReadOnlyDictionary<string, string> Read(string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            using JsonDocument header = ReadHeader(file);
            return header.RootElement.TryGetProperty(Key, out JsonElement metadata) ? metadata.EnumerateObject().ToDictionary(entry => entry.Name, entry => entry.Value.GetString()!) : new();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException)
        {
            throw new HitSongException($"{path} is no sound safetensors file: {e.Message}", e);
        }
    }

    /// <summary>Puts texts into a file in the place of those that it has; the tensors stay as they are. Written beside and renamed into place.</summary>
    /// <param name="path">The file.</param>
    /// <param name="metadata">The texts.</param>
    /// <exception cref="JsonException">Its header is none.</exception>
    internal static void Write(string path, IReadOnlyDictionary<string, string> metadata)
    {
        string beside = path + ".partial";
        using (FileStream from = File.OpenRead(path), to = File.Create(beside))
        {
            using JsonDocument old = ReadHeader(from);
            using var header = new MemoryStream();
            using (var json = new Utf8JsonWriter(header))
            {
                json.WriteStartObject();
                json.WriteStartObject(Key);
                foreach ((string name, string text) in metadata) json.WriteString(name, text);
                json.WriteEndObject();
                foreach (JsonProperty tensor in old.RootElement.EnumerateObject().Where(entry => entry.Name != Key)) tensor.WriteTo(json);
                json.WriteEndObject();
            }
            // Spaces, so that the tensors start at a multiple of 8 bytes.
            header.Write(Encoding.ASCII.GetBytes(new string(' ', (int)(-header.Length & 7))));
            Span<byte> length = stackalloc byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
            to.Write(length);
            header.WriteTo(to);
            from.CopyTo(to);
        }
        File.Move(beside, path, overwrite: true);
    }

    // The stream is then at the first tensor.
    private static JsonDocument ReadHeader(FileStream file)
    {
        Span<byte> length = stackalloc byte[8];
        file.ReadExactly(length);
        ulong bytes = BinaryPrimitives.ReadUInt64LittleEndian(length);
        if (bytes > (ulong)(file.Length - 8)) throw new JsonException($"its header is said to be {bytes} bytes long, which are not there");
        byte[] header = new byte[bytes];
        file.ReadExactly(header);
        JsonDocument json = JsonDocument.Parse(header);
        return json.RootElement.ValueKind == JsonValueKind.Object ? json : throw new JsonException("its header is no object");
    }
}
