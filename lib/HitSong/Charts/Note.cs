using System.Text.Json.Nodes;

namespace HitSong.Charts;

/// <summary>A few dark words at a place in the plot.</summary>
/// <param name="X">Where, on the horizontal axis.</param>
/// <param name="Y">Where, on the vertical axis.</param>
/// <param name="Text">The words.</param>
public sealed record Note(JsonNode X, JsonNode Y, string Text)
{
    internal JsonObject ToPlotly() =>
        new()
        {
            ["x"] = X.DeepClone(),
            ["y"] = Y.DeepClone(),
            ["text"] = System.Net.WebUtility.HtmlEncode(Text),
            ["showarrow"] = false,
            ["font"] = new JsonObject { ["color"] = "#222222", ["size"] = 16 },
        };
}
