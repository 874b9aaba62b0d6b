using System.Diagnostics;
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

    [Fact]
    public void A_run_says_which_code_and_versions_made_it_and_one_of_before_still_loads()
    {
        using var folder = new TemporaryFolder();
        string path = Kept(folder, [new("a", "x", 0, 1, [0.4, 0.6])]);
        RunEnvironment environment = RunStore.Load(path).Environment;
        Assert.Equal("cpu", environment.Device);
        Assert.Equal(Shell("ffmpeg -version").Split(' ')[2], environment.FFmpeg);
        Assert.StartsWith(Python.Run("import torch; print(torch.__version__.split('+')[0].split('a')[0])").Trim(), environment.Torch);

        File.WriteAllText(Path.Combine(path, "environment.json"), """{"started": "2026-11-20T03:04:05Z", "seconds": 2.5, "threads": 1, "processId": 7, "machine": "m", "runtime": ".NET 10"}""");
        environment = RunStore.Load(path).Environment;
        Assert.Equal((2.5, 7, (string?)null, (bool?)null), (environment.Seconds, environment.ProcessId, environment.Commit, environment.Changed));
    }

    [Fact]
    public void The_commit_and_whether_a_file_was_changed_are_gits()
    {
        using var folder = new TemporaryFolder("ein Ordner");
        Assert.Equal((null, null), RunEnvironment.CodeIn(folder.Path));
        Shell($"cd '{folder.Path}' && git init -q && echo a > file && git add file && git -c user.name=a -c user.email=a@b.invalid commit -q -m a && echo new > other");
        string commit = Shell($"git -C '{folder.Path}' rev-parse HEAD").Trim();
        Assert.Equal((commit, false), RunEnvironment.CodeIn(folder.Path));
        File.AppendAllText(folder.At("file"), "b");
        Assert.Equal((commit, true), RunEnvironment.CodeIn(folder.Path));
    }

    private static string Shell(string command)
    {
        using Process shell = Process.Start(new ProcessStartInfo("sh", ["-c", command]) { RedirectStandardOutput = true })!;
        string output = shell.StandardOutput.ReadToEnd();
        shell.WaitForExit();
        Assert.Equal(0, shell.ExitCode);
        return output;
    }

    [Fact]
    public void Two_that_began_in_the_same_second_are_both_kept()
    {
        using var folder = new TemporaryFolder();
        string first = Kept(folder, [new("a", "x", 0, 1, [0.25, 0.75])]), second = Kept(folder, [new("b", "y", 0, 0, [0.5, 0.5])]);
        Assert.Equal("a", RunStore.Load(first).Predictions[0].Track);
        Assert.Equal("b", RunStore.Load(second).Predictions[0].Track);
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
        return store.PathOf(store.Save(run, model, null, null));
    }
}
