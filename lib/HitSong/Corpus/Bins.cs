using System.Globalization;
using HitSong.Numerics;

namespace HitSong.Corpus;

/// <summary>
/// From a number a song to a class a song: edges part the numbers into classes 0, 1, …. Where edges are fitted, give
/// the training songs' numbers alone, and keep the result: what a class means must not depend on the songs that judge.
/// </summary>
/// <example><code>
/// double[] popularity = [3, 18, 25, 40, 55, 71, 90];
/// var bins = Bins.Custom([25, 50, 75], edgeBelow: true);
/// int[] classes = bins.Assign(popularity); // [0, 0, 0, 1, 2, 2, 3]
/// Bins.Median(popularity).Names // [below 40, 40 and more]
/// </code></example>
/// <param name="Edges">Ascending; one less than there are classes.</param>
/// <param name="EdgeBelow">
/// Whether an edge itself belongs to the class below it (≤ 25, ≤ 50 …) or, the default, to that above it (≥ 39).
/// </param>
public sealed record Bins(IReadOnlyList<double> Edges, bool EdgeBelow = false)
{
    /// <summary>Number of classes.</summary>
    public int Count => Edges.Count + 1;

    /// <summary>
    /// Each class in words, such as <c>below 25</c>, <c>25–49</c> and <c>50 and more</c>; between edges that are no
    /// whole numbers <c>33.3–66.7</c>.
    /// </summary>
    public IReadOnlyList<string> Names =>
        [
            EdgeBelow ? $"up to {Text(Edges[0])}" : $"below {Text(Edges[0])}",
            .. Edges.Zip(Edges.Skip(1), Between),
            EdgeBelow ? $"over {Text(Edges[^1])}" : $"{Text(Edges[^1])} and more",
        ];

    private string Between(double low, double high)
    {
        bool areWhole = Edges.All(edge => edge == Math.Floor(edge));
        (double first, double last) =
            !areWhole ? (low, high)
            : EdgeBelow ? (low + 1, high)
            : (low, high - 1);
        return first == last ? Text(first) : $"{Text(first)}–{Text(last)}";
    }

    /// <summary>Two classes, below and from a threshold on.</summary>
    public static Bins Threshold(double threshold) => Custom([threshold]);

    /// <summary>Given edges.</summary>
    /// <exception cref="CorpusException">None, or not ascending.</exception>
    public static Bins Custom(IReadOnlyList<double> edges, bool edgeBelow = false)
    {
        if (
            edges.Count == 0
            || !edges.All(double.IsFinite)
            || edges.Zip(edges.Skip(1)).Any(pair => pair.First >= pair.Second)
        )
            throw new CorpusException(
                $"the edges {string.Join(", ", edges.Select(Text))} do not ascend: each must be above the one before it"
            );
        return new([.. edges], edgeBelow);
    }

    /// <summary>Two classes, below and from the median on.</summary>
    /// <param name="training">The training songs' numbers.</param>
    /// <exception cref="CorpusException">A number is missing, or all are equal.</exception>
    public static Bins Median(IEnumerable<double> training) => TopQuantile(training, 0.5);

    /// <summary>Two classes, below and from a quantile on (<see cref="Quantile.Linear"/>).</summary>
    /// <param name="training">The training songs' numbers.</param>
    /// <param name="quantile">Above 0 and below 1; 0.75 marks the top quarter.</param>
    /// <exception cref="CorpusException">
    /// A number is missing, all are equal, or so many that nothing lies below the quantile.
    /// </exception>
    public static Bins TopQuantile(IEnumerable<double> training, double quantile)
    {
        if (!(quantile > 0 && quantile < 1))
            throw new CorpusException($"a quantile of {quantile}: it must be above 0 and below 1");
        return AtQuantiles(Checked(training), [quantile]);
    }

    /// <summary>So many classes of about equal size.</summary>
    /// <param name="training">The training songs' numbers.</param>
    /// <param name="count">Number of classes, 2 or more.</param>
    /// <exception cref="CorpusException">
    /// A number is missing, all are equal, or too many are for so many classes.
    /// </exception>
    public static Bins Quantiles(IEnumerable<double> training, int count) =>
        AtQuantiles(Checked(training), [.. Inner(count)]);

    /// <summary>
    /// So many classes of equal width from the least to the greatest training number; what lies beyond falls in the
    /// outermost.
    /// </summary>
    /// <param name="training">The training songs' numbers.</param>
    /// <param name="count">Number of classes, 2 or more.</param>
    /// <exception cref="CorpusException">A number is missing, or all are equal.</exception>
    public static Bins EqualWidth(IEnumerable<double> training, int count)
    {
        double[] values = Checked(training);
        double low = values.Min(),
            width = values.Max() - low;
        return Custom([.. Inner(count).Select(share => low + width * share)]);
    }

    /// <summary>The class of a number.</summary>
    /// <exception cref="CorpusException">It is no number.</exception>
    public int Of(double value)
    {
        if (double.IsNaN(value))
            throw new CorpusException("a label is no number (NaN): leave out the songs without one");
        int c = 0;
        while (c < Edges.Count && (EdgeBelow ? value > Edges[c] : value >= Edges[c]))
            c++;
        return c;
    }

    /// <summary>The class of each number, [items].</summary>
    /// <inheritdoc cref="Of"/>
    public int[] Assign(IEnumerable<double> values) => [.. values.Select(Of)];

    private static Bins AtQuantiles(double[] values, double[] quantiles)
    {
        double[] edges = [.. quantiles.Select(q => Quantile.Linear(values, q))];
        double least = values.Min();
        if (edges[0] <= least || edges.Zip(edges.Skip(1)).Any(pair => pair.First >= pair.Second))
            throw new CorpusException(
                $"{edges.Length + 1} classes by quantiles: too many of the {values.Length} numbers are "
                    + $"equal (the edges would be {string.Join(", ", edges.Select(Text))}, the least number is "
                    + $"{Text(least)}). Ask for fewer, or give the edges"
            );
        return Custom(edges);
    }

    private static IEnumerable<double> Inner(int count) =>
        count >= 2
            ? Enumerable.Range(1, count - 1).Select(i => (double)i / count)
            : throw new CorpusException($"{count} classes: 2 at least are needed");

    private static double[] Checked(IEnumerable<double> training)
    {
        double[] values = [.. training];
        if (values.Length == 0)
            throw new CorpusException("bins cannot be fitted to no songs");
        int bad = Array.FindIndex(values, value => !double.IsFinite(value));
        if (bad >= 0)
            throw new CorpusException($"song {bad} has the label {values[bad]}: leave out the songs without one");
        if (values.All(value => value == values[0]))
            throw new CorpusException(
                $"{(values.Length == 1 ? "the one item has" : $"all {values.Length} items have")} the label "
                    + $"{Text(values[0])}: where nothing differs there is nothing to predict. Take songs that differ, "
                    + "or another label (Label.Target)"
            );
        return values;
    }

    private static string Text(double value) => value.ToString("#,0.####", CultureInfo.InvariantCulture);
}
