using System.Net;
using HitSong.Evaluation;

namespace HitSong.Experiments;

/// <summary>Runs beside what their figures are worth: a column for each run by clip and one by song.</summary>
/// <param name="runs">The runs, in the order of the columns.</param>
public sealed class VerdictTable(params IReadOnlyList<Run> runs)
{
    private readonly object[] facts = [.. runs.Select(run => run.Facts)];

    /// <summary>A heading for each column: experiment and variant, and what is scored.</summary>
    public IReadOnlyList<(string Run, string Scored)> Columns { get; } =
    [
        .. runs.SelectMany(run =>
            new[] { "by clip", "by song" }.Select(scored => ($"{run.Recipe.Experiment} {run.Recipe.Variant}", scored))
        ),
    ];

    /// <summary>The rows: a name and a cell for each column.</summary>
    public IReadOnlyList<(string Name, IReadOnlyList<string> Cells)> Rows { get; } =
    [
        Row(runs, "tested", (score, _, _) => $"{score.Confusion.Total}"),
        Row(runs, "accuracy", (score, _, _) => $"{score.Accuracy:0.0%}"),
        Row(runs, "… by mean vote", (_, run, bySong) => bySong ? $"{run.AccuracyBy(Vote.Mean):0.0%}" : "–"),
        Row(runs, "… by majority vote", (_, run, bySong) => bySong ? $"{run.AccuracyBy(Vote.Majority):0.0%}" : "–"),
        Row(runs, "95% interval", (score, _, _) => score.Interval.ToString()),
        Row(runs, "… by artist", (score, _, _) => score.ArtistInterval?.ToString() ?? "–"),
        Row(runs, "majority baseline", (score, _, _) => $"{score.MajorityBaseline:0.0%}"),
        Row(runs, "artist mean", (_, run, bySong) => Beside(run, "artist mean", bySong)),
        Row(runs, "logistic regression", (_, run, bySong) => Beside(run, "logistic regression", bySong)),
        Row(runs, "ROC-AUC", (score, _, _) => score.RocAuc is double auc ? $"{auc:0.000}" : "–"),
        Row(runs, "average precision", (score, _, _) => score.AveragePrecision is double area ? $"{area:0.000}" : "–"),
        Row(runs, "balanced accuracy", (score, _, _) => $"{score.Confusion.BalancedAccuracy:0.0%}"),
        Row(runs, "F1", (score, _, _) => $"{score.Confusion.F1:0.000}"),
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
        // Of more classes it makes a column wider than a screen; Plot.Confusion draws it.
        Row(runs, "confusion", (score, _, _) => score.Confusion.Counts.Length <= 4 ? score.Confusion.ToString() : "–"),
        Row(
            runs,
            "ceiling",
            (_, run, bySong) => bySong && run.Verdict.Ceiling is double ceiling ? $"{ceiling:0.0%}" : "–"
        ),
        Row(runs, "skill", (_, run, bySong) => bySong && run.Verdict.Skill is double skill ? $"{skill:0.00}" : "–"),
        Row(
            runs,
            "published figure",
            (_, run, bySong) => !bySong && run.Verdict.Published is { } figure ? $"{figure.Value:0.00%}" : "–"
        ),
    ];

    /// <summary>What the numbers say, a sentence or more a run, and what they were measured on.</summary>
    public IReadOnlyList<string> InWords { get; } =
    [
        .. runs.Select(run => $"{run.Recipe.Experiment} {run.Recipe.Variant}: {run.Verdict.InWords()}"),
        .. runs.Where(run => run.Baselines.Count > 0).Select(BaselinesOf),
        .. runs.SelectMany(run =>
            run.MissingClasses.Select(words => $"{run.Recipe.Experiment} {run.Recipe.Variant}: {words}")
        ),
        .. runs.Any(r => r.Verdict.Leaks)
            ? ["A split that leaks: clips of one song stand in training and in test."]
            : Array.Empty<string>(),
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
        new Dictionary<string, object>
        {
            ["text/html"] = ToHtml(),
            ["text/plain"] = ToString(),
            ["application/vnd.exact+json"] = facts,
        };

    /// <summary>The table and its words as HTML.</summary>
    public string ToHtml()
    {
        string headings = string.Concat(
            Columns.Select(c =>
                $"<th style=\"text-align:right\">{WebUtility.HtmlEncode(c.Run).Replace(" ", "<br>")}<br>{c.Scored}</th>"
            )
        );
        string rows = string.Concat(Rows.Select(row => Line(row.Name, row.Cells)));
        string notes = string.Concat(InWords.Select(words => $"<p>{WebUtility.HtmlEncode(words)}</p>"));
        return $"<table class=\"verdict\"><thead><tr><th></th>{headings}</tr></thead><tbody>{rows}</tbody></table>"
            + notes;

        static string Line(string name, IReadOnlyList<string> cells)
        {
            string values = string.Concat(cells.Select(cell => $"<td style=\"text-align:right\">{cell}</td>"));
            return $"<tr><th style=\"text-align:left\">{name}</th>{values}</tr>";
        }
    }

    /// <summary>The table and its words as text.</summary>
    public override string ToString()
    {
        int[] widths =
        [
            .. Columns.Select((column, i) => Rows.Select(r => r.Cells[i].Length).Append(column.Run.Length).Max()),
        ];
        string Line(string name, Func<int, string> cell) =>
            name.PadRight(20) + string.Concat(widths.Select((width, i) => "  " + cell(i).PadLeft(width)));
        return string.Join(
            '\n',
            [
                Line("", i => Columns[i].Run),
                Line("", i => Columns[i].Scored),
                .. Rows.Select(row => Line(row.Name, i => row.Cells[i])),
                .. InWords,
            ]
        );
    }

    private static (string, IReadOnlyList<string>) Row(
        IReadOnlyList<Run> runs,
        string name,
        Func<Score, Run, bool, string> cell
    ) =>
        (
            name,
            [
                .. runs.SelectMany(run =>
                    new[] { cell(run.Verdict.ByClip, run, false), cell(run.Verdict.BySong, run, true) }
                ),
            ]
        );

    // The baselines that know something of an item, each with what it knows.
    private static string BaselinesOf(Run run)
    {
        IEnumerable<string> baselines = run
            .Baselines.Where(b => b.Name is not ("majority" or "prior"))
            .Select(b => $"{b.Name} {b.BySong.Accuracy:0.0%} ({b.Note})");
        return $"{run.Recipe.Experiment} {run.Recipe.Variant}, baselines by song: {string.Join("; ", baselines)}.";
    }

    private static Score? Of(Run run, string baseline, bool bySong)
    {
        Baseline? found = run.BaselineOf(baseline);
        return bySong ? found?.BySong : found?.ByClip;
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
