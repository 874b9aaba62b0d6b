using System.Net;
using System.Numerics.Tensors;
using System.Text.Json.Nodes;
using HitSong.Attribution;
using HitSong.Audio;
using HitSong.Corpus;
using HitSong.Evaluation;
using HitSong.Experiments;
using HitSong.Features;
using HitSong.Training;

namespace HitSong.Charts;

/// <summary>Figures of what the workspace computes.</summary>
public static class Plot
{
    /// <summary>
    /// The amplitude over time: of each of some 1,200 stretches the lowest and the highest sample, so that no peak is
    /// lost.
    /// </summary>
    public static Figure Waveform(Waveform waveform, string title = "Waveform")
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
        return new(title, Trace.Line(times, values))
        {
            X = new("time (s)"),
            Y = new("amplitude") { Range = (-1, 1) },
            Height = 240,
        };
    }

    /// <summary>
    /// A mel spectrogram in dB, each band at its centre frequency; a long one thinned to 600 frames or fewer.
    /// </summary>
    /// <param name="decibels">[bands × frames] dB.</param>
    /// <param name="settings">The settings that it was made with.</param>
    /// <param name="title">Title.</param>
    public static Figure Spectrogram(FeatureMatrix decibels, MelSettings settings, string title = "Mel spectrogram") =>
        Picture(
            decibels,
            settings,
            0,
            Trace.Numbers(settings.CentreFrequencies()),
            "dB",
            title,
            ColorScale.Magma,
            new("frequency (Hz)") { Logarithmic = true }
        );

    /// <summary>
    /// MFCC over time without the first one, which follows the loudness and is some ten times as large as the others.
    /// </summary>
    /// <param name="mfcc">[coefficients × frames].</param>
    /// <param name="settings">The settings that it was made with.</param>
    /// <param name="title">Title.</param>
    public static Figure Mfcc(FeatureMatrix mfcc, MfccSettings settings, string title = "MFCC 1 to 12") =>
        Picture(
            mfcc,
            settings.Mel,
            1,
            Trace.Numbers(Enumerable.Range(1, mfcc.Bands - 1).Select(c => (double)c)),
            "",
            title,
            ColorScale.Viridis,
            new("coefficient")
        );

    /// <summary>How many tracks have how many plays, on a logarithmic axis, and which of them are hits.</summary>
    /// <param name="plays">Plays of each track; at least 1.</param>
    /// <param name="threshold">Plays from which a track is a hit.</param>
    /// <param name="title">Title.</param>
    public static Figure Plays(IEnumerable<long> plays, double threshold, string title = "Plays")
    {
        ILookup<bool, double> isHit = plays.ToLookup(p => p >= threshold, p => Math.Log10(Math.Max(1, p)));
        return new(title, Trace.Histogram(isHit[false], 0.1, "no hit"), Trace.Histogram(isHit[true], 0.1, "hit"))
        {
            X = new("plays (powers of ten)"),
            Y = new("tracks"),
            Height = 300,
        };
    }

    /// <summary>
    /// How many songs have which label, each class in a colour of its own, with the edges between the classes.
    /// </summary>
    /// <param name="values">[songs] the label as a number.</param>
    /// <param name="bins">Its classes.</param>
    /// <param name="label">What the number is.</param>
    /// <param name="powersOfTen">Whether to draw it in powers of ten, as views are; 0 then counts as 1.</param>
    public static Figure Bins(IReadOnlyList<double> values, Bins bins, string label, bool powersOfTen = false)
    {
        double Place(double value) => powersOfTen ? Math.Log10(Math.Max(1, value)) : value;
        double[] places = [.. values.Select(Place)];
        double width = Math.Max((places.Max() - places.Min()) / 40, 1e-9);
        int highest = places.GroupBy(place => Math.Floor(place / width)).Max(bar => bar.Count());
        ILookup<int, double> classes = values.ToLookup(bins.Of, Place);
        return new(
            $"{label}: {bins.Count} classes",
            [
                .. bins.Names.Select((name, c) => Trace.Histogram(classes[c], width, name)),
                .. bins.Edges.Select(edge =>
                    Trace.Line([Place(edge), Place(edge)], [0, highest], $"edge {edge:#,0.##}")
                ),
            ]
        )
        {
            X = new(powersOfTen ? $"{label} (powers of ten)" : label),
            Y = new("songs"),
            Height = 300,
        };
    }

    /// <summary>Losses and accuracies by epoch.</summary>
    public static Figure TrainingCurve(IEnumerable<EpochMetrics> history, string title = "Training")
    {
        EpochMetrics[] epochs = [.. history];
        double[] x = [.. epochs.Select(e => (double)e.Epoch)];
        return new(
            title,
            Trace.Line(x, epochs.Select(e => e.TrainLoss), "training loss"),
            Trace.Line(x, epochs.Select(e => e.ValidationLoss), "validation loss"),
            Trace.Line(x, epochs.Select(e => e.TrainAccuracy), "training accuracy"),
            Trace.Line(x, epochs.Select(e => e.ValidationAccuracy), "validation accuracy")
        )
        {
            X = new("epoch"),
            Height = 320,
        };
    }

    /// <summary>
    /// The reliability curve: of the items to which a class was given about so much probability, the share that has it.
    /// On the diagonal probabilities mean what they say. Of two classes that of class 1, of more each against the rest;
    /// a mark's area follows its number of items.
    /// </summary>
    /// <param name="predictions">The predictions; at least one.</param>
    /// <param name="classes">The classes' names.</param>
    /// <param name="title">Title.</param>
    public static Figure Reliability(
        IReadOnlyList<Prediction> predictions,
        IReadOnlyList<string> classes,
        string title = "Reliability"
    )
    {
        return new(
            title,
            [
                Trace.Line([0, 1], [0, 1], "probabilities that hold"),
                .. Enumerable.Range(0, classes.Count).Skip(classes.Count == 2 ? 1 : 0).Select(Curve),
            ]
        )
        {
            X = new("predicted probability") { Range = (0, 1) },
            Y = new("observed share") { Range = (0, 1) },
            Height = 380,
        };

        Trace Curve(int c)
        {
            var bins = Calibration.Curve(
                [.. predictions.Select(p => p.Label == c)],
                [.. predictions.Select(p => p.Probabilities[c])]
            );
            return new("scatter", classes[c])
            {
                Attributes = new()
                {
                    ["mode"] = "lines+markers",
                    ["x"] = Trace.Numbers(bins.Select(bin => bin.Predicted)),
                    ["y"] = Trace.Numbers(bins.Select(bin => bin.Observed)),
                    ["text"] = Trace.Words(bins.Select(bin => $"items: {bin.Count}")),
                    ["marker"] = new JsonObject
                    {
                        ["size"] = Trace.Numbers(
                            bins.Select(bin => 6 + 24 * Math.Sqrt((double)bin.Count / predictions.Count))
                        ),
                    },
                },
            };
        }
    }

    /// <summary>Counts of true classes (rows) by predicted classes (columns).</summary>
    /// <param name="confusion">The counts.</param>
    /// <param name="classes">The classes' names.</param>
    /// <param name="title">Title.</param>
    public static Figure Confusion(
        ConfusionMatrix confusion,
        IReadOnlyList<string> classes,
        string title = "Confusion matrix"
    )
    {
        float[] counts = [.. confusion.Counts.SelectMany(row => row.Select(count => (float)count))];
        string[] names = [.. classes];
        return new(title, Trace.Heatmap(counts, names.Length, Trace.Words(names), Trace.Words(names), ColorScale.Blues))
        {
            X = new("predicted"),
            Y = new("true") { Range = (names.Length - 0.5, -0.5) },
            Height = 240 + 40 * names.Length,
            Notes =
            [
                .. counts.Select((count, i) => new Note(names[i % names.Length], names[i / names.Length], $"{count}")),
            ],
        };
    }

    /// <summary>
    /// Each run's accuracy with its 95% interval, beside the majority baseline, logistic regression, the published
    /// figure and the ceiling; a row by clip and one by song, or one where a song is one clip.
    /// </summary>
    public static Figure Verdicts(IEnumerable<Run> runs, string title = "What the accuracy is worth")
    {
        var rows = runs.SelectMany(RowsOf).ToArray();
        string[] names = [.. rows.Select(r => r.Name)];
        return new(
            title,
            Trace
                .Intervals(
                    names,
                    [.. rows.Select(r => r.Score.Accuracy)],
                    [.. rows.Select(r => r.Score.Interval.Low)],
                    [.. rows.Select(r => r.Score.Interval.High)],
                    "accuracy, 95% interval"
                )
                .Turned(),
            Trace
                .Marks(names, rows.Select(r => (double?)r.Score.MajorityBaseline), "line-ns-open", "majority baseline")
                .Turned(),
            Trace.Marks(names, rows.Select(r => r.Regression), "diamond-open", "logistic regression").Turned(),
            Trace.Marks(names, rows.Select(r => r.Ceiling), "triangle-left-open", "ceiling").Turned(),
            Trace.Marks(names, rows.Select(r => r.Published), "x-thin-open", "published").Turned()
        )
        {
            X = new("accuracy") { TickFormat = ".0%" },
            Y = new() { Range = (names.Length - 0.5, -0.5) },
            Height = 170 + 46 * names.Length,
        };

        // By song alone where each song has one clip.
        static IEnumerable<(string Name, Score Score, double? Regression, double? Ceiling, double? Published)> RowsOf(
            Run run
        )
        {
            Verdict verdict = run.Verdict;
            Baseline? regression = run.BaselineOf("logistic regression");
            double? published = verdict.Published?.Value;
            bool hasClips = verdict.ByClip.Confusion.Total != verdict.BySong.Confusion.Total;
            if (hasClips)
                yield return (Name(run, "by clip"), verdict.ByClip, regression?.ByClip.Accuracy, null, published);
            yield return (
                Name(run, "by song"),
                verdict.BySong,
                regression?.BySong.Accuracy,
                verdict.Ceiling,
                hasClips ? null : published
            );
        }

        // In two lines: names are long, and telephones narrow.
        static string Name(Run run, string scored) => $"{run.Recipe.Experiment}<br>{run.Recipe.Variant}, {scored}";
    }

    /// <summary>
    /// How much each input counts: the mean drop of the score where it is shuffled, with its 95% interval.
    /// </summary>
    /// <param name="importances">The importances, from above to below.</param>
    /// <param name="groups">
    /// The group of each item that was asked about, such as its artist: whole groups are drawn anew for the interval.
    /// </param>
    /// <param name="title">Title.</param>
    public static Figure Importance(
        IEnumerable<PermutationImportance> importances,
        IReadOnlyList<string> groups,
        string title = "Permutation importance"
    )
    {
        PermutationImportance[] rows = [.. importances];
        Interval[] intervals = [.. rows.Select(i => i.Interval(groups))];
        return new(
            title,
            Trace
                .Intervals(
                    rows.Select(i => i.Name),
                    [.. rows.Select(i => i.Mean)],
                    [.. intervals.Select(i => i.Low)],
                    [.. intervals.Select(i => i.High)]
                )
                .Turned()
        )
        {
            X = new("rise of the log loss, 95% interval"),
            Y = new() { Range = (rows.Length - 0.5, -0.5) },
            Height = 120 + 26 * rows.Length,
        };
    }

    /// <summary>
    /// A sweep's trials as lines over its fields to the validation loss: each axis from its least value below to its
    /// greatest above, by the logarithm where values span powers of ten, words in their order. The darker a line the
    /// lower its loss; the best trial's is thick. Where trials share a value their lines lie side by side, so that none
    /// hides another.
    /// </summary>
    public static Figure ParallelCoordinates(SweepResults results)
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
        IEnumerable<Trace> lines = Enumerable.Range(0, ranked.Length).Reverse().Select(Line);
        return new("Trials, and the validation loss that they reached", [.. lines, .. axes.Select(Ticks)])
        {
            Y = new() { Range = (-0.08, 1.08), HasTicks = false },
            Height = 420,
        };

        Trace Line(int rank) =>
            new("scatter")
            {
                Attributes = new()
                {
                    ["mode"] = "lines",
                    ["x"] = Trace.Words(axes.Select(axis => axis.Name)),
                    ["y"] = Trace.Numbers(Enumerable.Range(0, axes.Length).Select(axis => Place(axis, rank))),
                    ["text"] = string.Join("<br>", axes.Select(axis => axis.Words[rank])),
                    ["hoverinfo"] = "text",
                    ["line"] = new JsonObject
                    {
                        ["color"] = ColorScale.Viridis.At(0.9 * rank / Math.Max(1, ranked.Length - 1)),
                        ["width"] = rank == 0 ? 6 : 2,
                    },
                },
            };

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
        static Trace Ticks((string Name, string[] Words, double[] Places) axis)
        {
            var kept = new List<(string Word, double Place)>();
            foreach (var tick in axis.Words.Zip(axis.Places).OrderBy(tick => tick.Second))
                if (kept.Count == 0 || tick.Second - kept[^1].Place > 0.06)
                    kept.Add(tick);
            return new("scatter")
            {
                Attributes = new()
                {
                    ["mode"] = "text",
                    ["x"] = Trace.Words(kept.Select(_ => axis.Name)),
                    ["y"] = Trace.Numbers(kept.Select(tick => tick.Place)),
                    ["text"] = Trace.Words(kept.Select(tick => $" {tick.Word}")),
                    ["textposition"] = "middle right",
                    ["textfont"] = new JsonObject { ["shadow"] = "auto", ["size"] = 13 },
                    ["hoverinfo"] = "skip",
                    ["cliponaxis"] = false,
                },
            };
        }
    }

    /// <summary>
    /// How much each field of a sweep matters by itself (<see cref="SweepResults.Importance"/>), the most above.
    /// </summary>
    public static Figure Importance(SweepResults results)
    {
        var shares = results.Importance.OrderByDescending(share => share.Share).ToArray();
        return new(
            "How much each field matters",
            Trace
                .Marks(shares.Select(share => share.Field), shares.Select(share => (double?)share.Share), "circle")
                .Turned()
        )
        {
            X = new("share of the validation loss's variance between the trials")
            {
                TickFormat = ".0%",
                Range = (-0.03, 1.03),
            },
            Y = new() { Range = (shares.Length - 0.5, -0.5) },
            Height = 130 + 40 * shares.Length,
        };
    }

    /// <summary>
    /// How far answers go with each term of the demo corpus' rule, with 95% intervals, beside the rule itself.
    /// </summary>
    public static Figure Rule(RuleAgreement agreement)
    {
        string[] terms = [.. agreement.Terms.Select(t => t.Term)];
        return new(
            $"{agreement.Run.Recipe.Experiment} {agreement.Run.Recipe.Variant}: what its answers go with",
            Trace.Intervals(
                terms,
                [.. agreement.Terms.Select(t => t.Correlation)],
                [.. agreement.Terms.Select(t => t.Interval.Low)],
                [.. agreement.Terms.Select(t => t.Interval.High)],
                "the network, 95% interval"
            ),
            Trace.Marks(terms, agreement.Terms.Select(t => (double?)t.Rule), "line-ew-open", "the rule itself")
        )
        {
            Y = new("rank correlation over the test songs") { Range = (-1, 1) },
        };
    }

    /// <summary>
    /// Songs in the order that a model gives them: of each the probability of the highest class, with the range that
    /// its calibration allows, and between two songs how sure their order is.
    /// </summary>
    /// <param name="songs">From the first to the last, each by a name of its own.</param>
    /// <param name="label">What is predicted, such as <c>plays</c>.</param>
    /// <param name="title">Title.</param>
    public static Figure Ranking(
        IReadOnlyList<(string Name, SongPrediction Song, string BeforeNext)> songs,
        string label,
        string title = "The songs in order, and how sure it is"
    )
    {
        string[] names = [.. songs.Select(song => WebUtility.HtmlEncode(song.Name))];
        Trace places = Trace
            .Intervals(
                names,
                [.. songs.Select(song => song.Song.Song[^1])],
                [.. songs.Select(song => song.Song.Low[^1])],
                [.. songs.Select(song => song.Song.High[^1])]
            )
            .Turned();
        // In the middle, where a narrow page does not cut it off, and a line below the range.
        Trace orders = new("scatter")
        {
            Attributes = new()
            {
                ["mode"] = "text",
                ["x"] = Trace.Numbers(names.Select(_ => 0.5)),
                ["y"] = Trace.Words(names),
                ["text"] = Trace.Words(songs.Select(song => $"<br>{song.BeforeNext}")),
                ["textposition"] = "bottom center",
                ["hoverinfo"] = "skip",
            },
        };
        return new(title, places, orders)
        {
            X = new($"probability of {label} {songs[0].Song.Classes[^1]}, with its range")
            {
                TickFormat = ".0%",
                Range = (0, 1),
            },
            Y = new() { Range = (songs.Count - 0.4, -0.5) },
            Height = 120 + 60 * songs.Count,
        };
    }

    private static Figure Picture(
        FeatureMatrix matrix,
        MelSettings settings,
        int firstBand,
        JsonArray bands,
        string unit,
        string title,
        ColorScale colors,
        Axis y
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
        return new(title, Trace.Heatmap(thinned, matrix.Bands - firstBand, Trace.Numbers(times), bands, colors, unit))
        {
            X = new("time (s)"),
            Y = y,
        };
    }
}
