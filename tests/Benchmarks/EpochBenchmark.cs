using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using HitSong.Corpus;
using HitSong.Features;
using HitSong.Models;
using HitSong.Training;
using Spectre.Console;
using TorchSharp;
using static TorchSharp.torch;

namespace Benchmarks;

/// <summary>
/// One whole epoch of training, data loading and validation included, beside the same in Python's PyTorch with a
/// DataLoader, in turns.
/// </summary>
internal static class EpochBenchmark
{
    private const string Peer =
        Tests.PythonModels.Source
        + """
            import os, json, glob, numpy, torch
            torch.set_num_threads(int(sys.argv[1]))
            version = 'python3-torch ' + torch.__version__
            folder, rows, batch = sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
            class Store(torch.utils.data.Dataset):
                def __init__(self):
                    shards = [numpy.load(p, mmap_mode='r') for p in sorted(glob.glob(folder + '/*/*.npy'))]
                    self.clips = [clip for shard in shards for clip in shard]
                def __len__(self): return len(self.clips)
                def __getitem__(self, i): return torch.from_numpy(self.clips[i] / 80), torch.tensor(float(i % 4 == 0))
            def loaders(data, batch):
                cut = len(data) * 4 // 5
                def make(first, last, shuffle):
                    part = torch.utils.data.Subset(data, range(first, last))
                    return torch.utils.data.DataLoader(part, batch_size=batch, shuffle=shuffle)
                return make(0, cut, True), make(cut, len(data), False)
            def task(make, data, batch, loss_of):
                state = []
                def epoch():
                    if not state:
                        model = make()
                        state.extend([model, torch.optim.Adam(model.parameters()), *loaders(data(), batch)])
                    model, optimizer, train, validation = state
                    total = 0
                    model.train()
                    for x, y in train:
                        optimizer.zero_grad()
                        loss = loss_of(model(x), y)
                        loss.backward()
                        optimizer.step()
                        total += loss.item() * len(y)
                    model.eval()
                    with torch.no_grad():
                        for x, y in validation: total += loss_of(model(x), y).item() * len(y)
                return epoch
            def table():
                torch.manual_seed(1)
                return torch.utils.data.TensorDataset(torch.randn(rows, 96), torch.randint(0, 4, (rows,)))
            tasks['spotify-mlp'] = task(spotify, table, 32, nn.functional.cross_entropy)
            tasks['hiphop-crnn'] = task(Crnn, Store, batch, nn.functional.binary_cross_entropy)
            """;

    private sealed record Row(
        string Name,
        string What,
        int Threads,
        double OursSeconds,
        double? PeerSeconds,
        double? Ratio,
        double Waiting
    );

    public static Command Command()
    {
        Option<double> seconds = new("--seconds")
        {
            Description = "Length of the clips of the demo corpus that hiphop-crnn trains on",
            DefaultValueFactory = _ => 5,
        };
        Option<int> batch = new("--batch") { Description = "Clips a batch", DefaultValueFactory = _ => 32 };
        Option<int> rows = new("--rows") { Description = "Rows for spotify-mlp", DefaultValueFactory = _ => 800_000 };
        Option<int> rounds = new("--rounds")
        {
            Description = "Measured turns; the median counts",
            DefaultValueFactory = _ => 3,
        };
        Option<int> threads = new("--threads")
        {
            Description = "Threads of each side's computing for hiphop-crnn; spotify-mlp has one",
            DefaultValueFactory = _ => 1,
        };
        Option<string[]> only = new("--only")
        {
            Description = "spotify-mlp or hiphop-crnn; both where none is named",
            AllowMultipleArgumentsPerToken = true,
        };
        only.AcceptOnlyFromAmong("spotify-mlp", "hiphop-crnn");
        Option<FileInfo?> json = new("--json") { Description = "Also write the figures to this file" };
        Command command = new(
            "epoch",
            "One epoch of training, data loading and validation included, beside python3-torch with a DataLoader."
        )
        {
            seconds,
            batch,
            rows,
            rounds,
            threads,
            only,
            json,
        };
        command.SetAction(parsed =>
            Run(
                parsed.GetValue(seconds),
                parsed.GetValue(batch),
                parsed.GetValue(rows),
                parsed.GetValue(rounds),
                parsed.GetValue(threads),
                parsed.GetValue(only) is { Length: > 0 } names ? names : ["spotify-mlp", "hiphop-crnn"],
                parsed.GetValue(json)
            )
        );
        return command;
    }

    private static int Run(double seconds, int batch, int rows, int rounds, int threads, string[] only, FileInfo? json)
    {
        string folder = Directory.CreateTempSubdirectory("bench-").FullName,
            made = folder;
        try
        {
            if (only.Contains("hiphop-crnn"))
                made = Extract(seconds, folder);
            List<Row> results = [];
            string? version = null;
            foreach (string name in only)
            {
                int used = name == "spotify-mlp" ? 1 : threads;
                using PythonPeer? peer = PythonPeer.Start(
                    Peer,
                    used,
                    keepMemory: true,
                    used.ToString(CultureInfo.InvariantCulture),
                    made,
                    rows.ToString(CultureInfo.InvariantCulture),
                    batch.ToString(CultureInfo.InvariantCulture)
                );
                version ??= peer?.Version;
                if (name == "spotify-mlp")
                {
                    using Tensor table = randn(rows, 96);
                    results.Add(
                        Measure(
                            name,
                            $"{rows:N0} rows, batch 32",
                            () => new SpotifyMlp(),
                            Examples.Of(table),
                            [.. Enumerable.Range(0, rows).Select(i => i * 7 % 4)],
                            32,
                            used,
                            rounds,
                            peer
                        )
                    );
                }
                else
                {
                    using FeatureStore store = FeatureStore.Open(made);
                    Examples examples = new(store.Clips.Count, items => ReadBatch(store, items));
                    results.Add(
                        Measure(
                            name,
                            $"{examples.Count:N0} clips of {store.Bands} × {store.Frames}, batch {batch}",
                            () => new HipHopCrnn(),
                            examples,
                            [.. Enumerable.Range(0, examples.Count).Select(i => i % 4 == 0 ? 1 : 0)],
                            batch,
                            used,
                            rounds,
                            peer
                        )
                    );
                }
            }
            Print(results, version, rounds);
            if (json is not null)
            {
                string beside = json.FullName + ".part";
                var report = new
                {
                    Benchmark = "epoch",
                    Machine = Machine.Description,
                    Rounds = rounds,
                    Peer = version,
                    Rows = results,
                };
                JsonSerializerOptions options = new()
                {
                    WriteIndented = true,
                    PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
                };
                File.WriteAllText(beside, JsonSerializer.Serialize(report, options));
                File.Move(beside, json.FullName, overwrite: true);
            }
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // Each turn is the next epoch of one training; the peer's comes when ours is told, and counts in neither.
    private static Row Measure(
        string name,
        string what,
        Func<nn.Module<Tensor, Tensor>> make,
        Examples examples,
        int[] labels,
        int batch,
        int threads,
        int rounds,
        PythonPeer? peer
    )
    {
        using nn.Module<Tensor, Tensor> model = make();
        int cut = examples.Count * 4 / 5;
        Split split = new([.. Enumerable.Range(0, cut)], [.. Enumerable.Range(cut, examples.Count - cut)], []);
        List<double> theirs = [];
        TrainingSettings settings = new()
        {
            Epochs = rounds + 1,
            BatchSize = batch,
            KeepBest = false,
            Threads = threads,
        };
        IReadOnlyList<EpochMetrics> history = new Trainer(model, settings).Fit(
            examples,
            labels,
            split,
            epochDone: _ => theirs.Add(peer?.Measure(name) / 1e3 ?? double.NaN)
        );
        // The first is the just-in-time compiler's, and brings the files into the page cache.
        double[] ours = [.. history.Skip(1).Select(e => e.Seconds)],
            peers = [.. theirs.Skip(1)];
        return new(
            name,
            what,
            threads,
            Median(ours),
            peer is null ? null : Median(peers),
            peer is null ? null : Median([.. peers.Zip(ours, (their, our) => their / our)]),
            history.Skip(1).Max(e => e.Waiting)
        );
    }

    private static string Extract(double seconds, string store)
    {
        string audio = Path.Combine(Machine.Root(), "data", "demo", "corpus");
        FeatureSettings settings = FeatureSettings.HipHop with
        {
            Clips = FeatureSettings.HipHop.Clips with { Seconds = seconds },
        };
        return FeatureExtraction
            .Run(
                audio,
                [.. DemoCorpus.Open(audio).Tracks.Select(t => Path.GetRelativePath(audio, t.AudioPath))],
                new FeatureExtractor(settings),
                store
            )
            .Folder;
    }

    // The clips' decibels, divided by 80.
    private static Tensor ReadBatch(FeatureStore store, IReadOnlyList<int> items)
    {
        int size = store.Bands * store.Frames;
        Tensor batch = empty(items.Count, store.Bands, store.Frames);
        Span<float> values = MemoryMarshal.Cast<byte, float>(batch.bytes);
        for (int i = 0; i < items.Count; i++)
        {
            Span<float> clip = values.Slice(i * size, size);
            store.Read(items[i], clip);
            System.Numerics.Tensors.TensorPrimitives.Divide(clip, 80, clip);
        }
        return batch;
    }

    private static void Print(List<Row> rows, string? peer, int rounds)
    {
        Table table = new() { Title = new TableTitle("Seconds an epoch, data loading and validation included") };
        table.AddColumns("", "", "threads", "ours", peer ?? "python3-torch", "times as fast", "waiting for data");
        for (int right = 2; right < 7; right++)
            table.Columns[right].RightAligned();
        foreach (Row row in rows)
            table.AddRow(
                row.Name,
                row.What,
                $"{row.Threads}",
                Number(row.OursSeconds),
                Number(row.PeerSeconds),
                Number(row.Ratio),
                row.Waiting.ToString("0.0%", CultureInfo.InvariantCulture)
            );
        AnsiConsole.Write(table);
        AnsiConsole.WriteLine(
            $"Medians of {rounds} epochs, ours and theirs in turn; of waiting, the most. {Machine.Description}."
        );
        if (peer is null)
            AnsiConsole.WriteLine("No figures of python3-torch: this machine has none.");
    }

    private static string Number(double? value) => value?.ToString("0.00", CultureInfo.InvariantCulture) ?? "–";

    private static double Median(double[] values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
