using System.Globalization;
using System.Net;
using HitSong.Evaluation;
using Tables;

namespace HitSong.Experiments;

/// <summary>
/// The verdict on all experiments: a row for each, from its published figure to the skill that is left of it.
/// </summary>
/// <param name="runs">
/// Runs in the order in which they began; of each experiment the last as published and the last audited count.
/// </param>
/// <example><code>
/// var source = Source.Demo(DemoCorpus.Open("../data/demo/corpus"));
/// var recipe = Recipes.Find("spotify-mlp-bins4", "audited").AtDemoScale(epochs: 1, seed: 42);
/// var run = Experiment.Execute(recipe, source, new RunStore("../artifacts/runs"));
/// new VerdictOverview([run])
/// </code></example>
[TypeFormatterSource(typeof(MimeBundleSource))]
public sealed class VerdictOverview(IReadOnlyList<Run> runs)
{
    /// <summary>An experiment's published figure and what was measured here.</summary>
    /// <param name="Experiment">The experiment.</param>
    /// <param name="Figure">The published accuracy; null where none was published.</param>
    /// <param name="Published">The run with every weakness kept; null where there is none.</param>
    /// <param name="Audited">The run without; null where there is none.</param>
    public sealed record Row(string Experiment, PublishedFigure? Figure, Run? Published, Run? Audited)
    {
        /// <summary>The row above of which the audited recipe is the same; null where it is none's.</summary>
        public string? SameAudit { get; init; }

        // What has to be known beside the name.
        private string Remark =>
            SameAudit is not null ? $"audited, the same as {SameAudit}"
            : IsDescriptorMlp && Audited?.IsDemo == true
                ? "ours; its descriptors hold what the demo corpus's rule rewards"
            : IsDescriptorMlp || Recipes.All.All(recipe => recipe.Experiment != Experiment) ? "ours"
            : "";

        private bool IsDescriptorMlp => Experiment == Recipes.DescriptorMlp.Experiment;

        /// <summary>What the figures say, made from them: of the audited run, where there is one.</summary>
        public string InWords() => (Remark == "" ? "" : $"({Remark}) ") + (Audited ?? Published)!.Verdict.InWords();

        /// <summary>A cell for each of <see cref="Columns"/>: the figure, and what stands smaller below it.</summary>
        public IReadOnlyList<(string Figure, string Below)> Cells
        {
            get
            {
                Verdict? audited = Audited?.Verdict;
                return
                [
                    (Experiment, Remark),
                    Figure is { } figure ? (Percent(figure.Value, "0.00%"), TestedOn(figure)) : ("–", ""),
                    (Figure?.Majority is double majority ? Percent(majority) : "–", ""),
                    (Figure?.Interval?.ToString() ?? "–", ""),
                    Measured(Published?.Verdict.ByClip, Published, baseline => baseline.ByClip),
                    Measured(audited?.BySong, Audited, baseline => baseline.BySong),
                    (audited?.Ceiling is double ceiling ? Percent(ceiling) : "–", ""),
                    Skilled(audited),
                ];
            }
        }

        private static string TestedOn(PublishedFigure figure) =>
            figure.Tested is int items
                ? string.Create(CultureInfo.InvariantCulture, $"{items:N0} {figure.Of}")
                : figure.Of;

        private static (string, string) Measured(Score? score, Run? run, Func<Baseline, Score> scored)
        {
            if (score is null)
                return ("–", "");
            string beside = Beside("logistic regression", "regression") + Beside("gradient boosting", "boosting");
            string constant =
                score.BestConstant > score.MajorityBaseline ? $"; best constant {Percent(score.BestConstant)}" : "";
            return (
                Percent(score.Accuracy),
                $"{score.Interval}; majority {Percent(score.MajorityBaseline)}{constant}{beside}"
            );

            string Beside(string baseline, string name) =>
                run?.BaselineOf(baseline) is { } found ? $"; {name} {Percent(scored(found).Accuracy)}" : "";
        }

        private static (string, string) Skilled(Verdict? verdict)
        {
            if (verdict?.Skill is not double skill)
                return ("–", "");
            string interval = verdict.SkillInterval is { } range ? $"{Plain(range.Low)} to {Plain(range.High)}" : "";
            return (Plain(skill), interval);
        }

        // Two experiments may differ in nothing but what the audit takes away.
        internal bool HasAuditOf(Row other) =>
            Audited is { } mine
            && other.Audited is { } theirs
            && mine.Source == theirs.Source
            && mine.Recipe.ToFields().SequenceEqual(theirs.Recipe.ToFields());

        private static string Plain(double number) => number.ToString("0.00", CultureInfo.InvariantCulture);

        private static string Percent(double share, string format = "0.0%") =>
            share.ToString(format, CultureInfo.InvariantCulture);
    }

    /// <summary>
    /// The columns' headings. As published is scored by clip, as its authors did, audited by song; a catalogue's rows
    /// stand for themselves.
    /// </summary>
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

    /// <summary>
    /// A row for each experiment that was run, in the order of <see cref="Recipes.All"/>; then those of one's own.
    /// </summary>
    public IReadOnlyList<Row> Rows { get; } =
        Marked([
            .. Recipes
                .All.Concat(runs.Select(run => run.Recipe))
                .Select(recipe => recipe.Experiment)
                .Distinct()
                .Select(experiment => new Row(
                    experiment,
                    PublishedFigure.All.FirstOrDefault(f => f.Experiment == experiment && f.Quantity == "accuracy"),
                    Last(runs, experiment, "published"),
                    Last(runs, experiment, "audited")
                ))
                .Where(row => row.Published is not null || row.Audited is not null),
        ]);

    /// <summary>What the numbers say, a sentence or more an experiment, and what they were measured on.</summary>
    public IReadOnlyList<string> InWords
    {
        get
        {
            List<string> words = [.. Rows.Select(row => $"{row.Experiment}: {row.InWords()}")];
            string[] fittedTo =
            [
                .. Rows.SelectMany(row => new[] { row.Published, row.Audited })
                    .Where(run => run?.BaselineOf("logistic regression") is not null)
                    .Select(run =>
                        run!.Recipe.Features is null ? "the same columns"
                        : run.Recipe.Descriptors.Count > 0 ? "the same descriptors"
                        : "the mean MFCC of each clip"
                    )
                    .Distinct(),
            ];
            if (fittedTo.Length > 0)
                words.Add(
                    "Regression and boosting: a logistic regression and gradient boosted trees on "
                        + $"{string.Join(", or on ", fittedTo)}, under the same split. A network that does no better "
                        + "has learned nothing that needs a network."
                );
            if (runs.Any(run => run.IsDemo))
                words.Add(
                    "Measured on the demo corpus, synthesized songs with made-up plays: it shows how the methods "
                        + "behave, not what real songs do. The ceiling is the best that any model could reach on these "
                        + "test songs, in expectation. Skill is (accuracy − best constant) / (ceiling − best "
                        + "constant): 0 is guessing, 1 the best that can be done; by the luck of the draw it may come "
                        + "out below or above them."
                );
            return words;
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

    /// <summary>The table and its words as HTML.</summary>
    public string ToHtml()
    {
        string verdicts = string.Concat(Rows.Select(Item));
        string notes = string.Concat(
            InWords.Skip(Rows.Count).Select(words => $"<p>{WebUtility.HtmlEncode(words)}</p>")
        );
        return $"{Drawn.ToHtml()}<ul>{verdicts}</ul>{notes}";

        static string Item(Row row) =>
            $"<li><b>{WebUtility.HtmlEncode(row.Experiment)}</b>: {WebUtility.HtmlEncode(row.InWords())}</li>";
    }

    /// <summary>The table and its words as text.</summary>
    public override string ToString() => string.Join('\n', [Drawn.ToText(), .. InWords]);

    private DrawnTable Drawn =>
        new(
            [.. Columns.Select((column, i) => new DrawnTable.Heading(column, Right: i > 0))],
            Rows.Select(row =>
                row.Cells.Skip(1).Select(Cell).Prepend(new DrawnTable.Heading(row.Experiment, row.Cells[0].Below))
            )
        )
        {
            Class = "overview",
            LabelsCells = true,
        };

    private static DrawnTable.Cell Cell((string Figure, string Below) cell) =>
        new(cell.Figure, cell.Below.Replace("; ", "\n"));

    private static Row[] Marked(Row[] rows) =>
        [.. rows.Select((row, i) => row with { SameAudit = rows[..i].FirstOrDefault(row.HasAuditOf)?.Experiment })];

    private static Run? Last(IReadOnlyList<Run> runs, string experiment, string variant) =>
        runs.LastOrDefault(run => run.Recipe.Experiment == experiment && run.Recipe.Variant == variant);
}
