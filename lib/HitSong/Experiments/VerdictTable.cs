using HitSong.Evaluation;
using Tables;

namespace HitSong.Experiments;

/// <summary>
/// Runs beside what their figures are worth: a column for each run by clip and one by song, or of a catalogue one by
/// row.
/// </summary>
/// <param name="runs">The runs, in the order of the columns.</param>
/// <example><code>
/// var source = Source.Demo(DemoCorpus.Open("../data/demo/corpus"));
/// var recipe = Recipes.Find("spotify-mlp-bins4", "audited").AtDemoScale(epochs: 1, seed: 42);
/// var run = Experiment.Execute(recipe, source, new RunStore("../artifacts/runs"));
/// new VerdictTable(run)
/// </code></example>
[TypeFormatterSource(typeof(MimeBundleSource))]
public sealed class VerdictTable(params IReadOnlyList<Run> runs)
{
    private readonly object[] facts = [.. runs.Select(run => run.Facts)];

    /// <summary>A heading for each column: experiment and variant, and what is scored.</summary>
    public IReadOnlyList<(string Run, string Scored)> Columns { get; } =
    [
        .. runs.SelectMany(run =>
            SidesOf(run)
                .Select(bySong =>
                    (
                        $"{run.Recipe.Experiment} {run.Recipe.Variant}",
                        $"by {(bySong ? run.Recipe.Voter : run.Recipe.Item)}"
                    )
                )
        ),
    ];

    /// <summary>The rows: a name and a cell for each column.</summary>
    public IReadOnlyList<(string Name, IReadOnlyList<string> Cells)> Rows { get; } =
    [
        Row(runs, "tested", (score, _, _) => $"{score.Confusion.Total}"),
        Row(runs, "accuracy", (score, _, _) => $"{score.Accuracy:0.0%}"),
        .. runs.Any(HasClips)
            ?
            [
                Row(runs, "… by mean vote", (_, run, bySong) => Voted(run, Vote.Mean, bySong)),
                Row(runs, "… by majority vote", (_, run, bySong) => Voted(run, Vote.Majority, bySong)),
            ]
            : Array.Empty<(string, IReadOnlyList<string>)>(),
        Row(runs, "95% interval", (score, _, _) => score.Interval.ToString()),
        Row(runs, "majority baseline", (score, _, _) => $"{score.MajorityBaseline:0.0%}"),
        Row(runs, "best constant answer", (score, _, _) => $"{score.BestConstant:0.0%}"),
        Row(
            runs,
            "gain over it, points",
            (score, _, _) => score.Gain is { } gain ? $"{gain.Points}\n{gain.PointsInterval}" : "–"
        ),
        Row(
            runs,
            "drawn by training's shares",
            (score, run, _) => run.Stratified(score) is double share ? $"{share:0.0%}" : "–"
        ),
        Row(runs, "artist mean", (_, run, bySong) => Beside(run, "artist mean", bySong)),
        .. runs.Any(run => run.BaselineOf(AlbumMajority.Name) is not null)
            ? [Row(runs, AlbumMajority.Name, (_, run, bySong) => Beside(run, AlbumMajority.Name, bySong))]
            : Array.Empty<(string, IReadOnlyList<string>)>(),
        Row(runs, "logistic regression", (_, run, bySong) => Beside(run, "logistic regression", bySong)),
        Row(runs, "gradient boosting", (_, run, bySong) => Beside(run, "gradient boosting", bySong)),
        Row(runs, "ROC-AUC", (score, _, _) => score.RocAuc is double auc ? $"{auc:0.000}{Partial(score)}" : "–"),
        Row(runs, "95% interval of it", (score, _, _) => score.RocAucInterval is { } area ? Of(area) : "–"),
        Row(runs, "average precision", (score, _, _) => score.AveragePrecision is double area ? $"{area:0.000}" : "–"),
        Row(runs, "balanced accuracy", (score, _, _) => $"{score.Confusion.BalancedAccuracy:0.0%}"),
        Row(runs, "recall by class", (score, _, _) => Recalls(score.Confusion)),
        Row(runs, "F1", (score, _, _) => $"{score.Confusion.F1:0.000}"),
        Row(runs, "error in classes", (score, _, _) => $"{score.Confusion.MeanAbsoluteError:0.00}"),
        Row(runs, "Spearman's ρ", (score, _, _) => score.Spearman is double rho ? $"{rho:0.000}" : "–"),
        Row(runs, "Kendall's τ-b", (score, _, _) => score.Kendall is double tau ? $"{tau:0.000}" : "–"),
        Row(
            runs,
            "log loss",
            (score, run, bySong) => $"{score.LogLoss:0.000}{Prior(run, bySong, prior => prior.LogLoss)}"
        ),
        Row(
            runs,
            "Brier score",
            (score, run, bySong) => $"{score.Brier:0.000}{Prior(run, bySong, prior => prior.Brier)}"
        ),
        Row(runs, "calibration error", (score, _, _) => $"{score.CalibrationError:0.000}"),
        Row(runs, "confusion", (score, _, _) => score.Confusion.ToString().Replace("], ", "],\n ")),
        Row(
            runs,
            "ceiling",
            (_, run, bySong) => bySong && run.Verdict.Ceiling is double ceiling ? $"{ceiling:0.0%}" : "–"
        ),
        Row(runs, "skill", (_, run, bySong) => bySong && run.Verdict.Skill is double skill ? $"{skill:0.00}" : "–"),
        Row(
            runs,
            "95% interval of it",
            (_, run, bySong) => bySong && run.Verdict.SkillInterval is { } interval ? Of(interval) : "–"
        ),
        Row(
            runs,
            "published figure",
            (_, run, bySong) =>
                bySong != HasClips(run) && run.Verdict.Published is { } figure ? $"{figure.Value:0.00%}" : "–"
        ),
    ];

    /// <summary>What the numbers say, a sentence or more a run, and what they were measured on.</summary>
    public IReadOnlyList<string> InWords { get; } =
    [
        .. runs.Select(run => $"{run.Recipe.Experiment} {run.Recipe.Variant}: {run.Verdict.InWords()}"),
        .. runs.Where(run => run.Imported is not null)
            .Select(run =>
                $"{run.Recipe.Experiment} {run.Recipe.Variant}: weights of others ({run.Imported!.File}), tested on "
                + $"all of {run.Source}; there are no figures of their own training."
            ),
        .. runs.Where(run => run.Baselines.Count > 0).Select(BaselinesOf),
        .. runs.Where(run => run.LeftOut.Count > 0)
            .Select(run =>
                $"{run.Recipe.Experiment} {run.Recipe.Variant}: of {run.Source} were left out "
                + $"{Corpus.LeftOut.InWords(run.LeftOut)}."
            ),
        .. runs.SelectMany(run =>
            run.MissingClasses.Select(words => $"{run.Recipe.Experiment} {run.Recipe.Variant}: {words}")
        ),
        .. runs.SelectMany(run =>
            run.LeaksInWords.Select(words => $"{run.Recipe.Experiment} {run.Recipe.Variant}: {words}")
        ),
        .. runs.Any(r => r.IsDemo)
            ?
            [
                "Measured on the demo corpus, synthesized songs with made-up plays: it shows how the "
                    + "methods behave, not what real songs do.",
            ]
            : Array.Empty<string>(),
    ];

    /// <summary>The table and its words, by MIME type.</summary>
    public IReadOnlyDictionary<string, object> ToMimeBundle() =>
        new Dictionary<string, object>(Drawn.ToMimeBundle()) { ["application/vnd.exact+json"] = facts };

    /// <summary>The table and its words as text.</summary>
    public override string ToString() => Drawn.ToText();

    private DrawnTable Drawn =>
        new(
            [new(""), .. Columns.Select(Heading)],
            Rows.Select(row =>
                row.Cells.Select(cell => new DrawnTable.Cell(cell)).Prepend(new DrawnTable.Heading(row.Name))
            )
        )
        {
            Notes = InWords,
        };

    private static DrawnTable.Heading Heading((string Run, string Scored) column) =>
        new($"{column.Run.Replace(' ', '\n')}\n{column.Scored}", Right: true);

    private static (string, IReadOnlyList<string>) Row(
        IReadOnlyList<Run> runs,
        string name,
        Func<Score, Run, bool, string> cell
    ) =>
        (
            name,
            [
                .. runs.SelectMany(run =>
                    SidesOf(run).Select(bySong => cell(bySong ? run.Verdict.BySong : run.Verdict.ByClip, run, bySong))
                ),
            ]
        );

    private static bool HasClips(Run run) => run.Recipe.Features is not null;

    // Whether each of a run's columns is by song.
    private static bool[] SidesOf(Run run) => HasClips(run) ? [false, true] : [true];

    private static string Voted(Run run, Vote vote, bool bySong) =>
        bySong && HasClips(run) ? $"{run.AccuracyBy(vote):0.0%}" : "–";

    // The baselines that know something of an item, each with what it knows.
    private static string BaselinesOf(Run run)
    {
        IEnumerable<string> baselines = run
            .Baselines.Where(b => b.Name is not ("majority" or "prior"))
            .Select(b => $"{b.Name} {b.BySong.Accuracy:0.0%} ({b.Note})");
        return $"{run.Recipe.Experiment} {run.Recipe.Variant}, baselines by {run.Recipe.Voter}: "
            + $"{string.Join("; ", baselines)}.";
    }

    private static Score? Of(Run run, string baseline, bool bySong)
    {
        Baseline? found = run.BaselineOf(baseline);
        return bySong ? found?.BySong : found?.ByClip;
    }

    private static string Of(Interval interval) => $"{interval.Low:0.00} to {interval.High:0.00}";

    private static string Recalls(ConfusionMatrix confusion) =>
        string.Join('\n', confusion.Recalls.Select(recall => recall is double share ? $"{share:0%}" : "–"));

    // Over how many classes a mean was taken, where some are missing.
    private static string Partial(Score score)
    {
        int there = score.Confusion.Counts.Count(row => row.Sum() > 0),
            all = score.Confusion.Counts.Length;
        return there < all ? $"\n({there} of {all} classes)" : "";
    }

    // A baseline's accuracy and ROC-AUC.
    private static string Beside(Run run, string baseline, bool bySong) =>
        Of(run, baseline, bySong) is { } score
            ? $"{score.Accuracy:0.0%}{(score.RocAuc is double auc ? $", AUC {auc:0.000}" : "")}"
            : "–";

    // Who gives all the classes' shares in training has this loss.
    private static string Prior(Run run, bool bySong, Func<Score, double> figure) =>
        Of(run, "prior", bySong) is { } prior ? $" (prior {figure(prior):0.000})" : "";
}
