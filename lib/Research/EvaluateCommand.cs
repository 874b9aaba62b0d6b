using System.CommandLine;
using HitSong;
using HitSong.Charts;
using HitSong.Corpus;
using HitSong.Experiments;
using Notebooks;
using Research.Slurm;
using Spectre.Console;

namespace Research;

/// <summary><c>./research evaluate</c>: kept runs on data that they have never seen.</summary>
internal static class EvaluateCommand
{
    public static Command Create()
    {
        var names = new Argument<string[]>("run")
        {
            Description = "Kept runs, each by its name or a part of it that only it has; ./research runs lists them.",
            Arity = ArgumentArity.OneOrMore,
        };
        var songs = new SourceOptions();
        var to = new Option<DirectoryInfo?>("--out")
        {
            Description =
                "Where the evaluation is kept: index.html, result.json, predictions.csv. Default: a folder under "
                + "artifacts/evaluations/, named after the run and the data; what is there is shown.",
            HelpName = "FOLDER",
        };
        var json = new Option<bool>("--json") { Description = "Print JSON, for scripts." };
        Option<RunStore?> runs = Parse.Runs();
        // What a task of a job array does: this command, with these of its runs.
        Option<int[]?> only = Parse.Only();
        var slurm = new SlurmOptions();
        var command = new Command(
            "evaluate",
            "Score kept runs whole on data that they have never seen (external validation): the same verdict, beside "
                + "that on their own test, and what has shifted between their training and these songs: how often each "
                + "class occurs, and whether the probabilities still hold.\n"
                + "Collected songs:  ./research evaluate descriptor-mlp-audited --collection data/deezer\n"
                + "A folder:         ./research evaluate tiktok-lstm-audited --audio ~/tiktok\n"
                + "A catalogue:      ./research evaluate bins4-audited --catalogue tracks.csv --artists artists.csv\n"
                + "On a cluster:     ./research evaluate RUN RUN RUN --collection data/deezer --on slurm: a task each, "
                + "which reads the audio that ./research extract has not\n"
                + "The run's own features, scaler, columns and classes are used, and nothing is fitted anew. Songs "
                + "that trained or validated the run are left out and counted: those of the same title and artist, "
                + "and equal audio files; so are songs without a label, rows with a gap and genres that training did "
                + "not have. "
                + "Killed at any moment the same command does it again; audio is not read twice."
        )
        {
            names,
            to,
            json,
            runs,
            only,
        };
        songs.AddTo(command);
        slurm.AddTo(command, to);
        command.Validators.Add(result =>
        {
            if (!songs.AreNamed(result))
                result.AddError(
                    "Say on which songs: --collection FOLDER, --audio FOLDER, --pictures FOLDER or --catalogue FILE."
                );
            if (result.GetResult(to) is not null && result.GetValue(names)?.Length > 1)
                result.AddError("--out is the place of one evaluation: leave it away, or name one run.");
        });
        command.SetAction((parsed, cancellation) => Task.Run(() => Run(parsed, cancellation), cancellation));
        return command;

        int Run(ParseResult parsed, CancellationToken cancellation)
        {
            // Where JSON is asked for, nothing else stands in the output.
            TextWriter output = Console.Out;
            if (parsed.GetValue(json))
                Console.SetOut(Console.Error);
            SlurmArray? array = slurm.Array(parsed, "evaluation");
            RunStore store = parsed.GetValue(runs) ?? Workspace.Runs;
            IReadOnlyList<Run> kept = store.Read().Runs;
            Run[] asked = [.. parsed.GetValue(names)!.Select(name => PredictCommand.Named(kept, name)).Distinct()];
            Source source = songs.Named(parsed)!;
            string? given = parsed.GetValue(to)?.FullName;
            Evaluation[] all = given is null
                ? LongWork.Show("read", report => Places(asked, store, source, report, cancellation))
                : [new(1, asked[0], given)];
            Evaluation[] missing = [.. all.Where(one => given is not null || !File.Exists(one.Result))];
            if (parsed.GetValue(only) is { Length: > 0 } numbers)
            {
                using var memory = TaskMemory.Watch();
                missing = [.. missing.Where(one => numbers.Contains(one.Number))];
                return Make(missing, store, source, goOn: missing.Length > 1, cancellation) ? 0 : 1;
            }
            bool isWhole = array is null
                ? Make(missing, store, source, goOn: all.Length > 1, cancellation)
                : array.Do([.. missing.Select(one => new SlurmUnit(one.Number, one.Result, one.Run.Id))], cancellation);
            if (array is { IsDryRun: true })
                return 0;

            Evaluation[] there = [.. all.Where(one => File.Exists(one.Result))];
            if (parsed.GetValue(json))
                PrintJson(output, [.. there.Select(one => File.ReadAllText(one.Result).TrimEnd())], all.Length > 1);
            else
                foreach (Evaluation one in there)
                    Print(ExternalValidation.Read(one.Folder, one.Run), one.Folder);
            return isWhole ? 0 : 1;
        }
    }

    // One of those that are asked for, by its number from 1, and where it is kept.
    private sealed record Evaluation(int Number, Run Run, string Folder)
    {
        // Written last.
        public string Result => Path.Combine(Folder, "result.json");
    }

    private static Evaluation[] Places(
        Run[] runs,
        RunStore store,
        Source source,
        Action<double, string> report,
        CancellationToken cancellation
    )
    {
        string all = Path.Combine(Workspace.Artifacts, "evaluations"),
            data = Safe(source.Catalogue ?? source.Name);
        return [.. runs.Select((run, i) => new Evaluation(i + 1, run, Path.Combine(all, Name(run))))];

        string Name(Run run) =>
            $"{run.Id}-on-{data}-{ExternalValidation.KeyOf(run, store, source, Progress(report), cancellation)}";
    }

    // Whether all could be made. Where it goes on, one that cannot be is named, and the others are made.
    private static bool Make(
        IReadOnlyList<Evaluation> missing,
        RunStore store,
        Source source,
        bool goOn,
        CancellationToken cancellation
    )
    {
        List<Failure> failures = [];
        foreach (Evaluation one in missing)
            try
            {
                Make(one, store, source, cancellation);
            }
            catch (HitSongException e) when (goOn)
            {
                failures.Add(new(one.Run.Id, e.Message));
            }
        ResultsTable.Print(failures);
        return failures.Count == 0;
    }

    private static void Make(Evaluation one, RunStore store, Source source, CancellationToken cancellation)
    {
        ExternalValidation evaluation = LongWork.Show(
            $"{one.Run.Id} on {source.Name}",
            report => ExternalValidation.Of(one.Run, store, source, Progress(report), cancellation)
        );
        Directory.CreateDirectory(one.Folder);
        WholeFile.Write(Path.Combine(one.Folder, "index.html"), NotebookHtml.Render(Page(evaluation)));
        evaluation.Save(one.Folder);
    }

    private static Action<ExperimentProgress> Progress(Action<double, string> report) =>
        p => report((double)p.Done / p.Total, $"{p.Stage}, {p.Done} of {p.Total}");

    private static void PrintJson(TextWriter output, string[] evaluations, bool areSeveral) =>
        output.WriteLine(areSeveral ? $"[\n{string.Join(",\n", evaluations)}\n]" : evaluations.FirstOrDefault());

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
        ResultsTable.Print(evaluation.Failures);
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
