using HitSong.Corpus;
using HitSong.Experiments;
using TorchSharp;
using TorchSharp.PyBridge;
using Tests;

namespace HitSong.Tests.Experiments;

[Collection(DefaultGenerator.Name)]
public class ExperimentTests
{
    private static Source Songs(string folder) =>
        Source.Demo(DemoCorpus.Open(folder, new DemoCorpusSettings { Songs = 24, Artists = 8, Seconds = 3 }));

    private static Recipe Short(Recipe recipe) => recipe with { Training = recipe.Training with { Epochs = 2 } };

    [Fact]
    public void The_same_seed_gives_the_same_files_to_the_byte_and_another_seed_does_not()
    {
        using var folder = new TemporaryFolder();
        Source source = Songs(folder.At("corpus"));
        var store = new RunStore(folder.At("runs"));
        foreach (Recipe recipe in Recipes.All.Select(Short))
        {
            Run first = Experiment.Execute(recipe, source, store), second = Experiment.Execute(recipe, source, store);
            Run other = Experiment.Execute(recipe with { Seed = 7 }, source, store);
            foreach (string file in new[] { "config.json", "metrics.csv", "predictions.csv", "result.json", "checkpoint.safetensors" })
                Assert.Equal(File.ReadAllBytes(Path.Combine(store.PathOf(first), file)), File.ReadAllBytes(Path.Combine(store.PathOf(second), file)));
            Assert.NotEqual(first.Predictions, other.Predictions);
        }
    }

    [Fact]
    public void A_kept_run_reads_back_as_it_was()
    {
        using var folder = new TemporaryFolder();
        var store = new RunStore(folder.At("runs"));
        Run run = Experiment.Execute(Short(Recipes.TikTokLstmAudited), Songs(folder.At("corpus")), store);

        Run read = Assert.Single(store.OfThisProcess(run.Environment.Started));

        Assert.Equal(run.Predictions, read.Predictions);
        Assert.Equal(run.History, read.History);
        Assert.Equal(run.Verdict, read.Verdict);
        Assert.Equal(run.Recipe.Training, read.Recipe.Training);
        Assert.Equal(run.Recipe.Features, read.Recipe.Features);
        using var model = new Models.TikTokLstm(run.Recipe.RecurOverTime);
        model.load_safetensors(Path.Combine(store.PathOf(run), "checkpoint.safetensors"));
        Assert.Equal(139_950, model.parameters().Sum(p => p.numel()));
    }

    [Fact]
    public void The_audited_split_shows_the_model_no_artist_twice_and_the_published_one_does()
    {
        using var folder = new TemporaryFolder();
        Source source = Songs(folder.At("corpus"));
        ClipSet clips = ClipSet.Extract(source.Tracks, Recipes.TikTokLstm.Segments, Recipes.TikTokLstm.Features);
        Assert.Equal((24 * 5, 44, 13), (clips.Clips.Count, clips.Frames, clips.Coefficients));

        HashSet<string>[] Artists(Recipe recipe)
        {
            Split split = recipe.Split.Assign(clips, 42);
            return [.. new[] { split.Train, split.Validation, split.Test }.Select(side => side.Select(i => clips.TrackOf(i).Artist).ToHashSet())];
        }
        HashSet<string>[] audited = Artists(Recipes.TikTokLstmAudited), published = Artists(Recipes.TikTokLstm);
        Assert.Equal(8, audited.Sum(side => side.Count));
        Assert.True(published[2].Overlaps(published[0]));
    }

    [Fact]
    public void A_damaged_run_is_named_and_passed_over()
    {
        using var folder = new TemporaryFolder();
        var store = new RunStore(folder.At("runs"));
        Run run = Experiment.Execute(Short(Recipes.TikTokLstm), Songs(folder.At("corpus")), store);
        File.WriteAllText(Path.Combine(store.PathOf(run), "config.json"), "{\"recipe\": ");
        var (runs, damaged) = store.Read();
        Assert.Empty(runs);
        Assert.Equal(store.PathOf(run), Assert.Single(damaged).Path);
        Assert.Contains(run.Id, Assert.Throws<HitSongException>(() => RunStore.Load(store.PathOf(run))).Message);
    }
}
