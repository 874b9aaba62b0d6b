using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using HitSong.Tests.Collect;
using Spectre.Console;
using Tests;

namespace Benchmarks;

/// <summary>
/// Robustness: mutated files for everything that is read from outside, in processes apart, mutated requests, and
/// commands that are killed. Anything but an answer or a refusal by name is a fault, and what led to it is kept.
/// </summary>
internal static class FaultsBenchmark
{
    private static readonly TimeSpan longest = TimeSpan.FromSeconds(10);

    // Starting a worker compiles what it reads with.
    private static readonly TimeSpan longestFirst = TimeSpan.FromSeconds(60);

    private sealed class Tally
    {
        public int Tried,
            Refused,
            Accepted;
        public List<string> Others { get; } = [];
    }

    public static Command Command()
    {
        Option<int> count = new("--count")
        {
            Description = "Mutants of each kind, and kills; 0: as many as it is for.",
        };
        Option<int> seed = new("--seed") { Description = "The first seed: --seed N --count 1 replays one input." };
        Option<string?> only = new("--only")
        {
            Description =
                $"One alone: {string.Join(", ", MutatedInput.All.Select(kind => kind.Name))}, "
                + $"{string.Join(", ", CatalogueFaults.Questions)}, requests, kills.",
        };
        Option<string?> worker = new("--worker") { Hidden = true };
        Command command = new(
            "faults",
            "Mutated files for all that is read, mutated requests to the server, commands killed at random: how many "
                + "were refused by name, how many taken, and that nothing else happened."
        )
        {
            count,
            seed,
            only,
            worker,
        };
        command.SetAction(async parsed =>
        {
            if (parsed.GetValue(worker) is { } order)
                return Work(order);
            return await Run(parsed.GetValue(only), parsed.GetValue(count), parsed.GetValue(seed));
        });
        return command;
    }

    private static async Task<int> Run(string? only, int count, int seed)
    {
        string kept = Path.Combine(Machine.Root(), "artifacts", "faults"),
            folder = Path.Combine(kept, $"work-{Environment.ProcessId}");
        Directory.CreateDirectory(folder);
        Dictionary<string, Tally> tallies = [];
        try
        {
            string samples = Path.Combine(folder, "samples");
            MutatedInput[] kinds = [.. MutatedInput.All.Where(kind => only is null || only == kind.Name)];
            if (kinds.Length > 0)
                MutatedInput.MakeSamples(samples, [.. kinds.Select(kind => kind.Name)]);
            foreach (MutatedInput kind in kinds)
            {
                Tally tally = tallies[kind.Name] = new();
                int end = count > 0 ? count : kind.Count,
                    workers = Environment.ProcessorCount;
                await Task.WhenAll(
                    Enumerable
                        .Range(0, Math.Min(workers, end))
                        .Select(i => Task.Run(() => Supervise(kind, folder, kept, i, end, workers, seed, tally)))
                );
                Console.WriteLine($"{kind.Name}: {tally.Tried} tried, {tally.Others.Count} faults");
            }
            foreach (string question in CatalogueFaults.Questions.Where(question => only is null || only == question))
                tallies[question] = await Answers(question, count > 0 ? count : 5_000, seed);
            if (only is null or "requests")
                tallies["requests"] = await Requests(count > 0 ? count : 5_000, seed);
            if (only is null or "kills")
                foreach (var (verb, tried, faults) in KilledCommands.Run(folder, count > 0 ? count : 10, seed))
                {
                    Tally tally = tallies[$"killed {verb}"] = new() { Tried = tried, Accepted = tried - faults.Count };
                    tally.Others.AddRange(faults);
                }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
        return Report(tallies, kept);
    }

    private static int Report(Dictionary<string, Tally> tallies, string kept)
    {
        Table table = new Table().Border(TableBorder.Rounded).AddColumn("what");
        foreach (string name in new[] { "tried", "refused by name", "accepted", "anything else" })
            table.AddColumn(new TableColumn(name).RightAligned());
        foreach (var (name, tally) in tallies)
            table.AddRow([
                name,
                .. new[] { tally.Tried, tally.Refused, tally.Accepted, tally.Others.Count }.Select(number =>
                    number.ToString("N0", CultureInfo.InvariantCulture)
                ),
            ]);
        AnsiConsole.Write(table);
        foreach (var (name, tally) in tallies)
        foreach (string other in tally.Others.Take(20))
            Console.WriteLine($"{name}: {other}");
        int faults = tallies.Values.Sum(tally => tally.Others.Count);
        if (faults > 0)
            Console.WriteLine($"What led to them is kept in {kept}; --only KIND --seed N --count 1 replays one.");
        return faults == 0 ? 0 : 1;
    }

    // Reads every stride-th mutant in one process after another: a new one where one crashed or hangs.
    private static void Supervise(
        MutatedInput kind,
        string folder,
        string kept,
        int from,
        int end,
        int stride,
        int seed,
        Tally tally
    )
    {
        string samples = Path.Combine(folder, "samples", kind.Name),
            own = Path.Combine(folder, $"{kind.Name}-{from}");
        int next = from;
        while (next < end)
        {
            string order = string.Join('|', kind.Name, samples, own, next, end, stride, seed);
            ProcessStartInfo start = new(
                Environment.ProcessPath!,
                [typeof(FaultsBenchmark).Assembly.Location, "faults", "--worker", order]
            )
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            start.Environment["DOTNET_GCHeapHardLimit"] = "40000000"; // hexadecimal: 1 GB
            using Process process = Process.Start(start)!;
            List<string> said = [];
            process.ErrorDataReceived += (_, line) => said.Add(line.Data ?? "");
            process.BeginErrorReadLine();
            int trying = -1;
            string file = "";
            TimeSpan limit = longestFirst;
            while (true)
            {
                Task<string?> reading = process.StandardOutput.ReadLineAsync();
                bool isThere = reading.Wait(limit);
                string? line = isThere ? reading.Result : null;
                if (line is null)
                {
                    if (!isThere)
                        process.Kill();
                    process.WaitForExit();
                    if (trying < 0)
                    {
                        if (process.ExitCode != 0)
                            throw new InvalidOperationException(string.Join('\n', said));
                        next = end;
                        break;
                    }
                    Count($"other {(isThere ? $"crash, exit code {process.ExitCode}" : "hang")}");
                    break;
                }
                if (line.StartsWith("try ", StringComparison.Ordinal))
                {
                    string[] words = line.Split(' ', 3);
                    (trying, file) = (int.Parse(words[1], CultureInfo.InvariantCulture), words[2]);
                }
                else if (trying >= 0)
                {
                    Count(line);
                    limit = longest;
                }
            }

            void Count(string outcome)
            {
                lock (tally)
                {
                    tally.Tried++;
                    if (outcome == "accepted")
                        tally.Accepted++;
                    else if (outcome == "refused")
                        tally.Refused++;
                    else
                    {
                        tally.Others.Add($"seed {seed + trying}, {file}: {outcome["other ".Length..]}");
                        byte[] mutant = Mutant.Of(File.ReadAllBytes(Path.Combine(samples, file)), seed + trying);
                        string name = $"{kind.Name}-{seed + trying}-{Path.GetFileName(file)}".Replace(' ', '-');
                        File.WriteAllBytes(Path.Combine(kept, name), mutant);
                    }
                }
                next = trying + stride;
                trying = -1;
            }
        }
    }

    private static int Work(string order)
    {
        string[] words = order.Split('|');
        int[] numbers = [.. words[3..].Select(word => int.Parse(word, CultureInfo.InvariantCulture))];
        MutatedInput
            .All.Single(kind => kind.Name == words[0])
            .Work(words[1], words[2], numbers[0], numbers[1], numbers[2], numbers[3]);
        return 0;
    }

    // Of a catalogue's server, one of whose tracks, or all of it, somebody damaged.
    private static async Task<Tally> Answers(string question, int count, int seed)
    {
        using CatalogueFaults faults = new();
        Tally tally = new();
        for (int i = 0; i < count; i++)
        {
            tally.Tried++;
            string? wrong;
            try
            {
                wrong = await faults.TryAsync(question, seed + i).WaitAsync(longest);
            }
            catch (TimeoutException)
            {
                wrong = $"seed {seed + i}: hang";
            }
            if (wrong is null)
                tally.Accepted++;
            else
                tally.Others.Add(wrong.ReplaceLineEndings(" "));
        }
        Console.WriteLine($"{question}: {tally.Tried} tried, {tally.Others.Count} faults");
        return tally;
    }

    private static async Task<Tally> Requests(int count, int seed)
    {
        var (refused, accepted, others) = await ServeBenchmark.Mutate(count, seed);
        Tally tally = new()
        {
            Tried = 2 * count,
            Refused = refused,
            Accepted = accepted,
        };
        tally.Others.AddRange(others);
        return tally;
    }
}
