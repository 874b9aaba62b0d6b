using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Spectre.Console;
using Tests;

namespace Benchmarks;

/// <summary>
/// Extraction through a real Slurm, two nodes of one core on this machine, cut into more and more parts: what cutting
/// costs, and what of two cores it makes use of. Beside it the same processes started by hand: what they lose is the
/// machine's (memory, caches, a virtual core's neighbour) and no scheduler's.
/// </summary>
internal static class ScaleBenchmark
{
    private const int Nodes = 2;

    // What one cut gave: seconds of planning, which reads all audio on both cores, and of the array, from submitting it
    // to the whole store; and of its tasks what they said.
    private sealed record Measured(int Tasks, double Planning, double Seconds, double[] Extracting, long MegabytesRead);

    public static Command Command()
    {
        Option<int> clips = new("--clips") { Description = "Generated clips", DefaultValueFactory = _ => 10_000 };
        Command command = new(
            "scale",
            "Extracts generated clips with 1, 2, 4 and 8 tasks through Slurm on two nodes of this machine: seconds, "
                + "efficiency, overhead of a task, bytes read; and beside them the same without Slurm."
        )
        {
            clips,
        };
        command.SetAction(parsed => Run(parsed.GetValue(clips)));
        return command;
    }

    private static int Run(int clips)
    {
        if (SlurmCluster.Missing is { } missing)
        {
            Console.Error.WriteLine($"The benchmark {missing}: ./research setup installs it.");
            return 1;
        }
        using TemporaryFolder folder = new();
        string audio = Directory.CreateDirectory(folder.At("audio")).FullName;
        foreach (int clip in Enumerable.Range(0, clips))
        {
            Random random = new(clip);
            string group = Directory.CreateDirectory(Path.Combine(audio, $"{clip / 1000:00}")).FullName;
            Wav.Write(
                Path.Combine(group, $"{clip:00000}.wav"),
                [.. Enumerable.Range(0, 30 * 8000).Select(_ => random.NextSingle() - 0.5f)],
                8000
            );
        }
        // What is measured is not how the first one to read a file waits for the disk.
        long bytes = Directory
            .GetFiles(audio, "*", SearchOption.AllDirectories)
            .Sum(f => File.ReadAllBytes(f).LongLength);
        Console.WriteLine(
            FormattableString.Invariant($"{clips:N0} clips of 30 s, {bytes / 1e6:N0} MB, on {Machine.Description}")
        );

        double here = Here(() => Extract(audio, folder.At("here"), null, null));
        double one = Here(() => ByHand(audio, folder.At("one"), 1)),
            two = Here(() => ByHand(audio, folder.At("two"), Nodes));
        using SlurmCluster cluster = new(isPinned: true);
        Measured[] all = [.. new[] { 1, 2, 4, 8 }.Select(tasks => On(cluster, audio, folder.At($"{tasks}"), tasks))];
        foreach (Measured cut in all)
            if (!SameBytes(folder.At("here"), folder.At($"{cut.Tasks}")))
                throw new InvalidOperationException($"{cut.Tasks} tasks gave other bytes than this machine alone");

        Table table = new Table().Border(TableBorder.Rounded);
        foreach (
            string column in (string[])
                ["tasks", "planning", "array", "efficiency", "overhead of a task", "read by tasks"]
        )
            table.AddColumn(new TableColumn(column).RightAligned());
        double alone = all[0].Seconds;
        foreach (Measured cut in all)
        {
            int atOnce = Math.Min(cut.Tasks, Nodes);
            // Rounds of tasks that each node does one after the other, each with its part of the extracting.
            double rounds = Math.Ceiling((double)cut.Tasks / Nodes),
                overhead = (cut.Seconds - rounds * cut.Extracting.Average()) / rounds;
            table.AddRow(
                $"{cut.Tasks}",
                $"{Text(cut.Planning, "0.0")} s",
                $"{Text(cut.Seconds, "0.0")} s",
                Text(alone / (atOnce * cut.Seconds), "0%"),
                $"{Text(overhead, "0.0")} s",
                $"{cut.MegabytesRead} MB"
            );
        }
        AnsiConsole.Write(table);
        Console.WriteLine(
            $"Without Slurm, one process on both cores: {Text(here, "0.0")} s; a process on one core "
                + $"{Text(one, "0.0")} s, two side by side {Text(two, "0.0")} s, an efficiency of "
                + $"{Text(one / (Nodes * two), "0%")}, which is what this machine leaves to any scheduler. "
                + "Every store has the same bytes. Efficiency is the "
                + "array's time with one task by that with more, by the cores they run on; overhead what of the "
                + "array's time is not extracting: scheduling, starting, waiting."
        );
        return 0;

        static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
    }

    private static double Here(Action extract)
    {
        var clock = Stopwatch.StartNew();
        extract();
        return clock.Elapsed.TotalSeconds;
    }

    // As tasks on nodes of one core do it, with nothing but the operating system between them.
    private static void ByHand(string audio, string store, int processes) =>
        Parallel.For(1, processes + 1, i => Extract(audio, store, null, i, "--shard", $"{i}/{processes}"));

    private static Measured On(SlurmCluster cluster, string audio, string store, int tasks)
    {
        string[] said = Extract(audio, store, cluster, null, "--on", "slurm", "--tasks", $"{tasks}", "--memory", "2G");
        string jobs = Path.Combine(Machine.Root(), "artifacts", "slurm");
        string made = Directory.GetDirectories(jobs, "extract-*").MaxBy(Directory.GetCreationTimeUtc)!;
        string[][] logs = [.. Directory.GetFiles(made, "*.log", SearchOption.AllDirectories).Select(File.ReadAllLines)];
        Directory.Delete(made, recursive: true);
        // As "extract: done in 12.3 s" and "Memory at its peak: 120 MB of 2048; read 640 MB".
        return new(
            tasks,
            Number(said, "read: done in"),
            Number(said, "shards: done in"),
            [.. logs.Select(log => Number(log, "extract: done in"))],
            (long)logs.Sum(log => Number(log, "; read"))
        );
    }

    private static double Number(string[] log, string before)
    {
        string line = log.Single(line => line.Contains(before));
        string behind = line[(line.IndexOf(before, StringComparison.Ordinal) + before.Length)..].Trim();
        return double.Parse(behind.Split(' ')[0], CultureInfo.InvariantCulture);
    }

    private static string[] Extract(string audio, string store, SlurmCluster? cluster, int? core, params string[] more)
    {
        string program = Path.Combine(Machine.Root(), "lib/Research/bin/Release/net10.0/research.dll");
        ProcessStartInfo start = new(
            "dotnet",
            [program, "extract", audio, "--features", "tiktok-lstm", "--store", store, .. more]
        )
        {
            RedirectStandardOutput = true,
        };
        if (cluster is not null)
            start.Environment["SLURM_CONF"] = cluster.Configuration;
        if (core is { } number)
        {
            start.Environment["SLURM_CPUS_PER_TASK"] = "1";
            SlurmCluster.Pin(number, start);
        }
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException(output);
        return output.Split('\n');
    }

    private static bool SameBytes(string one, string other)
    {
        string[] Names(string store) =>
            [
                .. Directory
                    .GetFiles(store, "*", SearchOption.AllDirectories)
                    .Where(path => !Path.GetFileName(path).StartsWith("hashes.csv", StringComparison.Ordinal))
                    .Select(path => Path.GetRelativePath(store, path))
                    .Order(StringComparer.Ordinal),
            ];
        string[] names = Names(one);
        return names.SequenceEqual(Names(other))
            && names.All(name =>
                File.ReadAllBytes(Path.Combine(one, name))
                    .AsSpan()
                    .SequenceEqual(File.ReadAllBytes(Path.Combine(other, name)))
            );
    }
}
