using System.Text.Json;
using HitSong.Attribution;
using HitSong.Corpus;
using HitSong.Corpus.Demo;
using HitSong.Evaluation;
using HitSong.Experiments;
using HitSong.Features;
using HitSong.Features.Descriptors;
using HitSong.Models;
using Tests;

namespace HitSong.Tests.Experiments;

[Collection(DefaultGenerator.Name)]
public class PredictorTests(SmallCorpus corpus)
{
    private static Recipe Short(Recipe recipe) =>
        recipe.AtDemoScale() with
        {
            Training = recipe.Training with { Epochs = 3 },
        };

    [Fact]
    public void A_loaded_model_says_of_a_test_song_what_the_run_said()
    {
        using var folder = new TemporaryFolder();
        var store = new RunStore(folder.At("runs"));
        Recipe[] recipes =
        [
            Recipes.Find("hiphop-mlp", "audited"),
            Recipes.TikTokLstmAudited,
            Recipes.DescriptorMlp,
            Recipes.SpectrogramCnnAudited,
        ];
        List<(Prediction[] Validation, Prediction Tested, double[] Answer)> calibrated = [];
        foreach (Recipe recipe in recipes.Select(Short))
        {
            Run run = Experiment.Execute(recipe, corpus.Source, store);
            using Predictor predictor = Predictor.Load(store.PathOf(run));
            Prediction tested = run.Predictions[0];
            Prediction[] clips = [.. run.Predictions.Where(p => p.Track == tested.Track)];
            SongPrediction song = predictor.Predict(
                corpus.Source.Tracks.Single(track => track.Id == tested.Track).AudioPath
            );
            Assert.Equal(clips.Length, song.Clips.Count);
            Assert.All(
                clips.Zip(song.Clips),
                pair =>
                    Assert.All(
                        pair.First.Probabilities.Zip(pair.Second.Probabilities),
                        p => Assert.Equal(p.First, p.Second, 1e-5)
                    )
            );
            Assert.Equal(1, song.Song.Sum(), 1e-9);
            Assert.True(predictor.IsCalibrated);
            Assert.All(
                Enumerable.Range(0, song.Song.Length),
                c => Assert.True(0 <= song.Low![c] && song.Low[c] < song.Song[c] && song.Song[c] < song.High![c])
            );
            Assert.Equal(0.5, song.ChanceAbove(song), 1e-9);
            calibrated.Add(
                (
                    [.. Prediction.BySong(run.Validation, recipe.SongVote)],
                    Prediction.BySong(run.Predictions, recipe.SongVote).Single(p => p.Track == tested.Track),
                    song.Song
                )
            );
            AssertLooksInside(predictor, corpus.Source.Tracks.Single(track => track.Id == tested.Track).AudioPath);
        }

        // scikit-learn's sigmoid of two classes' log odds; of more the temperature of least log loss, by SciPy; both
        // against Platt's targets.
        double[][] expected = JsonSerializer.Deserialize<double[][]>(
            Python.Run(
                """
                import sys, json, numpy as np
                from scipy.optimize import minimize_scalar
                from scipy.special import expit, log_softmax, softmax
                from sklearn.calibration import _sigmoid_calibration
                def calibrated(validation, labels, song):
                    z, y, song = np.log(np.clip(validation, 1e-7, 1 - 1e-7)), np.array(labels), np.log(song)
                    if len(song) == 2:
                        a, b = _sigmoid_calibration(z[:, 1] - z[:, 0], y)
                        p = expit(-a * (song[1] - song[0]) - b)
                        return [1 - p, p]
                    n, C = np.bincount(y, minlength=len(song))[y], len(song)
                    t = (np.eye(C)[y] * n[:, None] + 1) / (n[:, None] + C)
                    def loss(s): return -(t * log_softmax(s * z, axis=1)).sum(1).mean()
                    return softmax(song * minimize_scalar(loss, bounds=(0, 100), method='bounded').x).tolist()
                print(json.dumps([calibrated(*run) for run in json.loads(sys.argv[1])]))
                """,
                JsonSerializer.Serialize(
                    calibrated.Select(of =>
                        new object[]
                        {
                            of.Validation.Select(p => p.Probabilities),
                            of.Validation.Select(p => p.Label),
                            of.Tested.Probabilities,
                        }
                    )
                )
            )
        )!;
        Assert.Equal([2, 2, 2, 3], expected.Select(p => p.Length).Order());
        Assert.All(
            expected.Zip(calibrated),
            run => Assert.All(run.First.Zip(run.Second.Answer), p => Assert.Equal(p.First, p.Second, 1e-3))
        );
    }

    [Fact]
    public void Without_validation_songs_of_two_classes_probabilities_stay_and_are_called_uncalibrated()
    {
        using var folder = new TemporaryFolder();
        var store = new RunStore(folder.At("runs"));
        Run run = Experiment.Execute(Short(Recipes.DescriptorMlp), corpus.Source, store);
        string path = corpus.Source.Tracks.Single(track => track.Id == run.Predictions[0].Track).AudioPath,
            validation = Path.Combine(store.PathOf(run), "validation.csv");
        string[] lines = File.ReadAllLines(validation);
        int label = Array.IndexOf(lines[0].Split(','), "label");
        string[] positive = [.. lines.Skip(1).Where(line => line.Split(',')[label] == "1")];
        Assert.NotEmpty(positive);
        Assert.True(positive.Length < lines.Length - 1);
        (Action Keep, string Why)[] cases =
        [
            (() => File.WriteAllLines(validation, [lines[0], .. positive]), "kept validation songs of one class alone"),
            (() => File.Delete(validation), "kept no validation songs"),
        ];
        foreach (var (keep, why) in cases)
        {
            keep();
            using Predictor predictor = Predictor.Load(store.PathOf(run));
            SongPrediction song = predictor.Predict(path);
            Assert.False(predictor.IsCalibrated);
            Assert.Contains(why, predictor.CalibrationInWords);
            Assert.Null(song.Low);
            Assert.Null(song.High);
            Assert.Equal(song.Clips.Average(clip => clip.Probabilities[1]), song.Song[1], 1e-9);
            Assert.Equal(
                Prediction.BySong(run.Predictions, run.Recipe.SongVote)[0].Probabilities,
                Predictor.Tested(predictor.Run)[0].Probabilities
            );
        }
    }

    [Fact]
    public void A_song_is_above_another_where_its_class_is_higher_and_even_where_it_is_the_same()
    {
        static SongPrediction Song(params double[] p) => new([.. p.Select((_, c) => $"{c}")], p, null, null, []);
        // By hand: 0.5 · 0.2 (1 above 0) + 0.3 · (0.2 + 0.5) (2 above 0 and 1), and half of 0.2² + 0.5² + 0.3².
        SongPrediction first = Song(0.2, 0.5, 0.3);
        Assert.Equal(0.1 + 0.21 + 0.19, first.ChanceAbove(first), 1e-12);
        // 0.5 · 0.6 + 0.3 · 0.9 + (0.2 · 0.6 + 0.5 · 0.3 + 0.3 · 0.1) / 2.
        Assert.Equal(0.3 + 0.27 + 0.15, first.ChanceAbove(Song(0.6, 0.3, 0.1)), 1e-12);
        Assert.Equal(1 - 0.72, Song(0.6, 0.3, 0.1).ChanceAbove(first), 1e-12);
    }

    private static void AssertLooksInside(Predictor predictor, string path)
    {
        if (predictor.Run.Recipe.Model is DescriptorMlpSettings)
        {
            Assert.Contains(
                "told by Contributions",
                Assert.Throws<HitSongException>(() => predictor.Attention(path, 0)).Message
            );
            return;
        }
        Assert.Equal(
            predictor.Run.Recipe.Model.Network == "SpectrogramCnn" ? "Grad-CAM" : "occlusion",
            predictor.AttentionMethod
        );
        SongPrediction song = predictor.Predict(path);
        var attention = predictor.Attention(path, song.Answer);
        Assert.Equal(song.Clips.Select(clip => clip.Start), attention.Select(clip => clip.Start));
        var (bands, frames) = predictor.Run.Recipe.Features!.Shape;
        Assert.All(
            attention,
            clip =>
            {
                Assert.Equal(
                    (bands, frames, bands, frames),
                    (clip.Clip.Bands, clip.Clip.Frames, clip.Map.Bands, clip.Map.Frames)
                );
                Assert.All(clip.Map.Values, value => Assert.InRange(value, 0, 1.000001f));
            }
        );
        Assert.Contains(attention, clip => clip.Map.Values.Max() > 0.999);
        Assert.Contains(
            "tells apart 0 (",
            Assert.Throws<HitSongException>(() => predictor.Attention(path, song.Song.Length)).Message
        );
    }

    [Fact]
    public void A_model_of_descriptors_says_what_each_adds_and_what_nine_of_ten_hits_do_otherwise()
    {
        using var folder = new TemporaryFolder();
        var store = new RunStore(folder.At("runs"));
        Recipe recipe = Recipes.DescriptorMlp;
        Run run = Experiment.Execute(recipe, corpus.Source, store);
        using Predictor predictor = Predictor.Load(store.PathOf(run));
        using Dataset data = Dataset.Prepare(recipe, corpus.Source, store.Features);
        string[] names = [.. recipe.Columns!];
        Assert.Equal((names.Length, 1), data.Shape);

        // What was looked at is what is measured of the file.
        int tested = data.Split.Test[0];
        string path = data.Tracks[tested].AudioPath;
        SoundDescription sound = SoundDescription.Of(path);
        FeatureMatrix heard = DescriptorExtractor.ValuesOf(sound);
        foreach ((string name, float value) in names.Zip(data.FeaturesOf(tested).Values))
        {
            float measured = heard.Values[Descriptor.PlaceOf(name)];
            if (float.IsFinite(measured))
                Assert.Equal(measured, value);
        }
        SongPrediction song = predictor.Predict(path);
        for (int target = 0; target < 2; target++)
        {
            Contributions contributions = predictor.Contributions(path, target);
            Assert.Equal(names, contributions.Changes.Select(change => change.Name));
            Assert.Equal(
                song.Song[target],
                contributions.Typical + contributions.Changes.Sum(change => change.Change),
                1e-5
            );
        }
        Assert.Equal(names, predictor.Importance(data, 2).Select(importance => importance.Name));

        // A tenth of the hits' loudness lies below Low, by NumPy's quantiles.
        int loudness = Array.IndexOf(names, "loudness_integrated");
        string hits = JsonSerializer.Serialize(
            data.Split.Train.Where(i => data.Labels[i] == 1).Select(i => data.FeaturesOf(i).Values[loudness])
        );
        double[] deciles = JsonSerializer.Deserialize<double[]>(
            Python.Run(
                "import sys, json, numpy\n"
                    + "print(json.dumps(numpy.quantile(json.loads(sys.argv[1]), [0.1, 0.5, 0.9]).tolist()))",
                hits
            )
        )!;
        DescriptorSpread spread = predictor.Run.TopSongs[loudness];
        Assert.Equal("loudness_integrated", spread.Name);
        Assert.Equal(deciles, [spread.Low, spread.Median, spread.High], new Near(1e-5));
        FeatureMatrix quiet = heard with { Values = [.. heard.Values] };
        quiet.Values[Descriptor.PlaceOf("loudness_integrated")] = (float)(spread.Low - 3);
        Assert.Contains(
            $"3.0 dB quieter than nine of ten training songs of popularity {run.Bins.Names[1]}",
            Advice.Of(predictor.Run, quiet)
        );
        quiet.Values[Descriptor.PlaceOf("loudness_integrated")] = (float)spread.Median;
        Assert.DoesNotContain(Advice.Of(predictor.Run, quiet), words => words.Contains(" dB "));

        // Beside it stand the regression and the trees, on the same numbers.
        foreach (string name in (string[])["logistic regression", "gradient boosting"])
            Assert.Contains($"on the same {names.Length} descriptors", run.BaselineOf(name)!.Note);
        Assert.Contains(
            "is given no descriptors",
            Assert
                .Throws<HitSongException>(() =>
                {
                    Recipe other = Short(Recipes.Find("hiphop-mlp", "audited"));
                    using Predictor mlp = Predictor.Load(store.PathOf(Experiment.Execute(other, corpus.Source, store)));
                    mlp.Contributions(path, 0);
                })
                .Message
        );
    }

    private sealed class Near(double tolerance) : IEqualityComparer<double>
    {
        public bool Equals(double a, double b) => Math.Abs(a - b) <= tolerance;

        public int GetHashCode(double value) => 0;
    }

    [Fact]
    public void A_run_of_the_network_that_found_nine_descriptors_itself_is_kept_but_not_asked()
    {
        using var folder = new TemporaryFolder();
        var store = new RunStore(folder.At("runs"));
        Run run = Experiment.Execute(Short(Recipes.DescriptorMlp), corpus.Source, store);
        string config = Path.Combine(store.PathOf(run), "config.json");
        var json = System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(config))!.AsObject();
        json["recipe"]!["features"]!.AsObject().Remove("descriptors");
        json["recipe"]!["columns"] = null;
        File.WriteAllText(config, json.ToJsonString());
        Assert.False(Predictor.CanAsk(Assert.Single(store.Read().Runs)));
        Assert.Contains(
            "./research train descriptor-mlp --variant audited",
            Assert.Throws<HitSongException>(() => Predictor.Load(store.PathOf(run))).Message
        );
    }

    [Fact]
    public void A_catalogue_model_answers_to_the_numbers_of_a_form()
    {
        using var folder = new TemporaryFolder();
        var store = new RunStore(folder.At("runs"));
        Run run = Experiment.Execute(
            Short(Recipes.Find("spotify-mlp-bins4-duration", "audited")),
            corpus.Source,
            store
        );
        using Predictor predictor = Predictor.Load(store.PathOf(run));
        double[] means = [.. predictor.Preparation!.Mean.Take(predictor.Preparation.Numbers.Count)];
        SongPrediction song = predictor.Predict(means, predictor.Preparation.Genres[0]);
        Assert.Equal(4, song.Song.Length);
        for (int target = 0; target < 4; target++)
        {
            Contributions contributions = predictor.Contributions(means, predictor.Preparation.Genres[0], target);
            Assert.Equal(
                [.. predictor.Preparation.Numbers, "genre"],
                contributions.Changes.Select(change => change.Name)
            );
            // In float32, and a row among a thousand goes through another matrix product than one alone.
            Assert.Equal(
                song.Song[target],
                contributions.Typical + contributions.Changes.Sum(change => change.Change),
                1e-6
            );
            // What is as the mean has nothing to add.
            Assert.All(contributions.Changes.SkipLast(1), change => Assert.Equal(0, change.Change, 1e-6));
            Assert.Equal(song.Song[target] - contributions.Typical, contributions.Changes[^1].Change, 1e-6);
        }
        Assert.Contains(
            "tells apart 0 (",
            Assert
                .Throws<HitSongException>(() => predictor.Contributions(means, predictor.Preparation.Genres[0], -1))
                .Message
        );
        Assert.Contains(
            "cannot listen",
            Assert.Throws<HitSongException>(() => predictor.Attention(corpus.Source.Tracks[0].AudioPath, 0)).Message
        );
        using Dataset data = Dataset.Prepare(run.Recipe, corpus.Source, store.Features),
            other = Dataset.Prepare(Short(Recipes.DescriptorMlp), corpus.Source, store.Features);
        var importance = predictor.Importance(data, 3);
        Assert.Equal([.. predictor.Preparation.Numbers, "genre"], importance.Select(i => i.Name));
        Assert.All(importance, i => Assert.Equal((3, data.Split.Test.Count), (i.Drops.Count, i.Influences.Count)));
        // On the demo corpus all songs are of one length and one metre: nothing is lost where those are shuffled.
        Assert.All(
            importance.Where(i => i.Name is "duration_ms" or "time_signature"),
            i => Assert.Equal(0, i.Mean, 1e-9)
        );
        Assert.Contains(
            "Dataset.Prepare(run.Recipe",
            Assert.Throws<HitSongException>(() => predictor.Importance(other)).Message
        );
        Assert.Contains(
            "there were",
            Assert.Throws<CorpusException>(() => predictor.Predict(means, "no such genre")).Message
        );
        Assert.Contains(
            "no number",
            Assert
                .Throws<CorpusException>(() =>
                    predictor.Predict([.. means[1..], double.PositiveInfinity], predictor.Preparation.Genres[0])
                )
                .Message
        );
        Assert.Contains(
            "cannot listen",
            Assert.Throws<HitSongException>(() => predictor.Predict(corpus.Source.Tracks[0].AudioPath)).Message
        );
    }

    [Theory]
    [InlineData("descriptor-mlp")]
    [InlineData("hiphop-mlp")]
    [InlineData("spectrogram-cnn")]
    [InlineData("tiktok-lstm")]
    public void Nothing_is_told_of_what_is_unlike_all_that_the_model_learned_from(string experiment)
    {
        using var folder = new TemporaryFolder();
        var store = new RunStore(folder.At("runs"));
        Run run = Experiment.Execute(Short(Recipes.Find(experiment, "audited")), corpus.Source, store);
        const int Rate = 22_050,
            Samples = 30 * Rate;
        Random random = new(1);
        Dictionary<string, float[]> odd = new()
        {
            ["silence"] = new float[Samples],
            ["DC"] = [.. Enumerable.Repeat(0.5f, Samples)],
            ["white noise"] = [.. Enumerable.Range(0, Samples).Select(_ => random.NextSingle() - 0.5f)],
            ["tone"] = [.. Enumerable.Range(0, Samples).Select(i => 0.5f * MathF.Sin(MathF.Tau * 997 * i / Rate))],
        };
        if (run.Recipe.Features!.Clips.Padding == HitSong.Audio.ClipPadding.Zero)
        {
            odd["one sample"] = [0.5f];
            odd["tenth of a second"] = odd["white noise"][..(Rate / 10)];
        }

        using (Predictor predictor = Predictor.Load(store.PathOf(run)))
        {
            foreach (var (name, samples) in odd)
            {
                Wav.Write(folder.At("odd.wav"), samples, Rate);
                AssertUntold(predictor.Predict(folder.At("odd.wav")), name);
            }
            // What cancels out in mono.
            float[] opposite = [.. odd["white noise"].SelectMany(sample => new[] { sample, -sample })];
            Wav.Write(folder.At("odd.wav"), opposite, Rate, channels: 2);
            if (run.Recipe.Features.Audio.Channels == HitSong.Audio.ChannelMode.Mono)
                AssertUntold(predictor.Predict(folder.At("odd.wav")), "left = −right");

            string[] tested = [.. run.Predictions.Select(prediction => prediction.Track).Distinct()];
            int named = corpus
                .Source.Tracks.Where(track => tested.Contains(track.Id))
                .Count(track => predictor.Predict(track.AudioPath).Unlike is not null);
            Assert.InRange(named, 0, tested.Length / 50);
        }

        // As it was kept before: silence is named, and what else is unlike is not known.
        string config = Path.Combine(store.PathOf(run), "config.json");
        var json = System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(config))!.AsObject();
        Assert.True(json.Remove("sound"));
        File.WriteAllText(config, json.ToJsonString());
        using Predictor old = Predictor.Load(store.PathOf(run));
        Assert.Contains("kept before", old.CalibrationInWords);
        Wav.Write(folder.At("odd.wav"), odd["silence"], Rate);
        AssertUntold(old.Predict(folder.At("odd.wav")), "silence");
        Wav.Write(folder.At("odd.wav"), odd["white noise"], Rate);
        Assert.Null(old.Predict(folder.At("odd.wav")).Unlike);

        void AssertUntold(SongPrediction song, string name)
        {
            Assert.True(song.Unlike is not null, name);
            Assert.True(song is { Low: null, High: null }, name);
            // Nothing but the shares of the classes among the training items.
            Assert.Equal(run.TrainCounts.Select(count => (double)count / run.Train), song.Song);
        }
    }

    [Fact]
    public void The_crnn_says_at_the_end_of_a_clip_what_it_says_of_the_clip()
    {
        using var folder = new TemporaryFolder();
        var store = new RunStore(folder.At("runs"));
        Recipe recipe = Recipes
            .Find("hiphop-crnn", "audited")
            .AtDemoScale()
            .With("Training.Epochs", "1")
            .With("Features.Clips.Seconds", "1.5")
            .With("Features.Clips.Count", "2")
            .With("Songs", "40");
        Run run = Experiment.Execute(recipe, corpus.Source, store);
        using Predictor predictor = Predictor.Load(store.PathOf(run));
        string path = corpus.Source.Tracks[0].AudioPath;
        SongPrediction song = predictor.Predict(path);
        var over = predictor.OverTime(path);
        // 65 frames of 512 samples at 22,050 Hz: four steps of 16 frames.
        Assert.Equal(2 * 4, over.Count);
        Assert.All(
            song.Clips.Select((clip, c) => (clip, over[4 * c + 3])),
            pair =>
            {
                Assert.Equal(pair.clip.Probabilities[1], pair.Item2.Probability, 1e-6);
                Assert.Equal(pair.clip.Start + 64 * 512 / 22_050.0, pair.Item2.Time, 1e-9);
            }
        );
        Assert.Equal("Grad-CAM", predictor.AttentionMethod);
        Assert.Equal(2, predictor.Attention(path, 0).Count);
        using Dataset data = Dataset.Prepare(recipe, corpus.Source, store.Features);
        var importance = predictor.Importance(data, 1);
        Assert.Equal(8, importance.Count);
        Assert.Equal("26 to 413 Hz", importance[0].Name);
        Assert.EndsWith(" Hz", importance[7].Name);
    }

    [Fact]
    public void How_far_answers_go_with_the_rule_is_told_as_SciPy_has_it()
    {
        using var folder = new TemporaryFolder();
        Run run = Experiment.Execute(Short(Recipes.DescriptorMlp), corpus.Source, new RunStore(folder.At("runs")));
        var agreement = new RuleAgreement(run, corpus.Corpus);
        Sound SoundOf(Prediction p) => corpus.Corpus.Songs.Single(song => song.Id == p.Track).Sound;
        string answers = JsonSerializer.Serialize(run.Predictions.Select(p => p.Probabilities[1])),
            sounds = JsonSerializer.Serialize(run.Predictions.Select(p => SoundOf(p)));
        double[] expected = JsonSerializer.Deserialize<double[]>(
            Python.Run(
                """
                import sys, json, math
                from scipy.stats import spearmanr
                answers, sounds = json.loads(sys.argv[1]), json.loads(sys.argv[2])
                terms = [
                    lambda s: s["Brightness"], lambda s: s["Loudness"], lambda s: s["Drums"], lambda s: s["Hook"],
                    lambda s: math.exp(-((s["Tempo"] - 118) / 25) ** 2), lambda s: s["Major"],
                ]
                print(json.dumps([spearmanr(answers, [term(s) for s in sounds])[0] for term in terms]))
                """,
                answers,
                sounds
            )
        )!;
        Assert.Equal(
            ["brightness", "loudness", "drums", "hook", "tempo", "mode"],
            agreement.Terms.Select(term => term.Term)
        );
        Assert.All(expected.Zip(agreement.Terms), pair => Assert.Equal(pair.First, pair.Second.Correlation, 1e-9));
        Assert.All(
            agreement.Terms,
            term => Assert.True(term.Interval.Low < term.Correlation && term.Correlation < term.Interval.High)
        );

        // A model that knew the rule would go with each term as the rule does.
        double Known(Prediction p) => 1 / (1 + Math.Exp(-PopularityRule.Audible(SoundOf(p))));
        var known = run.Predictions.Select(p => p with { Probabilities = [1 - Known(p), Known(p)] });
        var knows = new RuleAgreement(run with { Predictions = [.. known] }, corpus.Corpus);
        Assert.All(knows.Terms, term => Assert.Equal(term.Rule, term.Correlation, 1e-9));
        Assert.Contains("go with", knows.InWords());
        Assert.Throws<CorpusException>(() =>
            new RuleAgreement(run with { Predictions = [run.Predictions[0] with { Track = "another" }] }, corpus.Corpus)
        );
    }

    [Fact]
    public void What_cannot_answer_is_refused()
    {
        using var folder = new TemporaryFolder();
        var store = new RunStore(folder.At("runs"));
        Run published = Experiment.Execute(Short(Recipes.TikTokLstm), corpus.Source, store);
        using (
            Predictor mlp = Predictor.Load(
                store.PathOf(Experiment.Execute(Short(Recipes.DescriptorMlp) with { Seed = 1 }, corpus.Source, store))
            )
        )
            Assert.Contains(
                "hiphop-crnn",
                Assert.Throws<HitSongException>(() => mlp.OverTime(corpus.Source.Tracks[0].AudioPath)).Message
            );
        Assert.Contains(
            "--variant audited",
            Assert.Throws<HitSongException>(() => Predictor.Load(store.PathOf(published))).Message
        );

        Run run = Experiment.Execute(Short(Recipes.DescriptorMlp), corpus.Source, store);
        string checkpoint = Path.Combine(store.PathOf(run), "checkpoint.safetensors");
        File.Copy(Path.Combine(store.PathOf(published), "checkpoint.safetensors"), checkpoint, overwrite: true);
        Assert.Contains(
            "is of another model. It lacks ",
            Assert.Throws<HitSongException>(() => Predictor.Load(store.PathOf(run))).Message
        );
        File.Delete(checkpoint);
        Assert.Throws<HitSongException>(() => Predictor.Load(store.PathOf(run)));
    }
}
