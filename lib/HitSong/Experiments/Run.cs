using HitSong.Corpus;
using HitSong.Evaluation;
using HitSong.Training;

namespace HitSong.Experiments;

/// <summary>
/// One training and what it gave. The same recipe, seed and data on the same machine give the same, to the last digit.
/// </summary>
public sealed record Run
{
    /// <summary>Name of its folder in the run store.</summary>
    public required string Id { get; init; }

    /// <summary>The recipe, as it was run.</summary>
    public required Recipe Recipe { get; init; }

    /// <summary>Name of the data.</summary>
    public required string Source { get; init; }

    /// <summary>Whether the data is the demo corpus.</summary>
    public bool IsDemo { get; init; }

    /// <summary>
    /// Best accuracy by song that any model could reach, artists known where the split shows them; null where nobody
    /// can know.
    /// </summary>
    public double? Ceiling { get; init; }

    /// <summary>The classes, as they were fitted.</summary>
    public required Bins Bins { get; init; }

    /// <summary>Training items.</summary>
    public required int Train { get; init; }

    /// <summary>
    /// [classes] how many of them each class has; none in a run that was kept before they were counted.
    /// </summary>
    public IReadOnlyList<int> TrainCounts { get; init; } = [];

    /// <summary>The class that is most frequent among them.</summary>
    public required int Majority { get; init; }

    /// <summary>What test items share with training.</summary>
    public IReadOnlyList<LeakCount> Leaks { get; init; } = [];

    /// <summary>The network's parameters.</summary>
    public long Parameters { get; init; }

    /// <summary>Metrics by epoch.</summary>
    public required IReadOnlyList<EpochMetrics> History { get; init; }

    /// <summary>The test items' predictions.</summary>
    public required IReadOnlyList<Prediction> Predictions { get; init; }

    /// <summary>The validation items' predictions, on which probabilities are calibrated.</summary>
    public IReadOnlyList<Prediction> Validation { get; init; } = [];

    /// <summary>
    /// What little knowledge gets on the same test items; none in a run that was kept before they were.
    /// </summary>
    public IReadOnlyList<Baseline> Baselines { get; init; } = [];

    /// <summary>One of <see cref="Baselines"/>; null where there is none of that name.</summary>
    public Baseline? BaselineOf(string name) => Baselines.FirstOrDefault(baseline => baseline.Name == name);

    /// <summary>Classes that training or test lacks, each in a sentence; a class that both lack is no loss.</summary>
    public IReadOnlyList<string> MissingClasses
    {
        get
        {
            List<string> missing = [];
            IEnumerable<int> testCounts = Verdict.ByClip.Confusion.Counts.Select(row => row.Sum());
            foreach (var (trained, tested, name) in TrainCounts.Zip(testCounts, Bins.Names))
                if (trained == 0 && tested > 0)
                    missing.Add(
                        $"Training has no item of the class {name}, and the test {tested:N0}: no model can tell what "
                            + "it never met."
                    );
                else if (trained > 0 && tested == 0)
                    missing.Add(
                        $"The test has no item of the class {name}, and training {trained:N0}: nothing is measured of "
                            + "it."
                    );
            return missing;
        }
    }

    /// <summary>Share of the test songs that are right where clips vote so.</summary>
    public double AccuracyBy(Vote vote) => Prediction.BySong(Predictions, vote).Average(song => song.Right ? 1.0 : 0);

    /// <summary>Files that could not be used, with the reason.</summary>
    public IReadOnlyList<Failure> Failures { get; init; } = [];

    /// <summary>When it began, how long it took and on what.</summary>
    public required RunEnvironment Environment { get; init; }

    /// <summary>What its figure is worth.</summary>
    public Verdict Verdict => field ??= Verdict.Of(this);

    // What no training changes: who executes a notebook again finds it to the digit, wherever that is. Shown as
    // application/vnd.exact+json, which no frontend draws.
    internal object Facts =>
        new
        {
            Recipe.Experiment,
            Recipe.Variant,
            Source,
            Recipe.Seed,
            Classes = Bins.Names,
            Train,
            TrainCounts,
            Validation = Validation.Count,
            Parameters,
            Shared = Leaks.Select(leak => leak.Items),
            ByClip = FactsOf(Verdict.ByClip),
            BySong = FactsOf(Verdict.BySong),
            Verdict.Ceiling,
            ArtistMean = BaselineOf("artist mean")?.BySong.Accuracy,
            Published = Verdict.Published?.Value,
        };

    private static object FactsOf(Score score) =>
        new { Tested = score.Confusion.Counts.Select(row => row.Sum()), Majority = score.MajorityBaseline };

    /// <summary>The verdict as a table, by MIME type.</summary>
    public IReadOnlyDictionary<string, object> ToMimeBundle() => new VerdictTable(this).ToMimeBundle();
}
