using System.Globalization;
using System.Net;
using HitSong.Evaluation;

namespace HitSong.Experiments;

/// <summary>
/// The verdict on all experiments: a row for each, from its published figure to the skill that is left of it.
/// </summary>
/// <param name="runs">
/// Runs in the order in which they began; of each experiment the last as published and the last audited count.
/// </param>
public sealed class VerdictOverview(IReadOnlyList<Run> runs)
{
    /// <summary>An experiment's published figure and what was measured here.</summary>
    /// <param name="Experiment">The experiment.</param>
    /// <param name="Figure">The published accuracy; null where none was published.</param>
    /// <param name="Published">The run with every weakness kept; null where there is none.</param>
    /// <param name="Audited">The run without; null where there is none.</param>
    public sealed record Row(string Experiment, PublishedFigure? Figure, Run? Published, Run? Audited)
    {
        /// <summary>What the figures say, made from them: of the audited run, where there is one.</summary>
        public string InWords() => (Audited ?? Published)!.Verdict.InWords();

        /// <summary>A cell for each of <see cref="Columns"/>: the figure, and what stands smaller below it.</summary>
        public IReadOnlyList<(string Figure, string Below)> Cells
        {
            get
            {
                const string Regression = "logistic regression";
                Verdict? audited = Audited?.Verdict;
                return
                [
                    (Experiment, ""),
                    Figure is { } figure ? (Percent(figure.Value, "0.00%"), TestedOn(figure)) : ("–", ""),
                    (Figure?.Majority is double majority ? Percent(majority) : "–", ""),
                    (Figure?.Interval?.ToString() ?? "–", ""),
                    Measured(Published?.Verdict.ByClip, Published?.BaselineOf(Regression)?.ByClip),
                    Measured(audited?.BySong, Audited?.BaselineOf(Regression)?.BySong),
                    (audited?.Ceiling is double ceiling ? Percent(ceiling) : "–", ""),
                    (audited?.Skill is double skill ? skill.ToString("0.00", CultureInfo.InvariantCulture) : "–", ""),
                ];
            }
        }

        private static string TestedOn(PublishedFigure figure) =>
            figure.Tested is int items
                ? string.Create(CultureInfo.InvariantCulture, $"{items:N0} {figure.Of}")
                : figure.Of;

        private static (string, string) Measured(Score? score, Score? regression)
        {
            if (score is null)
                return ("–", "");
            string beside = regression is null ? "" : $"; regression {Percent(regression.Accuracy)}";
            return (Percent(score.Accuracy), $"{score.Interval}; majority {Percent(score.MajorityBaseline)}{beside}");
        }

        private static string Percent(double share, string format = "0.0%") =>
            share.ToString(format, CultureInfo.InvariantCulture);
    }

    /// <summary>The columns' headings. As published is scored by clip, as its authors did, audited by song.</summary>
    public static IReadOnlyList<string> Columns { get; } =
    [
        "experiment",
        "published figure",
        "its majority",
        "its interval",
        "as published here",
        "audited here",
        "ceiling",
        "skill",
    ];

    /// <summary>A row for each experiment that was run, in the order of <see cref="Recipes.All"/>.</summary>
    public IReadOnlyList<Row> Rows { get; } =
    [
        .. Recipes
            .All.Select(recipe => recipe.Experiment)
            .Distinct()
            .Select(experiment => new Row(
                experiment,
                PublishedFigure.All.FirstOrDefault(f => f.Experiment == experiment && f.Quantity == "accuracy"),
                Last(runs, experiment, "published"),
                Last(runs, experiment, "audited")
            ))
            .Where(row => row.Published is not null || row.Audited is not null),
    ];

    /// <summary>What the numbers say, a sentence or more an experiment, and what they were measured on.</summary>
    public IReadOnlyList<string> InWords
    {
        get
        {
            List<string> words = [.. Rows.Select(row => $"{row.Experiment}: {row.InWords()}")];
            if (Rows.Any(row => HasRegression(row.Published) || HasRegression(row.Audited)))
                words.Add(
                    "Regression: a logistic regression on the mean MFCC of each clip, or on the same columns, under "
                        + "the same split. A network that does no better has learned nothing that needs a network."
                );
            if (runs.Any(run => run.IsDemo))
                words.Add(
                    "Measured on the demo corpus, synthesized songs with made-up plays: it shows how the methods "
                        + "behave, not what real songs do. Skill is (accuracy − majority) / (ceiling − majority): 0 is "
                        + "guessing, 1 the best that can be done."
                );
            return words;

            static bool HasRegression(Run? run) => run?.BaselineOf("logistic regression") is not null;
        }
    }

    /// <summary>The table and its words, by MIME type.</summary>
    public IReadOnlyDictionary<string, object> ToMimeBundle() =>
        new Dictionary<string, object>
        {
            ["text/html"] = ToHtml(),
            ["text/plain"] = ToString(),
            ["application/vnd.exact+json"] = Rows.SelectMany(row => new[] { row.Published, row.Audited })
                .OfType<Run>()
                .Select(run => run.Facts),
        };

    /// <summary>
    /// The table and its words as HTML. Each cell names its column, so that a page can show a row as a card where it is
    /// narrow.
    /// </summary>
    public string ToHtml()
    {
        string headings = string.Concat(Columns.Select(Heading));
        string body = string.Concat(Rows.Select(row => $"<tr>{string.Concat(row.Cells.Select(Cell))}</tr>"));
        string verdicts = string.Concat(Rows.Select(Item));
        string notes = string.Concat(
            InWords.Skip(Rows.Count).Select(words => $"<p>{WebUtility.HtmlEncode(words)}</p>")
        );
        return $"<table class=\"overview\"><thead><tr>{headings}</tr></thead><tbody>{body}</tbody></table>"
            + $"<ul>{verdicts}</ul>{notes}";

        static string Heading(string column, int i) =>
            $"<th style=\"text-align:{(i == 0 ? "left" : "right")}\">{column}</th>";

        static string Cell((string Figure, string Below) cell, int i)
        {
            string figure = WebUtility.HtmlEncode(cell.Figure);
            if (i == 0)
                return $"<th style=\"text-align:left\">{figure}</th>";
            string lines = WebUtility.HtmlEncode(cell.Below).Replace("; ", "<br>");
            string below = cell.Below == "" ? "" : $"<br><small>{lines}</small>";
            return $"<td data-label=\"{Columns[i]}\" style=\"text-align:right\">{figure}{below}</td>";
        }

        static string Item(Row row) =>
            $"<li><b>{WebUtility.HtmlEncode(row.Experiment)}</b>: {WebUtility.HtmlEncode(row.InWords())}</li>";
    }

    /// <summary>The table and its words as text.</summary>
    public override string ToString()
    {
        string[][] lines =
        [
            [.. Columns],
            .. Rows.Select(row => row.Cells.Select(cell => cell.Figure).ToArray()),
        ];
        int[] widths = [.. Columns.Select((_, i) => lines.Max(line => line[i].Length))];
        return string.Join('\n', [.. lines.Select(Line), .. InWords]);

        string Line(string[] cells) => string.Join("  ", cells.Select(Padded));

        string Padded(string cell, int i) => i == 0 ? cell.PadRight(widths[i]) : cell.PadLeft(widths[i]);
    }

    private static Run? Last(IReadOnlyList<Run> runs, string experiment, string variant) =>
        runs.LastOrDefault(run => run.Recipe.Experiment == experiment && run.Recipe.Variant == variant);
}
