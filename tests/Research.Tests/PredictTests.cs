using System.Text.Json;
using Tests;

namespace Research.Tests;

[Collection(nameof(KeptRuns))]
public class PredictTests(KeptRuns kept)
{
    private string[] Songs => [.. kept.Corpus.Tracks.Take(3).Select(track => track.AudioPath)];

    [Fact]
    public void Songs_are_predicted_by_clip_and_song_with_a_range_and_the_models_skill_beside_and_a_bad_file_is_named()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.At("broken.mp3"), "no audio");
        string[] asked = [.. Songs, folder.At("broken.mp3"), "--runs", kept.Path];

        var (exitCode, json, errors) = Command.Run(["predict", .. asked, "--json"]);
        Assert.Equal(1, exitCode);
        Assert.Equal("", errors);
        using var answer = JsonDocument.Parse(json);
        JsonElement root = answer.RootElement;
        // Of the two models the only one that listens.
        Assert.Equal(kept.Listens.Id, root.GetProperty("model").GetString());
        Assert.Equal(kept.Listens.Verdict.Skill!.Value, root.GetProperty("skill").GetDouble(), 1e-12);
        Assert.True(root.GetProperty("calibrated").GetBoolean());
        Assert.Contains("95% interval", root.GetProperty("calibration").GetString());
        Assert.Equal(
            Songs.Select(Path.GetFileName),
            root.GetProperty("songs").EnumerateArray().Select(song => song.GetProperty("file").GetString())
        );
        Assert.All(
            root.GetProperty("songs").EnumerateArray(),
            song =>
            {
                double[] Of(string name) => [.. song.GetProperty(name).EnumerateArray().Select(p => p.GetDouble())];
                Assert.Equal(1, Of("probabilities").Sum(), 1e-9);
                Assert.All(
                    Of("probabilities").Zip(Of("low"), Of("high")),
                    p => Assert.True(0 <= p.Second && p.Second < p.First && p.First < p.Third && p.Third <= 1)
                );
                Assert.Equal(5, song.GetProperty("clips").GetArrayLength());
            }
        );
        Assert.Contains("broken.mp3", root.GetProperty("failures")[0].GetProperty("file").GetString());

        var (_, table, named) = Command.Run(["predict", .. asked]);
        Assert.Contains($"{Path.GetFileName(Songs[0])} sounds so: ", table);
        string line = table.Split('\n').Single(line => line.Contains($"│ {Path.GetFileName(Songs[0])} "));
        Assert.Matches(@"\d+% \(\d+% to \d+%\)", line);
        Assert.Contains(FormattableString.Invariant($" {kept.Listens.Verdict.Skill:0.00} "), line);
        Assert.Contains("no forecast", table);
        Assert.Contains("1 was left out", named);
        Assert.Contains("broken.mp3", named);
    }

    [Fact]
    public void An_album_is_ranked_and_charted_with_what_each_order_is_worth()
    {
        using var folder = new TemporaryFolder("альбом");
        // One song twice: nothing tells which is first.
        Directory.CreateDirectory(folder.At("bonus <b>"));
        foreach (string song in Songs)
            File.Copy(song, folder.At(Path.GetFileName(song)));
        string again = Path.Combine("bonus <b>", Path.GetFileName(Songs[0]));
        File.Copy(Songs[0], folder.At(again));

        var (exitCode, json, _) = Command.Run("rank", folder.Path, "--runs", kept.Path, "--json");
        Assert.Equal(0, exitCode);
        using var answer = JsonDocument.Parse(json);
        JsonElement[] songs = [.. answer.RootElement.GetProperty("songs").EnumerateArray()];
        double[] popular = [.. songs.Select(song => song.GetProperty("probabilities")[1].GetDouble())];
        Assert.Equal(popular.OrderDescending(), popular);
        Assert.Contains(again, songs.Select(song => song.GetProperty("file").GetString()));
        for (int i = 0; i + 1 < songs.Length; i++)
        {
            // Of two independent songs: P(first higher) + P(same class) / 2 = (1 + p₁ − p₂) / 2.
            double right = (1 + popular[i] - popular[i + 1]) / 2;
            Assert.Equal(right, songs[i].GetProperty("rightlyBeforeNext").GetDouble(), 1e-9);
            Assert.Equal(right < 0.6, songs[i].GetProperty("tooCloseToCall").GetBoolean());
        }
        Assert.Contains(songs, song => song.GetProperty("tooCloseToCall").ValueKind == JsonValueKind.True);

        var (_, table, _) = Command.Run("rank", folder.Path, "--runs", kept.Path);
        Assert.Contains("too close to call (50%)", table);
        string chart = File.ReadAllText(Command.Named(table, "Chart: "));
        Assert.Contains("too close to call (50%)", chart);
        Assert.All(Songs, song => Assert.Contains(Path.GetFileName(song), chart));
        Assert.Contains(kept.Listens.Id, chart);
    }

    [Fact]
    public void What_cannot_be_asked_is_said_in_a_line_and_what_to_do()
    {
        using TemporaryFolder store = kept.Copy(kept.Listens, kept.ReadsNumbers);
        using var empty = new TemporaryFolder();
        string song = Songs[0];

        // An empty store, or one in which nothing listens, names the one command.
        Says(2, "./research train descriptor-mlp --variant audited", "predict", song, "--runs", empty.Path);
        Says(2, "no run no-such-run. The nearest: ", "predict", song, "--model", "no-such-run", "--runs", store.Path);
        Says(2, "2 runs have 20", "predict", song, "--model", "20", "--runs", store.Path);
        Says(1, "cannot listen", "predict", song, "--model", kept.ReadsNumbers.Id, "--runs", store.Path);
        Says(1, $"no audio file in {empty.Path}", "rank", empty.Path, "--runs", store.Path);
        Says(2, "/no/such/song.mp3", "predict", "/no/such/song.mp3", "--runs", store.Path);
        File.Copy(
            Path.Combine(store.At(kept.ReadsNumbers.Id), "checkpoint.safetensors"),
            Path.Combine(store.At(kept.Listens.Id), "checkpoint.safetensors"),
            overwrite: true
        );
        Says(
            1,
            $"{kept.Listens.Id}/checkpoint.safetensors is of another model. It lacks ",
            "predict",
            song,
            "--runs",
            store.Path
        );
        File.WriteAllText(Path.Combine(store.At(kept.Listens.Id), "config.json"), "{");
        Says(1, $"{kept.Listens.Id} cannot be read: ", "predict", song, "--model", "tiktok", "--runs", store.Path);

        static void Says(int expected, string words, params string[] arguments)
        {
            var (exitCode, output, errors) = Command.Run(arguments);
            Assert.Equal((expected, ""), (exitCode, output));
            Assert.Contains(words, errors);
            Assert.Single(errors.Trim().Split('\n'));
        }
    }
}
