using System.Diagnostics;
using HitSong.Corpus;

namespace HitSong.Experiments;

/// <summary>
/// One recipe trained several times, to see what of its figure is chance: from several seeds on one split, or in the
/// folds of a cross-validation, where every song is tested once. Each is a run in a store, named by its settings: what
/// is there is not trained again, so that one that was killed goes on where it was, to the same numbers.
/// </summary>
/// <example><code>
/// var source = Source.Demo(DemoCorpus.Open("../data/demo/corpus"));
/// var recipe = Recipes.Find("spotify-mlp-bins4", "audited").AtDemoScale(epochs: 1, seed: 42);
/// var two = Replication.Repeats(recipe, 2).Execute(source, new RunStore("../artifacts/replications"));
/// two.Runs.Count // 2
/// </code></example>
public sealed class Replication
{
    private readonly Sweep trainings;

    private Replication(Recipe recipe, string unit, Sweep trainings) =>
        (Recipe, Unit, this.trainings) = (recipe, unit, trainings);

    /// <summary>
    /// So many seeds, from the recipe's on: of the initial weights, the order of batches and dropout. The split stays
    /// that of the recipe's seed, so that all are tested on the same songs.
    /// </summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="count">How many, 2 or more.</param>
    /// <exception cref="HitSongException">Fewer than two.</exception>
    public static Replication Repeats(Recipe recipe, int count) =>
        Of(
            recipe with
            {
                Split = recipe.Split with { Seed = recipe.Split.Seed ?? recipe.Seed },
            },
            "seed",
            "Seed",
            recipe.Seed,
            count
        );

    /// <summary>
    /// The folds of a cross-validation, of whole songs or artists as the recipe's split has it: each trains on the
    /// others, less what the recipe takes out of these to validate, and is tested on its own. The seed is the recipe's.
    /// </summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="count">How many, 2 or more.</param>
    /// <exception cref="HitSongException">Fewer than two.</exception>
    public static Replication Folds(Recipe recipe, int count) =>
        Of(recipe with { Split = recipe.Split with { Folds = count, Fold = 1 } }, "fold", "Split.Fold", 1, count);

    /// <summary>The recipe, with what all trainings share.</summary>
    public Recipe Recipe { get; }

    /// <summary>What differs: <c>seed</c> or <c>fold</c>.</summary>
    public string Unit { get; }

    /// <summary>The trainings, each with its recipe and, in <see cref="Trial.Values"/>, its seed or fold.</summary>
    public IReadOnlyList<Trial> Trainings => trainings.Trials;

    /// <summary>Does one training, or goes on with it where it was cut off; the run where it is done.</summary>
    /// <exception cref="HitSongException">It cannot be trained, or what was kept of it cannot be read.</exception>
    public Run Train(Trial training, Source source, RunStore store, Action<ExperimentProgress>? progress = null) =>
        trainings.Train(training, null, source, store, progress);

    /// <inheritdoc cref="Sweep.Serve"/>
    public void Serve(IEnumerable<string> orders, TextWriter output, Source source, RunStore store) =>
        trainings.Serve(orders, output, source, store);

    /// <summary>Those that are not done, each with the folder that its run will have.</summary>
    /// <param name="source">The songs.</param>
    /// <param name="store">Where each run is kept.</param>
    public IReadOnlyList<(Trial Trial, string Path)> Missing(Source source, RunStore store) =>
        trainings.Missing(Trainings, null, source, store);

    /// <summary>Does the trainings that are not yet done, and reads what all gave.</summary>
    /// <param name="source">The songs.</param>
    /// <param name="store">Where each run is kept.</param>
    /// <param name="start">
    /// How a process is started that does what it is told (<see cref="Serve"/>); null: all are done in this one.
    /// </param>
    /// <param name="jobs">Processes side by side.</param>
    /// <param name="progress">Told how much is done, 0…1, and what is being done; from several threads.</param>
    /// <param name="cancellation">
    /// Stops the processes, or after the training that is going on in this one. The next call goes on.
    /// </param>
    /// <param name="elsewhere">Trains on other machines, in place of all the above; null: nobody does.</param>
    /// <exception cref="HitSongException">
    /// No training gave a run, or runs of one split were tested on different songs.
    /// </exception>
    public ReplicationResult Execute(
        Source source,
        RunStore store,
        Func<ProcessStartInfo>? start = null,
        int jobs = 1,
        Action<double, string>? progress = null,
        CancellationToken cancellation = default,
        TrainElsewhere? elsewhere = null
    )
    {
        SweepResults results = trainings.Execute(
            source,
            store,
            start,
            jobs,
            which: null,
            progress,
            cancellation,
            elsewhere
        );
        if (results.Ranked.Count == 0)
            throw new HitSongException(
                $"No {Unit} gave a run; the first: {results.Failures[0].Path} {results.Failures[0].Reason}"
            );
        return new(
            this,
            [.. results.Ranked.OrderBy(result => result.Trial.Number).Select(result => result.Run)],
            results.Failures
        );
    }

    private static Replication Of(Recipe recipe, string unit, string field, int first, int count)
    {
        if (count < 2)
            throw new HitSongException($"{count} {unit}s tell no spread: 2 at least are needed.");
        IEnumerable<string> values = Enumerable.Range(first, count).Select(value => $"{value}");
        return new(recipe, unit, Sweep.Every(recipe, new(field, [.. values])));
    }
}
