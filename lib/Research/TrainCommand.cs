using System.CommandLine;
using HitSong;
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
        var audio = new Option<DirectoryInfo>("--audio") { Description = "A folder of audio files named <Music ID>-<Play Count>.mp3 (or .m4a, .ogg, .opus, .flac, .wav).", HelpName = "FOLDER" };
        var collection = new Option<DirectoryInfo>("--collection") { Description = "A folder that ./research collect has filled.", HelpName = "FOLDER" };
        foreach (Option<DirectoryInfo> folder in (Option<DirectoryInfo>[])[audio, collection])
            folder.Validators.Add(result =>
            {
                foreach (string path in result.Tokens.Select(t => t.Value).Where(f => !Directory.Exists(f))) result.AddError($"{folder.Name} takes a folder, and there is no folder {path}.");
            });
        var catalogue = new Option<FileInfo>("--catalogue") { Description = "For spotify-mlp: the catalogue's CSV file, in the form of the Kaggle set \"Spotify 1 Million Tracks\".", HelpName = "FILE" }.AcceptExistingOnly();
        var artists = new Option<FileInfo[]>("--artists") { Description = "CSV files of the artists' popularity (artist_name, popularity), with --catalogue.", HelpName = "FILE" }.AcceptExistingOnly();
        var variant = new Option<string>("--variant") { Description = "published: every weakness kept. audited: the weaknesses removed.", DefaultValueFactory = _ => "published", HelpName = string.Join('|', variants) };
        variant.Validators.Add(Parse.OneOf("variant", variants));
        Option<int?> epochs = Parse.WholeNumber("--epochs", 1, "Passes over the training set. Default: the recipe's.");
        Option<int?> seed = Parse.WholeNumber("--seed", 0, "Seed of the split, the initial weights, the order of batches and dropout. Default: 42. The same seed gives the same figures.");
        var full = new Option<bool>("--full") { Description = "The recipe's full scale on the demo corpus as well: its own clips, songs and epochs." };
        var set = new Option<string[]>("--set") { Description = $"Change a field of the recipe, as in --set Training.LearningRate=0.003. Can be repeated. Fields: {string.Join(", ", Recipes.All.SelectMany(r => r.ToFields().Keys).Distinct())}.", HelpName = "FIELD=VALUE" };
        set.Validators.Add(Parse.Pairs);
        var command = new Command("train", "Train one of the published experiments and say what its figure is worth. Without songs of yours it is the demo corpus, at demo scale. Stopped or killed, the same command goes on after the last whole epoch. The run is kept under artifacts/runs/.")
        {
            experiment, audio, collection, catalogue, artists, variant, epochs, seed, full, set,
        };
        command.SetAction((parsed, cancellation) => Task.Run(() =>
        {
            bool demo = parsed.GetValue(audio) is null && parsed.GetValue(collection) is null && parsed.GetValue(catalogue) is null;
            Recipe recipe = Recipes.Find(parsed.GetValue(experiment)!, parsed.GetValue(variant)!);
            if (demo && !parsed.GetValue(full)) recipe = recipe.AtDemoScale();
            if (parsed.GetValue(epochs) is int count) recipe = recipe with { Training = recipe.Training with { Epochs = count } };
            if (parsed.GetValue(seed) is int s) recipe = recipe with { Seed = s };
            recipe = Changed(recipe, parsed.GetValue(set) ?? []);
            Source source = demo ? Demo.Open(cancellation)
                : parsed.GetValue(audio) is { } folder ? Source.TikTok(folder.FullName)
                : parsed.GetValue(collection) is { } collected ? Source.Collection(collected.FullName)
                : Source.Kaggle(parsed.GetValue(catalogue)!.FullName, [.. (parsed.GetValue(artists) ?? []).Select(file => file.FullName)]);
            return Run(recipe, source, cancellation);
        }, cancellation));
        return command;
    }

    /// <summary>A recipe with fields changed.</summary>
    public static Recipe Changed(Recipe recipe, IEnumerable<string> pairs)
    {
        try
        {
            return pairs.Select(pair => pair.Split('=', 2)).Aggregate(recipe, (changed, pair) => changed.With(pair[0], pair[1]));
        }
        catch (HitSongException e)
        {
            throw new UsageException(e.Message);
        }
    }

    private static int Run(Recipe recipe, Source source, CancellationToken cancellation)
    {
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
