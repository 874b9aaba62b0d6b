using System.CommandLine;
using HitSong;
using HitSong.Experiments;

namespace Research;

/// <summary>The options that say what is trained, and on which songs.</summary>
internal sealed class RecipeOptions
{
    private readonly Argument<string> experiment;
    private readonly SourceOptions songs = new();
    private readonly Option<string> variant;
    private readonly Option<int?> epochs,
        seed;
    private readonly Option<bool> full;
    private readonly Option<string[]> set;
    private readonly bool trains;

    /// <param name="otherwise">The variant where none is named.</param>
    /// <param name="trains">Whether it is trained; else neither epochs nor seed nor demo scale are asked for.</param>
    public RecipeOptions(string otherwise, bool trains = true)
    {
        this.trains = trains;
        string[] experiments = [.. Recipes.All.Select(r => r.Experiment).Distinct()];
        string[] variants = [.. Recipes.All.Select(r => r.Variant).Distinct()];
        experiment = new Argument<string>("experiment")
        {
            Description = $"Which experiment: {string.Join(", ", experiments)}.",
        };
        experiment.Validators.Add(Parse.OneOf("experiment", experiments));
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
        songs.AddTo(command);
        foreach (Option option in (Option[])(trains ? [variant, epochs, seed, full, set] : [variant, set]))
            command.Options.Add(option);
    }

    /// <summary>The recipe that is asked for.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="changes">Fields as --set has them, which --set may change again.</param>
    public Recipe Recipe(ParseResult parsed, params string[] changes)
    {
        Recipe recipe = Recipes.Find(parsed.GetValue(experiment)!, parsed.GetValue(variant)!);
        if (trains && !songs.AreNamed(parsed.CommandResult) && !parsed.GetValue(full))
            recipe = recipe.AtDemoScale();
        if (parsed.GetValue(seed) is int s)
            recipe = recipe with { Seed = s };
        return Changed(recipe, parsed, changes);
    }

    /// <summary>The recipe of a run that is to go on, with what is asked for.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="run">The run.</param>
    /// <exception cref="UsageException">It is of another experiment, or what it settled is given.</exception>
    public Recipe Recipe(ParseResult parsed, Run run)
    {
        Option? given = ((Option[])[variant, seed, full]).FirstOrDefault(option =>
            parsed.GetResult(option) is { Implicit: false }
        );
        if (given is not null)
            throw new UsageException($"{given.Name} is as {run.Id} had it: leave it away with --continue.");
        if (parsed.GetValue(experiment) != run.Recipe.Experiment)
            throw new UsageException(
                $"{run.Id} is of {run.Recipe.Experiment}, not of {parsed.GetValue(experiment)}: name that one."
            );
        return Changed(run.Recipe, parsed);
    }

    private Recipe Changed(Recipe recipe, ParseResult parsed, params string[] changes)
    {
        if (parsed.GetValue(epochs) is int count)
            recipe = recipe with { Training = recipe.Training with { Epochs = count } };
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
        songs.Named(parsed) ?? Demo.Open(cancellation);
}
