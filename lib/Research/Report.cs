using System.Globalization;
using HitSong;
using HitSong.Charts;
using HitSong.Corpus;
using HitSong.Evaluation;
using HitSong.Experiments;
using Notebooks;
using Plotly.NET;

namespace Research;

/// <summary>
/// The pages for people who only look, and <c>summary.json</c> for programs: readable offline, charts alive.
/// </summary>
/// <param name="folder">Where they are written.</param>
internal sealed class Report(string folder)
{
    private readonly List<(string Name, string? Title)> notebooks = [];

    /// <summary>The first page.</summary>
    public string Index { get; } = Path.Combine(folder, "index.html");

    /// <summary>Writes an executed notebook beside the first page, as <c>.ipynb</c> and as HTML.</summary>
    public void Add(string name, Notebook executed)
    {
        Directory.CreateDirectory(folder);
        executed.Save(Path.Combine(folder, $"{name}.ipynb"));
        WholeFile.Write(Path.Combine(folder, $"{name}.html"), NotebookHtml.Render(executed));
        notebooks.Add((name, executed.Title));
    }

    // Two charts in a row; one below the other where the page is narrow.
    private sealed class SideBySide(params GenericChart[] charts)
    {
        public IReadOnlyDictionary<string, object> ToMimeBundle()
        {
            string columns = string.Concat(charts.Select(chart => $"<div>{chart.ToHtml()}</div>"));
            return new Dictionary<string, object>
            {
                ["text/html"] = $"<div class=\"side-by-side\">{columns}</div>",
                ["text/plain"] = string.Join('\n', charts.Select(chart => chart.ToText())),
            };
        }
    }

    /// <summary>Writes the first page and the summary.</summary>
    /// <param name="runs">The runs.</param>
    /// <param name="demo">The demo corpus, on whose songs networks are looked into.</param>
    public void Write(IReadOnlyList<Run> runs, Source demo)
    {
        var page = new Notebook();
        Words("# Will this song be a hit?");
        // Figures of different songs do not belong into one table.
        (string Source, VerdictOverview Overview)[] overviews =
        [
            .. runs.GroupBy(run => run.Source).Select(songs => (songs.Key, new VerdictOverview([.. songs]))),
        ];
        if (runs.Count > 0)
            Words(
                "What the models of this workspace learned, and what their figures are worth. Measured "
                    + $"{DateTime.UtcNow:yyyy-MM-dd}."
            );
        foreach (var (source, overview) in overviews)
        {
            Words($"## On {source}");
            Show(overview);
        }
        IEnumerable<string> links = notebooks.Select(n =>
            $"- [{n.Title ?? n.Name}]({n.Name}.html), or as a [notebook]({n.Name}.ipynb) to open and change"
        );
        Words("## The notebooks\n\n" + string.Join('\n', links));
        if (runs.Count > 0)
            Words(
                "## What is better than guessing?\n\nA model whose whole interval lies right of the mark "
                    + "of the best constant answer."
            );
        foreach (var songs in runs.GroupBy(run => run.Source))
            Show(Plot.Verdicts([.. songs]).WithTitle($"What the accuracy is worth, on {songs.Key}"));
        foreach (var (source, row) in overviews.SelectMany(o => o.Overview.Rows.Select(row => (o.Source, row))))
        {
            string on = overviews.Length > 1 ? $", on {source}" : "";
            Words($"## {row.Experiment}{on}\n\n{(row.Published ?? row.Audited)!.Recipe.Question} {row.InWords()}");
            foreach (Run run in new[] { row.Published, row.Audited }.OfType<Run>())
            {
                Words($"### {(run.Recipe.Variant == "published" ? "As published" : "Audited")}");
                GenericChart curve = Plot.TrainingCurve(run.History),
                    confusion = Plot.Confusion(
                        run.Verdict.BySong.Confusion,
                        run.Bins.Names,
                        $"Test {run.Recipe.Voter}s"
                    );
                Show(new SideBySide(curve, confusion));
            }
            if (
                row.Audited is
                { IsDemo: true, Recipe.Features: { Coefficients: null, Descriptors: null } features } audited
            )
            {
                using Predictor predictor = Predictor.Load(Workspace.Runs.PathOf(audited));
                Prediction song = Prediction.BySong(audited.Predictions).MaxBy(p => p.Probabilities[^1])!;
                Track track = demo.Tracks.Single(track => track.Id == song.Track);
                var (start, clip, map) = predictor.Attention(track.AudioPath, audited.Bins.Count - 1)[0];
                Words(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"### What it listens to\n\n{track.Title}, of all test songs the one to which it "
                            + $"gives the most probability of {PredictCommand.Target(audited)} "
                            + $"{audited.Bins.Names[^1]} ({song.Probabilities[^1]:0%}), from {start:0.0} s on, "
                            + $"by {predictor.AttentionMethod}: the more orange, the more it speaks for that."
                    )
                );
                Show(new SpectrogramPicture(clip, features.MelOfClips, colors: ColorScale.Greys, map: map));
            }
        }
        WholeFile.Write(Index, NotebookHtml.Render(page));
        WholeFile.Write(Path.Combine(folder, "summary.json"), RunStore.ToJson(runs));

        void Words(string markdown) => page.Cells.Add(new(CellKind.Markdown, markdown, $"cell-{page.Cells.Count}"));

        void Show(params object[] values)
        {
            var cell = new NotebookCell(CellKind.Code, "", $"cell-{page.Cells.Count}");
            foreach (object value in values)
                cell.Show(value, Workspace.CellOptions);
            page.Cells.Add(cell);
        }
    }
}
