using CsvHelper;

namespace HitSong.Experiments;

/// <summary>A figure as its authors published it (data/published).</summary>
/// <param name="Experiment">Which experiment.</param>
/// <param name="Quantity">What was measured, such as accuracy.</param>
/// <param name="Value">The figure.</param>
/// <param name="Majority">Share of the majority class that the experiment's own label rule implies, where it implies one.</param>
/// <param name="Of">What it was measured on.</param>
[CsvRecord]
public sealed partial record PublishedFigure(string Experiment, string Quantity, double Value, double? Majority, string Of)
{
    /// <summary>All published figures.</summary>
    public static IReadOnlyList<PublishedFigure> All { get; } = Read();

    private static PublishedFigure[] Read()
    {
        using Stream file = typeof(PublishedFigure).Assembly.GetManifestResourceStream("figures.csv")!;
        using CsvReader reader = CsvReader.FromText(new StreamReader(file).ReadToEnd());
        return [.. reader.GetRecords<PublishedFigure>()];
    }
}
