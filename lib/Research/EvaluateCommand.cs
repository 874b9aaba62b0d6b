using System.CommandLine;
using HitSong;
using HitSong.Charts;
using HitSong.Experiments;
using Notebooks;
using Spectre.Console;

namespace Research;

/// <summary><c>./research evaluate</c>: a kept run on data that it has never seen.</summary>
internal static class EvaluateCommand
{
    public static Command Create()
    {
        var run = new Argument<string>("run")
        {
            Description = "A kept run, by its name or a part of it that only it has; ./research runs lists them.",
        };
        var songs = new SourceOptions();
        var to = new Option<DirectoryInfo?>("--out")
        {
            Description =
                "Where the evaluation is kept: index.html, result.json, predictions.csv. Default: a folder under "
                + "artifacts/evaluations/, named after the run and the data.",
            HelpName = "FOLDER",
        };
        var json = new Option<bool>("--json") { Description = "Print JSON, for scripts." };
        Option<RunStore?> runs = Parse.Runs();
        var command = new Command(
            "evaluate",
            "Score a kept run whole on data that it has never seen (external validation): the same verdict, beside "
                + "that on its own test, and what has shifted between its training and these songs: how often each "
                + "class occurs, and whether the probabilities still hold.\n"
                + "Collected songs:  ./research evaluate descriptor-mlp-audited --collection data/deezer\n"
                + "A folder:         ./research evaluate tiktok-lstm-audited --audio ~/tiktok\n"
                + "A catalogue:      ./research evaluate bins4-audited --catalogue tracks.csv --artists artists.csv\n"
                + "The run's own features, scaler, columns and classes are used, and nothing is fitted anew. Songs "
                + "that trained or validated the run are left out and counted: those of the same title and artist, "
                + "and equal audio files; so are songs without a label, rows with a gap and genres that training did "
                + "not have. "
                + "Killed at any moment the same command does it again; audio is not read twice."
        )
        {
            run,
            to,
            json,
            runs,
        };
        songs.AddTo(command);
        command.Validators.Add(result =>
        {
            if (!songs.AreNamed(result))
                result.AddError(
                    "Say on which songs: --collection FOLDER, --audio FOLDER, --pictures FOLDER or --catalogue FILE."
                );
        });
        command.SetAction((parsed, cancellation) => Task.Run(() => Run(parsed, cancellation), cancellation));
        return command;

        int Run(ParseResult parsed, CancellationToken cancellation)
        {
            RunStore store = parsed.GetValue(runs) ?? Workspace.Runs;
            Run named = PredictCommand.Named(store.Read().Runs, parsed.GetValue(run)!);
            Source source = songs.Named(parsed)!;
            // Where JSON is asked for, nothing else stands in the output.
            TextWriter output = Console.Out;
            if (parsed.GetValue(json))
                Console.SetOut(Console.Error);
            ExternalValidation evaluation = LongWork.Show(
                $"{named.Id} on {source.Name}",
                report =>
                    ExternalValidation.Of(
                        named,
                        store,
                        source,
                        p => report((double)p.Done / p.Total, $"{p.Stage}, {p.Done} of {p.Total}"),
                        cancellation
                    )
            );
            string folder =
                parsed.GetValue(to)?.FullName
                ?? Path.Combine(
                    Workspace.Artifacts,
                    "evaluations",
                    $"{named.Id}-on-{Safe(source.Catalogue ?? source.Name)}"
                );
            evaluation.Save(folder);
            WholeFile.Write(Path.Combine(folder, "index.html"), NotebookHtml.Render(Page(evaluation)));
            if (parsed.GetValue(json))
                output.WriteLine(evaluation.ToJson());
            else
                Print(evaluation, folder);
            ResultsTable.Print(evaluation.Failures);
            return 0;
        }
    }

    private static void Print(ExternalValidation evaluation, string folder)
    {
        Table table = new Table().Border(TableBorder.Rounded);
        foreach (string column in ExternalValidation.Columns)
            table.AddColumn(column);
        foreach (IReadOnlyList<string> row in evaluation.Rows)
            table.AddRow([.. row.Select(Markup.Escape)]);
        AnsiConsole.Write(table);
        foreach (string words in evaluation.InWords)
            Console.WriteLine($"\n{words}");
        ResultsTable.Print(evaluation.LeftOut);
        Console.WriteLine($"\nKept in {Path.GetRelativePath(Environment.CurrentDirectory, folder)}: see index.html.");
    }

    private static Notebook Page(ExternalValidation evaluation)
    {
        var page = new Notebook();
        page.Cells.Add(
            new(CellKind.Markdown, $"# {evaluation.Run.Id} on other data\n\nOn {evaluation.Source}.", "title")
        );
        var cell = new NotebookCell(CellKind.Code, "", "evaluation");
        cell.Show(evaluation);
        Run here = evaluation.Run with { Predictions = evaluation.Predictions };
        IReadOnlyList<string> classes = evaluation.Run.Bins.Names;
        cell.Show(Plot.Reliability(Predictor.Tested(here), classes, "Reliability on the other data"));
        cell.Show(Plot.Reliability(Predictor.Tested(evaluation.Run), classes, "Reliability on its own test"));
        cell.Show(Plot.Roc(Predictor.Tested(here), classes, "ROC curve on the other data"));
        page.Cells.Add(cell);
        return page;
    }

    // The last two parts of a path, in characters that every file system takes.
    private static string Safe(string source)
    {
        string last = string.Join('-', Path.GetFullPath(source).Split('/').TakeLast(2));
        return string.Concat(last.Select(letter => char.IsAsciiLetterOrDigit(letter) || letter == '.' ? letter : '-'));
    }
}
