using System.Text.Json;
using HitSong.Corpus;
using HitSong.Evaluation;
using HitSong.Features;
using Tables;
using TorchSharp;

namespace HitSong.Experiments;

/// <summary>
/// A kept run scored whole on other data than it was made from, with its own features, scaler, columns and classes: the
/// same verdict, and what has shifted, labels and calibration (external validation, Steyerberg 2019). Songs that
/// trained or validated it are left out: those of the same title and artist (<see cref="SongKey"/>), and equal audio
/// files. A network that recurs over the clips of a batch, as the published <c>tiktok-lstm</c> does, is given all clips
/// as one, in the order of the data.
/// </summary>
/// <example><code>
/// var source = Source.Demo(DemoCorpus.Open("../data/demo/corpus"));
/// var store = new RunStore("../artifacts/runs");
/// var recipe = Recipes.Find("spotify-mlp-bins4", "audited").AtDemoScale(epochs: 1, seed: 42);
/// var run = Experiment.Execute(recipe, source, store);
/// // Here on the songs that it knows; elsewhere on Source.Collection("../data/collected").
/// ExternalValidation.Of(run, store, source).Predictions.Count // 90
/// </code></example>
public sealed record ExternalValidation
{
    // Rows of a catalogue that are asked about at once.
    private const int AtOnce = 8192;

    /// <summary>The run.</summary>
    public required Run Run { get; init; }

    /// <summary>Name of the other data.</summary>
    public required string Source { get; init; }

    /// <summary>Whether that is a demo corpus.</summary>
    public bool IsDemo { get; init; }

    /// <summary>What the model says of its clips or rows, with their true classes.</summary>
    public required IReadOnlyList<Prediction> Predictions { get; init; }

    /// <summary>How many of its tracks or rows were left out for each reason.</summary>
    public IReadOnlyList<LeftOut> LeftOut { get; init; } = [];

    /// <summary>Files that gave nothing, with the reason.</summary>
    public IReadOnlyList<Failure> Failures { get; init; } = [];

    /// <summary>Songs whose artist trained or validated the run.</summary>
    public required int OfKnownArtists { get; init; }

    /// <summary>[classes] shares in training and here.</summary>
    public required IReadOnlyList<ClassShift> Classes { get; init; }

    /// <summary>
    /// The verdict on the other data: the majority is still training's; there is no ceiling, nor a published figure.
    /// </summary>
    public Verdict Verdict =>
        field ??= Verdict.Of(Run with { Predictions = Predictions, Ceiling = null, Leaks = [] }) with
        {
            Published = null,
        };

    /// <summary>The score by song of the probabilities that are calibrated on the run's validation songs.</summary>
    public Score Calibrated =>
        field ??= Score.Of(Predictor.Tested(Run with { Predictions = Predictions }), Run.Majority);

    /// <summary>The same of the run's own test songs.</summary>
    public Score CalibratedOnTest => field ??= Score.Of(Predictor.Tested(Run), Run.Majority);

    /// <summary>Scores a run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="store">Where it is kept; features are taken from, and extracted into, the store beside it.</param>
    /// <param name="source">The other data.</param>
    /// <param name="progress">Told what is being done; from several threads while audio is read.</param>
    /// <param name="cancellation">Stops reading audio; what was extracted is kept.</param>
    /// <exception cref="HitSongException">
    /// It is not known which tracks the run was made from, the model cannot be asked about this kind of data, or no
    /// song is left.
    /// </exception>
    public static ExternalValidation Of(
        Run run,
        RunStore store,
        Source source,
        Action<ExperimentProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        // What trained weights that others trained is not known.
        UsedTrack[] made = run.Imported is null
            ? [.. store.TracksOf(run).Rows<UsedTrack>().Where(track => track.Side != "test")]
            : [];
        using Predictor predictor = Predictor.LoadForMany(store.PathOf(run));
        Asked asked = Ask(predictor, store, source, made, _ => run.Bins, progress, cancellation);
        var trained = made.Where(track => track.Side == "training").ToArray();
        HashSet<string> artists = [.. made.Select(track => SongKey.OfArtist(track.Artist)).Where(name => name != "")];
        IReadOnlyList<Prediction> songs = Predictor.Tested(run with { Predictions = asked.Predictions });
        return new()
        {
            Run = run,
            Source = source.Name,
            IsDemo = source.IsDemo,
            Predictions = asked.Predictions,
            LeftOut = [.. asked.LeftOut.Where(left => left.Count > 0)],
            Failures = asked.Failures,
            OfKnownArtists = songs.Count(song => artists.Contains(SongKey.OfArtist(song.Artist))),
            Classes = [.. run.Bins.Names.Select((name, c) => Shift(name, c, trained, songs))],
        };
    }

    /// <summary>
    /// Names what an evaluation is made from beside the run itself, in 12 hexadecimal digits: what the other data holds
    /// for it, the run's recipe, and the code. Always the same for the same, and other for any other.
    /// </summary>
    /// <inheritdoc cref="Of"/>
    public static string KeyOf(
        Run run,
        RunStore store,
        Source source,
        Action<ExperimentProgress>? progress = null,
        CancellationToken cancellation = default
    ) => new ContentKey(source, store.Features, progress, cancellation).Of(run.Recipe with { Songs = null })[^12..];

    /// <summary>What a model says of data.</summary>
    /// <param name="Bins">The classes.</param>
    /// <param name="Predictions">Of its clips or rows; one at least.</param>
    /// <param name="LeftOut">What was left out.</param>
    /// <param name="Failures">Files that gave nothing.</param>
    internal sealed record Asked(
        Bins Bins,
        IReadOnlyList<Prediction> Predictions,
        IReadOnlyList<LeftOut> LeftOut,
        IReadOnlyList<Failure> Failures
    );

    /// <summary>Asks a model about all of a source.</summary>
    /// <param name="predictor">The model.</param>
    /// <param name="store">Beside which features are kept.</param>
    /// <param name="source">The data.</param>
    /// <param name="made">What trained or validated the model, and is left out.</param>
    /// <param name="fit">From the clips' target to the classes; a catalogue's are those of its preparation.</param>
    /// <param name="progress">Told what is being done.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="HitSongException">It is no such data, or no song is left.</exception>
    internal static Asked Ask(
        Predictor predictor,
        RunStore store,
        Source source,
        IReadOnlyList<UsedTrack> made,
        Func<IEnumerable<double>, Bins> fit,
        Action<ExperimentProgress>? progress,
        CancellationToken cancellation
    )
    {
        Asked asked = predictor.Run.Recipe.Features is { } settings
            ? OfAudio(predictor, settings, store, source, made, fit, progress, cancellation)
            : OfCatalogue(predictor, source, made, progress, cancellation);
        return asked.Predictions.Count > 0
            ? asked
            : throw new CorpusException(
                $"no song of {source.Name} is left to evaluate {predictor.Run.Id} on: "
                    + Corpus.LeftOut.InWords(asked.LeftOut)
            );
    }

    private static Asked OfAudio(
        Predictor predictor,
        FeatureSettings settings,
        RunStore store,
        Source source,
        IReadOnlyList<UsedTrack> made,
        Func<IEnumerable<double>, Bins> fit,
        Action<ExperimentProgress>? progress,
        CancellationToken cancellation
    )
    {
        Run run = predictor.Run;
        if (source.Tracks.Count == 0)
            throw new CorpusException(
                $"{source.Name} is a catalogue without audio, and {run.Id} listens: give it a folder of audio or a "
                    + "collection"
            );
        if (source.ArePictures != run.Recipe.PicturePixels is not null)
            throw new CorpusException(
                source.ArePictures
                    ? $"{source.Name} holds pictures, and {run.Id} listens: give it audio"
                    : $"{run.Id} looks at pictures, and {source.Name} holds none: give it --pictures"
            );
        Target target = run.Recipe.Label.Target;
        Track[] labelled = [.. source.Tracks.Where(track => track.Of(target) is not null)],
            met = [.. labelled.Where(IsKnown(made))],
            others = [.. labelled.Except(met)];
        LeftOut[] leftOut =
        [
            .. source.LeftOut,
            new($"without {target.ToString().ToLowerInvariant()}", source.Tracks.Count - labelled.Length),
            new("of a title and artist that trained or validated it", met.Length, IsGap: false),
        ];
        int given = source.Tracks.Count + source.LeftOut.Sum(left => left.Count);
        source.CheckGaps(leftOut, given);
        if (others.Length == 0)
            return new(run.Bins, [], leftOut, source.Rejected);

        ImmediateProgress<ExtractionProgress> reading = new(done =>
            progress?.Invoke(new("reading", done.Done, Math.Max(1, done.Total)))
        );
        using ClipSet clips = run.Recipe.PicturePixels is int pixels
            ? ClipSet.ReadPictures(others, pixels, store.Features, reading, cancellation)
            : ClipSet.Read(others, settings, store.Features, reading, cancellation);
        source.CheckGaps([.. leftOut, new("whose audio gave nothing", clips.Failures.Count)], given);
        HashSet<string> heard = [.. made.Select(track => track.Content).OfType<string>()];
        int[] items = [.. Enumerable.Range(0, clips.Clips.Count).Where(i => !heard.Contains(clips.ContentOf(i)))];
        double[][] answers = !Predictor.RecursOverClips(run)
            ? [.. items.Select((i, place) => OneByOne(i, place + 1))]
            : predictor.Ask([.. items.Select(clips.Features)]);
        double[] values = [.. items.Select(i => clips.TrackOf(i).Of(target)!.Value)];
        Bins bins = items.Length == 0 ? run.Bins : fit(values);
        int copies = clips.Tracks.Count - items.Select(clips.TrackOf).Distinct().Count();
        return new(
            bins,
            [
                .. items.Select(
                    (i, place) =>
                        new Prediction(
                            clips.TrackOf(i).Id,
                            ArtistOf(clips.TrackOf(i)),
                            clips.Clips[i].Number,
                            bins.Of(values[place]),
                            answers[place]
                        )
                ),
            ],
            [
                .. leftOut,
                new("of an audio file that trained or validated it", copies, IsGap: false),
                new("whose audio gave nothing", clips.Failures.Count),
            ],
            [.. source.Rejected, .. clips.Failures]
        );

        double[] OneByOne(int i, int done)
        {
            cancellation.ThrowIfCancellationRequested();
            progress?.Invoke(new("asking the model", done, items.Length));
            return predictor.Ask(clips.Features(i));
        }
    }

    private static Asked OfCatalogue(
        Predictor predictor,
        Source source,
        IReadOnlyList<UsedTrack> made,
        Action<ExperimentProgress>? progress,
        CancellationToken cancellation
    )
    {
        if (source.Catalogue is null)
            throw new CorpusException(
                $"{source.Name} has no catalogue, and {predictor.Run.Id} reads one: give it the CSV file and the "
                    + "artists' popularity"
            );
        TabularRows rows = TabularData.Apply(source.Catalogue, source.Artists, predictor.Preparation!);
        source.CheckGaps(rows.LeftOut, rows.Rows);
        Func<Track, bool> isKnown = IsKnown(made);
        int[] others = [.. Enumerable.Range(0, rows.Labels.Length).Where(row => !isKnown(rows.Tracks[row]))];
        int width = predictor.Preparation!.Inputs;
        List<Prediction> predictions = [];
        foreach (int[] some in others.Chunk(AtOnce))
        {
            cancellation.ThrowIfCancellationRequested();
            var values = new float[some.Length * width];
            for (int i = 0; i < some.Length; i++)
                rows.Inputs.AsSpan(some[i] * width, width).CopyTo(values.AsSpan(i * width));
            using torch.Tensor inputs = torch.tensor(values, [some.Length, width, 1]);
            predictions.AddRange(
                some.Zip(
                    predictor.Ask(inputs),
                    (row, answer) =>
                        new Prediction(rows.Tracks[row].Id, ArtistOf(rows.Tracks[row]), 0, rows.Labels[row], answer)
                )
            );
            progress?.Invoke(new("asking the model", predictions.Count, others.Length));
        }
        return new(
            predictor.Preparation!.Bins,
            predictions,
            [
                .. rows.LeftOut,
                new(
                    "of a title and artist that trained or validated it",
                    rows.Labels.Length - others.Length,
                    IsGap: false
                ),
            ],
            []
        );
    }

    private static Func<Track, bool> IsKnown(IReadOnlyList<UsedTrack> made)
    {
        HashSet<string> songs = [.. made.Select(track => SongKey.Of(new("", track.Title, track.Artist, "")))];
        return track => track.Title != "" && songs.Contains(SongKey.Of(track));
    }

    private static string ArtistOf(Track track) => track.Artist == "" ? track.Id : track.Artist;

    private static ClassShift Shift(
        string name,
        int c,
        IReadOnlyList<UsedTrack> trained,
        IReadOnlyList<Prediction> songs
    )
    {
        double[] before = [.. trained.Select(track => track.Label == c ? 1.0 : 0)],
            here = [.. songs.Select(song => song.Label == c ? 1.0 : 0)],
            predicted = [.. songs.Select(song => song.Probabilities[c])];
        string[] artists = [.. songs.Select(song => song.Artist)];
        ClusteredMean? shareBefore = ClusteredMean.Of(
            before,
            [.. trained.Select(track => track.Artist == "" ? track.Track : track.Artist)]
        );
        return new(
            name,
            before.Length == 0 ? null : before.Average(),
            here.Average(),
            predicted.Average(),
            shareBefore is null ? null : ClusteredMean.Of(here, artists)?.Minus(shareBefore),
            ClusteredMean.Of([.. predicted.Zip(here, (p, share) => p - share)], artists)
        );
    }

    /// <summary>What the numbers say, a sentence or more each.</summary>
    public IReadOnlyList<string> InWords
    {
        get
        {
            int songs = Verdict.BySong.Confusion.Total;
            Score test = Run.Verdict.BySong;
            string leftOut = LeftOut.Count == 0 ? "" : $" Left out: {Corpus.LeftOut.InWords(LeftOut)}.";
            string gain = test.Gain is { } own ? $", gain {own.Points} points, {own.PointsInterval}" : "";
            string known = Run.Imported is null
                ? $"that it has never seen, {OfKnownArtists:N0} of them by artists that it knows"
                : $"; they are weights of others ({Run.Imported.File}), and which songs trained them is not known";
            return
            [
                $"{Run.Id} on {songs:N0} songs of {Source}{(Run.Imported is null ? " " : "")}{known}.{leftOut}",
                .. !Predictor.RecursOverClips(Run)
                    ? Array.Empty<string>()
                    : ["It recurs over the clips of a batch, and was given all of them as one, in the data's order."],
                Verdict.InWords(),
                $"On {(Run.Imported is null ? "its own" : $"{Run.Source}, where it was first tested, of")} "
                    + $"{test.Confusion.Total:N0} test songs it was right in {test.Accuracy:0.0%} "
                    + $"(best constant answer {test.BestConstant:0.0%}{gain}).",
                Run.Imported is null
                    ? Shifted(
                        "Labels have shifted",
                        Classes,
                        shift => shift.LabelShift,
                        shift =>
                            $"{shift.Name} has {shift.Observed:0.0%} here and had {shift.Trained:0.0%} in training",
                        "As far as these songs tell, each class has the share that it had in training."
                    )
                    : "Whether labels have shifted is not known: nobody told how often each class trained.",
                Shifted(
                    "Calibration has shifted",
                    // Of two classes one says all.
                    Classes.Count == 2
                        ? [Classes[1]]
                        : Classes,
                    shift => shift.Miscalibration,
                    shift => $"{shift.Name} is given {shift.Predicted:0.0%} on average and has {shift.Observed:0.0%}",
                    "As far as these songs tell, each class is given the probability that it has."
                )
                    + $" The expected calibration error is {Calibrated.CalibrationError:0.000} here and was "
                    + $"{CalibratedOnTest.CalibrationError:0.000} on its own test songs.",
                .. IsDemo || Run.IsDemo
                    ? ["Synthesized songs with made-up plays are among the data: an exercise."]
                    : Array.Empty<string>(),
            ];
        }
    }

    // Holm's correction, as each class is a test.
    private static string Shifted(
        string what,
        IReadOnlyList<ClassShift> classes,
        Func<ClassShift, ClusteredMean?> difference,
        Func<ClassShift, string> words,
        string none
    )
    {
        ClassShift[] tested = [.. classes.Where(shift => difference(shift) is not null)];
        IReadOnlyList<double> adjusted = Holm.Adjust([.. tested.Select(shift => difference(shift)!.P)]);
        string[] shifted =
        [
            .. tested
                .Zip(adjusted)
                .Where(pair => pair.Second < 0.05)
                .Select(pair => $"{words(pair.First)} ({Points(difference(pair.First)!)})"),
        ];
        return shifted.Length == 0 ? none : $"{what}: {string.Join("; ", shifted)}.";

        static string Points(ClusteredMean mean) =>
            $"{PairedDifference.InPoints(mean.Mean)} points, 95% interval by artist "
            + $"{PairedDifference.InPoints(mean.Interval.Low)} to {PairedDifference.InPoints(mean.Interval.High)}";
    }

    /// <summary>The columns' headings.</summary>
    public static IReadOnlyList<string> Columns { get; } = ["", "on its own test", "here"];

    /// <summary>The rows: a name, the figure by song on its own test, and here; a row for each class.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Rows
    {
        get
        {
            Score test = Run.Verdict.BySong,
                here = Verdict.BySong;
            return
            [
                Row("songs", test, here, score => $"{score.Confusion.Total:N0}"),
                Row("accuracy", test, here, score => $"{score.Accuracy:0.0%}"),
                Row("95% interval", test, here, score => $"{score.Interval}"),
                .. Run.Imported is null
                    ? [Row("majority in training", test, here, score => $"{score.MajorityBaseline:0.0%}")]
                    : Array.Empty<IReadOnlyList<string>>(),
                Row("best constant answer", test, here, score => $"{score.BestConstant:0.0%}"),
                Row(
                    "gain over it, points",
                    test,
                    here,
                    score => score.Gain is { } gain ? $"{gain.Points} ({gain.PointsInterval})" : "–"
                ),
                Row(
                    "ROC-AUC",
                    test,
                    here,
                    score =>
                        score.RocAuc is not double area ? "–"
                        : score.RocAucInterval is { } i ? $"{area:0.000} ({i.Low:0.00} to {i.High:0.00})"
                        : $"{area:0.000}"
                ),
                Row("log loss, calibrated", CalibratedOnTest, Calibrated, score => $"{score.LogLoss:0.000}"),
                Row(
                    "calibration error, calibrated",
                    CalibratedOnTest,
                    Calibrated,
                    score => $"{score.CalibrationError:0.000}"
                ),
                .. Classes.Select(shift =>
                    (string[])
                        [
                            $"share of {shift.Name}",
                            shift.Trained is double share ? $"{share:0.0%} of training" : "–",
                            $"{shift.Observed:0.0%}, predicted {shift.Predicted:0.0%}",
                        ]
                ),
            ];

            static string[] Row(string name, Score test, Score here, Func<Score, string> cell) =>
                [name, cell(test), cell(here)];
        }
    }

    /// <summary>The figures as JSON.</summary>
    public string ToJson() =>
        JsonSerializer.Serialize(
            new
            {
                Run = Run.Id,
                Run.Recipe.Experiment,
                Run.Recipe.Variant,
                TrainedOn = Run.Source,
                Source,
                IsDemo,
                LeftOut = LeftOut.Select(left => new { left.Reason, left.Count }),
                OfKnownArtists,
                ByClip = RunResult.Figures.Of(Verdict.ByClip),
                BySong = RunResult.Figures.Of(Verdict.BySong),
                BySongOnTest = RunResult.Figures.Of(Run.Verdict.BySong),
                Calibrated = RunResult.Figures.Of(Calibrated),
                CalibratedOnTest = RunResult.Figures.Of(CalibratedOnTest),
                Classes,
                InWords,
                Failures,
            },
            RunFiles.Json
        );

    // What of ToJson does not follow from the run and the predictions.
    private sealed record Kept(
        string Source,
        bool IsDemo,
        LeftOut[] LeftOut,
        int OfKnownArtists,
        ClassShift[] Classes,
        Failure[] Failures
    );

    /// <summary>
    /// Writes <c>predictions.csv</c> and, once that is there, <c>result.json</c> (<see cref="ToJson"/>) into a folder,
    /// which is made; each file is whole or as it was.
    /// </summary>
    /// <exception cref="HitSongException">The folder cannot be written.</exception>
    public void Save(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            WholeFile.Write(Path.Combine(folder, "predictions.csv"), path => PredictionsFile.Write(path, Predictions));
            WholeFile.Write(Path.Combine(folder, "result.json"), ToJson() + "\n");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new HitSongException($"The evaluation cannot be kept in {folder}: {e.Message}", e);
        }
    }

    /// <summary>Reads what <see cref="Save"/> has written.</summary>
    /// <param name="folder">Where.</param>
    /// <param name="run">The run that was evaluated.</param>
    /// <exception cref="HitSongException">A file is missing or damaged.</exception>
    public static ExternalValidation Read(string folder, Run run)
    {
        try
        {
            string json = File.ReadAllText(Path.Combine(folder, "result.json"));
            Kept kept = JsonSerializer.Deserialize<Kept>(json, RunFiles.Json)!;
            return new()
            {
                Run = run,
                Source = kept.Source,
                IsDemo = kept.IsDemo,
                Predictions = PredictionsFile.Read(Path.Combine(folder, "predictions.csv")),
                LeftOut = kept.LeftOut,
                Failures = kept.Failures,
                OfKnownArtists = kept.OfKnownArtists,
                Classes = kept.Classes,
            };
        }
        // Whatever a damaged file leads to.
        catch (Exception e)
        {
            throw new HitSongException(
                $"The evaluation in {folder} cannot be read: {e.Message}. Remove it, and the same command makes it "
                    + "again",
                e
            );
        }
    }

    /// <summary>The table and its words, by MIME type.</summary>
    public IReadOnlyDictionary<string, object> ToMimeBundle() => Drawn.ToMimeBundle();

    /// <summary>The table and its words as text.</summary>
    public override string ToString() => Drawn.ToText();

    private DrawnTable Drawn =>
        new(
            [.. Columns.Select((column, i) => new DrawnTable.Heading(column, Right: i > 0))],
            Rows.Select(row =>
                row.Skip(1).Select(cell => new DrawnTable.Cell(cell)).Prepend(new DrawnTable.Heading(row[0]))
            )
        )
        {
            Notes = InWords,
        };
}
