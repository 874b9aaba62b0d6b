using System.Text.Json;
using HitSong.Attribution;
using HitSong.Corpus;
using HitSong.Corpus.Demo;
using HitSong.Evaluation;
using HitSong.Experiments;
using HitSong.Models;
using Tests;

namespace HitSong.Tests.Experiments;

[Collection(DefaultGenerator.Name)]
public class PredictorTests(SmallCorpus corpus) : IClassFixture<SmallCorpus>
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
            Assert.All(
                Enumerable.Range(0, song.Song.Length),
                c => Assert.True(song.Low[c] - 1e-9 <= song.Song[c] + 0.5 && song.Low[c] <= song.High[c])
            );
            Assert.Equal(0.5, predictor.Above(song, song), 1e-9);
            AssertLooksInside(predictor, corpus.Source.Tracks.Single(track => track.Id == tested.Track).AudioPath);
        }
    }

    private static void AssertLooksInside(Predictor predictor, string path)
    {
        Assert.Equal(
            predictor.Run.Recipe.Model.Network == Network.SpectrogramCnn ? "Grad-CAM" : "occlusion",
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
        Assert.All(importance, i => Assert.Equal((3, data.Split.Test.Count), (i.Drops.Count, i.ItemDrops.Count)));
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
