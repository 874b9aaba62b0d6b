using System.Net;
using System.Numerics.Tensors;
using HitSong.Attribution;
using HitSong.Audio;
using HitSong.Corpus;
using HitSong.Evaluation;
using HitSong.Experiments;
using HitSong.Features;
using HitSong.Numerics;
using HitSong.Training;
using Plotly.NET;
using Plotly.NET.LayoutObjects;

namespace HitSong.Charts;

/// <summary>Charts of what the workspace computes, each of which Plotly.NET can go on with.</summary>
/// <example><code>
/// double[] popularity = [.. DemoCorpus.Open("../data/demo/corpus").Tracks.Select(track => track.Popularity.Value)];
/// Plot.Bins(popularity, Bins.Custom([25, 50, 75], edgeBelow: true), "popularity")
/// </code></example>
public static class Plot
{
    // plotly's own, for what has to be drawn twice in one colour.
    private static readonly string[] Colors =
    [
        "#1f77b4",
        "#ff7f0e",
        "#2ca02c",
        "#d62728",
        "#9467bd",
        "#8c564b",
        "#e377c2",
    ];

    /// <summary>
    /// The amplitude over time: of each of some 1,200 stretches the lowest and the highest sample, so that no peak is
    /// lost.
    /// </summary>
    public static GenericChart Waveform(Waveform waveform, string title = "Waveform")
    {
        const int stretches = 1200;
        float[] samples = waveform.Samples;
        int size = Math.Max(1, samples.Length / stretches),
            count = samples.Length / size;
        var times = new double[2 * count];
        var values = new double[2 * count];
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<float> stretch = samples.AsSpan(i * size, size);
            times[2 * i] = (double)i * size / waveform.SampleRate;
            times[2 * i + 1] = (i + 0.5) * size / waveform.SampleRate;
            values[2 * i] = TensorPrimitives.Min(stretch);
            values[2 * i + 1] = TensorPrimitives.Max(stretch);
        }
        return Traces
            .Line(times, values)
            .Styled(title, height: 240)
            .WithXAxis("time (s)")
            .WithYAxis("amplitude", range: (-1, 1));
    }

    /// <summary>
    /// A mel spectrogram in whole dB, each band at its centre frequency; a long one thinned to 600 frames or fewer.
    /// </summary>
    /// <param name="decibels">[bands × frames] dB.</param>
    /// <param name="settings">The settings that it was made with.</param>
    /// <param name="title">Title.</param>
    public static GenericChart Spectrogram(
        FeatureMatrix decibels,
        MelSettings settings,
        string title = "Mel spectrogram"
    )
    {
        double[] bands = settings.CentreFrequencies();
        return Picture(Whole(decibels), settings, 0, bands, "dB", ColorScale.Magma)
            .Styled(title)
            .WithXAxis("time (s)")
            .WithYAxis("frequency (Hz)", isLogarithmic: true);
    }

    /// <summary>
    /// A mel spectrogram in grey with a map of what a network found in it laid over: the more orange, the more it
    /// speaks for the class.
    /// </summary>
    /// <param name="decibels">[bands × frames] dB.</param>
    /// <param name="map">[bands × frames] 0…1, such as <see cref="GradCam"/>'s.</param>
    /// <param name="settings">The settings that the spectrogram was made with.</param>
    /// <param name="title">Title.</param>
    /// <exception cref="FeatureException">A map of another size.</exception>
    public static GenericChart Overlay(
        FeatureMatrix decibels,
        FeatureMatrix map,
        MelSettings settings,
        string title = "What the network found"
    )
    {
        if ((map.Bands, map.Frames) != (decibels.Bands, decibels.Frames))
            throw new FeatureException(
                $"a map of {map.Bands} × {map.Frames} cannot lie over a spectrogram of "
                    + $"{decibels.Bands} × {decibels.Frames}"
            );
        double[] bands = settings.CentreFrequencies();
        var clear = new ColorScale("rgba(255,96,0,0)", "rgba(255,96,0,0.7)");
        GenericChart over = Picture(map, settings, 0, bands, "", clear);
        GenericChart.getTraces(over).Head.With(("zmin", 0), ("zmax", 1), ("showscale", false));
        return new[] { Picture(Whole(decibels), settings, 0, bands, "dB", ColorScale.Greys), over }
            .Styled(title)
            .WithXAxis("time (s)")
            .WithYAxis("frequency (Hz)", isLogarithmic: true);
    }

    /// <summary>
    /// MFCC over time without the first one, which follows the loudness and is some ten times as large as the others.
    /// </summary>
    /// <param name="mfcc">[coefficients × frames].</param>
    /// <param name="settings">The settings that it was made with.</param>
    /// <param name="title">Title.</param>
    public static GenericChart Mfcc(FeatureMatrix mfcc, MfccSettings settings, string title = "MFCC 1 to 12") =>
        Picture(
                mfcc,
                settings.Mel,
                1,
                [.. Enumerable.Range(1, mfcc.Bands - 1).Select(c => (double)c)],
                "",
                ColorScale.Viridis
            )
            .Styled(title)
            .WithXAxis("time (s)")
            .WithYAxis("coefficient");

    /// <summary>How many tracks have how many plays, on a logarithmic axis, and which of them are hits.</summary>
    /// <param name="plays">Plays of each track; at least 1.</param>
    /// <param name="threshold">Plays from which a track is a hit.</param>
    /// <param name="title">Title.</param>
    public static GenericChart Plays(IEnumerable<long> plays, double threshold, string title = "Plays")
    {
        ILookup<bool, double> isHit = plays.ToLookup(p => p >= threshold, p => Math.Log10(Math.Max(1, p)));
        GenericChart[] traces =
        [
            Traces.Histogram(isHit[false], 0.1, "no hit"),
            Traces.Histogram(isHit[true], 0.1, "hit"),
        ];
        return traces.Styled(title, height: 300).WithXAxis("plays (powers of ten)").WithYAxis("tracks");
    }

    /// <summary>
    /// How many songs have which label, each class in a colour of its own, with the edges between the classes.
    /// </summary>
    /// <param name="values">[songs] the label as a number.</param>
    /// <param name="bins">Its classes.</param>
    /// <param name="label">What the number is.</param>
    /// <param name="powersOfTen">Whether to draw it in powers of ten, as views are; 0 then counts as 1.</param>
    public static GenericChart Bins(IReadOnlyList<double> values, Bins bins, string label, bool powersOfTen = false)
    {
        double Place(double value) => powersOfTen ? Math.Log10(Math.Max(1, value)) : value;
        double[] places = [.. values.Select(Place)];
        double width = Math.Max((places.Max() - places.Min()) / 40, 1e-9);
        int highest = places.GroupBy(place => Math.Floor(place / width)).Max(bar => bar.Count());
        ILookup<int, double> classes = values.ToLookup(bins.Of, Place);
        GenericChart[] traces =
        [
            .. bins.Names.Select((name, c) => Traces.Histogram(classes[c], width, name)),
            .. bins.Edges.Select(edge => Traces.Line([Place(edge), Place(edge)], [0, highest], $"edge {edge:#,0.##}")),
        ];
        return traces
            .Styled($"{label}: {bins.Count} classes", height: 300)
            .WithXAxis(powersOfTen ? $"{label} (powers of ten)" : label)
            .WithYAxis("songs");
    }

    /// <summary>
    /// Values by group as boxes: the quartiles as NumPy's <c>percentile</c> has them, whiskers to the outermost values
    /// within 1.5 times the distance of the quartiles (Tukey 1977), the others as points; the mean dashed.
    /// </summary>
    /// <param name="values">[N] values.</param>
    /// <param name="groups">[N] the group of each; drawn in the order in which they first occur.</param>
    /// <param name="label">What the values are.</param>
    /// <param name="title">Title.</param>
    public static GenericChart Boxes(
        IReadOnlyList<double> values,
        IReadOnlyList<string> groups,
        string label,
        string title = "Values by group"
    ) => ByGroup(values, groups).Select((g, i) => Box(g.Name, g.Values, i, 0.5)).Styled(title).WithYAxis(label);

    /// <summary>
    /// Values by group as violins: the density by a Gaussian kernel of Scott's width (Scott 1992; SciPy's
    /// <c>gaussian_kde</c>), and in it the box of <see cref="Boxes"/>.
    /// </summary>
    /// <inheritdoc cref="Boxes"/>
    public static GenericChart Violins(
        IReadOnlyList<double> values,
        IReadOnlyList<string> groups,
        string label,
        string title = "Values by group"
    )
    {
        return ByGroup(values, groups)
            .SelectMany((g, i) => new[] { Density(g.Name, g.Values, i), Box(g.Name, g.Values, i, 0.08) })
            .Styled(title)
            .WithYAxis(label);

        static GenericChart Density(string name, double[] values, int place)
        {
            double mean = values.Average(),
                variance = values.Sum(value => (value - mean) * (value - mean)) / (values.Length - 1);
            return Traces.Of(
                "violin",
                null,
                ("x", values.Select(_ => name).ToArray()),
                ("y", Traces.Numbers(values)),
                ("bandwidth", Math.Sqrt(variance) * Math.Pow(values.Length, -0.2)),
                ("points", false),
                ("line", new Line().With(("color", ColorOf(place))))
            );
        }
    }

    /// <summary>Losses and accuracies by epoch.</summary>
    public static GenericChart TrainingCurve(IEnumerable<EpochMetrics> history, string title = "Training")
    {
        EpochMetrics[] epochs = [.. history];
        double[] x = [.. epochs.Select(e => (double)e.Epoch)];
        GenericChart[] traces =
        [
            Traces.Line(x, epochs.Select(e => e.TrainLoss), "training loss"),
            Traces.Line(x, epochs.Select(e => e.ValidationLoss), "validation loss"),
            Traces.Line(x, epochs.Select(e => e.TrainAccuracy), "training accuracy"),
            Traces.Line(x, epochs.Select(e => e.ValidationAccuracy), "validation accuracy"),
        ];
        return traces.Styled(title, height: 320).WithXAxis("epoch");
    }

    /// <summary>
    /// The reliability curve: of the items to which a class was given about so much probability, the share that has it.
    /// On the diagonal probabilities mean what they say. Of two classes that of class 1, of more each against the rest;
    /// a mark's area follows its number of items.
    /// </summary>
    /// <param name="predictions">The predictions; at least one.</param>
    /// <param name="classes">The classes' names.</param>
    /// <param name="title">Title.</param>
    public static GenericChart Reliability(
        IReadOnlyList<Prediction> predictions,
        IReadOnlyList<string> classes,
        string title = "Reliability"
    )
    {
        GenericChart[] traces =
        [
            Traces.Line([0, 1], [0, 1], "probabilities that hold"),
            .. Enumerable.Range(0, classes.Count).Skip(classes.Count == 2 ? 1 : 0).Select(Curve),
        ];
        return traces
            .Styled(title)
            .WithXAxis("predicted probability", range: (0, 1))
            .WithYAxis("observed share", range: (0, 1));

        GenericChart Curve(int c)
        {
            var bins = Calibration.Curve(
                [.. predictions.Select(p => p.Label == c)],
                [.. predictions.Select(p => p.Probabilities[c])]
            );
            var sizes = bins.Select(bin => 6 + 24 * Math.Sqrt((double)bin.Count / predictions.Count));
            return Traces.Of(
                "scatter",
                classes[c],
                ("mode", "lines+markers"),
                ("x", Traces.Numbers(bins.Select(bin => bin.Predicted))),
                ("y", Traces.Numbers(bins.Select(bin => bin.Observed))),
                ("text", bins.Select(bin => $"items: {bin.Count}").ToArray()),
                ("marker", Traces.Marker(("size", Traces.Numbers(sizes))))
            );
        }
    }

    /// <summary>
    /// The ROC curve with its pointwise 95% interval, whole artists drawn anew; of two classes that of class 1, of more
    /// each against the rest. A class that all items have, or none, has no curve.
    /// </summary>
    /// <param name="predictions">The predictions; at least one.</param>
    /// <param name="classes">The classes' names.</param>
    /// <param name="title">Title.</param>
    public static GenericChart Roc(
        IReadOnlyList<Prediction> predictions,
        IReadOnlyList<string> classes,
        string title = "ROC curve"
    )
    {
        var curves = CurvesOf(predictions, classes, (l, s, g) => Evaluation.Roc.Curve(l, s, g), "AUC", "linear");
        return curves
            .Prepend(Guess([0, 1], "chance", "#7f7f7f"))
            .Styled(title, height: 420)
            .WithXAxis("false positive rate", range: (0, 1))
            .WithYAxis("true positive rate", range: (0, 1.02));
    }

    /// <summary>
    /// The precision-recall curve with its pointwise 95% interval, whole artists drawn anew; of two classes that of
    /// class 1, of more each against the rest. A score without skill has the class's share as its precision.
    /// </summary>
    /// <param name="predictions">The predictions; at least one.</param>
    /// <param name="classes">The classes' names.</param>
    /// <param name="title">Title.</param>
    public static GenericChart PrecisionRecall(
        IReadOnlyList<Prediction> predictions,
        IReadOnlyList<string> classes,
        string title = "Precision and recall"
    )
    {
        var curves = CurvesOf(
            predictions,
            classes,
            (l, s, g) => Evaluation.PrecisionRecall.Curve(l, s, g),
            "average precision",
            "vh"
        );
        var shares = Drawn(classes)
            .Select(c =>
            {
                double share = predictions.Count(p => p.Label == c) / (double)predictions.Count;
                return Guess([share, share], $"{classes[c]}: share {share:0.0%}", ColorOf(c));
            });
        return shares
            .Concat(curves)
            .Styled(title, height: 420)
            .WithXAxis("recall", range: (0, 1))
            .WithYAxis("precision", range: (0, 1.02));
    }

    /// <summary>Counts of true classes (rows) by predicted classes (columns).</summary>
    /// <param name="confusion">The counts.</param>
    /// <param name="classes">The classes' names.</param>
    /// <param name="title">Title.</param>
    public static GenericChart Confusion(
        ConfusionMatrix confusion,
        IReadOnlyList<string> classes,
        string title = "Confusion matrix"
    )
    {
        string[] names = [.. classes];
        Annotation[] counts =
        [
            .. confusion.Counts.SelectMany((row, of) => row.Select((count, by) => Count(names[by], names[of], count))),
        ];
        GenericChart chart = Traces
            .Heatmap(confusion.Counts, names, names, ColorScale.Blues, "")
            .Styled(title, 240 + 40 * names.Length)
            .WithXAxis("predicted")
            .WithYAxis("true", range: (names.Length - 0.5, -0.5));
        GenericChart.getLayout(chart).SetProperty("annotations", counts);
        return chart;

        static Annotation Count(string x, string y, int count) =>
            Note(x, y, $"{count}").With(("font", new Font().With(("color", "#222222"), ("size", 16))));
    }

    /// <summary>
    /// Each run's accuracy, beside the best constant answer, logistic regression, gradient boosting, the published
    /// figure and the ceiling; a row by clip and one by song, or one where a song is one clip or a catalogue's row. Its
    /// interval is that of what it gains over the best constant answer (<see cref="Score.Gain"/>), as it stands at the
    /// mark of that answer: it leaves the mark out where the gain is not of chance.
    /// </summary>
    public static GenericChart Verdicts(IEnumerable<Run> runs, string title = "What the accuracy is worth")
    {
        var rows = runs.SelectMany(RowsOf).ToArray();
        string[] names = [.. rows.Select(r => r.Name)];
        GenericChart[] traces =
        [
            Traces.Intervals(
                names,
                [.. rows.Select(r => r.Score.Accuracy)],
                [.. rows.Select(r => r.Score.BestConstant + GainOf(r.Score).Low)],
                [.. rows.Select(r => r.Score.BestConstant + GainOf(r.Score).High)],
                "accuracy, 95% interval of its gain",
                sideways: true
            ),
            Marks(rows.Select(r => (double?)r.Score.BestConstant), "line-ns-open", "best constant answer"),
            Marks(rows.Select(r => r.Regression), "diamond-open", "logistic regression"),
            Marks(rows.Select(r => r.Boosting), "square-open", "gradient boosting"),
            Marks(rows.Select(r => r.Ceiling), "triangle-left-open", "ceiling"),
            Marks(rows.Select(r => r.Published), "x-thin-open", "published"),
        ];
        return traces
            .Styled(title, 170 + 46 * names.Length)
            .WithXAxis("accuracy", tickFormat: ".0%")
            .WithYAxis(range: (names.Length - 0.5, -0.5));

        GenericChart Marks(IEnumerable<double?> values, string symbol, string name) =>
            Traces.Marks(names, values, symbol, name, sideways: true);

        // Of one artist alone nothing is known.
        static Interval GainOf(Score score) => score.Gain?.Interval ?? new(-score.BestConstant, 1 - score.BestConstant);

        // Once where each song has one clip, and where there are none.
        static IEnumerable<Marked> RowsOf(Run run)
        {
            Verdict verdict = run.Verdict;
            Baseline? regression = run.BaselineOf("logistic regression"),
                boosting = run.BaselineOf("gradient boosting");
            double? published = verdict.Published?.Value;
            bool hasClips =
                run.Recipe.Features is not null && verdict.ByClip.Confusion.Total != verdict.BySong.Confusion.Total;
            if (hasClips)
                yield return new(
                    Name(run, "by clip"),
                    verdict.ByClip,
                    regression?.ByClip.Accuracy,
                    boosting?.ByClip.Accuracy,
                    null,
                    published
                );
            yield return new(
                Name(run, $"by {run.Recipe.Voter}"),
                verdict.BySong,
                regression?.BySong.Accuracy,
                boosting?.BySong.Accuracy,
                verdict.Ceiling,
                hasClips ? null : published
            );
        }

        // In two lines: names are long, and telephones narrow.
        static string Name(Run run, string scored) => $"{run.Recipe.Experiment}<br>{run.Recipe.Variant}, {scored}";
    }

    private sealed record Marked(
        string Name,
        Score Score,
        double? Regression,
        double? Boosting,
        double? Ceiling,
        double? Published
    );

    /// <summary>
    /// How much each input counts: the mean drop of the score where it is shuffled, with its 95% interval
    /// (<see cref="PermutationImportance.Interval"/>).
    /// </summary>
    /// <param name="importances">The importances, from above to below.</param>
    /// <param name="groups">
    /// The group of each item that was asked about, such as its artist, by which the interval is clustered.
    /// </param>
    /// <param name="title">Title.</param>
    public static GenericChart Importance(
        IEnumerable<PermutationImportance> importances,
        IReadOnlyList<string> groups,
        string title = "Permutation importance"
    )
    {
        PermutationImportance[] rows = [.. importances];
        Interval?[] intervals = [.. rows.Select(i => i.Interval(groups))];
        bool areKnown = intervals.All(interval => interval is not null);
        return Traces
            .Intervals(
                rows.Select(i => i.Name),
                [.. rows.Select(i => i.Mean)],
                [.. rows.Zip(intervals, (row, i) => i?.Low ?? row.Mean)],
                [.. rows.Zip(intervals, (row, i) => i?.High ?? row.Mean)],
                sideways: true
            )
            .Styled(title, 120 + 26 * rows.Length)
            .WithXAxis("rise of the log loss, " + (areKnown ? "95% interval" : "of one group, which tells no interval"))
            .WithYAxis(range: (rows.Length - 0.5, -0.5));
    }

    /// <summary>
    /// A sweep's trials as lines over its fields to the validation loss: each axis from its least value below to its
    /// greatest above, by the logarithm where values span powers of ten, words in their order. The darker a line the
    /// lower its loss; the best trial's is thick. Where trials share a value their lines lie side by side, so that none
    /// hides another.
    /// </summary>
    public static GenericChart ParallelCoordinates(SweepResults results)
    {
        SweepResult[] ranked = [.. results.Ranked];
        (string Name, string[] Words, double[] Places)[] axes =
        [
            .. results.Sweep.Fields.Select(
                (field, f) =>
                    Scaled(
                        field.Name.Replace(".", ".<br>", StringComparison.Ordinal),
                        [.. ranked.Select(result => result.Trial.Values[f])]
                    )
            ),
            Scaled(
                "validation<br>loss",
                [.. ranked.Select(result => FormattableString.Invariant($"{result.ValidationLoss:0.0000}"))]
            ),
        ];
        // The best last, so that it lies above the others.
        IEnumerable<GenericChart> lines = Enumerable.Range(0, ranked.Length).Reverse().Select(Line);
        GenericChart chart = lines
            .Styled("Trials, and the validation loss that they reached", height: 420)
            .WithXAxis(range: (-0.17, axes.Length - 0.75))
            .WithYAxis(range: (-0.08, 1.08));
        Layout layout = GenericChart.getLayout(chart);
        layout.SetProperty("annotations", axes.SelectMany(Ticks).ToArray());
        layout.TryGetTypedPropertyValue<LinearAxis>("yaxis").Value.With(("showticklabels", false), ("showgrid", false));
        return chart;

        GenericChart Line(int rank)
        {
            string color = ColorScale.Viridis.At(0.9 * rank / Math.Max(1, ranked.Length - 1));
            return Traces.Of(
                "scatter",
                null,
                ("mode", "lines"),
                ("x", axes.Select(axis => axis.Name).ToArray()),
                ("y", Traces.Numbers(Enumerable.Range(0, axes.Length).Select(axis => Place(axis, rank)))),
                ("text", string.Join("<br>", axes.Select(axis => axis.Words[rank]))),
                ("hoverinfo", "text"),
                ("line", new Line().With(("color", color), ("width", rank == 0 ? 6 : 2)))
            );
        }

        double Place(int axis, int rank)
        {
            double[] places = axes[axis].Places;
            bool areShared = axis < axes.Length - 1 && places.Distinct().Count() < ranked.Length;
            double aside = areShared ? 0.07 * ((double)rank / (ranked.Length - 1) - 0.5) : 0;
            return places[rank] + aside;
        }

        static (string, string[], double[]) Scaled(string name, string[] words)
        {
            double[] numbers =
            [
                .. words.Select(word =>
                    double.TryParse(word, System.Globalization.CultureInfo.InvariantCulture, out double number)
                        ? number
                        : double.NaN
                ),
            ];
            string[] order = [.. words.Distinct().Order(StringComparer.Ordinal)];
            if (numbers.Any(double.IsNaN))
                numbers = [.. words.Select(word => (double)Array.IndexOf(order, word))];
            else if (numbers.Min() > 0 && numbers.Max() >= 8 * numbers.Min())
                numbers = [.. numbers.Select(number => Math.Log(number))];
            double least = numbers.Min(),
                range = numbers.Max() - least;
            return (name, words, [.. numbers.Select(number => range > 0 ? (number - least) / range : 0.5)]);
        }

        // Values beside an axis, as many as there is room for.
        static IEnumerable<Annotation> Ticks((string Name, string[] Words, double[] Places) axis)
        {
            double last = double.NegativeInfinity;
            foreach (var (word, place) in axis.Words.Zip(axis.Places).OrderBy(tick => tick.Second))
            {
                if (place - last <= 0.06)
                    continue;
                last = place;
                yield return Note(axis.Name, place, word)
                    .With(
                        ("xanchor", "left"),
                        ("xshift", 3),
                        ("font", new Font().With(("size", 13))),
                        ("bgcolor", "rgba(255,255,255,0.7)"),
                        ("borderpad", 0)
                    );
            }
        }
    }

    /// <summary>
    /// How much each field of a sweep matters by itself (<see cref="SweepResults.Importance"/>), the most above.
    /// </summary>
    public static GenericChart Importance(SweepResults results)
    {
        var shares = results.Importance.OrderByDescending(share => share.Share).ToArray();
        return Traces
            .Marks(
                shares.Select(share => share.Field),
                shares.Select(share => (double?)share.Share),
                "circle",
                sideways: true
            )
            .Styled("How much each field matters", 130 + 40 * shares.Length)
            .WithXAxis(
                "share of the validation loss's variance between the trials",
                range: (-0.03, 1.03),
                tickFormat: ".0%"
            )
            .WithYAxis(range: (shares.Length - 0.5, -0.5));
    }

    /// <summary>
    /// How far answers go with each term of the demo corpus' rule, with 95% intervals, beside the rule itself.
    /// </summary>
    public static GenericChart Rule(RuleAgreement agreement)
    {
        string[] terms = [.. agreement.Terms.Select(t => t.Term)];
        GenericChart[] traces =
        [
            Traces.Intervals(
                terms,
                [.. agreement.Terms.Select(t => t.Correlation)],
                [.. agreement.Terms.Select(t => t.Interval.Low)],
                [.. agreement.Terms.Select(t => t.Interval.High)],
                "the network, 95% interval"
            ),
            Traces.Marks(terms, agreement.Terms.Select(t => (double?)t.Rule), "line-ew-open", "the rule itself"),
        ];
        Recipe recipe = agreement.Run.Recipe;
        return traces
            .Styled($"{recipe.Experiment} {recipe.Variant}: what its answers go with")
            .WithYAxis("rank correlation over the test songs", range: (-1, 1));
    }

    /// <summary>
    /// Songs in the order that a model gives them: of each the probability of the highest class, with the interval that
    /// its calibration leaves, where there is one, and between two songs how sure their order is.
    /// </summary>
    /// <param name="songs">From the first to the last, each by a name of its own.</param>
    /// <param name="label">What is predicted, such as <c>plays</c>.</param>
    /// <param name="title">Title.</param>
    public static GenericChart Ranking(
        IReadOnlyList<(string Name, SongPrediction Song, string BeforeNext)> songs,
        string label,
        string title = "The songs in order, and how sure it is"
    )
    {
        string[] names = [.. songs.Select(song => WebUtility.HtmlEncode(song.Name))];
        GenericChart places = Traces.Intervals(
            names,
            [.. songs.Select(song => song.Song.Song[^1])],
            [.. songs.Select(song => (song.Song.Low ?? song.Song.Song)[^1])],
            [.. songs.Select(song => (song.Song.High ?? song.Song.Song)[^1])],
            sideways: true
        );
        // In the middle, where a narrow page does not cut it off, and a line below the range.
        GenericChart orders = Traces.Of(
            "scatter",
            null,
            ("mode", "text"),
            ("x", Traces.Numbers(names.Select(_ => 0.5))),
            ("y", names),
            ("text", songs.Select(song => $"<br>{song.BeforeNext}").ToArray()),
            ("textposition", "bottom center"),
            ("hoverinfo", "skip")
        );
        return new[] { places, orders }
            .Styled(title, 120 + 60 * songs.Count)
            .WithXAxis(
                $"probability of {label} {songs[0].Song.Classes[^1]}, "
                    + (songs[0].Song.Low is null ? "not known how exact" : "with its range"),
                range: (0, 1),
                tickFormat: ".0%"
            )
            .WithYAxis(range: (songs.Count - 0.4, -0.5));
    }

    private static IEnumerable<(string Name, double[] Values)> ByGroup(
        IReadOnlyList<double> values,
        IReadOnlyList<string> groups
    ) => groups.Zip(values).GroupBy(item => item.First, item => item.Second).Select(g => (g.Key, g.ToArray()));

    private static GenericChart Box(string name, double[] values, int place, double width)
    {
        double low = Quantile.Linear(values, 0.25),
            high = Quantile.Linear(values, 0.75),
            reach = 1.5 * (high - low);
        ILookup<bool, double> isWithin = values.ToLookup(value => value >= low - reach && value <= high + reach);
        return Traces.Of(
            "box",
            null,
            ("x", new[] { name }),
            ("q1", Traces.Numbers([low])),
            ("median", Traces.Numbers([Quantile.Linear(values, 0.5)])),
            ("q3", Traces.Numbers([high])),
            ("lowerfence", Traces.Numbers([isWithin[true].Min()])),
            ("upperfence", Traces.Numbers([isWithin[true].Max()])),
            ("mean", Traces.Numbers([values.Average()])),
            ("y", new[] { isWithin[false].ToArray() }),
            ("boxpoints", "outliers"),
            ("width", width),
            ("line", new Line().With(("color", ColorOf(place))))
        );
    }

    private static string ColorOf(int place) => Colors[place % Colors.Length];

    private static int[] Drawn(IReadOnlyList<string> classes) =>
        classes.Count == 2 ? [1] : [.. Enumerable.Range(0, classes.Count)];

    // What a score without skill has.
    private static GenericChart Guess(double[] ends, string name, string color) =>
        Traces.Of(
            "scatter",
            name,
            ("mode", "lines"),
            ("x", new[] { 0, 1 }),
            ("y", Traces.Numbers(ends)),
            ("line", new Line().With(("color", color), ("dash", "dash")))
        );

    // Of each class the interval as a band, and the curve over it.
    private static IEnumerable<GenericChart> CurvesOf(
        IReadOnlyList<Prediction> predictions,
        IReadOnlyList<string> classes,
        Func<bool[], double[], string[], CurveWithInterval?> curveOf,
        string area,
        string shape
    )
    {
        string[] artists = [.. predictions.Select(p => p.Artist)];
        foreach (int c in Drawn(classes))
        {
            bool[] labels = [.. predictions.Select(p => p.Label == c)];
            double[] scores = [.. predictions.Select(p => p.Probabilities[c])];
            if (curveOf(labels, scores, artists) is not { } curve)
                continue;
            yield return Traces.Of(
                "scatter",
                null,
                ("mode", "lines"),
                ("x", Traces.Numbers([.. curve.Places, .. curve.Places.Reverse()])),
                ("y", Traces.Numbers([.. curve.High, .. curve.Low.Reverse()])),
                ("fill", "toself"),
                ("fillcolor", ColorOf(c) + "33"),
                ("line", new Line().With(("width", 0))),
                ("hoverinfo", "skip")
            );
            string interval = curve.AreaInterval is { } known
                ? $"95% interval {known.Low:0.00} to {known.High:0.00}"
                : "which tells no interval";
            yield return Traces.Of(
                "scatter",
                $"{classes[c]}: {area} {curve.Area:0.00}, {interval}",
                ("mode", "lines"),
                ("x", Traces.Numbers(curve.X)),
                ("y", Traces.Numbers(curve.Y)),
                ("line", new Line().With(("color", ColorOf(c)), ("shape", shape)))
            );
        }
    }

    private static Annotation Note(object x, object y, string text) =>
        new Annotation().With(("x", x), ("y", y), ("text", text), ("showarrow", false));

    private static FeatureMatrix Whole(FeatureMatrix decibels) =>
        decibels with
        {
            Values = [.. decibels.Values.Select(value => MathF.Round(value))],
        };

    private static GenericChart Picture(
        FeatureMatrix matrix,
        MelSettings settings,
        int firstBand,
        double[] bands,
        string unit,
        ColorScale colors
    )
    {
        int step = Math.Max(1, (matrix.Frames + 599) / 600),
            columns = (matrix.Frames + step - 1) / step;
        var thinned = new float[(matrix.Bands - firstBand) * columns];
        for (int i = 0; i < thinned.Length; i++)
            thinned[i] = matrix[firstBand + i / columns, i % columns * step];
        double[] times =
        [
            .. Enumerable.Range(0, columns).Select(c => (double)c * step * settings.HopLength / settings.SampleRate),
        ];
        return Traces.Heatmap(thinned, times, bands, colors, unit);
    }
}
