using System.Globalization;
using HitSong.Corpus;
using HitSong.Evaluation;
using Tables;

namespace HitSong.Experiments;

/// <summary>
/// What a sweep gave. The validation songs choose; the test is looked at for the chosen trial alone, since the best of
/// many by the test is the luckiest.
/// </summary>
/// <param name="sweep">The sweep.</param>
/// <param name="all">The trials' results, those of each rung together.</param>
/// <param name="failures">Trials that gave nothing or cannot be read, with the reason.</param>
/// <param name="trials">How many trials there were to be.</param>
[TypeFormatterSource(typeof(MimeBundleSource))]
public sealed class SweepResults(
    Sweep sweep,
    IReadOnlyList<SweepResult> all,
    IReadOnlyList<Failure> failures,
    int trials
)
{
    /// <summary>The sweep.</summary>
    public Sweep Sweep { get; } = sweep;

    /// <summary>Trials that gave nothing or cannot be read.</summary>
    public IReadOnlyList<Failure> Failures { get; } = failures;

    /// <summary>
    /// Each trial's result where it trained longest: those that went furthest first, among them the lowest validation
    /// loss first.
    /// </summary>
    public IReadOnlyList<SweepResult> Ranked { get; } =
    [
        .. all.GroupBy(result => result.Trial.Number)
            .Select(results => results.Last())
            .OrderByDescending(result => sweep.Rungs.Count == 1 ? 0 : result.Run.Recipe.Training.Epochs)
            .ThenBy(result => result.ValidationLoss)
            .ThenBy(result => result.Trial.Number),
    ];

    /// <summary>
    /// The trial with the lowest validation loss of those that trained longest; null where none is done.
    /// </summary>
    public SweepResult? Chosen => Ranked.Count == 0 ? null : Ranked[0];

    /// <summary>
    /// How much each field matters by itself: the share of the variance of the validation loss between trials that is
    /// variance between the means of its values (the correlation ratio η²; of a whole grid the main effect of
    /// functional ANOVA, Hutter et al. 2014). A range is cut into four parts of as many trials. Few trials a value
    /// flatter it. With halving, after the first rung, where all trials trained alike.
    /// </summary>
    public IReadOnlyList<(string Field, double Share)> Importance =>
        [.. Sweep.Fields.Select((tried, i) => (tried.Name, Share(i)))];

    /// <summary>
    /// Whether all trials were validated on the same songs with the same labels; where not, their losses say little
    /// about each other.
    /// </summary>
    public bool IsComparable =>
        Ranked
            .Select(result => string.Join('\n', result.Run.Validation.Select(p => $"{p.Track} {p.Clip} {p.Label}")))
            .Distinct()
            .Count() <= 1;

    /// <summary>The columns' headings: the fields, and what was measured.</summary>
    public IReadOnlyList<string> Columns => [.. Sweep.Fields.Select(tried => tried.Name), "epochs", "validation loss"];

    /// <summary>A row for each trial, as ranked.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Rows => [.. Ranked.Select(RowOf)];

    /// <summary>What the numbers say.</summary>
    public string InWords()
    {
        if (Chosen is not { } chosen)
            return "No trial is done yet.";
        Score test = chosen.Run.Verdict.BySong;
        string voter = chosen.Run.Recipe.Voter;
        string missing = Ranked.Count == trials ? "" : $" {trials - Ranked.Count} of {trials} trials are not done.";
        string loss = chosen.ValidationLoss.ToString("0.000", CultureInfo.InvariantCulture);
        IEnumerable<string> settings = Sweep
            .Fields.Zip(chosen.Trial.Values)
            .Where(pair => pair.Second != SweepField.Left)
            .Select(pair => $"{pair.First.Name} {pair.Second}");
        string doubt = IsComparable
            ? ""
            : $" The trials were validated on different {voter}s or labels: their losses are not to be compared, and "
                + "the choice means nothing.";
        return $"Chosen by the validation {voter}s' log loss, {loss}: {string.Join(", ", settings)}. "
            + $"The test, looked at for this one alone: {test.Accuracy:0.0%} by {voter} ({test.Interval}; "
            + $"best constant answer {test.BestConstant:0.0%}).{doubt}{missing}";
    }

    /// <summary>The table and its words, by MIME type.</summary>
    public IReadOnlyDictionary<string, object> ToMimeBundle() => Drawn.ToMimeBundle();

    /// <summary>The table and its words as text.</summary>
    public override string ToString() => Drawn.ToText();

    private DrawnTable Drawn =>
        new(
            [.. Columns.Select(column => new DrawnTable.Heading(column, Right: true))],
            Rows.Select(row => row.Select(cell => new DrawnTable.Cell(cell)))
        )
        {
            Notes = [InWords()],
        };

    private static string[] RowOf(SweepResult result)
    {
        string loss = result.ValidationLoss.ToString("0.0000", CultureInfo.InvariantCulture);
        return [.. result.Trial.Values, $"{result.Run.History.Count}", loss];
    }

    private double Share(int field)
    {
        SweepResult[] results = [.. all.GroupBy(result => result.Trial.Number).Select(of => of.First())];
        if (results.Length < 2)
            return 0;
        double mean = results.Average(result => result.ValidationLoss),
            total = results.Sum(result => Square(result.ValidationLoss - mean));
        ILookup<bool, SweepResult> hasNumber = results.ToLookup(result =>
            Sweep.Fields[field].Range is not null && result.Trial.Values[field] != SweepField.Left
        );
        int numbers = hasNumber[true].Count();
        IEnumerable<IEnumerable<SweepResult>> groups =
        [
            .. hasNumber[false].GroupBy(result => result.Trial.Values[field]),
            .. hasNumber[true]
                .OrderBy(result => double.Parse(result.Trial.Values[field], CultureInfo.InvariantCulture))
                .Chunk(Math.Max(1, (numbers + 3) / 4)),
        ];
        double between = groups.Sum(group =>
            group.Count() * Square(group.Average(result => result.ValidationLoss) - mean)
        );
        return total == 0 ? 0 : between / total;

        static double Square(double value) => value * value;
    }
}
