using HitSong.Charts;
using HitSong.Experiments;
using Notebooks;

namespace Research;

/// <summary>The pages for people who only look, and <c>summary.json</c> for programs: readable offline, charts alive.</summary>
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
        File.WriteAllText(Path.Combine(folder, $"{name}.html"), NotebookHtml.Render(executed));
        notebooks.Add((name, executed.Title));
    }

    /// <summary>Writes the first page and the summary.</summary>
    public void Write(IReadOnlyList<Run> runs)
    {
        var page = new Notebook();
        Words("# Will this song be a hit?");
        if (runs.Count > 0)
        {
            Words($"What the models of this workspace learned, and what their figures are worth. Measured {DateTime.UtcNow:yyyy-MM-dd} on {string.Join(" and ", runs.Select(r => r.Source).Distinct())}.");
            Show(new VerdictTable([.. runs]), Plot.Verdicts(runs));
        }
        foreach (Run run in runs)
        {
            Words($"## {run.Recipe.Experiment}, {run.Recipe.Variant}");
            Show(run.Recipe, Plot.TrainingCurve(run.History), Plot.Confusion(run.Verdict.ByClip.Confusion, run.Bins.Names, "Test clips"), Plot.Confusion(run.Verdict.BySong.Confusion, run.Bins.Names, "Test songs"));
        }
        Words("## The notebooks\n\n" + string.Join('\n', notebooks.Select(n => $"- [{n.Title ?? n.Name}]({n.Name}.html), or as a [notebook]({n.Name}.ipynb) to open and change")));
        File.WriteAllText(Index, NotebookHtml.Render(page));
        File.WriteAllText(Path.Combine(folder, "summary.json"), RunStore.ToJson(runs));

        void Words(string markdown) => page.Cells.Add(new(CellKind.Markdown, markdown, $"cell-{page.Cells.Count}"));

        void Show(params object[] values)
        {
            var cell = new NotebookCell(CellKind.Code, "", $"cell-{page.Cells.Count}");
            foreach (object value in values) cell.Show(value);
            page.Cells.Add(cell);
        }
    }
}
