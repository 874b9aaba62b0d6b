using HitSong.Corpus;
using HitSong.Evaluation;
using HitSong.Training;
using Tables;

namespace HitSong.Experiments;

/// <summary>
/// One training and what it gave. The same recipe, seed and data on the same machine give the same, to the last digit.
/// </summary>
[TypeFormatterSource(typeof(MimeBundleSource))]
public sealed record Run
{
    /// <summary>Name of its folder in the run store.</summary>
    public required string Id { get; init; }

    /// <summary>The recipe, as it was run.</summary>
    public required Recipe Recipe { get; init; }

    /// <summary>Name of the run whose training it went on with; null where it began anew.</summary>
    public string? Continues { get; init; }

    /// <summary>Name of the data.</summary>
    public required string Source { get; init; }

    /// <summary>Whether the data is the demo corpus.</summary>
    public bool IsDemo { get; init; }

    /// <summary>
    /// Best accuracy that any model could reach on these test songs, in expectation over what is chance in their
    /// labels; artists known where the split shows them. Null where nobody can know, and where the answer may be known
    /// from elsewhere: a test song is met in training or validation, or a column contains the label.
    /// </summary>
    public double? Ceiling { get; init; }

    /// <summary>
    /// Where its weights come from, where others trained them: then there is no figure of a training, and what was
    /// tested is all of the source. Null where they were trained here.
    /// </summary>
    public ImportedWeights? Imported { get; init; }

    /// <summary>The classes, as they were fitted.</summary>
    public required Bins Bins { get; init; }

    /// <summary>What it was made from, in short; null in a run that was kept before it was recorded.</summary>
    public RunData? Data { get; init; }

    /// <summary>Training items.</summary>
    public required int Train { get; init; }

    /// <summary>
    /// [classes] how many of them each class has; none in a run that was kept before they were counted.
    /// </summary>
    public IReadOnlyList<int> TrainCounts { get; init; } = [];

    /// <summary>The class that is most frequent among them.</summary>
    public required int Majority { get; init; }

    /// <summary>
    /// What test items share with training or validation, and validation with training; near-identical music in other
    /// files was not looked for.
    /// </summary>
    public IReadOnlyList<LeakCount> Leaks { get; init; } = [];

    /// <summary>
    /// How its training clips sound; null of a model that reads numbers, and in a run that was kept before it was
    /// measured.
    /// </summary>
    public SoundRange? Sound { get; init; }

    /// <summary>
    /// How its descriptors lie among the training songs of the highest class; none of a model that is given none.
    /// </summary>
    public IReadOnlyList<DescriptorSpread> TopSongs { get; init; } = [];

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

    /// <summary>
    /// The accuracy to expect of answers that are drawn from the classes' shares in training
    /// (<see cref="Evaluation.Baselines.Stratified"/>); null where it is not kept how many of each class trained.
    /// </summary>
    /// <param name="score">The score by clip or by song, which says how many of each class are tested.</param>
    public double? Stratified(Score score) =>
        TrainCounts.Count == 0
            ? null
            : Evaluation.Baselines.Stratified(TrainCounts, [.. score.Confusion.Counts.Select(row => row.Sum())]);

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

    /// <summary>
    /// How many test items are of a song that training or validation has too; null where nobody looked.
    /// </summary>
    public int? SongsMet =>
        Leaks.Count == 0 ? null : Leaks.Where(leak => leak.IsOfSong).Select(leak => leak.Items).DefaultIfEmpty().Max();

    /// <summary>
    /// What test items share with training or validation, each in a sentence, and why no ceiling holds where one would
    /// be known.
    /// </summary>
    public IReadOnlyList<string> LeaksInWords =>
        [
            .. Leaks
                .Where(leak => leak.Items > 0 || leak.Validation > 0)
                .Select(leak =>
                    LeakAudit.InWords(leak, Predictions.Count, Validation.Count, $"{Recipe.Item}s")
                    + (leak.Example == "" ? "." : $", such as {leak.Example}.")
                ),
            .. IsDemo && Ceiling is null && Imported is null ? [NoCeiling] : Array.Empty<string>(),
        ];

    private string NoCeiling =>
        Verdict.Leaks
            ? "No ceiling is given, and so no skill: who remembers the songs that training or validation has too may "
                + "be right on more of them than anyone who only hears them."
            : "No ceiling is given, and so no skill: the artist's popularity is made of the popularity that is asked "
                + "for.";

    /// <summary>Share of the test songs that are right where clips vote so.</summary>
    public double AccuracyBy(Vote vote) => Prediction.BySong(Predictions, vote).Average(song => song.Right ? 1.0 : 0);

    /// <summary>Files that could not be used, with the reason.</summary>
    public IReadOnlyList<Failure> Failures { get; init; } = [];

    /// <summary>Songs or rows of its data that were not used, by reason; none also where nobody counted.</summary>
    public IReadOnlyList<LeftOut> LeftOut { get; init; } = [];

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
