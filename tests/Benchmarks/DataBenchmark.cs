using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using HitSong.Audio;
using HitSong.Collect;
using HitSong.Corpus;
using Tables;

namespace Benchmarks;

/// <summary>
/// From a CSV of the Kaggle set's size and shape to scaled inputs and labels, beside pandas with scikit-learn.
/// </summary>
internal static class DataBenchmark
{
    private const string Peer = """
        import numpy as np, pandas as pd, sklearn
        from sklearn.model_selection import train_test_split
        from sklearn.preprocessing import StandardScaler
        version = f'pandas {pd.__version__}, scikit-learn {sklearn.__version__}'
        folder = sys.argv[1]
        numbers = sys.argv[2].split(',')
        def prepare():
            t = pd.read_csv(folder + '/catalogue.csv')
            a = pd.read_csv(folder + '/artists.csv').rename(columns={'popularity': 'artist_popularity'})
            t = t.merge(a, on='artist_name', how='left').dropna().drop_duplicates()
            y = pd.cut(t.popularity, [-1, 25, 50, 75, 100], labels=False).to_numpy()
            x = pd.concat([t[numbers], pd.get_dummies(t.genre)], axis=1)
            a, b, c, d = train_test_split(x, y, test_size=0.25, random_state=42, stratify=y)
            scaler = StandardScaler().fit(a)
            return np.float32(scaler.transform(a)), np.float32(scaler.transform(b)), c, d
        tasks['prepare'] = prepare
        """;

    public static Command Command()
    {
        Option<int> rows = new("--rows")
        {
            Description = "Rows of the catalogue",
            DefaultValueFactory = _ => 1_160_000,
        };
        Option<int> rounds = new("--rounds")
        {
            Description = "Measured rounds; the median counts",
            DefaultValueFactory = _ => 3,
        };
        Option<int> previews = new("--previews")
        {
            Description =
                "Instead: collects so many previews from a server of this process by 32 connections, such as 10000",
            DefaultValueFactory = _ => 0,
        };
        Command command = new(
            "data",
            "A generated CSV in the Kaggle shape to scaled inputs and labels: seconds beside pandas with "
                + "scikit-learn, and our peak memory."
        )
        {
            rows,
            rounds,
            previews,
        };
        command.SetAction(async parsed =>
            parsed.GetValue(previews) is int files and > 0
                ? await Collect(files)
                : Run(parsed.GetValue(rows), parsed.GetValue(rounds))
        );
        return command;
    }

    private static int Run(int rows, int rounds)
    {
        string folder = Directory.CreateTempSubdirectory("bench-").FullName;
        try
        {
            string catalogue = Path.Combine(folder, "catalogue.csv"),
                artists = Path.Combine(folder, "artists.csv");
            Generate(rows, catalogue, artists);
            // What generating took at most is not ours to answer for.
            File.WriteAllText("/proc/self/clear_refs", "5");
            var settings = new TabularSettings();
            using PythonPeer? peer = PythonPeer.Start(
                Peer,
                Environment.ProcessorCount,
                keepMemory: false,
                folder,
                string.Join(',', settings.Numbers)
            );
            var ours = new double[rounds];
            var theirs = new double[rounds];
            TabularData? data = null;
            // Once unmeasured: the just-in-time compiler, and the file into the page cache.
            for (int round = -1; round < rounds; round++)
            {
                data = null;
                GC.Collect();
                long start = Stopwatch.GetTimestamp();
                data = TabularData.Read(catalogue, [artists], settings);
                if (round >= 0)
                    ours[round] = Stopwatch.GetElapsedTime(start).TotalSeconds;
                double measured = peer?.Measure("prepare") / 1000 ?? double.NaN;
                if (round >= 0)
                    theirs[round] = measured;
            }
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{rows:N0} rows, {new FileInfo(catalogue).Length / 1e6:F0} MB of CSV, to "
                        + $"{data!.TrainLabels.Length:N0} + {data.TestLabels.Length:N0} rows of "
                        + $"{data.Preparation.Inputs} inputs"
                )
            );
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"ours {Median(ours):F2} s, peak memory {Peak()}; {peer?.Version ?? "no pandas here"} "
                        + $"{Median(theirs):F2} s; {Median([.. theirs.Zip(ours, (t, o) => t / o)]):F1} times as fast"
                )
            );
            Console.WriteLine(
                $"Medians of {rounds} rounds, ours and theirs in turn; both may use all "
                    + $"{Environment.ProcessorCount} cores."
            );
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // The server answers after 200 ms, as one far away does, with an mp3 of 1 s that no other track has.
    private static async Task<int> Collect(int previews)
    {
        const int Connections = 32;
        string folder = Directory.CreateTempSubdirectory("bench-").FullName;
        using var server = new HttpListener();
        try
        {
            string address = "",
                tone = Path.Combine(folder, "tone.mp3");
            Mp3.Write(
                tone,
                new Waveform([.. Enumerable.Range(0, 22_050).Select(i => 0.3f * MathF.Sin(i * 0.1f))], 22_050),
                64_000,
                "tone",
                "bench"
            );
            byte[] sound = File.ReadAllBytes(tone);
            for (int port = 20_000; !server.IsListening; port++)
            {
                address = $"http://127.0.0.1:{port}/";
                server.Prefixes.Clear();
                server.Prefixes.Add(address);
                try
                {
                    server.Start();
                }
                catch (HttpListenerException) when (port < 21_000)
                {
                    // Another program has this port.
                }
            }
            long busy = 0;
            _ = Task.Run(async () =>
            {
                while (server.IsListening)
                {
                    HttpListenerContext context = await server.GetContextAsync();
                    _ = Task.Run(async () =>
                    {
                        long begun = Stopwatch.GetTimestamp();
                        await Task.Delay(200);
                        context.Response.ContentType = "audio/mpeg";
                        // An ID3v1 tag at the end makes each file another. It goes with the rest in one write: a second
                        // small one would wait 40 ms for the first one's delayed acknowledgement.
                        byte[] file = new byte[sound.Length + 128];
                        sound.CopyTo(file, 0);
                        System.Text.Encoding.ASCII.GetBytes(
                            "TAG" + context.Request.Url!.AbsolutePath,
                            file.AsSpan(sound.Length)
                        );
                        context.Response.ContentLength64 = file.Length;
                        await context.Response.OutputStream.WriteAsync(file);
                        context.Response.Close();
                        Interlocked.Add(ref busy, Stopwatch.GetTimestamp() - begun);
                    });
                }
            });
            using Collection songs = Collection.Open(Path.Combine(folder, "collected"));
            songs.Add(
                "previews",
                Enumerable
                    .Range(0, previews)
                    .Select(i => new CatalogueTrack("bench", $"{i}", $"Song {i}", $"Artist {i % 100}")
                    {
                        AudioUrl = $"{address}{i}.mp3",
                    })
            );
            using var web = new Web(new() { Requests = null, PrivateServers = [new Uri(address).Authority] });
            File.WriteAllText("/proc/self/clear_refs", "5");
            long start = Stopwatch.GetTimestamp();
            CollectionSummary closing = await songs.FetchAsync("previews", previews, web, Connections);
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{closing.There:N0} of {previews:N0} previews collected in {seconds:F1} s; "
                        + $"{busy / (double)Stopwatch.Frequency / seconds:F1} of {Connections} connections busy "
                        + $"on average; peak memory {Peak()}, the server's included"
                )
            );
            foreach (var (reason, tracks) in closing.Reasons)
                Console.WriteLine($"{tracks} failed: {reason}");
            return closing.There == previews ? 0 : 1;
        }
        finally
        {
            server.Close();
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Peak() =>
        File.ReadLines("/proc/self/status")
            .First(line => line.StartsWith("VmHWM", StringComparison.Ordinal))
            .Split(':')[1]
            .Trim();

    // As in the Kaggle set: 82 genres, 64,000 artists, popularity with a long tail, some gaps, artists listed twice.
    private static void Generate(int rows, string catalogue, string artists)
    {
        using Database database = Database.InMemory();
        database.Execute("SELECT setseed(0.5)");
        database.Export(
            $"""
            SELECT i AS "column00",
                'Artist ' || (hash(i) % 64000) AS artist_name,
                CASE WHEN i % 77000 = 0 THEN NULL ELSE 'Track number ' || i END AS track_name,
                md5(i::VARCHAR)[:22] AS track_id,
                least(100, (-18 * ln(1 - random()))::INTEGER) AS popularity,
                2000 + (random() * 23)::INTEGER AS year,
                'genre-' || (hash(i + 1) % 82) AS genre,
                round(random(), 3) AS danceability, round(random(), 3) AS energy, (random() * 11)::INTEGER AS key,
                round(-20 * random(), 3) AS loudness, (random())::INTEGER AS mode,
                round(random(), 4) AS speechiness, round(random(), 5) AS acousticness,
                round(random(), 6) AS instrumentalness, round(random(), 4) AS liveness, round(random(), 4) AS valence,
                round(60 + 140 * random(), 3) AS tempo, (120000 + 200000 * random())::INTEGER AS duration_ms,
                4 AS time_signature
            FROM range({rows}) t(i)
            """,
            catalogue
        );
        database.Export(
            "SELECT 'Artist ' || (i % 60000) AS artist_name, (hash(i % 60000) % 100) AS popularity "
                + "FROM range(64000) t(i)",
            artists
        );
    }

    private static double Median(double[] values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
