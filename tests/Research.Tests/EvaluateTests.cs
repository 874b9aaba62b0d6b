using System.Text.Json;
using HitSong.Experiments;
using Tests;

namespace Research.Tests;

[Collection(nameof(KeptRuns))]
public class EvaluateTests(KeptRuns kept)
{
    [Fact]
    public void On_the_catalogue_that_made_it_a_run_is_scored_on_its_test_alone()
    {
        using var folder = new TemporaryFolder("evaluation");
        Run run = kept.ReadsNumbers;
        var (exitCode, output, errors) = Command.Run(
            "evaluate",
            run.Id,
            "--catalogue",
            kept.Corpus.CataloguePath,
            "--artists",
            kept.Corpus.ArtistsPath,
            "--runs",
            kept.Path,
            "--out",
            folder.At("kept"),
            "--json"
        );
        Assert.True(exitCode == 0, errors);
        JsonElement said = JsonDocument.Parse(output).RootElement,
            own = JsonDocument
                .Parse(File.ReadAllText(Path.Combine(kept.Store.PathOf(run), "result.json")))
                .RootElement.GetProperty("bySong");
        foreach (string figure in new[] { "tested", "accuracy", "majorityBaseline", "confusion", "gain" })
            Assert.Equal($"{own.GetProperty(figure)}", $"{said.GetProperty("bySong").GetProperty(figure)}");
        Assert.Equal(
            own.GetProperty("logLoss").GetDouble(),
            said.GetProperty("bySong").GetProperty("logLoss").GetDouble(),
            1e-5
        );
        JsonElement left = Assert.Single(said.GetProperty("leftOut").EnumerateArray());
        Assert.Equal(kept.Corpus.Tracks.Count - run.Predictions.Count, left.GetProperty("count").GetInt32());
        Assert.Equal(4, said.GetProperty("classes").GetArrayLength());
        Assert.Equal(output.Trim(), File.ReadAllText(folder.At("kept/result.json")).Trim());
        Assert.Equal(1 + run.Predictions.Count, File.ReadLines(folder.At("kept/predictions.csv")).Count());
        Assert.Contains("on its own test", File.ReadAllText(folder.At("kept/index.html")));
    }

    [Fact]
    public void Killed_a_repetition_goes_on_and_does_nothing_twice()
    {
        // A seed of its own: nothing of it is there.
        int seed = Random.Shared.Next(1_000_000, 1_000_000_000);
        string store = Path.Combine(Repository.Root, "artifacts", "replications");
        string[] command =
        [
            "train",
            "spotify-mlp-bins4",
            "--variant",
            "audited",
            "--catalogue",
            kept.Corpus.CataloguePath,
            "--artists",
            kept.Corpus.ArtistsPath,
            "--seed",
            $"{seed}",
            "--epochs",
            "2",
            "--repeat",
            "2",
            "--jobs",
            "1",
            "--json",
        ];
        try
        {
            using (
                var process = System.Diagnostics.Process.Start(
                    new System.Diagnostics.ProcessStartInfo("dotnet", [Command.Program, .. command])
                    {
                        RedirectStandardOutput = true,
                        RedirectStandardError = true,
                    }
                )!
            )
            {
                while (!process.HasExited && Made(seed).Length == 0)
                    Thread.Sleep(5);
                process.Kill(entireProcessTree: false);
                process.WaitForExit();
                process.StandardOutput.ReadToEnd();
            }
            string first = Assert.Single(Made(seed));
            DateTime written = Directory.GetLastWriteTimeUtc(first);

            var (exitCode, output, errors) = Command.Run(command);
            Assert.True(exitCode == 0, errors);
            Assert.Equal(written, Directory.GetLastWriteTimeUtc(first));
            JsonElement said = JsonDocument.Parse(output).RootElement;
            double[] accuracies =
            [
                .. said.GetProperty("runs").EnumerateArray().Select(run => run.GetProperty("accuracy").GetDouble()),
            ];
            Assert.Equal(
                [$"{seed}", $"{seed + 1}"],
                said.GetProperty("runs").EnumerateArray().Select(run => run.GetProperty("value").GetString())
            );
            Assert.Equal(accuracies.Average(), said.GetProperty("accuracy").GetProperty("mean").GetDouble(), 1e-12);
            Assert.Equal(
                Math.Abs(accuracies[0] - accuracies[1]) / Math.Sqrt(2),
                said.GetProperty("accuracy").GetProperty("deviation").GetDouble(),
                1e-12
            );
            Assert.Contains("2 seeds on one split", said.GetProperty("inWords")[0].GetString());
        }
        finally
        {
            foreach (string run in Made(seed).Concat(Made(seed + 1)))
                Directory.Delete(run, recursive: true);
        }

        string[] Made(int of) =>
            Directory.Exists(store)
                ?
                [
                    .. Directory
                        .GetDirectories(store, $"*Seed={of}")
                        .Where(run => !Path.GetFileName(run).StartsWith('.')),
                ]
                : [];
    }
}
