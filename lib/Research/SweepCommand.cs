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
                "A field and the values to try: --grid Training.LearningRate=0.001,0.0003. With --random and --tpe "
                + "also a range: Training.LearningRate=0.0001..0.01, drawn over its logarithm. One that means "
                + "something with some values of another only: 'Training.Momentum=0.5..0.99 when "
                + "Training.Optimizer=Sgd'. Can be repeated; fields are those of --set.",
            HelpName = "FIELD=VALUES",
            Required = true,
        };
        Option<int?> random = Parse.WholeNumber(
            "--random",
            1,
            "Draw so many trials at random, instead of every combination."
        );
        Option<int?> tpe = Parse.WholeNumber(
            "--tpe",
            1,
            "Propose so many trials, the first ten at random and each other from what those before it gave "
                + "(tree-structured Parzen estimator), instead of every combination."
        );
        Option<int?> halving = Parse.WholeNumber(
            "--halving",
            2,
            "Successive halving: all trials train for a part of the epochs, one in N goes on to N times "
                + "as many, and so on up to the recipe's epochs. Usual are 2 to 4."
        );
        Option<int?> asha = Parse.WholeNumber(
            "--asha",
            2,
            "Halving that waits for nobody (ASHA): as soon as a trial is among the best one in N of those that "
                + "have come as far, it goes on from where it was to N times the epochs. Usual are 2 to 4."
        );
        Option<int?> atOnce = Parse.WholeNumber(
            "--at-once",
            1,
            "With --tpe or --asha: so many trainings are under way at the same time, and what is tried next "
                + "follows from the others, whatever --jobs and their speed: so the same command gives the same "
                + "trials. With fewer each proposal knows more. Default: 2."
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
        // What this command starts for several trials: itself, with this.
        var serves = new Option<bool>("--worker") { Hidden = true };
        // What a task of a job array does: this command, with these trials, whose values lie in a file where a search
        // has proposed them.
        Option<int[]?> only = Parse.Only();
        var rung = new Option<int?>("--rung") { Hidden = true };
        var proposed = new Option<string?>("--proposed") { Hidden = true };
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
                + "Search that learns:  ./research sweep hiphop-mlp --tpe 30 --asha 3 --grid "
                + "Training.LearningRate=0.0001..0.1 --grid Training.Optimizer=Adam,Sgd --grid "
                + "'Training.Momentum=0.5..0.99 when Training.Optimizer=Sgd'\n"
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
            tpe,
            halving,
            asha,
            atOnce,
            jobs,
            shard,
            serves,
            only,
            rung,
            proposed,
        };
        recipe.AddTo(command);
        slurm.AddTo(command, jobs, shard);
        command.Validators.Add(result =>
        {
            bool IsGiven(Option option) => result.GetResult(option) is not null;
            if (IsGiven(tpe) && IsGiven(random))
                result.AddError("--random draws the trials, --tpe proposes them: give one of them.");
            if (IsGiven(asha) && IsGiven(halving))
                result.AddError("--asha is a halving that waits for nobody: give it or --halving.");
            if (IsGiven(tpe) && IsGiven(halving))
                result.AddError(
                    "--halving wants all trials at first, and --tpe proposes one after another: give --asha."
                );
            if (IsGiven(shard) && (IsGiven(tpe) || IsGiven(asha)))
                result.AddError(
                    "--shard takes trials that know nothing of each other: leave --tpe and --asha away, or give "
                        + "--on slurm instead of it."
                );
            if (IsGiven(atOnce) && !IsGiven(tpe) && !IsGiven(asha))
                result.AddError("--at-once belongs to --tpe or --asha.");
        });
        command.SetAction((parsed, cancellation) => Task.Run(() => Run(parsed, cancellation), cancellation));
        return command;

        Sweep Of(Recipe start, ParseResult parsed)
        {
            try
            {
                SweepField[] fields = [.. parsed.GetValue(grid)!.Select(SweepField.Parse)];
                ulong seed = (ulong)start.Seed;
                int abreast = parsed.GetValue(atOnce) ?? Sweep.UsualAtOnce;
                int? keep = parsed.GetValue(halving) ?? parsed.GetValue(asha);
                if (parsed.GetValue(tpe) is int proposals)
                    return Sweep.TreeParzen(start, fields, proposals, seed, keep, abreast);
                Sweep sweep = parsed.GetValue(random) is int trials
                    ? Sweep.Random(start, fields, trials, seed, keep)
                    : Sweep.Grid(start, fields, keep);
                return parsed.GetValue(asha) is null ? sweep : sweep.Asynchronous(abreast);
            }
            catch (HitSongException e)
            {
                throw new UsageException(e.Message);
            }
        }

        int Run(ParseResult parsed, CancellationToken cancellation)
        {
            SlurmArray? array = slurm.Array(parsed, "trial");
            Recipe start = recipe.Recipe(parsed, ["Training.Threads=1", .. SlurmArray.Changes(array)]);
            Sweep sweep = Of(start, parsed);
            Source source = recipe.Source(parsed, cancellation);
            if (parsed.GetValue(serves))
                return Worker.Serve((orders, answers) => sweep.Serve(orders, answers, source, Store), cancellation);
            if (parsed.GetValue(only) is { Length: > 0 } numbers)
                return SlurmTrainings.Do(
                    parsed.GetValue(proposed) is { } file ? new ProposedTrials(file).Of(sweep) : sweep.Trials,
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
            int processes = parsed.GetValue(jobs) ?? Math.Max(1, Environment.ProcessorCount / start.Training.Threads);
            return Execute(sweep, source, processes, share, array, cancellation);
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
        SweepResults results = LongWork.Show($"{sweep.Count} trials", Execute);
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
            ProposedTrials? proposed = sweep.Searches ? ProposedTrials.Of(sweep, source, Store) : null;
            SlurmTrainings trainings = new(proposed?.GivenTo(array) ?? array, report, cancellation);
            return sweep.Execute(
                source,
                Store,
                progress: trainings.Report,
                cancellation: cancellation,
                elsewhere: (missing, epochs, done) =>
                {
                    proposed?.Add(missing.Select(run => run.Trial));
                    return trainings.Train(missing, epochs, done);
                }
            );
        }
    }

    private static ProcessStartInfo Start() => Worker.Start("--worker");
}
