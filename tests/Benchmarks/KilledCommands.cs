using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using HitSong.Collect;
using HitSong.Features;

namespace Benchmarks;

/// <summary>
/// Commands that are killed (SIGKILL) at a random moment: the same command again must give the same as one that was
/// never killed. They run in a workspace of their own, a copy of the program beside the demo corpus.
/// </summary>
internal static class KilledCommands
{
    private const string Songs = "Songs=40";

    // What is typed, and what of its result must be the same.
    private sealed record Killed(string Verb, string[] Arguments, Func<string> Result);

    public static IEnumerable<(string Verb, int Tried, List<string> Faults)> Run(string folder, int count, int seed)
    {
        string root = Path.Combine(folder, "workspace"),
            artifacts = Path.Combine(root, "artifacts"),
            corpus = Path.Combine(root, "data", "demo", "corpus"),
            songs = Path.Combine(folder, "songs");
        Copy(root, songs);
        Killed[] all =
        [
            new(
                "collect",
                [
                    .. new[]
                    {
                        "collect",
                        "csv",
                        Path.Combine(corpus, "tracks.csv"),
                        "--to",
                        $"{artifacts}/collection",
                    },
                    .. new[] { "id", "title", "artist", "popularity", "year" }.SelectMany(name =>
                        new[] { "--column", $"{name}={name}" }
                    ),
                ],
                () =>
                {
                    using Collection collection = Collection.Open($"{artifacts}/collection");
                    return string.Join('\n', collection.Read());
                }
            ),
            new(
                "extract",
                ["extract", songs, "--features", "hiphop", "--store", $"{artifacts}/store"],
                () => Features($"{artifacts}/store")
            ),
            new(
                "train",
                ["train", "descriptor-mlp", "--variant", "audited", "--epochs", "30", "--set", Songs],
                () => Predictions($"{artifacts}/runs")
            ),
            new(
                "sweep",
                [
                    .. new[] { "sweep", "descriptor-mlp", "--epochs", "10", "--set", Songs },
                    .. new[] { "--grid", "Training.LearningRate=0.001,0.01" },
                ],
                () => Predictions($"{artifacts}/sweeps")
            ),
            new(
                "evaluate",
                [
                    .. new[] { "evaluate", "spotify", "--runs", Path.Combine(folder, "kept") },
                    .. new[] { "--catalogue", Path.Combine(folder, "other.csv") },
                    .. new[] { "--artists", Path.Combine(folder, "others.csv"), "--out", $"{artifacts}/evaluation" },
                ],
                () => File.ReadAllText($"{artifacts}/evaluation/predictions.csv")
            ),
        ];
        MakeEvaluation(root, folder, corpus);

        Random random = new(seed);
        foreach (Killed killed in all)
        {
            List<string> faults = [];
            var (whole, expected) = Whole(root, artifacts, killed);
            for (int i = 0; i < count; i++)
            {
                Empty(artifacts);
                TimeSpan moment = whole * random.NextDouble();
                using (Process first = Start(root, killed.Arguments))
                {
                    Thread.Sleep(moment);
                    first.Kill(entireProcessTree: true);
                    first.WaitForExit();
                }
                string when = FormattableString.Invariant($"killed after {moment.TotalSeconds:0.00} s");
                try
                {
                    Finish(Start(root, killed.Arguments));
                    if (killed.Result() != expected)
                        faults.Add($"{when}: another result");
                }
                catch (Exception e) when (e is InvalidOperationException or IOException or HitSong.HitSongException)
                {
                    faults.Add($"{when}: {e.Message}");
                }
            }
            Console.WriteLine($"killed {killed.Verb}: {count} tried, {faults.Count} faults");
            yield return (killed.Verb, count, faults);
        }
    }

    private static (TimeSpan, string) Whole(string root, string artifacts, Killed killed)
    {
        Empty(artifacts);
        long begun = Stopwatch.GetTimestamp();
        Finish(Start(root, killed.Arguments));
        return (Stopwatch.GetElapsedTime(begun), killed.Result());
    }

    private static void Copy(string root, string songs)
    {
        string own = Path.Combine(Machine.Root(), "lib", "Research", "bin", "Release", "net10.0"),
            data = Path.Combine(root, "data"),
            audio = Path.Combine(Machine.Root(), "data", "demo", "corpus", "audio");
        Directory.CreateDirectory(data);
        Directory.CreateDirectory(songs);
        File.WriteAllText(Path.Combine(root, "Research.sln"), "");
        Process.Start("cp", ["-al", own, Path.Combine(root, "bin")]).WaitForExit();
        Directory.CreateSymbolicLink(Path.Combine(data, "demo"), Path.Combine(Machine.Root(), "data", "demo"));
        foreach (string song in Directory.GetFiles(audio, "*.mp3").Order(StringComparer.Ordinal).Take(40))
            File.Copy(song, Path.Combine(songs, Path.GetFileName(song)));
    }

    // A run, and a catalogue of songs that it never met.
    private static void MakeEvaluation(string root, string folder, string corpus)
    {
        Finish(Start(root, ["train", "spotify-mlp-bins4-duration", "--variant", "audited", "--epochs", "2"]));
        Directory.Move(Path.Combine(root, "artifacts", "runs"), Path.Combine(folder, "kept"));
        Others("catalogue.csv", "other.csv", artist: 1);
        Others("artists.csv", "others.csv", artist: 0);

        void Others(string from, string to, int artist) =>
            File.WriteAllLines(
                Path.Combine(folder, to),
                File.ReadLines(Path.Combine(corpus, from))
                    .Select(
                        (line, i) =>
                        {
                            string[] cells = line.Split(',');
                            if (i > 0)
                                cells[artist] += " the Other";
                            return string.Join(',', cells);
                        }
                    )
            );
    }

    private static string Features(string store)
    {
        using FeatureStore features = FeatureStore.Open(Directory.GetDirectories(store).Single());
        return string.Join(
            '\n',
            features
                .Clips.Select(
                    (clip, i) =>
                        $"{clip.Audio} {clip.Clip} "
                        + Convert.ToHexString(SHA256.HashData(MemoryMarshal.AsBytes<float>(features.Read(i).Values)))
                )
                .Order(StringComparer.Ordinal)
        );
    }

    // Of all runs; one that was kept twice counts once.
    private static string Predictions(string folder) =>
        string.Join(
            '\n',
            Directory
                .GetFiles(folder, "*.csv", SearchOption.AllDirectories)
                .Where(path => Path.GetFileName(path) is "predictions.csv" or "validation.csv")
                .Where(path => !Path.GetRelativePath(folder, path).StartsWith('.'))
                .Select(path => File.ReadAllText(path))
                .Distinct()
                .Order(StringComparer.Ordinal)
        );

    private static void Empty(string artifacts)
    {
        if (Directory.Exists(artifacts))
            Directory.Delete(artifacts, recursive: true);
        Directory.CreateDirectory(artifacts);
    }

    private static Process Start(string root, string[] arguments)
    {
        Process process = Process.Start(
            new ProcessStartInfo("dotnet", [Path.Combine(root, "bin", "research.dll"), .. arguments])
            {
                WorkingDirectory = root,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        return process;
    }

    private static void Finish(Process process)
    {
        using (process)
        {
            string errors = process.StandardError.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode != 0)
                throw new InvalidOperationException(
                    string.Create(CultureInfo.InvariantCulture, $"exit code {process.ExitCode}: {errors.Trim()}")
                );
        }
    }
}
