namespace HitSong.Charts;

/// <summary>Colours from the lowest value to the highest, evenly spaced.</summary>
/// <param name="Colors">CSS colours, two or more.</param>
/// <example><code>
/// var greys = new ColorScale("#000000", "#ffffff");
/// greys.At(0.5) // #808080
/// </code></example>
public sealed record ColorScale(params IReadOnlyList<string> Colors)
{
    /// <summary>matplotlib's magma, as librosa's spectrograms have it: black, purple, orange, light yellow.</summary>
    public static ColorScale Magma { get; } =
        new(
            "#000004",
            "#180f3d",
            "#440f76",
            "#721f81",
            "#9e2f7f",
            "#cd4071",
            "#f1605d",
            "#fd9668",
            "#feca8d",
            "#fcfdbf"
        );

    /// <summary>matplotlib's viridis: purple, green, yellow.</summary>
    public static ColorScale Viridis { get; } =
        new(
            "#440154",
            "#482878",
            "#3e4989",
            "#31688e",
            "#26828e",
            "#1f9e89",
            "#35b779",
            "#6ece58",
            "#b5de2b",
            "#fde725"
        );

    /// <summary>From a pale blue to a strong one that black words can still be read on.</summary>
    public static ColorScale Blues { get; } = new("#f2f7fc", "#8ab8de");

    /// <summary>From black to white, under a map in colour.</summary>
    public static ColorScale Greys { get; } = new("#000000", "#ffffff");

    /// <summary>The CSS colour at a place from 0, the lowest, to 1.</summary>
    public string At(double place)
    {
        double at = Math.Clamp(place, 0, 1) * (Colors.Count - 1);
        int low = Math.Min((int)at, Colors.Count - 2);
        byte[] from = Convert.FromHexString(Colors[low].AsSpan(1)),
            to = Convert.FromHexString(Colors[low + 1].AsSpan(1));
        return $"#{Convert.ToHexStringLower([.. from.Zip(to, (a, b) => (byte)Math.Round(a + (at - low) * (b - a)))])}";
    }

    internal object[][] ToPlotly() =>
        [.. Colors.Select((color, i) => new object[] { (double)i / (Colors.Count - 1), color })];
}
