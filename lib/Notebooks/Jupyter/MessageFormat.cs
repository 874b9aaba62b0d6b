using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Notebooks.Jupyter;

/// <summary>
/// Messages as frames, signed with the connection's key (Jupyter messaging protocol 5.3, "The wire protocol").
/// </summary>
internal sealed class MessageFormat(string key)
{
    private static readonly byte[] delimiter = "<IDS|MSG>"u8.ToArray();
    private static readonly byte[] nothing = "{}"u8.ToArray();

    private readonly byte[] key = Encoding.UTF8.GetBytes(key);
    private readonly string session = Guid.NewGuid().ToString("N");

    /// <exception cref="FormatException">It is no message, or not signed with the key.</exception>
    public Message Read(List<byte[]> frames)
    {
        int start = frames.FindIndex(f => f.AsSpan().SequenceEqual(delimiter));
        if (start < 0 || frames.Count < start + 6)
            throw new FormatException("it lacks frames");
        List<byte[]> signed = frames.GetRange(start + 2, 4);
        if (!CryptographicOperations.FixedTimeEquals(Sign(signed), frames[start + 1]))
            throw new FormatException("its signature is wrong");
        try
        {
            string type = (string?)Parse(signed[0])["msg_type"] ?? throw new FormatException("it has no type");
            return new Message(
                frames[..start],
                signed[0],
                type,
                Parse(signed[2]),
                Parse(signed[3]),
                frames[(start + 6)..]
            );
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new FormatException(e.Message, e);
        }
    }

    /// <summary>A message as frames.</summary>
    /// <param name="to">Whom it is addressed to; for a published one, its topic.</param>
    /// <param name="type">Such as <c>execute_reply</c>.</param>
    /// <param name="parent">The header of the message that caused this one; null where none did.</param>
    /// <param name="content">What the type says it holds.</param>
    /// <param name="metadata">What else there is to say of it.</param>
    public List<byte[]> Write(
        IEnumerable<byte[]> to,
        string type,
        byte[]? parent,
        JsonObject content,
        JsonObject? metadata = null
    )
    {
        var header = new JsonObject
        {
            ["msg_id"] = Guid.NewGuid().ToString("N"),
            ["msg_type"] = type,
            ["session"] = session,
            ["username"] = Environment.UserName,
            ["date"] = DateTime.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture),
            ["version"] = "5.3",
        };
        byte[][] signed =
        [
            JsonSerializer.SerializeToUtf8Bytes(header),
            parent ?? nothing,
            metadata is null ? nothing : JsonSerializer.SerializeToUtf8Bytes(metadata),
            JsonSerializer.SerializeToUtf8Bytes(content),
        ];
        return [.. to, delimiter, Sign(signed), .. signed];
    }

    private static JsonObject Parse(byte[] frame) =>
        JsonNode.Parse(frame) as JsonObject ?? throw new FormatException("a frame is no JSON object");

    private byte[] Sign(IEnumerable<byte[]> frames)
    {
        if (key.Length == 0)
            return [];
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        foreach (byte[] frame in frames)
            hmac.AppendData(frame);
        return Encoding.ASCII.GetBytes(Convert.ToHexStringLower(hmac.GetHashAndReset()));
    }
}
