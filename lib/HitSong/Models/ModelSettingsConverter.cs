using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace HitSong.Models;

/// <summary>Settings as JSON, of the record that their <see cref="ModelSettings.Network"/> names.</summary>
internal sealed class ModelSettingsConverter : JsonConverter<ModelSettings>
{
    /// <inheritdoc/>
    public override ModelSettings Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options)
    {
        JsonObject settings =
            JsonNode.Parse(ref reader, new() { PropertyNameCaseInsensitive = true }) as JsonObject
            ?? throw new JsonException("a model's settings are an object");
        string name =
            settings[nameof(ModelSettings.Network)]?.ToString()
            ?? throw new JsonException("a model's settings name its Network");
        if (!ModelSettings.Networks.TryGetValue(name, out Type? network))
            throw new JsonException($"there is no network {name}");
        return (ModelSettings)settings.Deserialize(network, options)!;
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, ModelSettings settings, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, settings, settings.GetType(), options);
}
