using System.Text.Json.Nodes;

namespace HitSong.Charts;

/// <summary>One axis of a figure.</summary>
/// <param name="Title">What it measures, with the unit.</param>
public sealed record Axis(string? Title = null)
{
    /// <summary>A logarithmic axis.</summary>
    public bool Logarithmic { get; init; }

    /// <summary>
    /// The ends that are shown; plotly's choice where null. A first end above the second turns the axis round.
    /// </summary>
    public (double From, double To)? Range { get; init; }

    /// <summary>How plotly writes the numbers (d3-format), such as <c>.0%</c>.</summary>
    public string? TickFormat { get; init; }

    /// <summary>Whether its numbers are written beside it, with a line through the chart for each.</summary>
    public bool HasTicks { get; init; } = true;

    internal JsonObject ToPlotly()
    {
        var axis = new JsonObject
        {
            ["automargin"] = true,
            ["gridcolor"] = "rgba(127,127,127,0.25)",
            ["zeroline"] = false,
        };
        if (Title is not null)
            axis["title"] = new JsonObject { ["text"] = Title };
        if (Logarithmic)
            axis["type"] = "log";
        if (Range is var (from, to))
            axis["range"] = new JsonArray(from, to);
        if (!HasTicks)
            (axis["showticklabels"], axis["showgrid"]) = (false, false);
        if (TickFormat is not null)
            axis["tickformat"] = TickFormat;
        return axis;
    }
}
