using System.Text.Json;

namespace HitSong.Collect;

/// <summary>What may be missing from a catalogue's answer.</summary>
internal static class JsonValues
{
    /// <summary>A text; null where there is none, or an empty one.</summary>
    public static string? Text(this JsonElement json, string name) =>
        json.TryGetProperty(name, out JsonElement value)
        && value.ValueKind == JsonValueKind.String
        && value.GetString() is { Length: > 0 } text
            ? text
            : null;

    /// <summary>A number; null where there is none.</summary>
    public static double? Number(this JsonElement json, string name) =>
        json.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number
            ? value.GetDouble()
            : null;
}
