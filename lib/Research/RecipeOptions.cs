using System.CommandLine;
using HitSong;
using HitSong.Experiments;

namespace Research;

/// <summary>The options that say what is trained, and on which songs.</summary>
internal sealed class RecipeOptions
{
    private readonly Argument<string> experiment;
    private readonly Option<DirectoryInfo> audio,
        collection;
    private readonly Option<FileInfo> catalogue;
    private readonly Option<FileInfo[]> artists;
    private readonly Option<string> variant;
    private readonly Option<int?> epochs,
        seed;
    private readonly Option<bool> full;
    private readonly Option<string[]> set;

    /// <param name="otherwise">The variant where none is named.</param>
    public RecipeOptions(string otherwise)
    {
        string[] experiments = [.. Recipes.All.Select(r => r.Experiment).Distinct()];
        string[] variants = [.. Recipes.All.Select(r => r.Variant).Distinct()];
        experiment = new Argument<string>("experiment")
        {
            Description = $"Which experiment: {string.Join(", ", experiments)}.",
        };
        experiment.Validators.Add(Parse.OneOf("experiment", experiments));
        audio = new Option<DirectoryInfo>("--audio")
        {
            Description =
                "A folder of audio files named <Music ID>-<Play Count>.mp3 (or .m4a, .ogg, .opus, .flac, .wav).",
            HelpName = "FOLDER",
        };
        collection = new Option<DirectoryInfo>("--collection")
        {
            Description = "A folder that ./research collect has filled.",
            HelpName = "FOLDER",
        };
        foreach (Option<DirectoryInfo> folder in (Option<DirectoryInfo>[])[audio, collection])
            folder.Validators.Add(result =>
            {
                foreach (string path in result.Tokens.Select(t => t.Value).Where(f => !Directory.Exists(f)))
                    result.AddError($"{folder.Name} takes a folder, and there is no folder {path}.");
            });
        catalogue = new Option<FileInfo>("--catalogue")
        {
            Description =
                "For spotify-mlp: the catalogue's CSV file, in the form of the Kaggle set \"Spotify 1 "
                + "Million Tracks\".",
            HelpName = "FILE",
        }.AcceptExistingOnly();
        artists = new Option<FileInfo[]>("--artists")
        {
            Description = "CSV files of the artists' popularity (artist_name, popularity), with --catalogue.",
            HelpName = "FILE",
        }.AcceptExistingOnly();
        variant = new Option<string>("--variant")
        {
            Description = "published: every weakness kept. audited: the weaknesses removed.",
            DefaultValueFactory = _ => otherwise,
            HelpName = string.Join('|', variants),
        };
        variant.Validators.Add(Parse.OneOf("variant", variants));
        epochs = Parse.WholeNumber("--epochs", 1, "Passes over the training set. Default: the recipe's.");
        seed = Parse.WholeNumber(
            "--seed",
            0,
            "Seed of the split, the initial weights, the order of batches and dropout. Default: 42. The "
                + "same seed gives the same figures."
        );
        full = new Option<bool>("--full")
        {
            Description = "The recipe's full scale on the demo corpus as well: its own clips, songs and epochs.",
        };
        set = new Option<string[]>("--set")
        {
            Description =
                "Change a field of the recipe, as in --set Training.LearningRate=0.003. Can be repeated. "
                + $"Fields: {string.Join(", ", Recipes.All.SelectMany(r => r.ToFields().Keys).Distinct())}.",
            HelpName = "FIELD=VALUE",
        };
        set.Validators.Add(Parse.Pairs);
    }

    /// <summary>Gives a command these options.</summary>
    public void AddTo(Command command)
    {
        command.Arguments.Add(experiment);
        foreach (Option option in (Option[])[audio, collection, catalogue, artists, variant, epochs, seed, full, set])
            command.Options.Add(option);
    }

    /// <summary>The recipe that is asked for.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="changes">Fields as --set has them, which --set may change again.</param>
    public Recipe Recipe(ParseResult parsed, params string[] changes)
    {
        Recipe recipe = Recipes.Find(parsed.GetValue(experiment)!, parsed.GetValue(variant)!);
        if (IsDemo(parsed) && !parsed.GetValue(full))
            recipe = recipe.AtDemoScale();
        if (parsed.GetValue(epochs) is int count)
            recipe = recipe with { Training = recipe.Training with { Epochs = count } };
        if (parsed.GetValue(seed) is int s)
            recipe = recipe with { Seed = s };
        try
        {
            return changes
                .Concat(parsed.GetValue(set) ?? [])
                .Select(pair => pair.Split('=', 2))
                .Aggregate(recipe, (changed, pair) => changed.With(pair[0], pair[1]));
        }
        catch (HitSongException e)
        {
            throw new UsageException(e.Message);
        }
    }

    /// <summary>The songs that are named; the demo corpus where none are.</summary>
    public Source Source(ParseResult parsed, CancellationToken cancellation) =>
        IsDemo(parsed) ? Demo.Open(cancellation)
        : parsed.GetValue(audio) is { } folder ? HitSong.Experiments.Source.TikTok(folder.FullName)
        : parsed.GetValue(collection) is { } collected ? HitSong.Experiments.Source.Collection(collected.FullName)
        : HitSong.Experiments.Source.Kaggle(
            parsed.GetValue(catalogue)!.FullName,
            [.. (parsed.GetValue(artists) ?? []).Select(file => file.FullName)]
        );

    private bool IsDemo(ParseResult parsed) =>
        parsed.GetValue(audio) is null && parsed.GetValue(collection) is null && parsed.GetValue(catalogue) is null;
}
