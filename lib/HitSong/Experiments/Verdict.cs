using HitSong.Corpus;
using HitSong.Evaluation;

namespace HitSong.Experiments;

/// <summary>What a run's figure is worth.</summary>
/// <param name="ByClip">
/// Score over test clips, or of a catalogue rows. Clips of one song are not independent, so its interval is narrower
/// than it should be.
/// </param>
/// <param name="BySong">Score over test songs, the mean of their clips; of a catalogue, over rows.</param>
/// <param name="Ceiling">
/// Best accuracy by song that any model could reach on these test songs (<see cref="Run.Ceiling"/>).
/// </param>
/// <param name="Published">The published figure; null where there is none.</param>
/// <param name="Leaks">
/// Whether test songs were met in training or validation, as the same track, title and artist, or audio file. Where
/// their answer is the same there, every figure of the run is too good.
/// </param>
/// <example><code>
/// var source = Source.Demo(DemoCorpus.Open("../data/demo/corpus"));
/// var recipe = Recipes.Find("spotify-mlp-bins4", "audited").AtDemoScale(epochs: 1, seed: 42);
/// var run = Experiment.Execute(recipe, source, new RunStore("../artifacts/runs"));
/// run.Verdict.InWords()
/// </code></example>
public sealed record Verdict(Score ByClip, Score BySong, double? Ceiling, PublishedFigure? Published, bool Leaks)
{
    /// <summary>Whether the items are rows of a catalogue; else clips of songs.</summary>
    public bool IsCatalogue { get; init; }

    /// <summary>Whether clips of one song stand on both sides, so that only a score by clip means anything.</summary>
    public bool PartsSongs { get; init; }

    /// <summary>
    /// (accuracy − best constant) / (ceiling − best constant), by song: 0 is guessing, 1 the best that can be done.
    /// Null without a ceiling, or where a constant answer reaches it.
    /// </summary>
    public double? Skill => Of(BySong.Accuracy - BySong.BestConstant);

    /// <summary>The 95% interval of the skill, that of <see cref="Score.Gain"/> on its scale.</summary>
    public Interval? SkillInterval =>
        BySong.Gain?.Interval is { } gain && Of(gain.Low) is double low && Of(gain.High) is double high
            ? new(low, high)
            : null;

    /// <summary>The verdict on a run.</summary>
    public static Verdict Of(Run run) =>
        new(
            Score.Of(run.Predictions, run.Majority),
            Score.Of(Prediction.BySong(run.Predictions, run.Recipe.SongVote), run.Majority),
            run.Ceiling,
            PublishedFigure.All.FirstOrDefault(f => f.Experiment == run.Recipe.Experiment && f.Quantity == "accuracy"),
            run.Leaks.Any(leak => leak.IsOfSong)
        )
        {
            IsCatalogue = run.Recipe.Features is null,
            PartsSongs = run.Recipe.Split.Unit == SplitUnit.Clip,
        };

    /// <summary>Skill with its interval; null where there is none.</summary>
    public string? SkillInWords =>
        Skill is not double skill ? null
        : SkillInterval is { } range ? $"{skill:0.00} ({range.Low:0.00} to {range.High:0.00})"
        : $"{skill:0.00}";

    /// <summary>What the numbers say, in sentences made from them.</summary>
    public string InWords()
    {
        Score score = PartsSongs ? ByClip : BySong;
        string unit =
            IsCatalogue ? "row"
            : PartsSongs ? "clip"
            : "song";
        string[] sentences =
        [
            Compared(score, unit),
            .. score.BestConstant > score.MajorityBaseline
                ? [$"Always answering the class most frequent in training is right in {score.MajorityBaseline:0.0%}."]
                : Array.Empty<string>(),
            .. score.RocAuc is double area && score.RocAucInterval is { } interval
                ? [Ranked(area, interval)]
                : Array.Empty<string>(),
            .. Published is { } figure ? [InWords(figure)] : Array.Empty<string>(),
        ];
        return string.Join(' ', sentences);
    }

    private double? Of(double gain) =>
        Ceiling is double ceiling && ceiling > BySong.BestConstant ? gain / (ceiling - BySong.BestConstant) : null;

    private static string Compared(Score score, string unit)
    {
        string constant = $"the best constant answer ({score.BestConstant:0.0%} by {unit})";
        if (score.Gain is not { } gain)
            return $"Tested on one artist alone, which does not tell whether {score.Accuracy:0.0%} is more than "
                + $"{constant}.";
        string measured = $"it gains {gain.Points} points, 95% interval by artist {gain.PointsInterval}.";
        return gain.Interval.Low > 0 ? $"Better than {constant}: {measured}"
            : gain.Interval.High < 0 ? $"Worse than {constant}: {measured}"
            : $"Not distinguishable from {constant}: {measured}";
    }

    private static string Ranked(double area, Interval interval)
    {
        string measured = $"(ROC-AUC {area:0.00}, {interval.Low:0.00} to {interval.High:0.00}; 0.5 is chance)";
        return interval.Low > 0.5 ? $"It ranks the more popular above the rest more often than not {measured}."
            : interval.High < 0.5 ? $"It ranks the more popular below the rest more often than not {measured}."
            : $"Nor can it be said to rank the more popular above the rest {measured}.";
    }

    private static string InWords(PublishedFigure figure)
    {
        if (figure.Majority is not double share)
            return $"The published {figure.Value:0.00%} came without the share of the majority class, and says "
                + "little alone.";
        if (figure.Value < share)
            return $"The published {figure.Value:0.00%} lies below the share of the majority class, {share:0.00%}.";
        if (figure.Value - share < 0.005)
            return $"The published {figure.Value:0.00%} is the share of the majority class.";
        string interval = figure.Interval is { } range
            ? $"; its interval on {figure.Tested:N0} {figure.Of} is {range}"
            : "";
        return $"The published {figure.Value:0.00%} is to be held against a majority of {share:0.0%}{interval}.";
    }
}
