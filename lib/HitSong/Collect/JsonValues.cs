using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace HitSong.Collect;

/// <summary>
/// Values of a catalogue's answer, each of which may be null, of another kind, or not there at all. None throws.
/// </summary>
internal static class JsonValues
{
    /// <summary>A member; of kind Undefined where there is none, or this is no object.</summary>
    public static JsonElement Get(this JsonElement json, string name)
    {
        try
        {
            return json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out JsonElement value)
                ? value
                : default;
        }
        catch (InvalidOperationException)
        {
            // Another member's name is half a character (a lone surrogate).
            return default;
        }
    }

    /// <summary>The elements of an array that is a member; null where there is none.</summary>
    public static IReadOnlyList<JsonElement>? Items(this JsonElement json, string name) =>
        json.Get(name) is { ValueKind: JsonValueKind.Array } array ? [.. array.EnumerateArray()] : null;

    /// <summary>
    /// A text; null where there is none, an empty one, or one that is no text: with NUL, or half a character.
    /// </summary>
    public static string? Text(this JsonElement json, string name) => json.Get(name).Text();

    /// <inheritdoc cref="Text(JsonElement, string)"/>
    public static string? Text(this JsonElement json)
    {
        try
        {
            return
                json.ValueKind == JsonValueKind.String
                && json.GetString() is { } text
                && !string.IsNullOrWhiteSpace(text)
                && !text.Contains('\0')
                ? text
                : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>What stands in the answer; a byte that is no UTF-8 becomes U+FFFD.</summary>
    public static string Raw(this JsonElement json) => Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8Value(json));

    /// <summary>A number, also one of another kind that has the form of one; null where there is none.</summary>
    public static double? Number(this JsonElement json, string name) =>
        json.Get(name) switch
        {
            { ValueKind: JsonValueKind.Number } number => Corpus.WrittenNumber.Parse(number.GetRawText()),
            { ValueKind: JsonValueKind.String } text => text.Text() is { } written
                ? Corpus.WrittenNumber.Parse(written)
                : null,
            _ => null,
        };
}
