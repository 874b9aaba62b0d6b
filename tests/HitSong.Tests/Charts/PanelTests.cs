using HitSong.Charts;
using HitSong.Experiments;
using HitSong.Tests.Experiments;
using Tests;

namespace HitSong.Tests.Charts;

[Collection(DefaultGenerator.Name)]
public sealed class PanelTests(SmallCorpus corpus)
{
    private static readonly Recipe start = Recipes
        .Find("spotify-mlp-bins4", "audited")
        .With("Training.Epochs", "2")
        .With("Split.Validation", "0.25");

    [Fact]
    public void A_field_says_what_it_can_be_and_what_it_is()
    {
        RecipeField Of(string text) => RecipeField.Of(start, text);
        RecipeField rate = Of("training.learningrate=0.002..0.01");
        Assert.Equal(("Training.LearningRate", "Learning rate"), (rate.Name, rate.Label));
        Assert.Equal((0.001, 0.01), rate.Range); // the recipe's own value lies below what was asked for
        Assert.True(rate.IsLogarithmic);
        Assert.Equal("Step size.", rate.Help);
        Assert.False(Of("Training.Epochs=1..50").IsLogarithmic);
        Assert.Equal(["true", "false"], Of("Training.ClassWeights").Choices);
        Assert.Equal(Enum.GetNames<HitSong.Training.Optimizer>(), Of("Training.Optimizer").Choices);
        Assert.Equal([start.Training.BatchSize!.Value.ToString(), "7", "9"], Of("Training.BatchSize=7,9").Choices);
        // What is null now has no place on a slider.
        Assert.Null(Of("Training.WeightDecay=0..0.1").Range);
        Assert.Contains(
            "Training.LearningRate",
            Assert.Throws<HitSongException>(() => Of("Training.LerningRate")).Message
        );
    }

    [Fact]
    public void What_is_set_is_trained_and_what_cannot_be_leaves_it_as_it_was()
    {
        using var folder = new TemporaryFolder("panel");
        var panel = Panel.For(start, corpus.Source, new RunStore(folder.At("runs")));
        Assert.Contains("Training.Optimizer", panel.Fields.Select(field => field.Name));
        Assert.Contains(panel.Fields, field => field.Name.StartsWith("Model.", StringComparison.Ordinal));

        panel.Set("Training.LearningRate", "0.003");
        panel.Set("Training.LearningRate", "0.004");
        Assert.Throws<HitSongException>(() => panel.Set("Training.Epochs", "0"));
        Run run = panel.Train();
        Run expected = Experiment.Execute(
            start.With("Training.LearningRate", "0.004"),
            corpus.Source,
            new RunStore(folder.At("alone"))
        );
        Assert.Equal(expected.History, run.History);
        // As often as it was moved, it is one change.
        Assert.Equal(expected.Recipe.Ours, run.Recipe.Ours);

        panel.Set("Training.LearningRate", "0.00001");
        panel.Train();
        Assert.Equal(2, panel.Runs.Count);
        string[] rows = panel.ToTable().ToText().Split('\n');
        Assert.Contains("0.004", rows[1]);
        Assert.Contains("★", rows[1]);
        Assert.Contains("1E-05", rows[2]);
        Assert.DoesNotContain("★", rows[2]);
    }

    [Fact]
    public void Where_no_controls_are_drawn_it_says_how_to_do_it_by_hand()
    {
        using var folder = new TemporaryFolder("panel");
        var panel = Panel.For(
            start,
            corpus.Source,
            new RunStore(folder.At("runs")),
            "Training.LearningRate=0.0001..0.01"
        );
        string text = (string)panel.ToMimeBundle()["text/plain"];
        Assert.Contains("0.0001 to 0.01", text);
        Assert.Contains("panel.Set(\"Training.LearningRate\", \"…\"); panel.Train()", text);
        Assert.Contains("./research train spotify-mlp-bins4 --variant audited --set Training.LearningRate=…", text);
    }
}
