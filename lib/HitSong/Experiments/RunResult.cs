using HitSong.Evaluation;

namespace HitSong.Experiments;

/// <summary>
/// What <c>result.json</c> holds of a run: the verdict, and what else follows from its predictions. Read again is only
/// what does not follow.
/// </summary>
internal sealed record RunResult(RunResult.Figures ByClip, IReadOnlyList<RunResult.KeptBaseline>? Baselines = null)
{
    /// <summary>A score.</summary>
    public sealed record Figures(
        int Tested,
        double Accuracy,
        Interval Interval,
        double MajorityBaseline,
        double? RocAuc,
        double? AveragePrecision,
        double LogLoss,
        double Brier,
        double CalibrationError,
        double BalancedAccuracy,
        double F1,
        int[][] Confusion,
        PairedDifference? Gain = null,
        Interval? RocAucInterval = null,
        double? MeanAbsoluteError = null,
        double? Spearman = null,
        double? Kendall = null
    )
    {
        public static Figures Of(Score score) =>
            new(
                score.Confusion.Total,
                score.Accuracy,
                score.Interval,
                score.MajorityBaseline,
                score.RocAuc,
                score.AveragePrecision,
                score.LogLoss,
                score.Brier,
                score.CalibrationError,
                score.Confusion.BalancedAccuracy,
                score.Confusion.F1,
                score.Confusion.Counts,
                score.Gain,
                score.RocAucInterval,
                score.Confusion.MeanAbsoluteError,
                score.Spearman,
                score.Kendall
            );

        public Score ToScore() =>
            new()
            {
                Confusion = new(Confusion),
                Interval = Interval,
                MajorityBaseline = MajorityBaseline,
                Gain = Gain,
                RocAuc = RocAuc,
                RocAucInterval = RocAucInterval,
                AveragePrecision = AveragePrecision,
                LogLoss = LogLoss,
                Brier = Brier,
                CalibrationError = CalibrationError,
                Spearman = Spearman,
                Kendall = Kendall,
            };
    }

    /// <summary>A baseline's scores.</summary>
    public sealed record KeptBaseline(string Name, string Note, Figures ByClip, Figures BySong)
    {
        public static KeptBaseline Of(Baseline baseline) =>
            new(baseline.Name, baseline.Note, Figures.Of(baseline.ByClip), Figures.Of(baseline.BySong));

        public Baseline ToBaseline() => new(Name, Note, ByClip.ToScore(), BySong.ToScore());
    }

    /// <summary>What is written; no times, so that equal runs are equal.</summary>
    public static object Of(Run run)
    {
        Verdict verdict = run.Verdict;
        return new
        {
            run.Recipe.Experiment,
            run.Recipe.Variant,
            run.Source,
            run.IsDemo,
            run.Recipe.Seed,
            Epochs = run.History.Count,
            Classes = run.Bins.Names,
            run.Train,
            Validation = run.Validation.Count,
            run.Parameters,
            Shared = run.Leaks,
            run.LeftOut,
            ByClip = Figures.Of(verdict.ByClip),
            BySong = Figures.Of(verdict.BySong),
            AccuracyByMeanVote = run.AccuracyBy(Vote.Mean),
            AccuracyByMajorityVote = run.AccuracyBy(Vote.Majority),
            Baselines = run.Baselines.Select(KeptBaseline.Of),
            StratifiedByClip = run.Stratified(verdict.ByClip),
            StratifiedBySong = run.Stratified(verdict.BySong),
            verdict.Ceiling,
            verdict.Skill,
            verdict.SkillInterval,
            verdict.Leaks,
            verdict.Published,
            InWords = verdict.InWords(),
        };
    }
}
