using System.Text.Json;
using Tests;

namespace Research.Tests;

public class PredictTests
{
    [Fact]
    public void An_album_is_ranked_and_a_bad_file_is_named()
    {
        string[] songs = [.. Directory.GetFiles(Path.Combine(Repository.Root, "data", "demo", "corpus", "audio"), "*.mp3").Order(StringComparer.Ordinal).Take(4)];
        var (trained, output, trouble) = Command.Run("train", "descriptor-mlp", "--variant", "audited", "--epochs", "5");
        Assert.True(trained == 0, trouble);
        string model = Path.GetFileName(output.Split("Kept in ")[1].Trim());
        using var folder = new TemporaryFolder("альбом");
        foreach (string song in songs) File.Copy(song, folder.At(Path.GetFileName(song)));

        var (ranked, table, _) = Command.Run("rank", folder.Path, "--model", model);
        Assert.Equal(0, ranked);
        Assert.Contains("test songs", table);
        Assert.Contains("no forecast", table);
        Assert.All(songs, song => Assert.Contains(Path.GetFileName(song), table));

        File.WriteAllText(folder.At("broken.mp3"), "no audio");
        var (exitCode, json, errors) = Command.Run(["predict", .. songs, folder.At("broken.mp3"), "--model", model, "--json"]);
        Assert.Equal(1, exitCode);
        using var answer = JsonDocument.Parse(json);
        Assert.Equal(4, answer.RootElement.GetProperty("songs").GetArrayLength());
        Assert.All(answer.RootElement.GetProperty("songs").EnumerateArray(), song => Assert.Equal(1, song.GetProperty("probabilities").EnumerateArray().Sum(p => p.GetDouble()), 1e-6));
        Assert.Contains("broken.mp3", answer.RootElement.GetProperty("failures")[0].GetProperty("file").GetString());
        Directory.Delete(Path.Combine(Repository.Root, "artifacts", "runs", model), recursive: true);
    }

    [Fact]
    public void An_unknown_model_is_refused_in_a_line()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.At("a.mp3"), "");
        var (exitCode, _, errors) = Command.Run("predict", folder.At("a.mp3"), "--model", "no-such-run");
        Assert.Equal(2, exitCode);
        Assert.Contains("no-such-run", errors);
    }
}
