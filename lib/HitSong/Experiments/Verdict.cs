using HitSong.Corpus;
using HitSong.Evaluation;

namespace HitSong.Experiments;

/// <summary>What a run's figure is worth.</summary>
/// <param name="ByClip">
/// Score over test clips. Clips of one song are not independent, so its interval is narrower than it should be.
/// </param>
/// <param name="BySong">Score over test songs, the mean of their clips.</param>
/// <param name="Ceiling">
/// Best accuracy by song that any model could reach on such songs; null where nobody can know.
/// </param>
/// <param name="Published">The published figure; null where there is none.</param>
/// <param name="Leaks">
/// Whether songs stand on both sides of the split, which makes every figure of the run too good.
/// </param>
public sealed record Verdict(Score ByClip, Score BySong, double? Ceiling, PublishedFigure? Published, bool Leaks)
{
    /// <summary>
    /// (accuracy − majority) / (ceiling − majority), by song: 0 is guessing, 1 the best that can be done. Null without
    /// a ceiling.
    /// </summary>
    public double? Skill =>
        Ceiling is double c && c > BySong.MajorityBaseline
            ? (BySong.Accuracy - BySong.MajorityBaseline) / (c - BySong.MajorityBaseline)
            : null;

    /// <summary>The verdict on a run.</summary>
    public static Verdict Of(Run run) =>
        new(
            Score.Of(run.Predictions, run.Majority),
            Score.Of(Prediction.BySong(run.Predictions, run.Recipe.SongVote), run.Majority),
            run.Ceiling,
            PublishedFigure.All.FirstOrDefault(f => f.Experiment == run.Recipe.Experiment && f.Quantity == "accuracy"),
            run.Leaks.Any(leak => leak.Kind == Leak.Song && leak.Items > 0)
        );

    /// <summary>What the numbers say, in sentences made from them.</summary>
    public string InWords()
    {
        Score score = Leaks ? ByClip : BySong;
        string unit = Leaks ? "clip" : "song";
        string majority = $"{score.MajorityBaseline:0.0%}";
        string measured =
            score.Interval.Low > score.MajorityBaseline
                ? $"Better than always answering the majority ({majority} by {unit}): the interval, "
                    + $"{score.Interval}, lies above it."
            : score.Interval.High < score.MajorityBaseline
                ? $"Worse than always answering the majority ({majority} by {unit}): the interval, "
                    + $"{score.Interval}, lies below it."
            : $"Not to be told from always answering the majority: {majority} by {unit} lies within the "
                + $"interval, {score.Interval}.";
        if (score.RocAuc is double auc)
            measured +=
                auc > 0.55
                    ? " It does rank the more popular above the rest more often than not (ROC-AUC "
                        + $"{auc:0.00}; 0.5 is chance)."
                    : $" Nor does it rank the more popular above the rest (ROC-AUC {auc:0.00}; 0.5 is chance).";
        return measured + (Published is { } figure ? $" {InWords(figure)}" : "");
    }

    private static string InWords(PublishedFigure figure)
    {
        if (figure.Majority is not double share)
            return $"The published {figure.Value:0.00%} came without the share of the majority class, and says "
                + "little alone.";
        if (Math.Abs(figure.Value - share) < 0.005)
            return $"The published {figure.Value:0.00%} is the share of the majority class.";
        string interval = figure.Interval is { } range
            ? $"; its interval on {figure.Tested:N0} {figure.Of} is {range}"
            : "";
        return $"The published {figure.Value:0.00%} is to be held against a majority of {share:0.0%}{interval}.";
    }
}
