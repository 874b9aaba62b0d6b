using System.Text.Json;
using HitSong.Corpus;
using HitSong.Experiments;
using HitSong.Training;

namespace HitSong.Tests.Experiments;

public class RecipeTests
{
    [Fact]
    public void A_target_of_an_older_run_is_read_by_its_older_name()
    {
        LabelRule rule = JsonSerializer.Deserialize<LabelRule>("""{"measure":"Plays"}""", RunFiles.Json)!;
        Assert.Equal(Target.Plays, rule.Target);
        string written = JsonSerializer.Serialize(rule, RunFiles.Json);
        Assert.Contains("\"target\": \"Plays\"", written);
        Assert.DoesNotContain("measure", written);
        Assert.DoesNotContain("measure", string.Join(' ', Recipes.TikTokLstm.ToFields().Keys));
    }

    [Fact]
    public void Any_field_can_be_changed_by_its_name_and_stands_among_what_is_ours()
    {
        Recipe changed = Recipes
            .TikTokLstm.With("training.learningrate", "0.5")
            .With("Training.BatchSize", "16")
            .With("Split.Unit", "Artist")
            .With("Training.Optimizer", "Adam");
        Assert.Equal(
            (0.5, 16, SplitUnit.Artist, Optimizer.Adam),
            (changed.Training.LearningRate, changed.Training.BatchSize, changed.Split.Unit, changed.Training.Optimizer)
        );
        Assert.Equal(Recipes.TikTokLstm.Features, changed.Features);
        Assert.Contains("Training.LearningRate 0.5 instead of 0.01", changed.Ours);
        Assert.Null(changed.With("Training.BatchSize", "null").Training.BatchSize);
        Assert.Equal(
            [30, 60],
            Recipes.Find("spotify-mlp-bins4", "published").With("Label.Edges", "[30, 60]").Label.Edges!
        );
        Assert.Equal(
            "weights/resnet34.pth",
            Recipes.ViewsResNet.With("Model.Weights", "weights/resnet34.pth").Model.Weights
        );
    }

    [Theory]
    [InlineData("Training.LerningRate", "1", "Training.LearningRate")]
    [InlineData("Training.LearningRate", "fast", "0.01")]
    [InlineData("Training.LearningRate", "0", "above 0")]
    [InlineData("Training.Optimizer", "Adamm", "it is Sgd. The nearest: Adam, ")]
    [InlineData("Training.Optimizer", "17", "it is Sgd. The nearest: ")]
    [InlineData("Model.Network", "ResNet43", "The nearest: ResNet18, ResNet34, ")]
    [InlineData("Label.Quantile", "1.5", "between 0 and 1")]
    [InlineData("Split.Validation", "1", "between 0 and 1")]
    [InlineData("Training.Waveform", "{\"Copies\": 0}", "an altered copy")]
    [InlineData("Training.Waveform", "{\"LeastStretch\": 1.2}", "the least first")]
    [InlineData("Training", "{}", "no field")]
    [InlineData("Experiment", "other", "no field")]
    [InlineData("Demo.Epochs", "1", "no field")] // it would change nothing: what is trained is at demo scale, or is not
    public void What_cannot_be_is_refused_with_what_can(string field, string value, string named) =>
        Assert.Contains(named, Assert.Throws<HitSongException>(() => Recipes.TikTokLstm.With(field, value)).Message);

    [Fact]
    public void Augmentation_of_the_waveform_is_off_until_asked_for_and_then_stands_in_the_table()
    {
        Assert.All(Recipes.All, recipe => Assert.Null(recipe.Training.Waveform));
        Recipe augmented = Recipes
            .HipHopCrnn.With("Training.Waveform", "{}")
            .With("Training.Waveform.Semitones", "1")
            .With("training.waveform.copies", "2");
        Assert.Equal(new WaveformAugmentation(0.9, 1.1, 1, 2, 0), augmented.Training.Waveform);
        Assert.Contains(
            "2 altered copies of each clip, stretched to 0.9–1.1 of its time and shifted by up to ±1 semitones",
            augmented.ToTable().Single(row => row.Setting == "training").Value
        );
        Assert.Contains(
            "no waveform",
            Assert.Throws<HitSongException>(() => Recipes.SpotifyBins4.With("Training.Waveform", "{}")).Message
        );
    }

    [Fact]
    public void Every_published_recipe_has_its_audited_one_and_both_print_as_a_table()
    {
        Assert.Equal(
            11,
            Recipes
                .All.Select(recipe => recipe.Experiment)
                .Distinct()
                .Count(name => Recipes.All.Count(recipe => recipe.Experiment == name) == 2)
        );
        foreach (Recipe recipe in Recipes.All)
        {
            string text = (string)recipe.ToMimeBundle()["text/plain"];
            Assert.All(
                new[] { "question", "label", "split", "model", "training", "ours" },
                row => Assert.Contains(row, text)
            );
            Assert.Equal(recipe.Variant == "audited", recipe.Split.Unit == SplitUnit.Artist);
        }
        Assert.Contains(
            "hiphop-crnn audited",
            Assert.Throws<HitSongException>(() => Recipes.Find("hiphop-crn", "audited")).Message
        );
    }

    [Fact]
    public void A_demo_scale_changes_how_much_not_what()
    {
        Recipe full = Recipes.HipHopCrnn,
            demo = full.AtDemoScale();
        Assert.Equal(
            (full.Model, full.Label, full.Split, full.Training.LearningRate),
            (demo.Model, demo.Label, demo.Split, demo.Training.LearningRate)
        );
        Assert.True(
            demo.Features!.Shape.Frames < full.Features!.Shape.Frames && demo.Training.Epochs < full.Training.Epochs
        );
        Assert.Contains(demo.Ours, choice => choice.StartsWith("demo scale"));
    }
}
