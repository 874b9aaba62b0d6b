using System.Collections.Concurrent;
using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using HitSong.Audio;
using HitSong.Corpus;
using HitSong.Experiments;
using HitSong.Features;
using HitSong.Models;
using Spectre.Console;
using Tests;

namespace Benchmarks;

/// <summary>
/// <c>./research serve</c> as a browser meets it: a song of 3 minutes beside torchaudio with PyTorch, many at once, the
/// form, the page.
/// </summary>
internal static class ServeBenchmark
{
    // The same file and the same weights: decode, mel of clips of 20 s, network.
    private const string Peer = """
        import json, numpy, torch, torchaudio
        path, weights, told = sys.argv[1:4]
        version = f'torchaudio {torchaudio.__version__}, torch {torch.__version__}'
        with open(weights, 'rb') as file:
            header = json.loads(file.read(int.from_bytes(file.read(8), 'little')))
            data = file.read()
        dtypes = {'F32': numpy.float32, 'I64': numpy.int64}
        def tensor(t):
            values = numpy.frombuffer(data[slice(*t['data_offsets'])], dtypes[t['dtype']])
            return torch.from_numpy(values.reshape(t['shape']).copy())
        state = {name: tensor(t)
                 for name, t in header.items() if name != '__metadata__'}
        layers = torch.nn.Sequential(
            torch.nn.Flatten(), torch.nn.Linear(128 * 862, 16), torch.nn.ReLU(),
            torch.nn.Linear(16, 1), torch.nn.Flatten(0), torch.nn.Sigmoid())
        layers.load_state_dict({name.replace('layers.', ''): value for name, value in state.items()})
        layers.eval()
        resample = torchaudio.transforms.Resample(44100, 22050)
        mel = torchaudio.transforms.MelSpectrogram(
            22050, n_fft=2048, hop_length=512, n_mels=128, norm='slaney', mel_scale='slaney', pad_mode='constant')
        to_db = torchaudio.transforms.AmplitudeToDB('power')
        def answer(count):
            with torch.no_grad():
                audio, rate = torchaudio.load(path)
                low, length = resample(audio.mean(0)[:count * 20 * rate]), count * 20 * 22050
                clips = torch.nn.functional.pad(low[:length], (0, max(0, length - len(low)))).reshape(count, -1)
                return [[1 - p, p] for p in layers(to_db(mel(clips))).tolist()]
        with open(told, 'w') as file: json.dump(answer(9), file)
        tasks['song'] = lambda: answer(9)
        tasks['clip'] = lambda: answer(1)
        """;

    // OpenBLAS's threads that have nothing more to do still spin for 0.1 s, on cores that the other's turn needs.
    private static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(200);

    public static Command Command()
    {
        Option<int> rounds = new("--rounds")
        {
            Description = "Measured songs; the median counts",
            DefaultValueFactory = _ => 21,
        };
        Command command = new(
            "serve",
            "A song of 3 minutes from upload to answer beside torchaudio with PyTorch; 50 at once, the "
                + "page meanwhile, the form, memory."
        )
        {
            rounds,
        };
        command.SetAction(async parsed =>
        {
            string folder = Directory.CreateTempSubdirectory("bench-").FullName;
            try
            {
                return await Run(folder, parsed.GetValue(rounds));
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        });
        return command;
    }

    /// <summary>
    /// Sends mutated uploads and as many mutated forms: what comes must be an answer or a refusal in words, nothing may
    /// stay behind, and a song must be answered afterwards.
    /// </summary>
    /// <param name="count">How many of each.</param>
    /// <param name="seed">The seed of the first.</param>
    /// <returns>How many were refused and answered, and what else happened.</returns>
    public static async Task<(int Refused, int Accepted, IReadOnlyList<string> Others)> Mutate(int count, int seed)
    {
        string folder = Directory.CreateTempSubdirectory("bench-").FullName;
        try
        {
            Mutants mutants = new(count, seed);
            await Run(folder, rounds: 0, mutants);
            return (mutants.Refused, mutants.Accepted, [.. mutants.Others]);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private sealed class Mutants(int count, int seed)
    {
        public int Count => count;
        public int Seed => seed;
        public int Refused,
            Accepted;
        public ConcurrentBag<string> Others { get; } = [];
    }

    private static async Task<int> Run(string folder, int rounds, Mutants? mutants = null)
    {
        // What a model learned does not change how fast it answers.
        RunStore store = new(Path.Combine(folder, "runs"));
        Source source = Source.Demo(DemoCorpus.Open(Path.Combine(Machine.Root(), "data", "demo", "corpus")));
        Recipe hears = Recipes.Find("hiphop-mlp", "audited").AtDemoScale(),
            reads = Recipes.Find("spotify-mlp-bins4-duration", "published").AtDemoScale();
        hears = hears with
        {
            Features = FeatureSettings.HipHop with
            {
                Decibels = new(TopDb: null),
                Clips = new() { Seconds = 20, Padding = ClipPadding.Zero },
            },
            Scaling = Scaling.None,
            Model = new HipHopMlpSettings { Units = [16] },
            Training = hears.Training with { Epochs = 3 },
        };
        Run first = Experiment.Execute(hears, source, store),
            all = Experiment.Execute(
                hears with
                {
                    Features = hears.Features! with { Clips = hears.Features.Clips with { Count = 9 } },
                },
                source,
                store
            );
        Experiment.Execute(reads with { Training = reads.Training with { Epochs = 1 } }, source, store);
        byte[] song = await File.ReadAllBytesAsync(Song(folder, mutants is null ? 180 : 3));

        string temporary = Path.Combine(folder, "tmp");
        Directory.CreateDirectory(temporary);
        string program = Path.Combine(Machine.Root(), "lib", "Research", "bin", "Release", "net10.0", "research.dll");
        string runs = Path.Combine(folder, "runs");
        ProcessStartInfo start = new("dotnet", [program, "serve", "--port", "0", "--runs", runs])
        {
            RedirectStandardOutput = true,
        };
        start.Environment["TMPDIR"] = temporary;
        using Process server = Process.Start(start)!;
        try
        {
            string line =
                server.StandardOutput.ReadLine()
                ?? throw new InvalidOperationException("./research serve did not start");
            using HttpClient client = new()
            {
                BaseAddress = new(
                    line.Split(' ').First(word => word.StartsWith("http", StringComparison.Ordinal)) + "/"
                ),
                Timeout = TimeSpan.FromMinutes(10),
            };
            if (mutants is not null)
            {
                await Mutate(client, song, first.Id, mutants, temporary);
                return 0;
            }
            using PythonPeer? peer = PythonPeer.Start(
                Peer,
                Environment.ProcessorCount,
                keepMemory: false,
                Path.Combine(folder, "song.mp3"),
                Path.Combine(store.PathOf(all), "checkpoint.safetensors"),
                Path.Combine(folder, "told.json")
            );
            return await Measure(
                client,
                server.Id,
                song,
                first.Id,
                all.Id,
                peer,
                Path.Combine(folder, "told.json"),
                rounds
            );
        }
        finally
        {
            Process.Start("kill", ["-TERM", $"{server.Id}"]).WaitForExit();
            server.WaitForExit();
        }
    }

    private static async Task<int> Measure(
        HttpClient client,
        int server,
        byte[] song,
        string first,
        string all,
        PythonPeer? peer,
        string told,
        int rounds
    )
    {
        double[] answered = [.. Clips(await Predict(client, song, all))];
        if (peer is not null)
        {
            double[] peers =
            [
                .. JsonSerializer.Deserialize<double[][]>(File.ReadAllText(told))!.Select(clip => clip[1]),
            ];
            if (peers.Length != answered.Length || peers.Zip(answered, (a, b) => Math.Abs(a - b)).Max() > 0.01)
                throw new InvalidOperationException(
                    $"the peer does something else: it says {string.Join(' ', peers)}, the server "
                        + $"{string.Join(' ', answered)}"
                );
        }
        (double[] Ours, double[] Theirs) whole = (new double[rounds], new double[rounds]),
            clip = (new double[rounds], new double[rounds]);
        double one = 0,
            many = 0;
        for (int round = -5; round < rounds; round++)
            foreach (var (times, model, task) in new[] { (whole, all, "song"), (clip, first, "clip") })
            {
                await Task.Delay(Settle);
                long begun = Stopwatch.GetTimestamp();
                await Predict(client, song, model);
                double taken = Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
                await Task.Delay(Settle);
                double measured = peer?.Measure(task) ?? double.NaN;
                if (round >= 0)
                    (times.Ours[round], times.Theirs[round]) = (taken, measured);
            }
        for (int i = 0; i < 5; i++)
        {
            Task<byte[]> asked = Predict(client, song, all);
            while (!asked.IsCompleted)
                one = Math.Max(one, Memory(server));
            await asked;
        }

        string[] page =
        [
            .. Directory
                .GetFiles(Path.Combine(Machine.Root(), "lib", "Research", "Serve", "Page"))
                .Select(file => Path.GetFileName(file)),
            "api/models",
            "api/limits",
        ];
        long flood = Stopwatch.GetTimestamp();
        Task<byte[]>[] songs = [.. Enumerable.Range(0, 50).Select(_ => Predict(client, song, all))];
        List<double> loads = [];
        while (!songs.All(waiting => waiting.IsCompleted))
        {
            long begun = Stopwatch.GetTimestamp();
            foreach (string part in page)
                await client.GetByteArrayAsync(part);
            loads.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            many = Math.Max(many, Memory(server));
            await Task.Delay(20);
        }
        int right = (await Task.WhenAll(songs)).Count(answer => Clips(answer).SequenceEqual(answered));
        double took = Stopwatch.GetElapsedTime(flood).TotalSeconds;

        string form = await Form(client);
        double[] forms = new double[200];
        for (int i = -50; i < forms.Length; i++)
        {
            using StringContent content = new(form, Encoding.UTF8, "application/json");
            long begun = Stopwatch.GetTimestamp();
            using HttpResponseMessage answer = (await client.PostAsync("api/form", content)).EnsureSuccessStatusCode();
            if (i >= 0)
                forms[i] = Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
        }

        Table table = new Table().AddColumns("what", "measured", "target");
        void Row(string what, FormattableString measured, string target, bool met) =>
            table.AddRow(
                what,
                measured.ToString(CultureInfo.InvariantCulture),
                $"{target}: {(met ? "met" : "missed")}"
            );
        const string AllHeard = "a song of 3 minutes, upload to answer, all of it heard";
        const string ClipHeard =
            "the same of a model that hears 20 s " + "(the peer decodes the whole file, as torchaudio.load does)";
        foreach (var (times, what) in new[] { (whole, AllHeard), (clip, ClipHeard) })
        {
            double ratio = Median([.. times.Theirs.Zip(times.Ours, (t, o) => t / o)]);
            if (peer is null)
                table.AddRow(what, FormattableString.Invariant($"{Median(times.Ours):F0} ms"), "no torchaudio here");
            else
                Row(
                    what,
                    $"{Median(times.Ours):F0} ms; the peer's {Median(times.Theirs):F0} ms; {ratio:F1} times as fast",
                    "5 times",
                    ratio >= 5
                );
        }
        Row(
            "memory, one song after another",
            $"{one:F0} MB at most, the server and its decoders together",
            "400 MB",
            one < 400
        );
        Row("memory, 50 songs at once", $"{many:F0} MB at most", "400 MB", many < 400);
        Row("50 songs at once", $"{right} of 50 answered as the first, in {took:F1} s", "all", right == 50);
        Row(
            "the whole page meanwhile",
            $"{Median([.. loads]):F1} ms, the median of {loads.Count} loads of {page.Length} parts",
            "50 ms",
            Median([.. loads]) < 50
        );
        Row(
            "the form",
            $"{Median(forms):F1} ms, 95% within {forms.Order().ElementAt(forms.Length * 95 / 100):F1} ms",
            "5 ms",
            Median(forms) < 5
        );
        AnsiConsole.Write(table);
        AnsiConsole.WriteLine(
            $"Medians of {rounds} songs, ours and the peer's in turn. {peer?.Version ?? "No peer"}. "
                + $"{Machine.Description}."
        );
        return 0;
    }

    private static async Task Mutate(HttpClient client, byte[] song, string model, Mutants mutants, string temporary)
    {
        byte[] form = Encoding.UTF8.GetBytes(await Form(client));
        using MultipartFormDataContent whole = Upload(song);
        byte[] upload = await whole.ReadAsByteArrayAsync();
        string type = whole.Headers.ContentType!.ToString();
        await Parallel.ForEachAsync(
            Enumerable.Range(0, 2 * mutants.Count),
            new ParallelOptions { MaxDegreeOfParallelism = 8 },
            async (i, cancellation) =>
            {
                bool isForm = i % 2 == 0;
                int seed = mutants.Seed + i;
                using ByteArrayContent content = new(Mutant.Of(isForm ? form : upload, seed));
                content.Headers.TryAddWithoutValidation("Content-Type", isForm ? "application/json" : type);
                using HttpResponseMessage answer = await client.PostAsync(
                    isForm ? "api/form" : $"api/predict?model={model}",
                    content,
                    cancellation
                );
                bool isTold = answer.Content.Headers.ContentType?.MediaType == "application/problem+json";
                if (answer.IsSuccessStatusCode)
                    Interlocked.Increment(ref mutants.Accepted);
                else if (isTold && (int)answer.StatusCode < 500)
                    Interlocked.Increment(ref mutants.Refused);
                else
                    mutants.Others.Add($"seed {seed}, {(isForm ? "form" : "upload")}: {(int)answer.StatusCode}");
            }
        );
        await Predict(client, song, model);
        foreach (string left in Directory.GetDirectories(temporary, "hitsong-serve-*").SelectMany(Directory.GetFiles))
            mutants.Others.Add($"left behind: {left}");
    }

    private static MultipartFormDataContent Upload(byte[] song)
    {
        ByteArrayContent file = new(song);
        file.Headers.ContentType = new MediaTypeHeaderValue("audio/mpeg");
        return new() { { file, "file", "song.mp3" } };
    }

    // The whole answer, as it came.
    private static async Task<byte[]> Predict(HttpClient client, byte[] song, string model)
    {
        using MultipartFormDataContent upload = Upload(song);
        using HttpResponseMessage answer = await client.PostAsync($"api/predict?model={model}", upload);
        return answer.StatusCode == HttpStatusCode.OK
            ? await answer.Content.ReadAsByteArrayAsync()
            : throw new InvalidOperationException(
                $"the server refused the song: {await answer.Content.ReadAsStringAsync()}"
            );
    }

    private static IEnumerable<double> Clips(byte[] answer) =>
        JsonNode.Parse(answer)!["clips"]!.AsArray().Select(clip => (double)clip!["probabilities"]![1]!);

    private static async Task<string> Form(HttpClient client)
    {
        JsonNode form = (await client.GetFromJsonAsync<JsonNode>("api/form"))!;
        return new JsonObject
        {
            ["genre"] = (string)form["genre"]!,
            ["class"] = 3,
            ["numbers"] = new JsonObject(
                form["fields"]!
                    .AsArray()
                    .Select(field => KeyValuePair.Create((string)field!["name"]!, (JsonNode?)(double)field["typical"]!))
            ),
        }.ToJsonString();
    }

    // Songs of the demo corpus, one after the other, as stereo of 192 kbit/s.
    private static string Song(string folder, int seconds)
    {
        string audio = Path.Combine(Machine.Root(), "data", "demo", "corpus", "audio"),
            list = Path.Combine(folder, "songs.txt"),
            path = Path.Combine(folder, "song.mp3");
        File.WriteAllLines(
            list,
            Directory.GetFiles(audio, "*.mp3").Order(StringComparer.Ordinal).Take(11).Select(file => $"file '{file}'")
        );
        string[] given = ["-v", "error", "-f", "concat", "-safe", "0", "-i", list];
        string[] made = ["-af", "apad", "-t", $"{seconds}", "-ac", "2", "-ar", "44100", "-b:a", "192k"];
        using Process ffmpeg = Process.Start("ffmpeg", [.. given, .. made, path]);
        ffmpeg.WaitForExit();
        return path;
    }

    // Memory of the server and of each process that it started, MB; pages that they share count once (Pss).
    private static double Memory(int server)
    {
        double sum = 0;
        var processes = Directory.GetDirectories("/proc").Where(path => int.TryParse(Path.GetFileName(path), out _));
        foreach (string process in processes)
        {
            try
            {
                string stat = File.ReadAllText(Path.Combine(process, "stat"));
                if (
                    Path.GetFileName(process) != $"{server}"
                    && stat[(stat.LastIndexOf(')') + 4)..].Split(' ')[0] != $"{server}"
                )
                    continue;
                string own = File.ReadLines(Path.Combine(process, "smaps_rollup"))
                    .First(line => line.StartsWith("Pss:", StringComparison.Ordinal));
                sum +=
                    double.Parse(
                        own.Split(':')[1].Replace("kB", "", StringComparison.Ordinal),
                        CultureInfo.InvariantCulture
                    )
                    * 1024
                    / 1e6;
            }
            catch (IOException)
            {
                // It has ended.
            }
        }
        return sum;
    }

    private static double Median(double[] values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
