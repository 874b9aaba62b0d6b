using HitSong.Evaluation;
using HitSong.Experiments;
using Tables;

namespace HitSong.Charts;

/// <summary>
/// A recipe to try values in: some of its fields, a training with what they are set to, and the runs that came of it.
/// In a notebook whose kernel and front end draw controls it has sliders, choices and buttons; elsewhere it says how to
/// do the same by hand.
/// </summary>
/// <example><code>
/// var source = Source.Demo(DemoCorpus.Open("../data/demo/corpus"));
/// var recipe = Recipes.Find("spotify-mlp-bins4", "audited").AtDemoScale(epochs: 1, seed: 42);
/// var panel = Panel.For(recipe, source, new RunStore("../artifacts/runs"), "Training.LearningRate=0.0001..0.01");
/// // By hand; in a notebook the panel has a slider and a button for it.
/// panel.Set("Training.LearningRate", "0.003");
/// panel.Train().Recipe.Training.LearningRate // 0.003
/// </code></example>
[TypeFormatterSource(typeof(MimeBundleSource))]
public sealed class Panel
{
    // What there is of each network and training; a network's own fields stand before them.
    private static readonly string[] usual =
    [
        "Training.Epochs=1..50",
        "Training.BatchSize=16,32,64,128",
        "Training.LearningRate=0.0001..0.01",
        "Training.Optimizer",
        "Training.WeightDecay",
    ];

    private readonly Recipe start;
    private readonly Source source;
    private readonly RunStore store;
    private readonly Dictionary<string, string> values = [];
    private readonly List<Run> runs = [];
    private CancellationTokenSource? stopping;

    private Panel(Recipe start, Source source, RunStore store, IReadOnlyList<RecipeField> fields) =>
        (this.start, this.source, this.store, Fields, Recipe) = (start, source, store, fields, start);

    /// <summary>A panel for some fields of a recipe.</summary>
    /// <param name="recipe">Where it begins.</param>
    /// <param name="source">The songs.</param>
    /// <param name="store">Where the runs are kept.</param>
    /// <param name="fields">
    /// Fields of the recipe, each as <see cref="RecipeField.Of"/> takes it; none: those of the network, and epochs,
    /// batch size, learning rate, optimizer and weight decay.
    /// </param>
    /// <exception cref="HitSongException">There is no such field, and the nearest are named.</exception>
    public static Panel For(Recipe recipe, Source source, RunStore store, params IReadOnlyList<string> fields)
    {
        string[] asked = fields.Count > 0 ? [.. fields] : [.. OfNetwork(recipe), .. usual];
        return new(recipe, source, store, [.. asked.Select(field => RecipeField.Of(recipe, field))]);
    }

    /// <summary>The fields.</summary>
    public IReadOnlyList<RecipeField> Fields { get; }

    /// <summary>The recipe as the fields are set.</summary>
    public Recipe Recipe { get; private set; }

    /// <summary>What was trained here, in order.</summary>
    public IReadOnlyList<Run> Runs
    {
        get
        {
            lock (runs)
                return [.. runs];
        }
    }

    /// <summary>Sets a field of the recipe, one of <see cref="Fields"/> or another.</summary>
    /// <exception cref="HitSongException">It cannot be so; the panel stays as it was.</exception>
    public void Set(string field, string value)
    {
        string name = start.FieldOf(field).Name;
        var changed = new Dictionary<string, string>(values) { [name] = value };
        Recipe = changed.Aggregate(start, (recipe, one) => recipe.With(one.Key, one.Value));
        values[name] = value;
    }

    /// <summary>Trains the recipe as it is set, and keeps the run.</summary>
    /// <param name="progress">Told what is being done.</param>
    /// <exception cref="InvalidOperationException">It trains already.</exception>
    /// <exception cref="HitSongException">
    /// Something forbids the training; where the loss became no number, the run up to then is kept.
    /// </exception>
    public Run Train(Action<ExperimentProgress>? progress = null)
    {
        var stop = new CancellationTokenSource();
        if (Interlocked.CompareExchange(ref stopping, stop, null) is not null)
            throw new InvalidOperationException("This panel trains already: stop that training, or wait for its end.");
        try
        {
            Run run = Experiment.Execute(Recipe, source, store, progress, stop.Token);
            lock (runs)
                runs.Add(run);
            return run;
        }
        finally
        {
            stopping = null;
        }
    }

    /// <summary>Ends a training after its epoch, and keeps it so far; from a thread beside it.</summary>
    public void Stop() => stopping?.Cancel();

    /// <summary>
    /// The runs: what the fields were, and what came of it on the validation songs, which choose. The test is left out:
    /// who looks at it for each run reports the luckiest.
    /// </summary>
    public DrawnTable ToTable()
    {
        Score?[] scores = [.. Runs.Select(Validation)];
        double best = scores
            .Select(score => score?.LogLoss ?? double.NaN)
            .Where(double.IsFinite)
            .DefaultIfEmpty()
            .Min();
        return new DrawnTable(
            [
                new("run", Right: true),
                .. Fields.Select(field => new DrawnTable.Heading(field.Label, Right: field.IsNumber)),
                new("epochs done", Right: true),
                new("validation loss", Right: true),
                new("validation accuracy", Right: true),
            ],
            Runs.Select((run, i) => Row(i + 1, run, scores[i], isBest: scores[i]?.LogLoss == best))
        )
        {
            Notes =
                scores.Length == 0
                    ? []
                    : ["★ is the lowest validation loss: look at the test of that run alone, panel.Runs has it."],
        };
    }

    private IEnumerable<DrawnTable.Cell> Row(int number, Run run, Score? score, bool isBest)
    {
        IReadOnlyDictionary<string, string> fields = run.Recipe.ToFields();
        return
        [
            $"{number}",
            .. Fields.Select(field => (DrawnTable.Cell)fields.GetValueOrDefault(field.Name, "–")),
            $"{run.History.Count}",
            score is null ? "–" : FormattableString.Invariant($"{score.LogLoss:0.000}{(isBest ? " ★" : "")}"),
            score is null ? "–" : FormattableString.Invariant($"{score.Accuracy:0.0%}"),
        ];
    }

    private static Score? Validation(Run run) =>
        run.Validation.Count == 0
            ? null
            : Score.Of(Prediction.BySong(run.Validation, run.Recipe.SongVote), run.Majority);

    /// <summary>The fields, what they are, and how to set them and train by hand.</summary>
    public IReadOnlyDictionary<string, object> ToMimeBundle()
    {
        RecipeField example = Fields[0];
        return new DrawnTable(
            [new("field"), new("is", Right: true), new("can be"), new("what it is")],
            Fields.Select(field =>
                new DrawnTable.Cell[] { field.Name, Recipe.FieldOf(field.Name).Value, field.InWords, field.Help ?? "" }
            )
        )
        {
            Caption = $"{start.Experiment}, {start.Variant}",
            Notes =
            [
                "In VS Code and JupyterLab, on this workspace's kernel, these are sliders and choices with a button "
                    + $"that trains. By hand: panel.Set(\"{example.Name}\", \"…\"); panel.Train(). In a terminal: "
                    + $"./research train {start.Experiment} --variant {start.Variant} --set {example.Name}=….",
            ],
        }.ToMimeBundle();
    }

    private static IEnumerable<string> OfNetwork(Recipe recipe) =>
        recipe
            .ToFields()
            .Keys.Where(field => field.StartsWith("Model.", StringComparison.Ordinal))
            .Where(field => recipe.PropertyOf(field).DeclaringType != typeof(Models.ModelSettings))
            .Where(field => recipe.PropertyOf(field).Name != nameof(Models.ModelSettings.Network));
}
