using System.Diagnostics;
using HitSong.Corpus;
using HitSong.Evaluation;
using HitSong.Training;
using static TorchSharp.torch;

namespace HitSong.Experiments;

/// <summary>Runs a recipe from songs to an evaluated model. A notebook can make each of its calls alone.</summary>
/// <example><code>
/// var source = Source.Demo(DemoCorpus.Open("../data/demo/corpus"));
/// // One epoch, with seed 42.
/// var recipe = Recipes.Find("spotify-mlp-bins4", "audited").AtDemoScale(epochs: 1, seed: 42);
/// var run = Experiment.Execute(recipe, source, new RunStore("../artifacts/runs"));
/// run.History.Count // 1
/// </code></example>
public static class Experiment
{
    /// <summary>
    /// Prepares, trains, predicts, and keeps the run. Killed while training, the next call with the same recipe, songs
    /// and code goes on after the last whole epoch, to the same result.
    /// </summary>
    /// <param name="recipe">What to do.</param>
    /// <param name="source">On which songs.</param>
    /// <param name="store">Where the run is kept.</param>
    /// <param name="progress">Told what is being done; from several threads while audio is read.</param>
    /// <param name="cancellation">
    /// Stops reading audio at once; ends the training after the current epoch, and keeps that run.
    /// </param>
    /// <param name="id">The run's name, which no run of the store has; null: <see cref="RunStore.NewId"/>.</param>
    /// <param name="continues">
    /// The folder of a kept run whose training goes on, from its weights, optimizer and random streams, to the same
    /// bytes as if it had never stopped; null: begins anew. The recipe is that run's, with more
    /// <see cref="TrainingSettings.Epochs"/>, of which the done ones are the first, or more
    /// <see cref="TrainingSettings.Patience"/>.
    /// </param>
    /// <exception cref="HitSongException">
    /// No song can be used, the items are too few to split, the network cannot take them, or another process trains the
    /// same recipe on the same source. The run that goes on was made by another recipe or from other songs, has kept no
    /// state, or is at its end.
    /// </exception>
    /// <exception cref="DivergenceException">
    /// The loss became no number. Where that was after a whole epoch, the run up to it is kept, and named.
    /// </exception>
    public static Run Execute(
        Recipe recipe,
        Source source,
        RunStore store,
        Action<ExperimentProgress>? progress = null,
        CancellationToken cancellation = default,
        string? id = null,
        string? continues = null
    ) => Execute(recipe, source, store, progress, cancellation, id, continues, shared: null);

    /// <summary>The same, with what other trainings on the source have prepared; null: nothing.</summary>
    internal static Run Execute(
        Recipe recipe,
        Source source,
        RunStore store,
        Action<ExperimentProgress>? progress,
        CancellationToken cancellation,
        string? id,
        string? continues,
        SharedData? shared
    )
    {
        recipe = recipe.For(source);
        Run? before = continues is null ? null : Begun(continues, recipe);
        DateTime started = DateTime.UtcNow;
        var clock = Stopwatch.StartNew();
        using SharedData? own = shared is null ? new(source, store.Features, progress, cancellation) : null;
        shared ??= own!;
        string state = store.StateOf(recipe, shared.Key);
        using TrainingLock held = TrainingLock.Take(
            state,
            $"{recipe.Experiment} {recipe.Variant} with these settings on {source.Name}"
        );
        Dataset data = shared.For(recipe, progress, cancellation);
        IReadOnlyList<UsedTrack> tracks = UsedTrack.Of(data);
        var made = RunData.Of(tracks, source, store.Features);
        if (before is not null)
            TakeState(before, continues!, made, state);
        manual_seed(recipe.Seed);
        using var model = recipe.Model.Create(data.Shape.Bands, data.Shape.Frames, data.Bins.Count);
        Examples examples = data.For(recipe.Model);
        var trainer = new Trainer(model, recipe.Training);
        List<EpochMetrics> history = [];
        DivergenceException? diverged = null;
        // The peak is then the training's own.
        Libtorch.ReleaseMemory();
        try
        {
            trainer.Fit(
                examples,
                data.Labels,
                data.Split,
                state,
                epoch =>
                {
                    history.Add(epoch);
                    progress?.Invoke(new("training", epoch.Epoch, recipe.Training.Epochs, epoch));
                },
                cancellation
            );
        }
        // What it was before is worth keeping.
        catch (DivergenceException e) when (history.Count > 0)
        {
            diverged = e;
        }

        IReadOnlyList<Prediction> test = Predict(data.Split.Test);
        IEnumerable<int> trainCounts = Enumerable
            .Range(0, data.Bins.Count)
            .Select(c => data.Split.Train.Count(i => data.Labels[i] == c));
        var run = new Run
        {
            Id = id ?? store.NewId(recipe, started),
            Recipe = recipe,
            Continues = before?.Id,
            Source = source.Name,
            IsDemo = source.IsDemo,
            Ceiling = CeilingOf(recipe, source, data),
            Bins = data.Bins,
            Data = made,
            Train = data.Split.Train.Count,
            TrainCounts = [.. trainCounts],
            Majority = data.Majority,
            Leaks = data.Leaks.Counts,
            Sound = source.ArePictures ? null : data.Sound,
            TopSongs = DescriptorSpread.Of(recipe, data),
            History = history,
            Parameters = model.parameters().Sum(p => p.numel()),
            Predictions = test,
            Validation = data.Split.Validation.Count > 0 ? Predict(data.Split.Validation) : [],
            Baselines = data.Baselines(recipe, test),
            Failures = data.Failures,
            LeftOut = data.LeftOut,
            Environment = RunEnvironment.Now(
                started,
                clock.Elapsed.TotalSeconds,
                recipe.Training.Threads,
                recipe.Training.Device
            ),
        };
        run = store.Save(
            run,
            model,
            data.Scaler,
            data.Preparation,
            tracks,
            Path.Combine(state, TrainingState.FileName)
        );
        held.RemoveFolder();
        Libtorch.ReleaseMemory();
        if (diverged is null)
            return run;
        string kept = history.Count == 1 ? "epoch before that is" : $"{history.Count} epochs before that are";
        throw new DivergenceException($"{diverged.Message} The {kept} kept as the run {run.Id}.");

        Prediction[] Predict(IReadOnlyList<int> items) =>
            [.. items.Zip(trainer.Probabilities(examples, items), Answered)];

        Prediction Answered(int i, double[] probabilities) =>
            new(data.Tracks[i].Id, data.ArtistOf(i), data.Numbers[i], data.Labels[i], probabilities);
    }

    /// <summary>
    /// Whether a training can go on from a kept run's instead of beginning anew, and gives the same: the run has a
    /// state, whose learning rate was not scheduled to end, and was not stopped for want of progress.
    /// </summary>
    internal static bool CanContinue(string run, TrainingSettings training) =>
        !training.IsScheduledToEnd
        && File.Exists(Path.Combine(run, TrainingState.FileName))
        && !Trainer.HasStalled(training, RunStore.Load(run).History);

    // The run that is to go on.
    private static Run Begun(string path, Recipe recipe)
    {
        Run run = RunStore.Load(path);
        var fields = recipe.ToFields();
        foreach (var (field, value) in run.Recipe.ToFields())
            if (
                field is not ("Training.Epochs" or "Training.Patience")
                && fields.GetValueOrDefault(field, "none") is var other
                && other != value
            )
                throw new HitSongException(
                    $"{run.Id} was trained with {field} {value}, and cannot go on with {other}: only epochs and "
                        + "patience may grow."
                );
        if (run.History.Count >= recipe.Training.Epochs)
            throw new HitSongException(
                $"{run.Id} has the {recipe.Training.Epochs} epochs already: name more in all (Training.Epochs)."
            );
        if (recipe.Training.IsScheduledToEnd && recipe.Training.Epochs != run.Recipe.Training.Epochs)
            throw new HitSongException(
                $"The learning rate of {run.Id} was scheduled ({recipe.Training.Schedule}) to end after "
                    + $"{run.Recipe.Training.Epochs} epochs: of {recipe.Training.Epochs} its first epochs would have "
                    + "been others. Train so many anew, or with another Training.Schedule."
            );
        if (Trainer.HasStalled(recipe.Training, run.History))
            throw new HitSongException(
                $"{run.Id} has stopped after {run.History.Count} epochs, as its validation loss had not fallen for "
                    + $"{recipe.Training.Patience}: give it more patience (Training.Patience), or null for none."
            );
        return run;
    }

    // Unless the training has gone on already, and was cut off.
    private static void TakeState(Run run, string path, RunData made, string folder)
    {
        if (run.Data is { } data && data.Hash != made.Hash)
            throw new HitSongException(
                $"{run.Id} was made from other songs, labels or another split than these: give those that it had."
            );
        string kept = Path.Combine(path, TrainingState.FileName),
            state = Path.Combine(folder, TrainingState.FileName);
        if (File.Exists(state))
            return;
        if (!File.Exists(kept))
            throw new HitSongException(
                $"{run.Id} has no {TrainingState.FileName} to go on from: none was kept at its time, or it was "
                    + "removed. To train so many epochs anew gives the same."
            );
        try
        {
            WholeFile.Write(state, beside => File.Copy(kept, beside, overwrite: true));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new HitSongException($"The training's state cannot be kept in {folder}: {e.Message}", e);
        }
    }

    // No ceiling holds where the answer may be known from elsewhere: who remembers it is always right.
    private static double? CeilingOf(Recipe recipe, Source source, Dataset data)
    {
        if (
            source.Ceiling is null
            || data.Leaks.Counts.Any(leak => leak.IsOfSong)
            || TabularSettings.ContainLabel(recipe.Columns ?? [])
        )
            return null;
        string[] songs = [.. data.Split.Test.Select(i => data.Tracks[i].Id).Distinct()];
        Ceiling ceiling = source.Ceiling(recipe.Label.Target, data.Bins, songs);
        return data.Leaks[Leak.Artist] > 0 ? ceiling.ArtistKnown : ceiling.ArtistUnknown;
    }
}
