using System.Diagnostics;
using HitSong.Corpus;
using HitSong.Evaluation;
using HitSong.Features;
using HitSong.Models;
using HitSong.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace HitSong.Experiments;

/// <summary>Runs a recipe from audio files to an evaluated model. A notebook can make each of its calls alone.</summary>
public static class Experiment
{
    /// <summary>Decodes, extracts, splits, trains, predicts, and keeps the run. One that was cut off while it trained goes on after its last whole epoch, to the same figures.</summary>
    /// <param name="recipe">What to do.</param>
    /// <param name="source">On which tracks; each with its plays.</param>
    /// <param name="store">Where the run is kept.</param>
    /// <param name="progress">Told what is being done; from several threads while audio is read.</param>
    /// <param name="cancellation">Stops reading audio at once; ends the training after the current epoch, and keeps that run.</param>
    /// <exception cref="HitSongException">No audio could be used, or the clips are too few to split.</exception>
    public static Run Execute(Recipe recipe, Source source, RunStore store, Action<ExperimentProgress>? progress = null, CancellationToken cancellation = default)
    {
        DateTime started = DateTime.UtcNow;
        var clock = Stopwatch.StartNew();
        ClipSet clips = ClipSet.Extract(source.Tracks, recipe.Segments, recipe.Features,
            new ImmediateProgress<int>(done => progress?.Invoke(new("reading audio", done, source.Tracks.Count))), cancellation);
        if ((clips.Frames, clips.Coefficients) != (TikTokLstm.Frames, TikTokLstm.Coefficients))
            throw new HitSongException($"The network takes clips of {TikTokLstm.Frames} frames of {TikTokLstm.Coefficients} coefficients, and these settings give {clips.Frames} of {clips.Coefficients}: leave segments, hop and coefficients as they were published.");
        double[] plays = [.. Enumerable.Range(0, clips.Clips.Count).Select(i => (double)(clips.TrackOf(i).Plays
            ?? throw new HitSongException($"{clips.TrackOf(i).AudioPath} has no play count.")))];
        Split split = recipe.Split.Assign(clips, Labels.AtOrAbove(plays, recipe.HitQuantile), (ulong)recipe.Seed);
        double threshold = Quantile.Linear(recipe.ThresholdFromTraining ? split.Train.Select(i => plays[i]) : plays, recipe.HitQuantile);
        bool[] labels = [.. plays.Select(p => p >= threshold)];
        StandardScaler? scaler = recipe.Standardize ? FitScaler(clips, split) : null;

        manual_seed(recipe.Seed);
        using var model = new TikTokLstm(recipe.RecurOverTime, recipe.OpenRelu);
        using var scope = NewDisposeScope();
        Examples examples = Examples.Of(tensor(scaler?.Apply(clips.Values) ?? clips.Values, [clips.Clips.Count, clips.Frames, clips.Coefficients]));
        var trainer = new Trainer(model, recipe.Training);
        string state = store.StateOf(recipe, source);
        IReadOnlyList<EpochMetrics> history = trainer.Fit(examples, Array.ConvertAll(labels, hit => hit ? 1 : 0), split, state,
            epochDone: epoch => progress?.Invoke(new("training", epoch.Epoch, recipe.Training.Epochs, epoch)), cancellation: cancellation);

        Prediction[] predictions = [.. split.Test.Zip(trainer.Probabilities(examples, split.Test), (clip, p) => new Prediction(
            clips.TrackOf(clip).Id, clips.TrackOf(clip).Artist is { Length: > 0 } artist ? artist : clips.TrackOf(clip).Id, clips.Clips[clip].Number, labels[clip], p[1]))];
        var run = new Run
        {
            Id = store.NewId(recipe, started),
            Recipe = recipe,
            Source = source.Name,
            IsDemo = source.IsDemo,
            Ceiling = recipe.Split.Unit == SplitUnit.Artist ? source.Ceiling : source.CeilingWithArtist,
            Threshold = threshold,
            TrainClips = split.Train.Count,
            ValidationClips = split.Validation.Count,
            MajorityIsHit = split.Train.Count(i => labels[i]) * 2 > split.Train.Count,
            History = history,
            Predictions = predictions,
            Failures = [.. source.Rejected, .. clips.Failures],
            Environment = RunEnvironment.Now(started, clock.Elapsed.TotalSeconds, recipe.Training.Threads),
        };
        store.Save(run, model, scaler);
        if (Directory.Exists(state)) Directory.Delete(state, recursive: true);
        return run;
    }

    private static StandardScaler FitScaler(ClipSet clips, Split split)
    {
        int size = clips.Frames * clips.Coefficients;
        return StandardScaler.Fit([.. split.Train.SelectMany(i => clips.Values.AsSpan(i * size, size).ToArray())], clips.Coefficients);
    }
}
