using CsvHelper;

namespace HitSong.Experiments;

/// <summary>A figure as its authors published it (data/published).</summary>
/// <param name="Experiment">Which experiment.</param>
/// <param name="Quantity">What was measured, such as accuracy.</param>
/// <param name="Value">The figure.</param>
/// <param name="Majority">
/// Share of the majority class in what was tested, where the published text gives or implies it.
/// </param>
/// <param name="Tested">How many items it was measured on, where that is known.</param>
/// <param name="Of">What it was measured on.</param>
/// <example><code>
/// var published = PublishedFigure.All.First(figure => figure.Experiment == "tiktok-lstm");
/// (published.Quantity, published.Value) // (accuracy, 0.7508)
/// </code></example>
[CsvRecord]
public sealed partial record PublishedFigure(
    string Experiment,
    string Quantity,
    double Value,
    double? Majority,
    int? Tested,
    string Of
)
{
    /// <summary>The 95% interval that so many items allow; null where their number is not known.</summary>
    public HitSong.Evaluation.Interval? Interval =>
        Tested is int tested ? HitSong.Evaluation.Interval.Wilson((int)Math.Round(Value * tested), tested) : null;

    /// <summary>All published figures.</summary>
    public static IReadOnlyList<PublishedFigure> All { get; } = Read();

    private static PublishedFigure[] Read()
    {
        using Stream file = typeof(PublishedFigure).Assembly.GetManifestResourceStream("figures.csv")!;
        using CsvReader reader = CsvReader.FromText(new StreamReader(file).ReadToEnd());
        return [.. reader.GetRecords<PublishedFigure>()];
    }
}
