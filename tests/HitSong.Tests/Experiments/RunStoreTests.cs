using HitSong.Evaluation;
using HitSong.Experiments;
using Tests;
using static TorchSharp.torch;

namespace HitSong.Tests.Experiments;

public class RunStoreTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(11)]
    public void Predictions_of_any_number_of_classes_are_kept_to_the_bit(int classes)
    {
        using var folder = new TemporaryFolder();
        var random = new Random(classes);
        Prediction[] predictions = [.. Enumerable.Range(0, 50).Select(i =>
        {
            double[] weights = [.. Enumerable.Range(0, classes).Select(_ => random.NextDouble() * Math.Pow(10, random.Next(-300, 1)))];
            return new Prediction($"\"{i}\", one", $"an artist,\nof two lines {i}", i, i % classes, [.. weights.Select(w => w / weights.Sum())]);
        })];
        Run read = RunStore.Load(Kept(folder, predictions));
        Assert.Equal(predictions.Select(p => (p.Track, p.Artist, p.Clip, p.Label)), read.Predictions.Select(p => (p.Track, p.Artist, p.Clip, p.Label)));
        Assert.Equal(predictions.SelectMany(p => p.Probabilities).Select(BitConverter.DoubleToInt64Bits), read.Predictions.SelectMany(p => p.Probabilities).Select(BitConverter.DoubleToInt64Bits));
    }

    [Theory]
    [InlineData("track,artist,clip,label,p0,p1\na,x,0,1,0.4,0.6\nb,x,0,2,0.4,0.6\n", "row 2: label is \"2\"")]
    [InlineData("track,artist,clip,label,p0,p1\na,x,0,1,0.4,NaN\n", "row 1: p1 is \"NaN\"")]
    [InlineData("track,artist,clip,label,p0,p1\na,x,first,1,0.4,0.6\n", "row 1: clip is \"first\"")]
    [InlineData("track,artist,clip,label,p0,p1\na,x,0,1,0.4\n", "row 1: p1 is \"\"")]
    [InlineData("track,clip,label,p0,p1\na,0,1,0.4,0.6\n", "artist")]
    [InlineData("track,artist,clip,label,p0,p2\na,x,0,1,0.4,0.6\n", "p1")]
    [InlineData("track,artist,clip,label,p0,p1\n", "holds no predictions")]
    [InlineData("", "")]
    public void Damaged_predictions_are_named_with_their_row(string text, string named)
    {
        using var folder = new TemporaryFolder();
        string path = Kept(folder, [new("a", "x", 0, 1, [0.4, 0.6])]);
        File.WriteAllText(Path.Combine(path, "predictions.csv"), text);
        string message = Assert.Throws<HitSongException>(() => RunStore.Load(path)).Message;
        Assert.Contains(path, message);
        Assert.Contains(named, message);
    }

    private static string Kept(TemporaryFolder folder, Prediction[] predictions)
    {
        var store = new RunStore(folder.At("runs"));
        var run = new Run
        {
            Id = "x", Recipe = Recipes.TikTokLstm, Source = "songs", Bins = HitSong.Corpus.Bins.Custom([.. Enumerable.Range(1, predictions[0].Probabilities.Length - 1).Select(edge => (double)edge)]),
            Train = 1, Majority = 0, History = [], Environment = RunEnvironment.Now(DateTime.UtcNow, 1, 1), Predictions = predictions,
        };
        using var model = nn.Linear(1, 1);
        store.Save(run, model, null, null);
        return store.PathOf(run);
    }
}
