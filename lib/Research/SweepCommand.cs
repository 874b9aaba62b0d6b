using System.CommandLine;
using System.Diagnostics;
using HitSong;
using HitSong.Charts;
using HitSong.Experiments;
using HitSong.Features;
using Notebooks;
using Research.Slurm;
using Spectre.Console;

namespace Research;

/// <summary>
/// <c>./research sweep</c>: one experiment with other values of some fields, of which validation chooses.
/// </summary>
internal static class SweepCommand
{
    // Beside the runs of the recipes, which stay as they are.
    private static readonly RunStore Store = new(Path.Combine(Workspace.Artifacts, "sweeps"));

    public static Command Create()
    {
        var recipe = new RecipeOptions("audited");
        var grid = new Option<string[]>("--grid")
        {
            Description =
                "A field and the values to try: --grid Training.LearningRate=0.001,0.0003. With --random "
                + "also a range: Training.LearningRate=0.0001..0.01, drawn over its logarithm. Can be "
                + "repeated; fields are those of --set.",
            HelpName = "FIELD=VALUES",
            Required = true,
        };
        Option<int?> random = Parse.WholeNumber(
            "--random",
            1,
            "Draw so many trials at random, instead of every combination."
        );
        Option<int?> halving = Parse.WholeNumber(
            "--halving",
            2,
            "Successive halving: all trials train for a part of the epochs, one in N goes on to N times "
                + "as many, and so on up to the recipe's epochs. Usual are 2 to 4."
        );
        Option<int?> jobs = Parse.WholeNumber(
            "--jobs",
            1,
            "Trials side by side. Default: the cores by the threads that each takes."
        );
        var shard = new Option<string?>("--shard")
        {
            Description =
                "One share of the trials, such as 3/40: for the job arrays of a cluster, over a common "
                + "artifacts/ folder. Shares know nothing of each other; the same command without --shard "
                + "joins them, and trains what is missing.",
            HelpName = "I/N",
        };
        shard.Validators.Add(result =>
        {
            if (result.GetValue(shard) is { } text && ExtractionShare.Parse(text) is null)
                result.AddError("--shard takes a share such as 3/40, the first being 1/40.");
        });
        // What this command starts for one trial: itself, with these.
        var trial = new Option<int?>("--trial") { Hidden = true };
        var rung = new Option<int?>("--rung") { Hidden = true };
        // What a task of a job array does: this command, with these trials.
        Option<int[]?> only = Parse.Only();
        var slurm = new SlurmOptions();
        var command = new Command(
            "sweep",
            "Train an experiment with other values of some fields of its recipe, several side by side, and "
                + "choose by validation. The test is looked at for the chosen one alone: the best of many by the "
                + "test would be the luckiest.\n"
                + "Every combination:   ./research sweep hiphop-mlp --grid Training.LearningRate=0.0003,0.001,0.003 "
                + "--grid Training.WeightDecay=0,0.001\n"
                + "Drawn from a range:  ./research sweep descriptor-mlp --grid Training.LearningRate=0.0005..0.05 "
                + "--grid Training.BatchSize=16,64 --random 12\n"
                + "Successive halving:  the same with --halving 3: all train for a part of the epochs, the best "
                + "third for three times as many\n"
                + "On a cluster:         the same with --on slurm --array-limit 40, a task for each trial\n"
                + "Each trial is a run under artifacts/sweeps/, named by its settings, what is in the songs' files, "
                + "and the code. Killed at any moment the same "
                + "command goes on, to the same figures, and one with more values takes over what is there. A trial "
                + "computes on one thread; --set Training.Threads=2 changes that. The table and charts of what "
                + "mattered go to artifacts/sweep.html."
        )
        {
            grid,
            random,
            halving,
            jobs,
            shard,
            trial,
            rung,
            only,
        };
        recipe.AddTo(command);
        slurm.AddTo(command, jobs, shard);
        command.SetAction((parsed, cancellation) => Task.Run(() => Run(parsed, cancellation), cancellation));
        return command;

        int Run(ParseResult parsed, CancellationToken cancellation)
        {
            SlurmArray? array = slurm.Array(parsed, "trial");
            Recipe start = recipe.Recipe(parsed, ["Training.Threads=1", .. SlurmArray.Changes(array)]);
            Sweep sweep = Of(start, parsed.GetValue(grid)!, parsed.GetValue(random), parsed.GetValue(halving));
            Source source = recipe.Source(parsed, cancellation);
            if (parsed.GetValue(trial) is int number)
                return Worker.Train(
                    progress => sweep.Train(sweep.Trials[number - 1], parsed.GetValue(rung), source, Store, progress),
                    cancellation
                );
            if (parsed.GetValue(only) is { Length: > 0 } numbers)
                return SlurmTrainings.Do(
                    sweep.Trials,
                    numbers,
                    "trial",
                    (one, report) => sweep.Train(one, parsed.GetValue(rung), source, Store, report),
                    cancellation
                );
            array = array?.Training(start.Training);
            if (array is { IsDryRun: true })
            {
                array.Print(SlurmTrainings.Units(sweep.Missing(sweep.Trials, sweep.Rungs[0], source, Store)));
                return 0;
            }
            ExtractionShare? share = parsed.GetValue(shard) is { } text ? ExtractionShare.Parse(text) : null;
            int atOnce = parsed.GetValue(jobs) ?? Math.Max(1, Environment.ProcessorCount / start.Training.Threads);
            return Execute(sweep, source, atOnce, share, array, cancellation);
        }
    }

    private static Sweep Of(Recipe start, string[] grid, int? random, int? halving)
    {
        try
        {
            SweepField[] fields = [.. grid.Select(SweepField.Parse)];
            return random is int trials
                ? Sweep.Random(start, fields, trials, (ulong)start.Seed, halving)
                : Sweep.Grid(start, fields, halving);
        }
        catch (HitSongException e)
        {
            throw new UsageException(e.Message);
        }
    }

    private static int Execute(
        Sweep sweep,
        Source source,
        int jobs,
        ExtractionShare? share,
        SlurmArray? array,
        CancellationToken cancellation
    )
    {
        Func<Trial, bool>? ours = share is null ? null : trial => (trial.Number - 1) % share.Count == share.Number - 1;
        SweepResults results = LongWork.Show($"{sweep.Trials.Count} trials", Execute);
        Table table = new Table().Border(TableBorder.Rounded);
        foreach (string column in results.Columns.Append("seconds"))
            table.AddColumn(new TableColumn(Markup.Escape(column)).RightAligned());
        foreach (var (row, result) in results.Rows.Zip(results.Ranked))
            table.AddRow([
                .. row.Append(FormattableString.Invariant($"{result.Run.Environment.Seconds:0.0}"))
                    .Select(Markup.Escape),
            ]);
        AnsiConsole.Write(table);
        Console.WriteLine(results.InWords());
        if (results.Chosen is { } chosen)
        {
            ResultsTable.Print(chosen.Run.LeftOut);
            foreach (var (field, part) in results.Importance)
                Console.WriteLine(
                    FormattableString.Invariant(
                        $"  {field}: {part:0%} of the validation loss's variance between the trials"
                    )
                );
            Console.WriteLine(
                $"\nKept in {Path.GetRelativePath(Environment.CurrentDirectory, Store.PathOf(chosen.Run))}"
            );
            var page = new Notebook();
            var cell = new NotebookCell(CellKind.Code, "", "sweep");
            cell.Show(results);
            if (results.Ranked.Count > 1)
            {
                cell.Show(Plot.ParallelCoordinates(results));
                cell.Show(Plot.Importance(results));
            }
            string title =
                $"# {chosen.Run.Recipe.Experiment} {chosen.Run.Recipe.Variant}: "
                + $"{results.Ranked.Count} trials\n\nOn {chosen.Run.Source}.";
            page.Cells.Add(new(CellKind.Markdown, title, "title"));
            page.Cells.Add(cell);
            string path = Path.Combine(Workspace.Artifacts, "sweep.html");
            WholeFile.Write(path, NotebookHtml.Render(page));
            Console.WriteLine($"Charts: {Path.GetRelativePath(Environment.CurrentDirectory, path)}");
        }
        ResultsTable.Print(results.Failures);
        return results.Failures.Count == 0 ? 0 : 1;

        SweepResults Execute(Action<double, string> report)
        {
            if (array is null)
                return sweep.Execute(source, Store, Start, jobs, ours, report, cancellation);
            SlurmTrainings trainings = new(array, report, cancellation);
            return sweep.Execute(
                source,
                Store,
                progress: trainings.Report,
                cancellation: cancellation,
                elsewhere: trainings.Train
            );
        }
    }

    private static ProcessStartInfo Start(Trial trial, int? epochs) =>
        Worker.Start(["--trial", $"{trial.Number}", .. epochs is int e ? ["--rung", $"{e}"] : Array.Empty<string>()]);
}
