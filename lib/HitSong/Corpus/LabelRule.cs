using System.Text.Json.Serialization;
using HitSong.Numerics;

namespace HitSong.Corpus;

/// <summary>From how well a song did to its class.</summary>
/// <example><code>
/// double[] plays = [10, 20, 30, 40, 50, 60, 70, 80];
/// var rule = new LabelRule { Target = Target.Plays, Binning = Binning.TopQuantile, Quantile = 0.75 };
/// rule.Fit(plays).Assign(plays) // [0, 0, 0, 0, 0, 0, 1, 1]
/// </code></example>
public sealed record LabelRule
{
    /// <summary>The number.</summary>
    public Target Target { get; init; }

    // What it was called in runs that were kept before.
    [JsonInclude, JsonPropertyName("measure")]
    private Target Measure
    {
        init => Target = value;
    }

    /// <summary>How the edges are found.</summary>
    public Binning Binning { get; init; }

    /// <summary>The edges, where they are given.</summary>
    public IReadOnlyList<double>? Edges { get; init; }

    /// <summary>Whether a given edge belongs to the class below it.</summary>
    public bool EdgeBelow { get; init; }

    /// <summary>The quantile of <see cref="Binning.TopQuantile"/>: 0.75 marks the top quarter.</summary>
    public double Quantile { get; init; } = 0.75;

    /// <summary>Classes of <see cref="Binning.Quantiles"/> and <see cref="Binning.EqualWidth"/>.</summary>
    public int Classes { get; init; } = 2;

    /// <summary>
    /// Whether edges are fitted to the training items alone, or to all: then what a class means depends on the songs
    /// that judge.
    /// </summary>
    public bool FromTraining { get; init; } = true;

    /// <summary>The classes.</summary>
    /// <param name="values">What they are fitted to.</param>
    /// <exception cref="CorpusException">They cannot be fitted; the message says why.</exception>
    public Bins Fit(IEnumerable<double> values) =>
        Binning switch
        {
            Binning.TopQuantile => Bins.TopQuantile(values, Quantile),
            Binning.Quantiles => Bins.Quantiles(values, Classes),
            Binning.EqualWidth => Bins.EqualWidth(values, Classes),
            _ => Bins.Custom(Edges ?? [], EdgeBelow),
        };

    /// <summary>The rule in words.</summary>
    public override string ToString() =>
        $"{Target.ToString().ToLowerInvariant()} "
        + Binning switch
        {
            Binning.TopQuantile => $"in the top {1 - Quantile:0%}",
            Binning.Quantiles => $"in {Classes} classes of equal size",
            Binning.EqualWidth => $"in {Classes} classes of equal width",
            _ => string.Join(" | ", Bins.Custom(Edges ?? [], EdgeBelow).Names),
        }
        + (Binning == Binning.Edges ? "" : $", fitted to {(FromTraining ? "the training songs" : "all songs")}");
}
