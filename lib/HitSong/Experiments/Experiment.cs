using System.Diagnostics;
using HitSong.Corpus;
using HitSong.Evaluation;
using HitSong.Training;
using static TorchSharp.torch;

namespace HitSong.Experiments;

/// <summary>Runs a recipe from songs to an evaluated model. A notebook can make each of its calls alone.</summary>
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
    /// <exception cref="HitSongException">
    /// No song can be used, the items are too few to split, the network cannot take them, or another process trains the
    /// same recipe on the same source.
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
        string? id = null
    )
    {
        recipe = recipe.For(source);
        DateTime started = DateTime.UtcNow;
        var clock = Stopwatch.StartNew();
        string state = store.StateOf(recipe, source, progress, cancellation);
        using TrainingLock held = TrainingLock.Take(
            state,
            $"{recipe.Experiment} {recipe.Variant} with these settings on {source.Name}"
        );
        using Dataset data = Dataset.Prepare(recipe, source, store.Features, progress, cancellation);
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
        IReadOnlyList<UsedTrack> tracks = UsedTrack.Of(data);
        var run = new Run
        {
            Id = id ?? store.NewId(recipe, started),
            Recipe = recipe,
            Source = source.Name,
            IsDemo = source.IsDemo,
            Ceiling = CeilingOf(recipe, source, data),
            Bins = data.Bins,
            Data = RunData.Of(tracks, source, store.Features),
            Train = data.Split.Train.Count,
            TrainCounts = [.. trainCounts],
            Majority = Baseline.MajorityOf(data),
            Leaks = data.Leaks.Counts,
            Sound =
                recipe.Features is null || source.ArePictures
                    ? null
                    : SoundRange.Fit(data.Split.Train.Select(data.FeaturesOf)),
            TopSongs = DescriptorSpread.Of(recipe, data),
            History = history,
            Parameters = model.parameters().Sum(p => p.numel()),
            Predictions = test,
            Validation = data.Split.Validation.Count > 0 ? Predict(data.Split.Validation) : [],
            Baselines = Baseline.Of(recipe, data, test),
            Failures = data.Failures,
            LeftOut = data.LeftOut,
            Environment = RunEnvironment.Now(
                started,
                clock.Elapsed.TotalSeconds,
                recipe.Training.Threads,
                recipe.Training.Device
            ),
        };
        run = store.Save(run, model, data.Scaler, data.Preparation, tracks);
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
