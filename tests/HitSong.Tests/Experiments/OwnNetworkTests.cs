using System.Text.Json;
using HitSong.Experiments;
using HitSong.Models;
using Tests;
using TorchSharp;
using static TorchSharp.torch;

namespace HitSong.Tests.Experiments;

/// <summary>A network that the library does not know, as a user writes it.</summary>
public sealed record TwoLayersSettings : ModelSettings
{
    public int Units { get; init; } = 8;

    protected override nn.Module<Tensor, Tensor> Build(int bands, int frames, int classes) =>
        nn.Sequential(nn.Flatten(), nn.Linear(bands * frames, Units), nn.ReLU(), nn.Linear(Units, classes));
}

/// <summary>The same name as one of the library's, as whoever copies one to change it has it.</summary>
public sealed record HipHopMlpSettings : ModelSettings
{
    protected override nn.Module<Tensor, Tensor> Build(int bands, int frames, int classes) => nn.Flatten();
}

[Collection(DefaultGenerator.Name)]
public class OwnNetworkTests(SmallCorpus corpus)
{
    private static Recipe Start { get; } =
        Recipes.Find("hiphop-mlp", "audited").AtDemoScale().With("Training.Epochs", "2") with
        {
            Songs = null,
            Model = new TwoLayersSettings(),
        };

    [Fact]
    public void It_is_trained_kept_asked_tuned_and_compared_like_the_librarys()
    {
        using var folder = new TemporaryFolder("own");
        string name = typeof(TwoLayersSettings).Assembly.GetName().Name!;
        AppContext.SetData($"source of {name}", "record TwoLayersSettings …");
        try
        {
            var store = new RunStore(folder.At("runs"));
            Run run = Experiment.Execute(Start.With("Model.Units", "5"), corpus.Source, store);
            (int bands, int frames) = run.Recipe.Features!.Shape;
            Assert.Equal((bands * frames + 1) * 5 + (5 + 1) * 2, run.Parameters);
            Assert.Equal("record TwoLayersSettings …", File.ReadAllText(Path.Combine(store.PathOf(run), "network.cs")));

            Run read = Assert.Single(store.Read().Runs);
            Assert.Equal(new TwoLayersSettings { Units = 5 }, read.Recipe.Model);
            using Predictor predictor = Predictor.Load(store.PathOf(run));
            SongPrediction song = predictor.Predict(corpus.Source.Tracks[0].AudioPath);
            Assert.Equal(1, song.Song.Sum(), 1e-6);

            Sweep sweep = Sweep.Grid(Start, [SweepField.Parse("Model.Units=3,4")]);
            SweepResults results = sweep.Execute(corpus.Source, new RunStore(folder.At("sweeps")));
            Assert.Equal(2, results.Ranked.Select(trial => trial.Run.Parameters).Distinct().Count());
        }
        finally
        {
            AppContext.SetData($"source of {name}", null);
        }
    }

    [Fact]
    public void Another_code_of_the_same_settings_is_another_training()
    {
        using var folder = new TemporaryFolder("own");
        string name = typeof(TwoLayersSettings).Assembly.GetName().Name!;
        var store = new RunStore(folder.At("runs"));
        string before = store.StateOf(Start, corpus.Source);
        AppContext.SetData($"source of {name}", "another");
        try
        {
            Assert.NotEqual(before, store.StateOf(Start, corpus.Source));
        }
        finally
        {
            AppContext.SetData($"source of {name}", null);
        }
    }

    [Fact]
    public void Where_a_program_lacks_it_its_run_is_shown_and_kept_as_it_was_but_not_asked()
    {
        using var folder = new TemporaryFolder("own");
        var store = new RunStore(folder.At("runs"));
        string path = store.PathOf(Experiment.Execute(Start, corpus.Source, store)),
            config = Path.Combine(path, "config.json");
        File.WriteAllText(config, File.ReadAllText(config).Replace("TwoLayers", "Elsewhere"));

        Run run = Assert.Single(store.Read().Runs);
        Assert.Equal("Elsewhere", run.Recipe.Model.Network);
        Assert.Contains("\"units\":8", JsonSerializer.Serialize(run.Recipe.Model, RunFiles.Json).Replace(" ", ""));
        Assert.Contains("Elsewhere", new VerdictTable(run).ToString() + new ModelCard(run));
        Assert.False(Predictor.CanAsk(run));
        Assert.Contains(
            "no network Elsewhere: run the cell first that defines ElsewhereSettings",
            Assert.Throws<HitSongException>(() => Predictor.Load(path)).Message
        );
    }

    [Fact]
    public void A_name_that_the_library_has_is_refused()
    {
        Recipe recipe = Start with { Model = new HipHopMlpSettings() };
        Assert.Contains(
            "give HipHopMlpSettings another name",
            Assert.Throws<HitSongException>(() => recipe.Model.Check(128, 10)).Message
        );
    }
}
