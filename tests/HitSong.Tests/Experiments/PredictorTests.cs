using HitSong.Attribution;
using HitSong.Corpus;
using HitSong.Evaluation;
using HitSong.Experiments;
using HitSong.Models;
using Tests;

namespace HitSong.Tests.Experiments;

[Collection(DefaultGenerator.Name)]
public class PredictorTests(SmallCorpus corpus) : IClassFixture<SmallCorpus>
{
    private static Recipe Short(Recipe recipe) => recipe.AtDemoScale() with { Training = recipe.Training with { Epochs = 3 } };

    [Fact]
    public void A_loaded_model_says_of_a_test_song_what_the_run_said()
    {
        using var folder = new TemporaryFolder();
        var store = new RunStore(folder.At("runs"));
        foreach (Recipe recipe in new[] { Recipes.Find("hiphop-mlp", "audited"), Recipes.TikTokLstmAudited, Recipes.DescriptorMlp, Recipes.SpectrogramCnnAudited }.Select(Short))
        {
            Run run = Experiment.Execute(recipe, corpus.Source, store);
            using Predictor predictor = Predictor.Load(store.PathOf(run));
            Prediction tested = run.Predictions[0];
            Prediction[] clips = [.. run.Predictions.Where(p => p.Track == tested.Track)];
            SongPrediction song = predictor.Predict(corpus.Source.Tracks.Single(track => track.Id == tested.Track).AudioPath);
            Assert.Equal(clips.Length, song.Clips.Count);
            Assert.All(clips.Zip(song.Clips), pair => Assert.All(pair.First.Probabilities.Zip(pair.Second.Probabilities), p => Assert.Equal(p.First, p.Second, 1e-5)));
            Assert.Equal(1, song.Song.Sum(), 1e-9);
            Assert.All(Enumerable.Range(0, song.Song.Length), c => Assert.True(song.Low[c] - 1e-9 <= song.Song[c] + 0.5 && song.Low[c] <= song.High[c]));
            Assert.Equal(0.5, predictor.Above(song, song), 1e-9);
            AssertLooksInside(predictor, corpus.Source.Tracks.Single(track => track.Id == tested.Track).AudioPath);
        }
    }

    private static void AssertLooksInside(Predictor predictor, string path)
    {
        Assert.Equal(predictor.Run.Recipe.Model.Network == Network.SpectrogramCnn ? "Grad-CAM" : "occlusion", predictor.AttentionMethod);
        SongPrediction song = predictor.Predict(path);
        var attention = predictor.Attention(path, song.Answer);
        Assert.Equal(song.Clips.Select(clip => clip.Start), attention.Select(clip => clip.Start));
        var (bands, frames) = predictor.Run.Recipe.Features!.Shape;
        Assert.All(attention, clip =>
        {
            Assert.Equal((bands, frames, bands, frames), (clip.Clip.Bands, clip.Clip.Frames, clip.Map.Bands, clip.Map.Frames));
            Assert.All(clip.Map.Values, value => Assert.InRange(value, 0, 1.000001f));
        });
        Assert.Contains(attention, clip => clip.Map.Values.Max() > 0.999);
        Assert.Contains("tells apart 0 (", Assert.Throws<HitSongException>(() => predictor.Attention(path, song.Song.Length)).Message);
    }

    [Fact]
    public void A_catalogue_model_answers_to_the_numbers_of_a_form()
    {
        using var folder = new TemporaryFolder();
        var store = new RunStore(folder.At("runs"));
        Run run = Experiment.Execute(Short(Recipes.Find("spotify-mlp-bins4-duration", "audited")), corpus.Source, store);
        using Predictor predictor = Predictor.Load(store.PathOf(run));
        double[] means = [.. predictor.Preparation!.Mean.Take(predictor.Preparation.Numbers.Count)];
        SongPrediction song = predictor.Predict(means, predictor.Preparation.Genres[0]);
        Assert.Equal(4, song.Song.Length);
        for (int target = 0; target < 4; target++)
        {
            Contributions contributions = predictor.Contributions(means, predictor.Preparation.Genres[0], target);
            Assert.Equal([.. predictor.Preparation.Numbers, "genre"], contributions.Changes.Select(change => change.Name));
            Assert.Equal(song.Song[target], contributions.Typical + contributions.Changes.Sum(change => change.Change), 1e-9);
            // What is as the mean has nothing to add.
            Assert.All(contributions.Changes.SkipLast(1), change => Assert.Equal(0, change.Change, 1e-6));
            Assert.Equal(song.Song[target] - contributions.Typical, contributions.Changes[^1].Change, 1e-6);
        }
        Assert.Contains("tells apart 0 (", Assert.Throws<HitSongException>(() => predictor.Contributions(means, predictor.Preparation.Genres[0], -1)).Message);
        Assert.Contains("cannot listen", Assert.Throws<HitSongException>(() => predictor.Attention(corpus.Source.Tracks[0].AudioPath, 0)).Message);
        Assert.Contains("there were", Assert.Throws<CorpusException>(() => predictor.Predict(means, "no such genre")).Message);
        Assert.Contains("no number", Assert.Throws<CorpusException>(() => predictor.Predict([.. means[1..], double.PositiveInfinity], predictor.Preparation.Genres[0])).Message);
        Assert.Contains("cannot listen", Assert.Throws<HitSongException>(() => predictor.Predict(corpus.Source.Tracks[0].AudioPath)).Message);
    }

    [Fact]
    public void What_cannot_answer_is_refused()
    {
        using var folder = new TemporaryFolder();
        var store = new RunStore(folder.At("runs"));
        Run published = Experiment.Execute(Short(Recipes.TikTokLstm), corpus.Source, store);
        Assert.Contains("--variant audited", Assert.Throws<HitSongException>(() => Predictor.Load(store.PathOf(published))).Message);

        Run run = Experiment.Execute(Short(Recipes.DescriptorMlp), corpus.Source, store);
        string checkpoint = Path.Combine(store.PathOf(run), "checkpoint.safetensors");
        File.Copy(Path.Combine(store.PathOf(published), "checkpoint.safetensors"), checkpoint, overwrite: true);
        Assert.Contains("not this run's model", Assert.Throws<HitSongException>(() => Predictor.Load(store.PathOf(run))).Message);
        File.Delete(checkpoint);
        Assert.Throws<HitSongException>(() => Predictor.Load(store.PathOf(run)));
    }
}
