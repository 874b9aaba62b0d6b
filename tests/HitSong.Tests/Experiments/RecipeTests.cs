using HitSong.Corpus;
using HitSong.Experiments;

namespace HitSong.Tests.Experiments;

public class RecipeTests
{
    [Fact]
    public void Any_field_can_be_changed_by_its_name_and_stands_among_what_is_ours()
    {
        Recipe changed = Recipes.TikTokLstm.With("training.learningrate", "0.5").With("Training.BatchSize", "16").With("Split.Unit", "Artist").With("Training.Optimizer", "Adam");
        Assert.Equal((0.5, 16, SplitUnit.Artist, HitSong.Training.Optimizer.Adam), (changed.Training.LearningRate, changed.Training.BatchSize, changed.Split.Unit, changed.Training.Optimizer));
        Assert.Equal(Recipes.TikTokLstm.Features, changed.Features);
        Assert.Contains("Training.LearningRate 0.5 instead of 0.01", changed.Ours);
        Assert.Null(changed.With("Training.BatchSize", "null").Training.BatchSize);
    }

    [Theory]
    [InlineData("Training.LerningRate", "1", "Training.LearningRate")]
    [InlineData("Training.LearningRate", "fast", "0.01")]
    [InlineData("Training.LearningRate", "0", "above 0")]
    [InlineData("Training.Optimizer", "Adamm", "Sgd")]
    [InlineData("HitQuantile", "1.5", "between 0 and 1")]
    [InlineData("Training", "{}", "no field")]
    [InlineData("Experiment", "other", "no field")]
    public void What_cannot_be_is_refused_with_what_can(string field, string value, string named) =>
        Assert.Contains(named, Assert.Throws<HitSongException>(() => Recipes.TikTokLstm.With(field, value)).Message);
}
