using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using HitSong.Models;
using HitSong.Training;
using Spectre.Console;
using TorchSharp;
using static TorchSharp.torch;

namespace Benchmarks;

/// <summary>
/// A training step of each model beside the same in Python's PyTorch, as it is and with our setting of the C library's
/// memory, in turns, on one thread and on two.
/// </summary>
internal static class TrainBenchmark
{
    private const string Torch =
        Tests.PythonModels.Source
        + """
            import os
            threads = int(sys.argv[1])
            torch.set_num_threads(threads)
            version = 'python3-torch ' + torch.__version__
            makers = {
                'spotify-mlp': spotify,
                'tiktok-lstm': lambda: Lstm(False),
                'hiphop-mlp': lambda: mlp(128, 1292),
                'hiphop-cnn1': lambda: cnn1(128, 1292),
                'hiphop-cnn2': lambda: cnn2(128, 1292),
                'hiphop-crnn': Crnn,
                'views-resnet': lambda: resnet('resnet34', 1),
            }
            def task(name, size, classes, sgd):
                state = []
                def step():
                    if not state:
                        model = makers[name]()
                        x = torch.randn(*size)
                        y = torch.randint(0, classes, (size[0],)) if classes else (torch.rand(size[0]) < 0.5).float()
                        parameters = model.parameters()
                        optimizer = torch.optim.SGD(parameters, 0.01) if sgd else torch.optim.Adam(parameters)
                        state.extend([model, x, y, optimizer])
                    model, x, y, optimizer = state
                    optimizer.zero_grad()
                    loss_of = nn.functional.cross_entropy if classes else nn.functional.binary_cross_entropy
                    loss = loss_of(model(x), y)
                    loss.backward()
                    optimizer.step()
                return step
            import json
            for name, size, classes, sgd, steps in json.loads(sys.argv[2]):
                one = task(name, size, classes, sgd)
                def many(one=one, steps=steps):
                    for _ in range(steps): one()
                tasks[name] = many
            """;

    /// <param name="Published">
    /// The batch size of the experiment, or the one taken where none was published; another where a step would take
    /// more than 5 s.
    /// </param>
    /// <param name="Steps">Taken in one turn.</param>
    private sealed record Task(
        string Name,
        Func<nn.Module<Tensor, Tensor>> Make,
        long[] Input,
        long Published,
        long Classes,
        bool Sgd,
        int Steps
    );

    private sealed record Row(
        string Name,
        int Threads,
        long Batch,
        long PublishedBatch,
        double OursStepsPerSecond,
        Beside? Peer,
        Beside? PeerKeepingMemory,
        long ManagedBytesPerStep
    );

    /// <param name="Ratio">How many times as fast ours is; the median of the ratios of each turn.</param>
    private sealed record Beside(double StepsPerSecond, double Ratio);

    private static readonly Task[] all =
    [
        new("spotify-mlp", () => new SpotifyMlp(), [32, 96], 32, 4, false, 200),
        new("tiktok-lstm", () => new TikTokLstm(batchFirst: false), [1000, 44, 13], 3000, 0, true, 1),
        new("hiphop-mlp", () => new HipHopMlp(), [30, 128, 1292], 30, 0, false, 1),
        new("hiphop-cnn1", () => HipHopCnn.Cnn1(), [20, 128, 1292], 100, 0, false, 1),
        new("hiphop-cnn2", () => HipHopCnn.Cnn2(), [8, 128, 1292], 8, 0, false, 1),
        new("hiphop-crnn", () => new HipHopCrnn(), [4, 128, 1292], 100, 0, false, 1),
        new("views-resnet", () => ResNet.ResNet34(), [4, 1, 128, 1292], 32, 2, false, 1),
    ];

    public static Command Command()
    {
        Option<FileInfo?> json = new("--json") { Description = "Also write the figures to this file" };
        Option<int> rounds = new("--rounds")
        {
            Description = "Measured turns; the median counts",
            DefaultValueFactory = _ => 7,
        };
        Option<string[]> only = new("--only")
        {
            Description = "Experiments, by name; all where none is named",
            AllowMultipleArgumentsPerToken = true,
        };
        rounds.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1)
                result.AddError("--rounds is at least 1");
        });
        only.AcceptOnlyFromAmong([.. all.Select(t => t.Name)]);
        Command command = new(
            "train",
            "A training step of each model, in steps per second, beside python3-torch, on one thread and on two."
        )
        {
            json,
            rounds,
            only,
        };
        command.SetAction(parsed => Run(parsed.GetValue(rounds), parsed.GetValue(only), parsed.GetValue(json)));
        return command;
    }

    private static int Run(int rounds, string[]? only, FileInfo? json)
    {
        Task[] tasks = [.. all.Where(t => only is null or [] || only.Contains(t.Name))];
        List<Row> rows = [];
        string? version = null;
        foreach (int threads in (int[])[1, 2])
        {
            set_num_threads(threads);
            string described = JsonSerializer.Serialize(
                tasks.Select(t => new object[] { t.Name, t.Input, t.Classes, t.Sgd, t.Steps })
            );
            PythonPeer?[] peers =
            [
                .. new[] { false, true }.Select(keep =>
                    PythonPeer.Start(Torch, threads, keep, threads.ToString(CultureInfo.InvariantCulture), described)
                ),
            ];
            version ??= peers[0]?.Version;
            foreach (Task task in tasks)
                rows.Add(Measure(task, peers, threads, rounds));
            foreach (PythonPeer? peer in peers)
                peer?.Dispose();
        }
        Print(rows, version, rounds);
        if (json is not null)
            Write(json, rows, version, rounds);
        return 0;
    }

    private static Row Measure(Task task, PythonPeer?[] peers, int threads, int rounds)
    {
        using DisposeScope scope = NewDisposeScope();
        using nn.Module<Tensor, Tensor> model = task.Make();
        Tensor x = randn(task.Input),
            y = task.Classes > 0 ? randint(0, task.Classes, [task.Input[0]]) : (rand(task.Input[0]) < 0.5).to(float32);
        using optim.Optimizer optimizer = task.Sgd
            ? new FusedSgd(model.parameters(), 0.01)
            : new FusedAdam(model.parameters());
        for (int i = 0; i < (task.Steps > 1 ? 20 : 2); i++)
            Steps();
        foreach (PythonPeer? peer in peers)
            for (int i = 0; i < 2; i++)
                peer?.Measure(task.Name);

        double[] ours = new double[rounds];
        double[][] theirs = [.. peers.Select(_ => new double[rounds])];
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        for (int round = 0; round < rounds; round++)
        {
            long start = Stopwatch.GetTimestamp();
            Steps();
            ours[round] = Stopwatch.GetElapsedTime(start).TotalSeconds / task.Steps;
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int p = 0; p < peers.Length; p++)
                theirs[p][round] = (peers[p]?.Measure(task.Name) ?? double.NaN) / 1e3 / task.Steps;
            allocated += GC.GetAllocatedBytesForCurrentThread() - before;
        }
        allocated = (GC.GetAllocatedBytesForCurrentThread() - allocated) / (rounds * task.Steps);
        return new Row(
            task.Name,
            threads,
            task.Input[0],
            task.Published,
            1 / Median(ours),
            BesidePeer(0),
            BesidePeer(1),
            allocated
        );

        Beside? BesidePeer(int p) =>
            peers[p] is null
                ? null
                : new(1 / Median(theirs[p]), Median([.. theirs[p].Zip(ours, (their, our) => their / our)]));

        void Steps()
        {
            for (int i = 0; i < task.Steps; i++)
            {
                using DisposeScope step = NewDisposeScope();
                optimizer.zero_grad();
                Tensor answer = model.call(x),
                    loss = task.Classes > 0
                        ? nn.functional.cross_entropy(answer, y)
                        : nn.functional.binary_cross_entropy(answer, y);
                loss.backward();
                optimizer.step();
            }
        }
    }

    private static void Print(List<Row> rows, string? peer, int rounds)
    {
        Table table = new() { Title = new TableTitle("Training steps per second") };
        string theirs = peer ?? "python3-torch";
        table.AddColumns(
            "",
            "threads",
            "batch",
            "ours",
            $"{theirs}, memory kept",
            "times as fast",
            $"{theirs} as it is",
            "times as fast",
            "managed bytes a step"
        );
        for (int right = 1; right < 9; right++)
            table.Columns[right].RightAligned();
        foreach (Row row in rows)
        {
            string batch = row.Batch == row.PublishedBatch ? $"{row.Batch}" : $"{row.Batch} of {row.PublishedBatch}";
            table.AddRow(
                row.Name,
                $"{row.Threads}",
                batch,
                Number(row.OursStepsPerSecond),
                Number(row.PeerKeepingMemory?.StepsPerSecond),
                Number(row.PeerKeepingMemory?.Ratio),
                Number(row.Peer?.StepsPerSecond),
                Number(row.Peer?.Ratio),
                $"{row.ManagedBytesPerStep}"
            );
        }
        AnsiConsole.Write(table);
        AnsiConsole.WriteLine(
            $"Medians of {rounds} turns, ours (TorchSharp {torch.__version__}) and theirs in one run, the "
                + $"ratio's taken turn by turn. {Machine.Description}."
        );
        AnsiConsole.WriteLine(
            "Where a batch is smaller than published, a step of the published one may take more than 5 s."
        );
        foreach (IGrouping<string, Row> task in rows.GroupBy(r => r.Name))
        {
            Row one = task.First(r => r.Threads == 1),
                best = task.MaxBy(r => r.OursStepsPerSecond)!;
            AnsiConsole.WriteLine(
                $"{task.Key}: fastest on {best.Threads}; two threads do "
                    + $"{task.First(r => r.Threads == 2).OursStepsPerSecond / one.OursStepsPerSecond:0.00} "
                    + "times the steps of one."
            );
        }
        if (peer is null)
            AnsiConsole.WriteLine("No figures of python3-torch: this machine has none.");
    }

    private static void Write(FileInfo json, List<Row> rows, string? peer, int rounds)
    {
        JsonSerializerOptions options = new()
        {
            WriteIndented = true,
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        };
        string beside = json.FullName + ".part";
        var report = new
        {
            Benchmark = "train",
            Machine = Machine.Description,
            Rounds = rounds,
            Peer = peer,
            Rows = rows,
        };
        File.WriteAllText(beside, JsonSerializer.Serialize(report, options));
        File.Move(beside, json.FullName, overwrite: true);
    }

    private static string Number(double? value) =>
        value?.ToString(value < 10 ? "0.00" : "0", CultureInfo.InvariantCulture) ?? "–";

    private static double Median(double[] values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
