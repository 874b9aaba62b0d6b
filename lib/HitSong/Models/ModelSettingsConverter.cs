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
        return ModelSettings.Find(name) is { } network
            ? (ModelSettings)settings.Deserialize(network, options)!
            : new MissingNetworkSettings(settings);
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, ModelSettings settings, JsonSerializerOptions options)
    {
        if (settings is MissingNetworkSettings missing)
            missing.Kept.WriteTo(writer, options);
        else
            JsonSerializer.Serialize(writer, settings, settings.GetType(), options);
    }
}
