using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using HitSong.Evaluation;
using HitSong.Experiments;
using Tables;
using Tests;
using static TorchSharp.torch;

namespace HitSong.Tests.Experiments;

public class RunStoreTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(11)]
    public void Predictions_of_any_number_of_classes_are_kept_to_the_bit(int classes)
    {
        using var folder = new TemporaryFolder();
        var random = new Random(classes);
        Prediction[] predictions =
        [
            .. Enumerable
                .Range(0, 50)
                .Select(i =>
                {
                    double[] weights =
                    [
                        .. Enumerable
                            .Range(0, classes)
                            .Select(_ => random.NextDouble() * Math.Pow(10, random.Next(-300, 1))),
                    ];
                    return new Prediction(
                        $"\"{i}\", one",
                        $"an artist,\nof two lines {i}",
                        i,
                        i % classes,
                        [.. weights.Select(w => w / weights.Sum())]
                    );
                }),
        ];
        Run read = RunStore.Load(Kept(folder, predictions));
        Assert.Equal(
            predictions.Select(p => (p.Track, p.Artist, p.Clip, p.Label)),
            read.Predictions.Select(p => (p.Track, p.Artist, p.Clip, p.Label))
        );
        Assert.Equal(
            predictions.SelectMany(p => p.Probabilities).Select(BitConverter.DoubleToInt64Bits),
            read.Predictions.SelectMany(p => p.Probabilities).Select(BitConverter.DoubleToInt64Bits)
        );
    }

    [Theory]
    [InlineData("track,artist,clip,label,p0,p1\na,x,0,1,0.4,0.6\nb,x,0,2,0.4,0.6\n", "row 2: label is \"2\"")]
    [InlineData("track,artist,clip,label,p0,p1\na,x,0,1,0.4,NaN\n", "row 1: p1 is \"NaN\"")]
    [InlineData("track,artist,clip,label,p0,p1\na,x,first,1,0.4,0.6\n", "row 1: clip is \"first\"")]
    [InlineData("track,artist,clip,label,p0,p1\na,x,0,1,0.4\n", "row 1: p1 is \"\"")]
    [InlineData("track,clip,label,p0,p1\na,0,1,0.4,0.6\n", "artist")]
    [InlineData("track,artist,clip,label,p0,p2\na,x,0,1,0.4,0.6\n", "p1")]
    [InlineData(
        "track,artist,clip,label,p0,p1\na,x,0,1,0.4,0.6\nb,x,0,1,0.4,0.6\n",
        "has 2 rows, and result.json tells of 1"
    )]
    [InlineData("track,artist,clip,label,p0,p1,p2\na,x,0,1,0.4,0.6,0\n", "of 3 classes")]
    [InlineData("track,artist,clip,label,p0,p1\n", "holds no predictions")]
    [InlineData("", "")]
    public void Damaged_predictions_are_named_with_their_row(string text, string named)
    {
        using var folder = new TemporaryFolder();
        string path = Kept(folder, [new("a", "x", 0, 1, [0.4, 0.6])]);
        File.WriteAllText(Path.Combine(path, "predictions.csv"), text);
        string message = Assert.Throws<HitSongException>(() => RunStore.Load(path)).Message;
        Assert.Contains(path, message);
        Assert.Contains(named, message);
    }

    [Fact]
    public void A_run_says_which_code_and_versions_made_it_and_one_of_before_still_loads()
    {
        using var folder = new TemporaryFolder();
        string path = Kept(folder, [new("a", "x", 0, 1, [0.4, 0.6])]);
        RunEnvironment environment = RunStore.Load(path).Environment;
        Assert.Equal("cpu", environment.Device);
        Assert.Equal(Shell("ffmpeg -version").Split(' ')[2], environment.Ffmpeg);
        Assert.Equal(TorchSharp.torch.__version__, environment.Torch);

        File.WriteAllText(
            Path.Combine(path, "environment.json"),
            """
            {"started": "2026-11-20T03:04:05Z", "seconds": 2.5, "threads": 1, "processId": 7, "machine": "m",
             "runtime": ".NET 10"}
            """
        );
        environment = RunStore.Load(path).Environment;
        Assert.Equal(
            (2.5, 7, (string?)null, (bool?)null),
            (environment.Seconds, environment.ProcessId, environment.Commit, environment.Changed)
        );
    }

    [Fact]
    public void The_commit_and_whether_a_file_was_changed_are_gits()
    {
        using var folder = new TemporaryFolder("ein Ordner");
        Assert.Equal((null, null), RunEnvironment.CodeIn(folder.Path));
        Shell(
            $"cd '{folder.Path}' && git init -q && echo a > file && git add file && "
                + "git -c user.name=a -c user.email=a@b.invalid commit -q -m a && echo new > other"
        );
        string commit = Shell($"git -C '{folder.Path}' rev-parse HEAD").Trim();
        Assert.Equal((commit, false), RunEnvironment.CodeIn(folder.Path));
        File.AppendAllText(folder.At("file"), "b");
        Assert.Equal((commit, true), RunEnvironment.CodeIn(folder.Path));
    }

    private static string Shell(string command)
    {
        using Process shell = Process.Start(
            new ProcessStartInfo("sh", ["-c", command]) { RedirectStandardOutput = true }
        )!;
        string output = shell.StandardOutput.ReadToEnd();
        shell.WaitForExit();
        Assert.Equal(0, shell.ExitCode);
        return output;
    }

    [Fact]
    public void All_runs_are_one_table_and_what_is_no_json_is_passed_over()
    {
        using var folder = new TemporaryFolder("läufe [1]*");
        var store = new RunStore(folder.At("runs"));
        Assert.Equal(0, store.ToTable().Count);
        for (int i = 0; i < 4; i++)
            Kept(
                folder,
                [
                    new("a", "x", 0, 1, [0.4, 0.6]),
                    new("b", "y", 0, 1, [0.4, 0.6]),
                    new("c", "z", 0, 1, [0.6, 0.4]),
                    new("d", "z", 0, 0, [0.6, 0.4]),
                ],
                $"run {i}",
                day: 4 - i
            );
        File.WriteAllText(folder.At("runs/run 0/config.json"), "{\"recipe\": ");
        File.WriteAllBytes(folder.At("runs/run 1/result.json"), [0xff, 0xfe, 0]);
        Directory.CreateDirectory(folder.At("runs/an empty folder"));
        Directory.CreateDirectory(folder.At("runs/.run 9.1"));
        foreach (string file in Directory.GetFiles(folder.At("runs/run 3")))
            File.Copy(file, folder.At($"runs/.run 9.1/{Path.GetFileName(file)}"));

        Table table = store.ToTable();

        // By hand: three of four right; one of four is of the class that was most frequent in training; Wilson's
        // interval of 3 in 4 songs of 3 artists: by the jackknife their variance is 0.050926, by 4 independent songs
        // 0.046875, a design effect of 1.0864; and 4 / 1.0864 · (1.959964 / 4.302653)² = 0.763987 songs.
        Assert.Equal(["run 3", "run 2"], table.Rows<RunRow>().Select(row => row.Run));
        RunRow first = table.Rows<RunRow>().First();
        Assert.Equal(
            ("run 3", "tiktok-lstm", "published", 4, 0.75, 0.25, new DateTime(2026, 11, 1, 0, 0, 0, DateTimeKind.Utc)),
            (
                first.Run,
                first.Experiment,
                first.Variant,
                first.Tested,
                first.Accuracy,
                first.MajorityBaseline,
                first.Started
            )
        );
        Assert.Equal(0.0944, first.Low, 1e-4);
        Assert.Equal(0.9886, first.High, 1e-4);
        Assert.Contains("\"learningRate\":0.01", (string)table["recipe"][0]!);
        Assert.Equal(["run 3", "run 2"], store.Read().Runs.Select(run => run.Id));
    }

    private sealed record RunRow(
        string Run,
        string Experiment,
        string Variant,
        long Tested,
        double Accuracy,
        double Low,
        double High,
        double MajorityBaseline,
        DateTime Started
    );

    [Fact]
    public void However_a_run_is_damaged_it_is_read_or_named()
    {
        using var folder = new TemporaryFolder();
        var store = new RunStore(folder.At("runs"));
        string path = Kept(folder, [new("a", "x", 0, 1, [0.4, 0.6]), new("b", "y", 0, 0, [0.3, 0.7])]);
        var random = new Random(1);
        int named = 0,
            tried = 0;
        foreach (string file in Directory.GetFiles(path).Where(f => Path.GetExtension(f) is ".json" or ".csv"))
        {
            byte[] whole = File.ReadAllBytes(file);
            List<byte[]> damaged =
            [
                [],
                [.. "{}"u8],
                [.. "[]"u8],
                [.. "null"u8],
                [0xff, 0xfe, 0x00],
            ];
            for (int i = 0; i < 6; i++)
                damaged.Add(whole[..random.Next(whole.Length)]);
            for (int i = 0; i < 6; i++)
            {
                byte[] changed = [.. whole];
                changed[random.Next(whole.Length)] = (byte)random.Next(256);
                damaged.Add(changed);
            }
            if (file.EndsWith(".json"))
                damaged.AddRange(random.GetItems([.. WithoutOneValue(JsonNode.Parse(whole)!)], 40));
            foreach (byte[] content in damaged)
            {
                File.WriteAllBytes(file, content);
                var (runs, broken) = store.Read();
                Assert.Equal(1, runs.Count + broken.Count);
                Assert.All(
                    broken,
                    failure => Assert.True(failure.Path == path && failure.Reason.Length > "cannot be read: ".Length)
                );
                Assert.InRange(store.ToTable().Count, 0, 1);
                Assert.InRange(store.FindPrunable().Count, 0, 1);
                tried++;
                named += broken.Count;
            }
            File.WriteAllBytes(file, whole);
            File.Delete(file);
            Assert.Contains(Path.GetFileName(file), Assert.Single(store.Read().Damaged).Reason);
            File.WriteAllBytes(file, whole);
        }
        Assert.Single(store.Read().Runs);
        Assert.InRange(named, tried / 2, tried);
    }

    // Each value of a JSON file, null in its stead, and a word.
    private static IEnumerable<byte[]> WithoutOneValue(JsonNode root)
    {
        foreach (var parent in Objects(root).ToArray())
        foreach (string key in parent.Select(field => field.Key).ToArray())
        {
            var value = parent[key];
            foreach (var other in new JsonNode?[] { null, "word", -1 })
            {
                parent[key] = other;
                yield return Encoding.UTF8.GetBytes(root.ToJsonString());
            }
            parent[key] = value;
        }

        static IEnumerable<JsonObject> Objects(JsonNode? node) =>
            node switch
            {
                JsonObject map => [map, .. map.SelectMany(field => Objects(field.Value))],
                JsonArray list => list.SelectMany(Objects),
                _ => [],
            };
    }

    [SkippableTheory]
    [InlineData("config.json")]
    [InlineData("predictions.csv")]
    [InlineData("checkpoint.safetensors.partial")]
    [InlineData("checkpoint.pth.partial")]
    [InlineData("model-card.md")]
    public void A_full_disk_is_named_and_no_half_run_is_left(string file)
    {
        Skip.IfNot(File.Exists("/dev/full"), "needs /dev/full");
        using var folder = new TemporaryFolder();
        // What a run is written into before it gets its name.
        string beside = Directory.CreateDirectory(folder.At($"runs/.x.{Environment.ProcessId}")).FullName;
        File.CreateSymbolicLink(Path.Combine(beside, file), "/dev/full");
        string message = Assert.Throws<HitSongException>(() => Kept(folder, [new("a", "x", 0, 1, [0.4, 0.6])])).Message;
        Assert.Contains($"cannot be kept in {folder.At("runs")}", message);
        Assert.Contains("No space left", message);
        Assert.Empty(Directory.GetFileSystemEntries(folder.At("runs")));
    }

    [Fact]
    public void Neither_the_newest_nor_the_best_nor_what_lives_is_superfluous()
    {
        using var folder = new TemporaryFolder();
        var store = new RunStore(folder.At("runs"));
        Assert.Empty(store.FindPrunable());
        // Of four in order of time the second ranks best.
        double[] popular = [0.6, 0.9, 0.6, 0.1];
        for (int i = 0; i < 4; i++)
            Kept(
                folder,
                [new("a", "x", 0, 1, [1 - popular[i], popular[i]]), new("b", "y", 0, 0, [0.4, 0.6])],
                $"run {i}",
                day: i + 1
            );
        Kept(folder, [new("a", "x", 0, 1, [0.4, 0.6])], "of other songs", day: 1, source: "other songs");
        Directory.CreateDirectory(folder.At("runs/broken"));
        Directory.CreateDirectory(folder.At("runs/.run 9.999999999"));
        Directory.CreateDirectory(folder.At($"runs/.run 9.{Environment.ProcessId}"));
        Directory.CreateDirectory(folder.At("runs/.training-a"));
        Directory.CreateDirectory(folder.At("runs/.training-b"));
        File.WriteAllBytes(folder.At("runs/.training-a/training.state"), new byte[1000]);
        const string Hold =
            "import fcntl, sys; f = open(sys.argv[1], 'w'); fcntl.flock(f, fcntl.LOCK_EX); "
            + "print('held', flush=True); input()";
        ProcessStartInfo start = new("/usr/bin/python3", ["-c", Hold, folder.At("runs/.training-b/lock")])
        {
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        };
        using Process other = Process.Start(start)!;
        Assert.Equal("held", other.StandardOutput.ReadLine());

        IReadOnlyList<PrunableFolder> found = store.FindPrunable();
        other.StandardInput.Close();
        other.WaitForExit();

        Assert.Equal(
            [".run 9.999999999", ".training-a", "broken", "run 0", "run 2"],
            found.Select(f => Path.GetFileName(f.Path))
        );
        Assert.Equal(1000, found[1].Bytes);
        Assert.Contains("config.json", found[2].Reason);
        Assert.Equal(
            ["run 0"],
            store.FindPrunable(2).Select(f => Path.GetFileName(f.Path)).Where(name => name.StartsWith("run"))
        );
        Assert.Equal(5, store.FindPrunable(0).Count(f => f.Reason == "is a run"));
        Assert.Equal(["broken"], store.FindPrunable(1, name => name == "broken").Select(f => Path.GetFileName(f.Path)));
        Assert.All(found, f => Assert.True(f.Remove()));
        Assert.Equal(
            [$".run 9.{Environment.ProcessId}", ".training-b", "of other songs", "run 1", "run 3"],
            Directory.GetDirectories(folder.At("runs")).Select(Path.GetFileName).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void Two_that_began_in_the_same_second_are_both_kept()
    {
        using var folder = new TemporaryFolder();
        string first = Kept(folder, [new("a", "x", 0, 1, [0.25, 0.75])]),
            second = Kept(folder, [new("b", "y", 0, 0, [0.5, 0.5])]);
        Assert.Equal("a", RunStore.Load(first).Predictions[0].Track);
        Assert.Equal("b", RunStore.Load(second).Predictions[0].Track);
    }

    private static string Kept(
        TemporaryFolder folder,
        Prediction[] predictions,
        string id = "x",
        int day = 1,
        string source = "songs"
    )
    {
        var store = new RunStore(folder.At("runs"));
        int classes = predictions[0].Probabilities.Length;
        var run = new Run
        {
            Id = id,
            Recipe = Recipes.TikTokLstm,
            Source = source,
            Bins = HitSong.Corpus.Bins.Custom([.. Enumerable.Range(1, classes - 1).Select(edge => (double)edge)]),
            Train = 1,
            Majority = 0,
            History = [],
            Environment = RunEnvironment.Now(new(2026, 11, day, 0, 0, 0, DateTimeKind.Utc), 1, 1),
            Predictions = predictions,
        };
        using var model = nn.Linear(1, 1);
        return store.PathOf(store.Save(run, model, null, null));
    }
}
