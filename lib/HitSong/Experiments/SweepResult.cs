using HitSong.Evaluation;

namespace HitSong.Experiments;

/// <summary>What a trial gave.</summary>
/// <param name="Trial">The trial.</param>
/// <param name="Run">Its run.</param>
/// <param name="ValidationLoss">
/// Log loss of the validation songs under the weights that were kept. It is taken from the predictions, so that it
/// means the same whatever the training's own loss weighs or smooths.
/// </param>
public sealed record SweepResult(Trial Trial, Run Run, double ValidationLoss)
{
    /// <summary>Of a run that is done; without a validation set its loss is no number (NaN).</summary>
    public static SweepResult Of(Trial trial, Run run) =>
        new(
            trial,
            run,
            run.Validation.Count == 0
                ? double.NaN
                : Score.Of(Prediction.BySong(run.Validation, run.Recipe.SongVote), run.Majority).LogLoss
        );
}
