using System.CommandLine;
using HitSong;
using HitSong.Charts;
using HitSong.Experiments;
using Notebooks;
using Spectre.Console;

namespace Research;

/// <summary><c>./research compare</c>: the kept runs side by side.</summary>
internal static class CompareCommand
{
    public static Command Create()
    {
        var filter = new Argument<string?>("filter")
        {
            Description = "Only runs whose name contains this, such as audited or 20261120.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        Option<RunStore?> store = Parse.Runs();
        var command = new Command(
            "compare",
            "Print the kept runs side by side, test whether they differ, and chart them in artifacts/compare.html."
        )
        {
            filter,
            store,
        };
        command.SetAction(parsed => Execute(parsed.GetValue(store) ?? Workspace.Runs, parsed.GetValue(filter)));
        return command;
    }

    private static int Execute(RunStore store, string? filter)
    {
        var (runs, damaged) = store.Read(id =>
            filter is null || id.Contains(filter, StringComparison.OrdinalIgnoreCase)
        );
        ResultsTable.Print(damaged);
        if (runs.Count == 0)
            throw new UsageException(
                filter is null
                    ? "There is no run yet. ./research train tiktok-lstm makes one."
                    : $"No run's name contains {filter}. ./research compare shows them all."
            );

        Table table = new Table().Border(TableBorder.Rounded).AddColumn("run").AddColumn("data");
        string[] headings =
        [
            "epochs",
            "songs",
            "accuracy",
            "95% interval",
            "majority",
            "best constant",
            "gain over it",
            "artist mean",
            "regression",
            "boosting",
            "ROC-AUC",
            "skill",
        ];
        foreach (string heading in headings)
            table.AddColumn(new TableColumn(heading).RightAligned());
        foreach (Run run in runs)
        {
            Verdict verdict = run.Verdict;
            string[] row =
            [
                run.Id,
                run.Source,
                $"{run.History.Count}",
                $"{verdict.BySong.Confusion.Total}",
                $"{verdict.BySong.Accuracy:0.0%}",
                $"{verdict.BySong.Interval}",
                $"{verdict.BySong.MajorityBaseline:0.0%}",
                $"{verdict.BySong.BestConstant:0.0%}",
                verdict.BySong.Gain is { } gain ? $"{gain.Value:0.0%} ({gain.Interval})" : "–",
                Beside("artist mean"),
                Beside("logistic regression"),
                Beside("gradient boosting"),
                verdict.BySong.RocAuc is double auc ? $"{auc:0.000}" : "–",
                verdict.SkillInWords ?? "–",
            ];
            table.AddRow([.. row.Select(Markup.Escape)]);

            string Beside(string baseline) =>
                run.BaselineOf(baseline) is { } found ? $"{found.BySong.Accuracy:0.0%}" : "–";
        }
        AnsiConsole.Write(table);

        var overview = new VerdictOverview(runs);
        Console.WriteLine();
        ResultsTable.Print(overview);

        // Against the last: the run that was just made is the one in question.
        Comparison[] comparisons =
        [
            .. runs.SkipLast(1).Select(run => Comparison.Of(run, runs[^1])).OfType<Comparison>(),
        ];
        IReadOnlyList<string> compared = Comparison.InWords(comparisons);
        foreach (string words in compared)
            Console.WriteLine($"\n{words}");
        foreach (Run run in runs)
        foreach (string words in run.LeaksInWords)
            Console.WriteLine($"\n{run.Id}: {words}");

        var page = new Notebook();
        string text = "# Runs compared\n\n" + string.Join("\n\n", compared);
        page.Cells.Add(new(CellKind.Markdown, text, "words"));
        var charts = new NotebookCell(CellKind.Code, "", "charts");
        charts.Show(overview);
        charts.Show(Plot.Verdicts(runs));
        foreach (Run run in runs.Where(run => run.History.Count > 0))
            charts.Show(Plot.TrainingCurve(run.History, run.Id));
        page.Cells.Add(charts);
        string path = Path.Combine(Workspace.Artifacts, "compare.html");
        WholeFile.Write(path, NotebookHtml.Render(page));
        Console.WriteLine($"\nCharts: {Path.GetRelativePath(Environment.CurrentDirectory, path)}");
        return 0;
    }
}
