using System.Diagnostics;
using HitSong.Corpus;
using HitSong.Experiments;
using Tests;

namespace Research.Tests;

public class SweepTests
{
    private static readonly string sweeps = Path.Combine(Repository.Root, "artifacts", "sweeps");

    [Fact]
    public void Killed_a_sweep_goes_on_to_the_same_figures()
    {
        // A seed of its own: nothing of it is there.
        int seed = Random.Shared.Next(1_000_000, int.MaxValue);
        string[] command =
        [
            "sweep",
            "spotify-mlp-bins4",
            "--seed",
            $"{seed}",
            "--epochs",
            "30",
            "--grid",
            "Training.LearningRate=0.001,0.003,0.01,0.03",
            "--jobs",
            "2",
        ];
        Recipe start = Recipes.Find("spotify-mlp-bins4", "audited").AtDemoScale() with { Seed = seed };
        Sweep sweep = Sweep.Grid(
            (start with { Training = start.Training with { Epochs = 30 } }).With("Training.Threads", "1"),
            [SweepField.Parse("Training.LearningRate=0.001,0.003,0.01,0.03")]
        );
        Source source = Source.Demo(DemoCorpus.Open(Path.Combine(Repository.Root, "data", "demo", "corpus")));
        string[] names = [.. sweep.Trials.Select(trial => sweep.NameOf(trial, null, source, new RunStore(sweeps)))],
            states =
            [.. names.Select(name => ".training-" + name[..name.LastIndexOf("-Learning", StringComparison.Ordinal)])];
        try
        {
            using (
                Process process = Process.Start(
                    new ProcessStartInfo("dotnet", [Command.Program, .. command]) { RedirectStandardOutput = true }
                )!
            )
            {
                while (
                    !process.HasExited
                    && !states.Any(state => File.Exists(Path.Combine(sweeps, state, "training.state")))
                )
                    Thread.Sleep(5);
                process.Kill(entireProcessTree: false);
                process.WaitForExit();
                // The trials' processes end with it; as long as they hold its output, it does not.
                process.StandardOutput.ReadToEnd();
            }
            Assert.Contains(names, name => !Directory.Exists(Path.Combine(sweeps, name)));

            var (exitCode, output, errors) = Command.Run(command);
            Assert.True(exitCode == 0, output + errors);
            Assert.Contains("Chosen by the validation rows' log loss", output);
            Assert.Contains("The test, looked at for this one alone", output);
            Assert.True(File.Exists(Path.Combine(Repository.Root, "artifacts", "sweep.html")));

            using var folder = new TemporaryFolder();
            var store = new RunStore(folder.At("sweeps"));
            sweep.Execute(source, store);
            string[] files = ["predictions.csv", "validation.csv", "metrics.csv", "checkpoint.safetensors"];
            foreach (string name in names)
            foreach (string file in files)
                Assert.Equal(
                    File.ReadAllBytes(Path.Combine(store.PathOf(name), file)),
                    File.ReadAllBytes(Path.Combine(sweeps, name, file))
                );
        }
        finally
        {
            var folders = names.Concat(states).Select(name => Path.Combine(sweeps, name));
            foreach (string made in folders.Where(Directory.Exists))
                Directory.Delete(made, recursive: true);
        }
    }

    [Fact]
    public void Killed_a_search_goes_on_to_the_same_trials_and_the_same_files()
    {
        int seed = Random.Shared.Next(1_000_000, int.MaxValue);
        string[] grid =
        [
            "Training.LearningRate=0.0001..0.3",
            "Training.Optimizer=Adam,Sgd",
            "Training.Momentum=0.5..0.99 when Training.Optimizer=Sgd",
        ];
        string[] command =
        [
            .. new[] { "sweep", "spotify-mlp-bins4", "--seed", $"{seed}", "--epochs", "4", "--jobs", "2" },
            .. new[] { "--tpe", "12", "--asha", "2", "--at-once", "3" },
            .. grid.SelectMany(field => new[] { "--grid", field }),
        ];
        Recipe start = Recipes.Find("spotify-mlp-bins4", "audited").AtDemoScale() with { Seed = seed };
        Sweep sweep = Sweep.TreeParzen(
            (start with { Training = start.Training with { Epochs = 4 } }).With("Training.Threads", "1"),
            [.. grid.Select(SweepField.Parse)],
            12,
            (ulong)seed,
            halving: 2,
            atOnce: 3
        );
        Source source = Source.Demo(DemoCorpus.Open(Path.Combine(Repository.Root, "data", "demo", "corpus")));
        using var folder = new TemporaryFolder();
        var store = new RunStore(folder.At("sweeps"));
        SweepResults expected = sweep.Execute(source, store);
        string[] names = [.. Directory.GetDirectories(folder.At("sweeps")).Select(run => Path.GetFileName(run)!)];
        Assert.InRange(names.Length, 12 + 6 + 3, 40);
        try
        {
            using (
                Process process = Process.Start(
                    new ProcessStartInfo("dotnet", [Command.Program, .. command]) { RedirectStandardOutput = true }
                )!
            )
            {
                while (!process.HasExited && names.Count(IsThere) < 3)
                    Thread.Sleep(5);
                process.Kill(entireProcessTree: false);
                process.WaitForExit();
                process.StandardOutput.ReadToEnd();
            }
            Assert.Contains(names, name => !IsThere(name));

            var (exitCode, output, errors) = Command.Run(command);
            Assert.True(exitCode == 0, output + errors);
            Assert.Contains(expected.InWords(), output);
            string[] files = ["config.json", "predictions.csv", "metrics.csv", "checkpoint.safetensors"];
            foreach (string name in names)
            foreach (string file in files)
                Assert.Equal(
                    File.ReadAllBytes(Path.Combine(store.PathOf(name), file)),
                    File.ReadAllBytes(Path.Combine(sweeps, name, file))
                );
        }
        finally
        {
            foreach (string made in names.Where(IsThere))
                Directory.Delete(Path.Combine(sweeps, made), recursive: true);
        }

        static bool IsThere(string name) => Directory.Exists(Path.Combine(sweeps, name));
    }
}
