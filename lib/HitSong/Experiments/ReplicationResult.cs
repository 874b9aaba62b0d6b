using System.Text.Json;
using HitSong.Corpus;
using HitSong.Evaluation;
using Tables;

namespace HitSong.Experiments;

/// <summary>
/// One verdict over several trainings of a recipe. Scored by song; by clip where clips of one song stand on both sides
/// of the split.
/// </summary>
public sealed class ReplicationResult
{
    private readonly bool leaks;
    private readonly Score[] scores;
    private readonly Verdict? pooled;

    /// <summary>Of trainings that are done.</summary>
    /// <param name="replication">What was done.</param>
    /// <param name="runs">Its runs, in the order of seeds or folds; at least one.</param>
    /// <param name="failures">Trainings that gave nothing or cannot be read, with the reason.</param>
    /// <exception cref="HitSongException">Runs of one split were tested on different songs.</exception>
    public ReplicationResult(Replication replication, IReadOnlyList<Run> runs, IReadOnlyList<Failure> failures)
    {
        (Replication, Runs, Failures) = (replication, runs, failures);
        leaks = runs.Any(run => run.Verdict.Leaks);
        scores = [.. runs.Select(run => leaks ? run.Verdict.ByClip : run.Verdict.BySong)];
        if (IsCrossValidation)
        {
            pooled = Pooled();
            Score all = leaks ? pooled.ByClip : pooled.BySong;
            (Gain, RocAuc, RocAucInterval) = (all.Gain, all.RocAuc, all.RocAucInterval);
            (Skill, SkillInterval) = (pooled.Skill, pooled.SkillInterval);
            return;
        }
        Prediction[][] answers = [.. runs.Select(Answers)];
        Run? other = runs.FirstOrDefault(run => !Questions(run).SequenceEqual(Questions(runs[0])));
        if (other is not null)
            throw new HitSongException(
                $"{runs[0].Id} and {other.Id} were not tested on the same songs with the same labels: remove both, "
                    + "and the same command trains them again"
            );
        string[] artists = [.. answers[0].Select(p => p.Artist)];
        int[] labels = [.. answers[0].Select(p => p.Label)];
        int constant = labels.CountBy(label => label).MaxBy(c => (c.Value, c.Key == runs[0].Majority)).Key;
        bool[][] right = [.. answers.Select(of => of.Select(p => p.Right).ToArray())];
        bool[] constantRight = [.. labels.Select(label => label == constant)];
        Gain = PairedDifference.OfRepeats(right, constantRight, artists);
        GainBySongs = PairedDifference.OfRepeats(right, constantRight, artists, seedsVary: false);
        RocAuc = scores.All(score => score.RocAuc is not null) ? scores.Average(score => score.RocAuc) : null;
        RocAucInterval =
            runs[0].Bins.Count == 2
                ? DeLong
                    .OfRepeats(
                        [.. labels.Select(label => label == 1)],
                        [.. answers.Select(of => of.Select(p => p.Probabilities[1]).ToArray())],
                        artists
                    )
                    ?.AreaInterval
                : null;
        if (runs.All(run => run.Verdict.Skill is not null))
        {
            Skill = runs.Average(run => run.Verdict.Skill);
            double scale = runs[0].Ceiling!.Value - runs[0].Verdict.BySong.BestConstant;
            SkillInterval = Gain is { Interval: var gain } ? new(gain.Low / scale, gain.High / scale) : null;
        }

        IEnumerable<(string, int, int)> Questions(Run run) => Answers(run).Select(p => (p.Track, p.Clip, p.Label));
    }

    /// <summary>What was done.</summary>
    public Replication Replication { get; }

    /// <summary>Its runs, in the order of seeds or folds.</summary>
    public IReadOnlyList<Run> Runs { get; }

    /// <summary>Trainings that gave nothing or cannot be read.</summary>
    public IReadOnlyList<Failure> Failures { get; }

    /// <summary>Whether the trainings are folds, so that each song was tested once.</summary>
    public bool IsCrossValidation => Replication.Recipe.Split.Folds is not null;

    /// <summary>
    /// Of folds the verdict on the predictions of all, each song by the model that did not train on it; null of seeds,
    /// which answer the same songs.
    /// </summary>
    public Verdict? Verdict => pooled;

    /// <summary>
    /// The accuracy from training to training; of folds with Nadeau and Bengio's correction. Null of one run alone.
    /// </summary>
    public ResampledMean? Accuracy => Over(score => score.Accuracy);

    /// <summary>The accuracy less that of the best constant answer likewise.</summary>
    public ResampledMean? AccuracyGain => Over(score => score.Accuracy - score.BestConstant);

    /// <summary>The ROC-AUC likewise; null where a run has none.</summary>
    public ResampledMean? Areas => Over(score => score.RocAuc);

    /// <summary>
    /// What the model gains over the best constant answer: of seeds the mean, its interval by artist and seed
    /// (<see cref="PairedDifference.OfRepeats"/>); of folds on all songs, by artist.
    /// </summary>
    public PairedDifference? Gain { get; }

    /// <summary>Of seeds the same by artist alone, as if these were all seeds that there are; null of folds.</summary>
    public PairedDifference? GainBySongs { get; }

    /// <summary>The ROC-AUC: of seeds the mean, of folds on all songs.</summary>
    public double? RocAuc { get; }

    /// <summary>Its 95% interval, by artist, and of seeds by seed too; null of more than two classes.</summary>
    public Interval? RocAucInterval { get; }

    /// <summary>The skill: of seeds the mean, of folds on all songs; null without a ceiling.</summary>
    public double? Skill { get; }

    /// <summary>Its 95% interval, that of the gain on its scale.</summary>
    public Interval? SkillInterval { get; }

    /// <summary>The columns' headings.</summary>
    public IReadOnlyList<string> Columns =>
        [Replication.Unit, "tested", "accuracy", "best constant", "gain, points", "ROC-AUC", "skill"];

    /// <summary>A row for each run, then their mean and standard deviation, and of folds one for all songs.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Rows
    {
        get
        {
            List<string[]> rows = [.. Runs.Zip(scores, (run, score) => Row(ValueOf(run), score, run.Verdict.Skill))];
            if (Accuracy is { } accuracy && AccuracyGain is { } gain)
            {
                string constant = $"{scores.Average(score => score.BestConstant):0.0%}";
                rows.Add(["mean", "", $"{accuracy.Mean:0.0%}", constant, Points(gain.Mean), Area(Areas?.Mean), ""]);
                string between = $"{100 * accuracy.Deviation:0.0} points";
                rows.Add(["SD", "", between, "", $"{100 * gain.Deviation:0.0}", Area(Areas?.Deviation), ""]);
            }
            if (pooled is not null)
                rows.Add(Row("all", leaks ? pooled.ByClip : pooled.BySong, pooled.Skill));
            return rows;
        }
    }

    /// <summary>What the numbers say, a sentence or more each.</summary>
    public IReadOnlyList<string> InWords =>
        [
            .. IsCrossValidation ? OfFolds() : OfSeeds(),
            .. Skill is double skill
                ?
                [
                    $"Skill {skill:0.00}"
                        + (SkillInterval is { } s ? $", 95% interval {s.Low:0.00} to {s.High:0.00}" : "")
                        + ": 0 is guessing, 1 the best that can be done.",
                ]
                : Array.Empty<string>(),
            .. Runs.Count < Replication.Trainings.Count
                ?
                [
                    $"{Runs.Count} of {Replication.Trainings.Count} {Replication.Unit}s gave a run; the others are "
                        + "missing here.",
                ]
                : Array.Empty<string>(),
            .. leaks ? ["The split leaks: clips of one song stand in training and in test."] : Array.Empty<string>(),
            .. Runs[0].IsDemo
                ? ["Measured on the demo corpus, synthesized songs with made-up plays."]
                : Array.Empty<string>(),
        ];

    /// <summary>The figures as JSON.</summary>
    public string ToJson() =>
        JsonSerializer.Serialize(
            new
            {
                Replication.Recipe.Experiment,
                Replication.Recipe.Variant,
                Runs[0].Source,
                Runs[0].IsDemo,
                Replication.Unit,
                ScoredBy = leaks ? "clip" : "song",
                Runs = Runs.Zip(
                    scores,
                    (run, score) =>
                        new
                        {
                            run.Id,
                            Value = ValueOf(run),
                            Tested = score.Confusion.Total,
                            score.Accuracy,
                            score.BestConstant,
                            score.RocAuc,
                            run.Verdict.Skill,
                            run.Environment.Seconds,
                        }
                ),
                Accuracy,
                AccuracyGain,
                Areas,
                Gain,
                GainBySongs,
                RocAuc,
                RocAucInterval,
                Skill,
                SkillInterval,
                Pooled = pooled is null ? null : RunResult.Figures.Of(leaks ? pooled.ByClip : pooled.BySong),
                InWords,
                Failures,
            },
            RunFiles.Json
        );

    /// <summary>The table and its words, by MIME type.</summary>
    public IReadOnlyDictionary<string, object> ToMimeBundle() => Drawn.ToMimeBundle();

    /// <summary>The table and its words as text.</summary>
    public override string ToString() => Drawn.ToText();

    private DrawnTable Drawn =>
        new(
            [.. Columns.Select(column => new DrawnTable.Heading(column, Right: true))],
            Rows.Select(row => row.Select(cell => new DrawnTable.Cell(cell)))
        )
        {
            Notes = InWords,
        };

    private Prediction[] Answers(Run run) =>
        [.. leaks ? run.Predictions : Prediction.BySong(run.Predictions, run.Recipe.SongVote)];

    // Classes may be fitted to each fold's own training songs: what is pooled is how right the answers are.
    private Verdict Pooled()
    {
        int[] trained = new int[Runs[0].Bins.Count];
        foreach (Run run in Runs)
            trained[run.Majority] += run.Train;
        int majority = Array.IndexOf(trained, trained.Max());
        Prediction[] clips = [.. Runs.SelectMany(run => run.Predictions)],
            songs = [.. Prediction.BySong(clips, Replication.Recipe.SongVote)];
        // Of each fold the best that can be done on its songs.
        double? ceiling = Runs.All(run => run.Ceiling is not null)
            ? Runs.Sum(run => run.Ceiling!.Value * run.Predictions.Count) / clips.Length
            : null;
        return new(Score.Of(clips, majority), Score.Of(songs, majority), ceiling, Runs[0].Verdict.Published, leaks);
    }

    private ResampledMean? Over(Func<Score, double?> figure)
    {
        double[] figures = [.. scores.Select(figure).OfType<double>()];
        if (figures.Length < Math.Max(2, scores.Length))
            return null;
        double testedToTrained = IsCrossValidation ? Runs.Average(run => (double)run.Predictions.Count / run.Train) : 0;
        return ResampledMean.Of(figures, testedToTrained);
    }

    private string ValueOf(Run run) => $"{(IsCrossValidation ? run.Recipe.Split.Fold : run.Recipe.Seed)}";

    private IEnumerable<string> OfSeeds()
    {
        if (Accuracy is not { } accuracy)
            yield break;
        string tested = $"{scores[0].Confusion.Total} test {(leaks ? "clips" : "songs")}";
        double[] shares = [.. scores.Select(score => score.Accuracy)];
        yield return $"{Runs.Count} seeds on one split: of the {tested} {accuracy.Mean:0.0%} right on average, with a "
            + $"standard deviation of {100 * accuracy.Deviation:0.0} points between seeds ({shares.Min():0.0%} to "
            + $"{shares.Max():0.0%}).";

        string constant = $"the best constant answer ({scores[0].BestConstant:0.0%})";
        if (Gain is { } gain && GainBySongs is { } bySongs)
        {
            string compared =
                gain.Interval.Low > 0 ? "Better than"
                : gain.Interval.High < 0 ? "Worse than"
                : "Not distinguishable from";
            yield return $"{compared} {constant}: the mean gain is {gain.Points} points, 95% interval by artist and "
                + $"seed {gain.PointsInterval}; by artist alone, as if there were no other seeds, "
                + $"{bySongs.PointsInterval}.";
        }
        else
        {
            yield return $"Tested on one artist alone, which does not tell whether that is more than {constant}.";
        }

        if (RocAuc is double area && Areas is { } areas)
        {
            string interval = RocAucInterval is { } range
                ? $"; 95% interval by artist and seed {range.Low:0.00} to {range.High:0.00}"
                : "";
            yield return $"ROC-AUC {area:0.00} on average, with a standard deviation of {areas.Deviation:0.00} between "
                + $"seeds{interval}.";
        }
    }

    private IEnumerable<string> OfFolds()
    {
        string unit = Replication.Recipe.Split.Unit.ToString().ToLowerInvariant();
        yield return $"{Runs.Count} folds by {unit}, every song tested by a model that did not train on it: "
            + pooled!.InWords();
        if (Accuracy is not { } accuracy || AccuracyGain is not { } gain)
            yield break;
        string areas = Areas is { } area
            ? $", the ROC-AUC {area.Mean:0.00} ± {area.Deviation:0.00} ({area.Interval.Low:0.00} to "
                + $"{area.Interval.High:0.00})"
            : "";
        yield return $"From fold to fold the accuracy is {accuracy.Mean:0.0%} ± {100 * accuracy.Deviation:0.0} points "
            + $"(standard deviation; 95% interval of the mean {accuracy.Interval}), the gain {Points(gain.Mean)} ± "
            + $"{100 * gain.Deviation:0.0} ({Points(gain.Interval.Low)} to {Points(gain.Interval.High)}){areas}. Folds "
            + "share training songs: these intervals have Nadeau and Bengio's (2003) correction. The interval by "
            + "artist takes the models as given.";
    }

    private static string[] Row(string name, Score score, double? skill) =>
        [
            name,
            $"{score.Confusion.Total}",
            $"{score.Accuracy:0.0%}",
            $"{score.BestConstant:0.0%}",
            score.Gain?.Points ?? Points(score.Accuracy - score.BestConstant),
            Area(score.RocAuc),
            skill is double s ? $"{s:0.00}" : "–",
        ];

    private static string Area(double? area) => area is double a ? $"{a:0.000}" : "–";

    private static string Points(double share) => PairedDifference.InPoints(share);
}
