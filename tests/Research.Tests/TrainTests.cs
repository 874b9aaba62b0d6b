using System.Diagnostics;
using System.Text;
using System.Text.Json;
using HitSong.Corpus;
using Tests;

namespace Research.Tests;

public class TrainTests
{
    [SkippableFact]
    public void Real_files_go_the_whole_way_and_a_bad_one_is_named()
    {
        using var folder = new TemporaryFolder("aufnahmen für 試験");
        string[] recordings = Directory
            .GetFiles(Repository.Shared("audio"))
            .Where(f => Path.GetExtension(f) != ".md")
            .ToArray();
        // Five names a recording: enough songs for a test set of more than one.
        for (int i = 0; i < 5 * recordings.Length; i++)
            File.Copy(
                recordings[i % recordings.Length],
                folder.At(
                    $"{1000 + i}-{(i * 7919 % 100 + 1) * 1000}{Path.GetExtension(recordings[i % recordings.Length])}"
                )
            );
        File.WriteAllBytes(folder.At("2001-5000.mp3"), []);
        File.WriteAllText(folder.At("2002-5000.mp3"), "no audio at all", Encoding.UTF8);
        File.Copy(recordings[0], folder.At($"no play count{Path.GetExtension(recordings[0])}"));

        var (exitCode, output, errors) = Command.Run(
            "train",
            "tiktok-lstm",
            "--audio",
            folder.Path,
            "--epochs",
            "3",
            "--variant",
            "audited"
        );

        Assert.True(exitCode == 0, errors);
        Assert.Contains("majority baseline", output);
        Assert.Contains("75.08%", output);
        Assert.DoesNotContain("demo corpus", output);
        Assert.Contains("3 were left out", errors);
        Assert.Contains("2001-5000.mp3", errors);
        Assert.Contains("2002-5000.mp3", errors);
        Assert.Contains("no play count", errors);
        string run = Command.Named(output, "Kept in ");
        string[] kept =
        [
            "checkpoint.pth",
            "checkpoint.safetensors",
            "config.json",
            "environment.json",
            "failures.csv",
            "metrics.csv",
            "model-card.md",
            "predictions.csv",
            "result.json",
            "scaler.json",
            "tracks.parquet",
            "training.state",
            "validation.csv",
        ];
        Assert.Equal(kept, Directory.GetFiles(run).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        using var result = JsonDocument.Parse(File.ReadAllText(Path.Combine(run, "result.json")));
        Assert.Equal(3, result.RootElement.GetProperty("epochs").GetInt32());
        Assert.Equal(3, File.ReadLines(Path.Combine(run, "metrics.csv")).Skip(1).Count());
        Directory.Delete(run, recursive: true);
    }

    [Fact]
    public void Killed_while_it_trains_the_same_command_goes_on_to_the_same_files()
    {
        using var folder = new TemporaryFolder();
        CopyDemoSongs(folder, 24, 3);
        string[] train =
        [
            "train",
            "tiktok-lstm",
            "--variant",
            "audited",
            "--audio",
            folder.At("audio"),
            "--epochs",
            "40",
        ];
        string runs = Path.Combine(Repository.Root, "artifacts", "runs");
        string[] before = States();
        var random = new Random(7);
        string? state = null;
        // In the first epoch that is kept, and then wherever it is.
        for (int kill = 0; kill < 5; kill++)
        {
            using Process process = Process.Start(
                new ProcessStartInfo("dotnet", [Command.Program, .. train]) { RedirectStandardOutput = true }
            )!;
            DateTime kept = state is null ? default : File.GetLastWriteTimeUtc(state);
            while (
                !process.HasExited
                && (state ??= States().Except(before).SingleOrDefault()) is null
                    | (state is not null && File.GetLastWriteTimeUtc(state) == kept)
            )
                Thread.Sleep(1);
            if (kill > 0)
                Thread.Sleep(random.Next(20));
            process.Kill();
            process.WaitForExit();
        }
        Assert.True(File.Exists(state), "it was through before it was killed");

        string resumed = Train(),
            whole = Train();

        Assert.False(File.Exists(state));
        foreach (string file in new[] { "metrics.csv", "predictions.csv", "result.json", "checkpoint.safetensors" })
            Assert.Equal(File.ReadAllBytes(Path.Combine(whole, file)), File.ReadAllBytes(Path.Combine(resumed, file)));
        Assert.Equal(40, File.ReadLines(Path.Combine(resumed, "metrics.csv")).Skip(1).Count());
        Directory.Delete(resumed, recursive: true);
        Directory.Delete(whole, recursive: true);

        string[] States() =>
            Directory.Exists(runs)
                ? Directory.GetFiles(
                    runs,
                    "training.state",
                    new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 }
                )
                : [];

        string Train()
        {
            var (exitCode, output, errors) = Command.Run(train);
            Assert.True(exitCode == 0, errors);
            return Command.Named(output, "Kept in ");
        }
    }

    [Fact]
    public void A_finished_run_is_trained_further_and_the_new_one_names_it()
    {
        string[] train = ["train", "spotify-mlp-bins4", "--variant", "audited", "--seed", "7"];
        string first = Kept([.. train, "--epochs", "1"]),
            second = Kept(["train", "spotify-mlp-bins4", "--continue", Path.GetFileName(first), "--epochs", "2"]),
            whole = Kept([.. train, "--epochs", "2"]);
        try
        {
            foreach (string file in new[] { "metrics.csv", "predictions.csv", "checkpoint.safetensors" })
                Assert.Equal(
                    File.ReadAllBytes(Path.Combine(whole, file)),
                    File.ReadAllBytes(Path.Combine(second, file))
                );
            (string Said, string[] Command)[] refused =
            [
                ("--seed is as", ["train", "spotify-mlp-bins4", "--continue", first, "--seed", "7"]),
                ("not of tiktok-lstm", ["train", "tiktok-lstm", "--continue", first]),
            ];
            foreach (var (said, command) in refused)
            {
                var (exitCode, _, errors) = Command.Run(command);
                Assert.NotEqual(0, exitCode);
                Assert.Contains(said, errors);
            }
        }
        finally
        {
            foreach (string run in new[] { first, second, whole })
                Directory.Delete(run, recursive: true);
        }

        static string Kept(string[] command)
        {
            var (exitCode, output, errors) = Command.Run(command);
            Assert.True(exitCode == 0, errors);
            Assert.Equal(command.Contains("--continue"), output.Contains("It goes on with "));
            return Command.Named(output, "Kept in ");
        }
    }

    [Fact]
    public void Where_files_may_not_grow_a_line_says_what_could_not_be_kept()
    {
        using var folder = new TemporaryFolder();
        CopyDemoSongs(folder, 16, 2);
        // What is remembered of other songs has no room then either.
        var (exitCode, _, trained) = Command.Run("train", "tiktok-lstm", "--variant", "audited", "--epochs", "1");
        Assert.True(exitCode == 0, trained);
        // 200 kB: features have room, the state of a training has not. .NET's own code must be no file then.
        string[] limited = ["-c", "trap '' XFSZ; ulimit -f 400; exec dotnet \"$@\"", "sh", Command.Program];
        string[] train =
        [
            "train",
            "tiktok-lstm",
            "--variant",
            "audited",
            "--audio",
            folder.At("audio"),
            "--epochs",
            "2",
        ];
        var start = new ProcessStartInfo("sh", [.. limited, .. train])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["DOTNET_EnableWriteXorExecute"] = "0" },
        };
        using Process process = Process.Start(start)!;
        process.StandardOutput.ReadToEnd();
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(1, process.ExitCode);
        Assert.Contains("cannot be kept in ", errors);
        Assert.Contains(" after epoch 1: ", errors);
        Assert.Single(errors.Trim().Split('\n'));
    }

    [Fact]
    public void A_folder_without_audio_is_an_error_that_names_it_and_the_names_it_takes()
    {
        using var folder = new TemporaryFolder("empty");
        var (exitCode, _, errors) = Command.Run("train", "tiktok-lstm", "--audio", folder.Path);
        Assert.Equal(1, exitCode);
        Assert.Contains(folder.Path, errors);
        Assert.Contains("<Play Count>", errors);
        Assert.Single(errors.Trim().Split('\n'));
    }

    // Named as a TikTok folder has them: the id and the play count.
    private static void CopyDemoSongs(TemporaryFolder folder, int songs, int seconds)
    {
        DemoCorpusSettings settings = new()
        {
            Songs = songs,
            Artists = 8,
            Seconds = seconds,
        };
        string audio = Directory.CreateDirectory(folder.At("audio")).FullName;
        foreach (Track track in DemoCorpus.Open(folder.At("corpus"), settings).Tracks)
            File.Copy(track.AudioPath, $"{audio}/{track.Id}-{track.Plays}.mp3");
    }
}
