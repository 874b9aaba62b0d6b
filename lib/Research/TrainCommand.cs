using System.CommandLine;
using HitSong.Experiments;
using Research.Slurm;
using Spectre.Console;

namespace Research;

/// <summary><c>./research train</c>: one experiment, from audio files to an evaluated model.</summary>
internal static class TrainCommand
{
    // Beside the single runs, which stay as they are.
    private static readonly RunStore Replications = new(Path.Combine(Workspace.Artifacts, "replications"));

    public static Command Create()
    {
        var recipe = new RecipeOptions("published");
        var goOn = new Option<string?>("--continue")
        {
            Description =
                "Train a kept run further, up to --epochs in all, from its weights, optimizer and random streams: to "
                + "the same files as if it had never stopped. Name the run, or its folder.",
            HelpName = "RUN",
        };
        Option<int?> repeat = Parse.WholeNumber(
            "--repeat",
            2,
            "Train from so many seeds, --seed and those after it, on one split: what of the figure is the "
                + "seed's, beside what the test songs leave open."
        );
        Option<int?> folds = Parse.WholeNumber(
            "--folds",
            2,
            "Cross-validate in so many folds, of whole songs or artists as the recipe's split has it: so many "
                + "models, each song tested once."
        );
        Option<int?> jobs = Parse.WholeNumber(
            "--jobs",
            1,
            "With --repeat or --folds: trainings side by side. Default: the cores by the threads that each takes."
        );
        var json = new Option<bool>("--json") { Description = "With --repeat or --folds: print JSON, for scripts." };
        // What this command starts for several trainings: itself, with this.
        var serves = new Option<bool>("--worker") { Hidden = true };
        // What a task of a job array does: this command, with these trainings.
        Option<int[]?> only = Parse.Only();
        var slurm = new SlurmOptions();
        var command = new Command(
            "train",
            "Train one of the published experiments and say what its figure is worth. Without songs of "
                + "yours it is the demo corpus, at demo scale. Stopped or killed, the same command goes on "
                + "after the last whole epoch. The run is kept under artifacts/runs/.\n"
                + "Further:  ./research train tiktok-lstm --continue tiktok-lstm-published-20261130-212233 "
                + "--epochs 1000\n"
                + "From others' weights, the first layers as they are and the rest in small steps:  ./research train "
                + "views-resnet --set Model.Weights=resnet34.pth --set 'Model.Freeze=[\"layer1\", \"layer2\"]' "
                + "--set 'Training.Rates=[{\"Parameters\": \"layer?\", \"Rate\": 0.00001}]'\n"
                + "One training is one draw of chance:\n"
                + "Seeds:  ./research train hiphop-mlp --variant audited --repeat 5\n"
                + "Folds:  ./research train hiphop-mlp --variant audited --folds 5\n"
                + "On a cluster, a task for each:  the same with --on slurm\n"
                + "Both give one verdict over all, its interval by artist. Of seeds it also holds their spread. Of "
                + "folds every song counts, and Nadeau and Bengio's correction stands for the training songs that "
                + "they share. Each training is a run under artifacts/replications/, named by its settings: what is "
                + "there is not trained again. It computes on one thread; --set Training.Threads=2 changes that."
        )
        {
            goOn,
            repeat,
            folds,
            jobs,
            json,
            serves,
            only,
        };
        recipe.AddTo(command);
        slurm.AddTo(command, jobs);
        command.Validators.Add(result =>
        {
            bool repeats = result.GetResult(repeat) is not null,
                crosses = result.GetResult(folds) is not null;
            if (repeats && crosses)
                result.AddError("--repeat takes several seeds on one split, --folds several splits: give one of them.");
            if (!repeats && !crosses && slurm.IsOn(result))
                result.AddError("--on slurm takes several trainings: give --repeat or --folds.");
            if (!repeats && !crosses && (result.GetResult(jobs) is not null || result.GetResult(json) is not null))
                result.AddError("--jobs and --json belong to --repeat or --folds.");
            if ((repeats || crosses) && result.GetResult(goOn) is not null)
                result.AddError("--continue trains one run further: leave --repeat and --folds away.");
        });
        command.SetAction((parsed, cancellation) => Task.Run(() => Run(parsed, cancellation), cancellation));
        return command;

        int Run(ParseResult parsed, CancellationToken cancellation)
        {
            int? seeds = parsed.GetValue(repeat),
                parts = parsed.GetValue(folds);
            if (seeds is null && parts is null)
            {
                string? continues = Folder(parsed.GetValue(goOn));
                Recipe one = continues is null
                    ? recipe.Recipe(parsed)
                    : recipe.Recipe(parsed, RunStore.Load(continues));
                return TrainOne(one, recipe.Source(parsed, cancellation), continues, cancellation);
            }
            string unit = seeds is null ? "fold" : "seed";
            SlurmArray? array = slurm.Array(parsed, unit);
            Recipe start = recipe.Recipe(parsed, ["Training.Threads=1", .. SlurmArray.Changes(array)]);
            Replication replication = seeds is int n
                ? Replication.Repeats(start, n)
                : Replication.Folds(start, parts!.Value);
            // Where JSON is asked for, nothing else stands in the output.
            TextWriter output = Console.Out;
            if (parsed.GetValue(json) && !parsed.GetValue(serves))
                Console.SetOut(Console.Error);
            Source source = recipe.Source(parsed, cancellation);
            if (parsed.GetValue(serves))
                return Worker.Serve(
                    (orders, answers) => replication.Serve(orders, answers, source, Replications),
                    cancellation
                );
            if (parsed.GetValue(only) is { Length: > 0 } numbers)
                return SlurmTrainings.Do(
                    replication.Trainings,
                    numbers,
                    unit,
                    (one, report) => replication.Train(one, source, Replications, report),
                    cancellation
                );
            array = array?.Training(start.Training);
            if (array is { IsDryRun: true })
            {
                array.Print(SlurmTrainings.Units(replication.Missing(source, Replications)));
                return 0;
            }
            int atOnce = parsed.GetValue(jobs) ?? Math.Max(1, Environment.ProcessorCount / start.Training.Threads);
            ReplicationResult result = LongWork.Show($"{replication.Trainings.Count} {replication.Unit}s", Execute);
            if (parsed.GetValue(json))
                output.WriteLine(result.ToJson());
            else
                Print(result);
            ResultsTable.Print(result.Failures);
            return result.Failures.Count == 0 ? 0 : 1;

            ReplicationResult Execute(Action<double, string> report)
            {
                if (array is null)
                    return replication.Execute(source, Replications, Start, atOnce, report, cancellation);
                SlurmTrainings trainings = new(array, report, cancellation);
                return replication.Execute(
                    source,
                    Replications,
                    progress: trainings.Report,
                    cancellation: cancellation,
                    elsewhere: trainings.Train
                );
            }
        }
    }

    private static System.Diagnostics.ProcessStartInfo Start() => Worker.Start("--worker");

    private static void Print(ReplicationResult result)
    {
        Table table = new Table().Border(TableBorder.Rounded);
        foreach (string column in result.Columns)
            table.AddColumn(new TableColumn(Markup.Escape(column)).RightAligned());
        foreach (IReadOnlyList<string> row in result.Rows)
            table.AddRow([.. row.Select(Markup.Escape)]);
        AnsiConsole.Write(table);
        foreach (string words in result.InWords)
            Console.WriteLine($"\n{words}");
        ResultsTable.Print(result.Runs.FirstOrDefault()?.LeftOut ?? []);
    }

    // Of the run that a name, a part of it, or a path means.
    private static string? Folder(string? run) =>
        run is null || Directory.Exists(run)
            ? run
            : Workspace.Runs.PathOf(PredictCommand.Named(Workspace.Runs.Read().Runs, run));

    private static int TrainOne(Recipe recipe, Source source, string? continues, CancellationToken cancellation)
    {
        recipe = recipe.For(source);
        foreach (var (setting, value) in recipe.ToTable())
            Console.WriteLine($"  {setting, -10}{value}");
        Run run = LongWork.Show($"{recipe.Experiment} {recipe.Variant}", Train);
        if (run.History.Count < recipe.Training.Epochs)
            Console.WriteLine($"Stopped after {run.History.Count} of {recipe.Training.Epochs} epochs.");
        ResultsTable.Print([run]);
        ResultsTable.Print(run.LeftOut);
        if (run.Continues is not null)
            Console.WriteLine($"It goes on with {run.Continues}.");
        Console.WriteLine(
            $"\nKept in {Path.GetRelativePath(Environment.CurrentDirectory, Workspace.Runs.PathOf(run))}"
        );
        ResultsTable.Print(run.Failures);
        return 0;

        Run Train(Action<double, string> report) =>
            Experiment.Execute(
                recipe,
                source,
                Workspace.Runs,
                progress => report(Share(progress), Describe(progress)),
                cancellation,
                continues: continues
            );
    }

    // Of the whole: what comes before the first epoch counts for a tenth.
    private static double Share(ExperimentProgress progress)
    {
        double done = (double)progress.Done / progress.Total;
        return progress.Epoch is null ? done * 0.1 : done * 0.9 + 0.1;
    }

    private static string Describe(ExperimentProgress progress) =>
        progress.Epoch is { } epoch
            ? FormattableString.Invariant($"epoch {progress.Done} of {progress.Total}, loss {epoch.TrainLoss:F4}")
            : $"{progress.Stage}, {progress.Done} of {progress.Total}";
}
