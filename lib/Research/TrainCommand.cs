using System.CommandLine;
using HitSong.Experiments;

namespace Research;

/// <summary><c>./research train</c>: one experiment, from audio files to an evaluated model.</summary>
internal static class TrainCommand
{
    public static Command Create()
    {
        string[] experiments = [.. Recipes.All.Select(r => r.Experiment).Distinct()];
        string[] variants = [.. Recipes.All.Select(r => r.Variant).Distinct()];
        var experiment = new Argument<string>("experiment") { Description = $"Which experiment: {string.Join(", ", experiments)}." };
        experiment.Validators.Add(Parse.OneOf("experiment", experiments));
        var audio = new Option<DirectoryInfo>("--audio") { Description = "A folder of audio files named <Music ID>-<Play Count>.mp3 (or .m4a, .ogg, .opus, .flac, .wav). Without it, the demo corpus.", HelpName = "FOLDER" };
        audio.Validators.Add(result =>
        {
            foreach (string folder in result.Tokens.Select(t => t.Value).Where(f => !Directory.Exists(f))) result.AddError($"--audio takes a folder, and there is no folder {folder}.");
        });
        var variant = new Option<string>("--variant") { Description = "published: every weakness kept. audited: the weaknesses removed.", DefaultValueFactory = _ => "published", HelpName = string.Join('|', variants) };
        variant.Validators.Add(Parse.OneOf("variant", variants));
        Option<int?> epochs = Parse.WholeNumber("--epochs", 1, "Passes over the training set. Default: the recipe's.");
        Option<int?> seed = Parse.WholeNumber("--seed", 0, "Seed of the split, the initial weights, the order of batches and dropout. Default: 42. The same seed gives the same figures.");
        var command = new Command("train", "Train one of the published experiments and say what its figure is worth. The run is kept under artifacts/runs/.") { experiment, audio, variant, epochs, seed };
        command.SetAction((parsed, cancellation) => Task.Run(() => Run(
            Recipes.Find(parsed.GetValue(experiment)!, parsed.GetValue(variant)!), parsed.GetValue(audio), parsed.GetValue(epochs), parsed.GetValue(seed), cancellation), cancellation));
        return command;
    }

    private static int Run(Recipe recipe, DirectoryInfo? audio, int? epochs, int? seed, CancellationToken cancellation)
    {
        Source source = audio is null ? Demo.Open(cancellation) : Source.TikTok(audio.FullName);
        if ((epochs ?? (source.IsDemo ? recipe.DemoEpochs : null)) is int count) recipe = recipe with { Training = recipe.Training with { Epochs = count } };
        if (seed is int s) recipe = recipe with { Seed = s };
        foreach (var (setting, value) in recipe.ToTable()) Console.WriteLine($"  {setting,-10}{value}");
        Run run = LongWork.Show($"{recipe.Experiment} {recipe.Variant}", report => Experiment.Execute(recipe, source, Workspace.Runs, progress =>
            report((double)progress.Done / progress.Total * (progress.Epoch is null ? 0.1 : 0.9) + (progress.Epoch is null ? 0 : 0.1), Describe(progress)), cancellation));
        if (run.History.Count < recipe.Training.Epochs) Console.WriteLine($"Stopped after {run.History.Count} of {recipe.Training.Epochs} epochs.");
        ResultsTable.Print([run]);
        Console.WriteLine($"\nKept in {Path.GetRelativePath(Environment.CurrentDirectory, Workspace.Runs.PathOf(run))}");
        ResultsTable.Print(run.Failures);
        return 0;
    }

    private static string Describe(ExperimentProgress progress) => progress.Epoch is { } epoch
        ? FormattableString.Invariant($"epoch {progress.Done} of {progress.Total}, loss {epoch.TrainLoss:F4}")
        : $"{progress.Stage}, {progress.Done} of {progress.Total}";
}
