using System.CommandLine;
using HitSong.Experiments;

namespace Research;

/// <summary><c>./research train</c>: one experiment, from audio files to an evaluated model.</summary>
internal static class TrainCommand
{
    public static Command Create()
    {
        var recipe = new RecipeOptions("published");
        var command = new Command(
            "train",
            "Train one of the published experiments and say what its figure is worth. Without songs of "
                + "yours it is the demo corpus, at demo scale. Stopped or killed, the same command goes on "
                + "after the last whole epoch. The run is kept under artifacts/runs/."
        );
        recipe.AddTo(command);
        command.SetAction(
            (parsed, cancellation) =>
                Task.Run(
                    () => Run(recipe.Recipe(parsed), recipe.Source(parsed, cancellation), cancellation),
                    cancellation
                )
        );
        return command;
    }

    private static int Run(Recipe recipe, Source source, CancellationToken cancellation)
    {
        foreach (var (setting, value) in recipe.ToTable())
            Console.WriteLine($"  {setting, -10}{value}");
        Run run = LongWork.Show($"{recipe.Experiment} {recipe.Variant}", Train);
        if (run.History.Count < recipe.Training.Epochs)
            Console.WriteLine($"Stopped after {run.History.Count} of {recipe.Training.Epochs} epochs.");
        ResultsTable.Print([run]);
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
                cancellation
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
