using System.Diagnostics;
using HitSong;
using HitSong.Collect;
using HitSong.Corpus;
using HitSong.Experiments;
using HitSong.Features.Descriptors;
using Notebooks;
using Research.Slurm;
using Tests;

namespace Research.Tests;

/// <summary>Commands with <c>--on slurm</c>, on a real cluster of two nodes.</summary>
public sealed class SlurmTests(SlurmTests.OneCluster one) : IClassFixture<SlurmTests.OneCluster>, IDisposable
{
    private static readonly string jobs = Path.Combine(Repository.Root, "artifacts", "slurm");
    private static readonly string sweeps = Path.Combine(Repository.Root, "artifacts", "sweeps");
    private static readonly string replications = Path.Combine(Repository.Root, "artifacts", "replications");
    private static readonly string corpus = Path.Combine(Repository.Root, "data", "demo", "corpus");

    private readonly TemporaryFolder folder = new("музика 夜");
    private readonly string[] before = Directory.Exists(jobs) ? Directory.GetDirectories(jobs) : [];

    public void Dispose()
    {
        folder.Dispose();
        if (Directory.Exists(jobs))
            foreach (string made in Directory.GetDirectories(jobs).Except(before))
                Directory.Delete(made, recursive: true);
    }

    /// <summary>A cluster that the tests share, started by the first.</summary>
    public sealed class OneCluster : IDisposable
    {
        private readonly Lazy<SlurmCluster> cluster = new(() => new());

        public SlurmCluster Started
        {
            get
            {
                Skip.If(SlurmCluster.Missing is not null, SlurmCluster.Missing);
                return cluster.Value;
            }
        }

        public void Dispose()
        {
            if (cluster.IsValueCreated)
                cluster.Value.Dispose();
        }
    }

    private static (int ExitCode, string Output, string Errors) Run(SlurmCluster cluster, params string[] arguments)
    {
        using Process process = Command.Begin(cluster, arguments);
        return Command.End(process);
    }

    private string Record(int files, float loudness = 1)
    {
        string audio = Directory.CreateDirectory(folder.At("audio")).FullName;
        for (int i = 0; i < files; i++)
            Wav.Write(
                Path.Combine(audio, $"{i}.wav"),
                [.. Enumerable.Range(0, 30_000).Select(n => loudness * MathF.Sin(n * (0.02f + i * 1e-4f)))],
                8000
            );
        return audio;
    }

    private string[] Extract(string audio, string store) =>
        ["extract", audio, "--features", "tiktok-lstm", "--store", folder.At(store)];

    // Of one folder's files the bytes, by name; without the hashes that are remembered, which hold times.
    private static SortedDictionary<string, string> Content(string store)
    {
        string[] files = Directory.GetFiles(store, "*", SearchOption.AllDirectories);
        IEnumerable<string> kept = files.Where(path => !Path.GetFileName(path).StartsWith("hashes.csv"));
        return new(
            kept.ToDictionary(
                path => Path.GetRelativePath(store, path),
                path => Convert.ToHexString(File.ReadAllBytes(path))
            )
        );
    }

    private static void Wait(Func<bool> happened)
    {
        var clock = Stopwatch.StartNew();
        while (!happened())
        {
            Assert.True(clock.Elapsed < TimeSpan.FromMinutes(2), "it has not happened in two minutes");
            Thread.Sleep(20);
        }
    }

    [SkippableFact]
    public void Extract_gives_the_same_bytes_though_stopped_cancelled_and_requeued()
    {
        SlurmCluster cluster = one.Started;
        string audio = Record(400);
        Assert.Equal(0, Command.Run(Extract(audio, "here")).ExitCode);

        string[] onSlurm = [.. Extract(audio, "there"), "--on", "slurm", "--memory", "1G"];
        using (Process stopped = Command.Begin(cluster, onSlurm))
        {
            Wait(() => cluster.Queue().Any(task => task.Contains("RUNNING")));
            string[] running =
            [
                .. cluster.Queue().Where(task => task.Contains("RUNNING")).Select(t => t.Split(' ')[0]),
            ];
            cluster.Run("scontrol", "requeue", running[0]);
            Wait(() => cluster.Queue().Any(task => task == $"{running[0]} PENDING "));
            cluster.StartHeldBack();
            cluster.Run("scancel", running[^1]);
            cluster.Run("scancel", cluster.Queue().Last(task => task.Contains("PENDING")).Split(' ')[0]);
            Process.Start("kill", ["-INT", $"{stopped.Id}"]).WaitForExit();
            var (stoppedWith, _, words) = Command.End(stopped);
            Assert.Equal(130, stoppedWith);
            Assert.Contains("goes on without this command", words);
            Assert.Contains("./research jobs", words);
        }
        Assert.Contains("extract", Run(cluster, "jobs").Output);

        // It waits for what still runs, and submits what was cancelled.
        var (exitCode, output, errors) = Run(cluster, onSlurm);
        Assert.True(exitCode == 0, output + errors);
        Assert.Contains("400 of 400 files are in", output);
        Assert.Contains("0 were extracted now", output);
        Assert.Equal(Content(folder.At("here")), Content(folder.At("there")));
        Assert.Empty(cluster.Queue());

        string made = Directory.GetDirectories(jobs).Except(before).Single();
        Assert.Equal(["01", "02"], Directory.GetDirectories(made).Select(Path.GetFileName).Order());
    }

    [SkippableFact]
    public void The_demo_corpus_gives_the_same_bytes_though_a_daemon_is_killed_whose_task_lives_on()
    {
        SlurmCluster cluster = one.Started;
        Assert.Equal(0, Command.Run(Extract(corpus, "here")).ExitCode);
        string[] onSlurm = [.. Extract(corpus, "there"), "--on", "slurm", "--memory", "1G"];
        // With the shards planned, whoever makes the last one waits for this process.
        Assert.Equal(0, Command.Run([.. onSlurm, "--dry-run"]).ExitCode);
        string last = Directory.GetFiles(folder.At("here"), "*.npy", SearchOption.AllDirectories).Max()!;
        FileStream held = LockedFile.TryOpen($"{folder.At("there")}{last[folder.At("here").Length..]}.part")!;

        using Process process = Command.Begin(cluster, onSlurm);
        Wait(() => cluster.Queue() is [var only] && only.Contains("RUNNING"));
        string[] words = cluster.Queue()[0].Split(' ');
        cluster.KillDaemon(words[2]);
        // As who looks after the cluster does, or Slurm itself after a while.
        cluster.Run("scontrol", "update", $"NodeName={words[2]}", "State=DOWN", "Reason=killed");
        Wait(() => cluster.Queue() is [var only] && only.Contains("PENDING"));
        Wait(() =>
        {
            cluster.StartHeldBack();
            return cluster.Queue() is [var only] && only.Contains("RUNNING") && !only.Contains(words[2]);
        });
        held.Dispose();
        var (exitCode, output, errors) = Command.End(process);
        cluster.StartNode(words[2]);
        Assert.True(exitCode == 0, output + errors);
        Assert.Equal(Content(folder.At("here")), Content(folder.At("there")));
        // What was started anew has waited for what was there, and has done nothing.
        Wait(() => cluster.Queue().Length == 0);
        string made = Directory.GetDirectories(jobs).Except(before).Single(),
            log = Path.Combine(made, "01", $"task-{words[0].Split('_')[1]}.log");
        Assert.Equal(2, File.ReadLines(log).Count(line => line.StartsWith("extract: done", StringComparison.Ordinal)));
    }

    [SkippableFact]
    public void A_sweep_of_twelve_trials_gives_the_same_bytes_though_a_node_dies()
    {
        SlurmCluster cluster = one.Started;
        // A seed of its own: nothing of it is there.
        int seed = Random.Shared.Next(1_000_000, int.MaxValue);
        string[] grid = ["Training.LearningRate=0.001,0.003,0.01,0.03", "Training.WeightDecay=0,0.001,0.01"];
        string[] command =
        [
            .. new[] { "sweep", "spotify-mlp-bins4", "--seed", $"{seed}", "--epochs", "3" },
            .. grid.SelectMany(field => new[] { "--grid", field }),
            .. new[] { "--on", "slurm", "--tasks", "4", "--memory", "2G" },
        ];
        Recipe start = Recipes.Find("spotify-mlp-bins4", "audited").AtDemoScale() with { Seed = seed };
        Sweep sweep = Sweep.Grid(
            (start with { Training = start.Training with { Epochs = 3 } }).With("Training.Threads", "1"),
            [.. grid.Select(SweepField.Parse)]
        );
        Source source = Source.Demo(DemoCorpus.Open(corpus));
        string[] names = [.. sweep.Missing(sweep.Trials, null, source, new RunStore(sweeps)).Select(run => run.Path)];
        Assert.Equal(12, names.Length);
        try
        {
            using Process process = Command.Begin(cluster, command);
            Wait(() => cluster.Queue().Any(task => task.EndsWith("RUNNING node2", StringComparison.Ordinal)));
            cluster.KillNode("node2");
            // The controller finds it dead, and gives its task to the other.
            Wait(() => cluster.Run("sinfo", "--noheader", "--format=%t").Contains("down"));
            Wait(() => cluster.Queue().All(task => !task.Contains("node2")));
            cluster.StartHeldBack();
            var store = new RunStore(folder.At("sweeps"));
            sweep.Execute(source, store);
            var (exitCode, output, errors) = Command.End(process);
            cluster.StartNode("node2");
            Assert.True(exitCode == 0, output + errors);
            Assert.Contains("Chosen by the validation rows' log loss", output);
            // A task takes no more cores than it was given, whatever the machine has.
            Assert.Contains(", 1 cores", RunStore.Load(names[0]).Environment.Machine);

            string[] files = ["predictions.csv", "validation.csv", "metrics.csv", "checkpoint.safetensors"];
            foreach (string name in names)
            foreach (string file in files)
                Assert.Equal(
                    File.ReadAllBytes(Path.Combine(store.PathOf(Path.GetFileName(name)), file)),
                    File.ReadAllBytes(Path.Combine(name, file))
                );
        }
        finally
        {
            foreach (string made in names.Where(Directory.Exists))
                Directory.Delete(made, recursive: true);
        }
    }

    [SkippableFact]
    public void What_a_search_has_proposed_is_trained_as_here()
    {
        SlurmCluster cluster = one.Started;
        int seed = Random.Shared.Next(1_000_000, int.MaxValue);
        string[] command =
        [
            .. new[] { "sweep", "spotify-mlp-bins4", "--seed", $"{seed}", "--epochs", "2", "--tpe", "11" },
            .. new[] { "--asha", "2", "--at-once", "6", "--grid", "Training.LearningRate=0.0001..0.3" },
        ];
        Recipe start = Recipes.Find("spotify-mlp-bins4", "audited").AtDemoScale() with { Seed = seed };
        Sweep sweep = Sweep.TreeParzen(
            (start with { Training = start.Training with { Epochs = 2 } }).With("Training.Threads", "1"),
            [SweepField.Parse("Training.LearningRate=0.0001..0.3")],
            11,
            (ulong)seed,
            halving: 2,
            atOnce: 6
        );
        RunStore store = new(folder.At("sweeps"));
        SweepResults here = sweep.Execute(Source.Demo(DemoCorpus.Open(corpus)), store);
        // Of both rungs.
        string[] names = [.. store.Read().Runs.Select(run => run.Id)];
        Assert.InRange(names.Length, 16, 20);
        try
        {
            var (exitCode, output, errors) = Run(
                cluster,
                [.. command, "--on", "slurm", "--tasks", "2", "--memory", "2G"]
            );
            Assert.True(exitCode == 0, output + errors);
            Assert.Contains(here.InWords(), output);
            foreach (string name in names)
                Assert.Equal(
                    RunStore.Load(store.PathOf(name)).Predictions.SelectMany(p => p.Probabilities),
                    RunStore.Load(Path.Combine(sweeps, name)).Predictions.SelectMany(p => p.Probabilities)
                );
        }
        finally
        {
            foreach (string made in names.Select(name => Path.Combine(sweeps, name)).Where(Directory.Exists))
                Directory.Delete(made, recursive: true);
            foreach (string proposed in Directory.GetFiles(sweeps, ".search-*.json"))
                File.Delete(proposed);
        }
    }

    [SkippableFact]
    public void On_a_full_disk_the_reason_is_named_and_the_same_command_submits_what_is_missing()
    {
        SlurmCluster cluster = one.Started;
        string disk = Directory.CreateDirectory(folder.At("disk")).FullName;
        Skip.IfNot(Ended("mount", "-t", "tmpfs", "-o", "size=500k", "tmpfs", disk), "needs the right to mount a disk");
        try
        {
            string[] command = Extract(Record(400), "disk");
            string[] onSlurm = [.. command, "--on", "slurm", "--memory", "1G", "--tasks", "2"];
            var (exitCode, output, errors) = Run(cluster, onSlurm);
            Assert.True(exitCode == 1, output + errors);
            Assert.Contains("No space left on device", errors);
            Assert.Contains("The same command submits what is missing", errors);
            Assert.NotEmpty(Directory.GetFiles(disk, "*.npy", SearchOption.AllDirectories));

            Assert.True(Ended("mount", "-o", "remount,size=64m", disk));
            (exitCode, output, errors) = Run(cluster, onSlurm);
            Assert.True(exitCode == 0, output + errors);
            Assert.Equal(0, Command.Run(Extract(folder.At("audio"), "here")).ExitCode);
            Assert.Equal(Content(folder.At("here")), Content(disk));
        }
        finally
        {
            Ended("umount", disk);
        }

        static bool Ended(string program, params string[] arguments)
        {
            using Process process = Process.Start(program, arguments);
            process.WaitForExit();
            return process.ExitCode == 0;
        }
    }

    [SkippableFact]
    public void What_is_out_of_memory_is_done_once_more_with_twice_as_much_and_named()
    {
        SlurmCluster cluster = one.Started;
        string[] command = [.. Extract(Record(64), "there"), "--on", "slurm"];
        var (exitCode, output, errors) = Run(cluster, [.. command, "--memory", "1M"]);
        Assert.True(exitCode == 1, output + errors);
        Assert.Contains("Out of memory with 1M: shard 0. Once more with 2M.", errors);
        Assert.Contains("was out of memory with 2M", errors);

        Assert.Equal(0, Run(cluster, [.. command, "--memory", "1G"]).ExitCode);
        string log = Directory
            .GetFiles(Directory.GetDirectories(jobs).Except(before).Single(), "task-1.log", SearchOption.AllDirectories)
            .Order()
            .Last();
        string[] peak = File.ReadLines(log).Single(line => line.StartsWith("Memory at its peak")).Split(' ');
        Assert.InRange(int.Parse(peak[4]), 10, 1024);

        Directory.Delete(folder.At("there"), recursive: true);
        (exitCode, output, errors) = Run(cluster, [.. command, "--memory", $"{int.Parse(peak[4]) * 2 / 3}M"]);
        Assert.True(exitCode == 0, output + errors);
        Assert.Contains("Once more with", errors);
    }

    [SkippableFact]
    public void Seeds_give_the_same_verdict_as_here()
    {
        SlurmCluster cluster = one.Started;
        int seed = 10 * Random.Shared.Next(1_000_000, 100_000_000);
        string[] command =
        [
            .. new[] { "train", "spotify-mlp-bins4", "--variant", "audited", "--epochs", "2", "--json" },
            .. new[] { "--repeat", "2", "--seed", $"{seed}" },
        ];
        var (exitCode, there, errors) = Run(cluster, [.. command, "--on", "slurm", "--memory", "2G"]);
        Assert.True(exitCode == 0, errors);
        string[] Made() =>
            [
                .. Directory
                    .GetDirectories(replications)
                    .Where(run => Path.GetFileName(run).Contains($"Seed={seed / 10}")),
            ];
        // But for how long each took.
        static string[] Lasting(string json) => [.. json.Split('\n').Where(line => !line.Contains("\"seconds\""))];

        string[] made = Made();
        Assert.Equal(2, made.Length);
        foreach (string run in made)
            Directory.Delete(run, recursive: true);
        try
        {
            Assert.Equal(Lasting(Command.Run(command).Output), Lasting(there));
        }
        finally
        {
            foreach (string run in Made())
                Directory.Delete(run, recursive: true);
        }
    }

    [SkippableFact]
    public void Runs_are_evaluated_to_the_same_bytes_as_here_and_one_that_cannot_be_is_named()
    {
        SlurmCluster cluster = one.Started;
        Source songs = Source.Demo(DemoCorpus.Open(corpus));
        RunStore store = new(folder.At("runs"));
        Recipe recipe = Recipes.Find("spotify-mlp-bins4", "audited").AtDemoScale();
        recipe = recipe.With("Training.Epochs", "1");
        int seed = Random.Shared.Next(1_000_000, int.MaxValue);
        string[] names = ["first", "second", "third"];
        foreach (string name in names)
            Experiment.Execute(recipe with { Seed = name[0] }, songs, store, id: $"{name}-{seed}");
        File.Delete(Path.Combine(store.PathOf($"third-{seed}"), "tracks.parquet"));
        string[] command =
        [
            .. new[] { "evaluate", "first", "second", "--runs", folder.At("runs"), "--json" },
            .. new[] { "--catalogue", songs.Catalogue!, "--artists", songs.Artists[0] },
        ];
        string evaluations = Path.Combine(Repository.Root, "artifacts", "evaluations");
        string[] Made() => [.. Directory.GetDirectories(evaluations, $"*-{seed}-on-*").Order()];
        try
        {
            var (exitCode, there, errors) = Run(cluster, [.. command, "third", "--on", "slurm", "--memory", "2G"]);
            Assert.True(exitCode == 1, errors);
            Assert.Contains($"The tracks of third-{seed} cannot be read", errors);
            Assert.Contains("The same command submits what is missing", errors);
            SortedDictionary<string, string>[] kept = [.. Made().Select(Figures)];
            Assert.Equal(2, kept.Length);
            foreach (string path in Made())
                Directory.Delete(path, recursive: true);
            Assert.Equal(Command.Run(command).Output, there);
            Assert.Equal(kept, Made().Select(Figures));
        }
        finally
        {
            if (Directory.Exists(evaluations))
                foreach (string path in Made())
                    Directory.Delete(path, recursive: true);
        }

        // But for the page, whose charts are numbered by process.
        static SortedDictionary<string, string> Figures(string path)
        {
            SortedDictionary<string, string> files = Content(path);
            Assert.True(files.Remove("index.html"));
            return files;
        }
    }

    [SkippableFact]
    public void Songs_that_were_collected_are_described_as_here()
    {
        SlurmCluster cluster = one.Started;
        string audio = Record(3, loudness: 0.1f + Random.Shared.NextSingle() / 2),
            table = folder.At("songs.csv");
        File.WriteAllLines(
            table,
            Directory.GetFiles(audio).Order().Select((path, i) => $"{i},song {i},{path}").Prepend("id,title,file")
        );
        string[] command =
        [
            .. new[] { "collect", "csv", table, "--to", folder.At("collection"), "--describe" },
            .. new[] { "id=id", "title=title", "audio_path=file" }.SelectMany(column => new[] { "--column", column }),
        ];
        var (exitCode, output, errors) = Run(cluster, [.. command, "--on", "slurm", "--memory", "2G"]);
        Assert.True(exitCode == 0, output + errors);
        Assert.Contains("1 shard …", output);

        using Collection collection = Collection.Open(folder.At("collection"));
        DescriptorTable here = DescriptorTable.Measure(collection.Folder, collection.AudioFiles, folder.At("here"));
        Assert.Equal(3, here.Files.Count);
        here.Save(folder.At("here.csv"));
        collection.Database.Export("FROM descriptors ORDER BY file", folder.At("there.csv"));
        Assert.Equal(File.ReadAllText(folder.At("here.csv")), File.ReadAllText(folder.At("there.csv")));
    }

    [SkippableFact]
    public void Notebooks_and_what_they_train_are_the_same_as_here()
    {
        SlurmCluster cluster = one.Started;
        string[] Command(string report) =>
            [
                .. new[] { "run", "03", "06", "--set", "Steps=20", "--set", "Epochs=1" },
                .. new[] { "--out", folder.At(report) },
            ];
        var (exitCode, output, errors) = Run(cluster, [.. Command("there"), "--on", "slurm"]);
        Assert.True(exitCode == 0, output + errors);
        Assert.Equal(0, Research.Tests.Command.Run(Command("here")).ExitCode);
        foreach (string name in (string[])["03-tensors.ipynb", "06-tiktok-lstm.ipynb"])
            Assert.Equal(Cells(folder.At($"here/{name}")), Cells(folder.At($"there/{name}")));
        string summary = File.ReadAllText(folder.At("there/summary.json"));
        Assert.Equal(File.ReadAllText(folder.At("here/summary.json")), summary);
        Assert.Contains("tiktok-lstm", summary);

        static string[] Cells(string path) =>
            [.. CommittedNotebook.Of(Notebook.Load(path)).Cells.Select(cell => cell.Json.ToJsonString())];
    }

    [Fact]
    public void Notebooks_that_come_after_others_follow_them_in_one_task()
    {
        string[] command = ["--on", "slurm", "--dry-run"];
        Assert.Contains("--array=1-2\n", Command.Run(["run", "03", "09", "14", .. command]).Output);
        Assert.Contains("--array=1-1\n", Command.Run(["run", "09", "11", "12", .. command]).Output);
    }

    [Fact]
    public void The_script_that_would_be_submitted_can_be_read_and_is_right_for_bash()
    {
        string[] command = [.. Extract(Record(200), "it's there"), "--on", "slurm", "--dry-run"];
        string[] asked =
        [
            .. new[] { "--partition", "gpu", "--account", "music", "--gpus", "1", "--cpus", "4", "--memory", "8G" },
            .. new[] { "--time", "02:00:00", "--array-limit", "2", "--sbatch", "--qos=long" },
        ];
        var (exitCode, script, errors) = Command.Run([.. command, .. asked]);
        Assert.True(exitCode == 0, errors);
        string[] lines = script.Split('\n');
        Assert.Equal("#!/bin/bash", lines[0]);
        Assert.Superset(
            new HashSet<string>([
                .. new[] { "--array=1-4%2", "--partition=gpu", "--account=music", "--gpus=1", "--cpus-per-task=4" },
                .. new[] { "--mem=8G", "--time=02:00:00", "--qos=long", "--requeue" },
            ]),
            lines.Where(line => line.StartsWith("#SBATCH ")).Select(line => line["#SBATCH ".Length..]).ToHashSet()
        );
        string body = string.Join('\n', lines.Where(line => !line.StartsWith('#')));
        Assert.Contains("OMP_NUM_THREADS=\"$SLURM_CPUS_PER_TASK\"", body);
        Assert.DoesNotContain("slurm ", body);
        Assert.DoesNotContain("--partition", body);
        Assert.False(Directory.Exists(folder.At("it's there/slurm")));

        // bash reads back what was typed.
        string path = folder.At("job.sh");
        File.WriteAllText(path, script.Replace("dotnet ", "printf '%s\\n' "));
        Process bash = Process.Start(
            new ProcessStartInfo("bash", ["-c", $"sed() {{ printf 0; }}; echo() {{ :; }}; . \"{path}\""])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                Environment = { ["SLURM_ARRAY_TASK_ID"] = "1", ["SLURM_CPUS_PER_TASK"] = "4" },
            }
        )!;
        string[] words = Command.End(bash).Output.Trim().Split('\n');
        Assert.Equal([.. Extract(folder.At("audio"), "it's there"), "--only", "0"], words[1..]);
    }

    [Fact]
    public void Why_a_task_has_failed_is_what_the_command_said_last()
    {
        string command = $"test-{Guid.NewGuid():N}",
            job = Directory.CreateDirectory(Path.Combine(jobs, command, "01")).FullName;
        File.WriteAllText(
            Path.Combine(job, "job.json"),
            """{ "Id": "7", "Time": "2026-11-30T22:00:00Z", "Command": "sweep", "Memory": "4G" }"""
        );
        File.WriteAllText(Path.Combine(job, "tasks.txt"), "1,2\n");
        File.WriteAllText(Path.Combine(job, "task-1.exit"), "1\n");
        File.WriteAllLines(
            Path.Combine(job, "task-1.log"),
            [
                "trial 2 …",
                "trial 2: The network answers with what is no number.",
                "Memory at its peak: 248 MB of 4096; read 133 MB",
                "slurmstepd: error: it was ended",
            ]
        );
        string reason = SlurmJob.Last(command)!.Reason(1, "FAILED");
        Assert.StartsWith("trial 2: The network answers with what is no number (task 1 of job 7; its words: ", reason);
    }

    [Fact]
    public void With_gpus_trainings_run_on_cuda_and_the_device_that_was_set_is_kept()
    {
        string[] command = ["sweep", "spotify-mlp-bins4", "--grid", "Training.LearningRate=1,2", "--on", "slurm"];
        string[] asked = ["--dry-run", "--gpus", "1"];
        string script = Command.Run([.. command, .. asked]).Output;
        Assert.Contains("#SBATCH --array=1-2\n", script);
        Assert.Contains("--set Training.Device=cuda --only", script);
        script = Command.Run([.. command, .. asked, "--set", "Training.Device=cpu"]).Output;
        Assert.Contains("--set Training.Device=cpu --set Training.Device=cpu --only", script);
    }

    [Theory]
    [InlineData("--partition belongs to --on slurm", "--partition", "gpu")]
    [InlineData("There is no scheduler pbs", "--on", "pbs")]
    [InlineData("--memory takes", "--on", "slurm", "--memory", "much")]
    [InlineData("--jobs is for work on this machine", "--on", "slurm", "--jobs", "2")]
    [InlineData("--cpus gives it more", "--on", "slurm", "--dry-run", "--set", "Training.Threads=2")]
    public void Wrong_usage_is_named(string named, params string[] arguments)
    {
        string[] command = ["sweep", "spotify-mlp-bins4", "--grid", "Training.LearningRate=1"];
        var (exitCode, _, errors) = Command.Run([.. command, .. arguments]);
        Assert.Equal(2, exitCode);
        Assert.Contains(named, errors);
    }

    [Theory]
    [InlineData("--on slurm takes --describe", "collect", "deezer", "rap", "--on", "slurm")]
    [InlineData("--dry-run belongs to --on slurm", "collect", "deezer", "rap", "--describe", "--dry-run")]
    [InlineData("--out is for work on this machine", "evaluate", "r", "--audio", ".", "--out", "x", "--on", "slurm")]
    [InlineData("--out is the place of one evaluation", "evaluate", "r", "s", "--audio", ".", "--out", "x")]
    [InlineData("--save is for work on this machine", "run", "03", "--save", "--on", "slurm")]
    public void Wrong_usage_of_other_commands_is_named(string named, params string[] arguments)
    {
        var (exitCode, _, errors) = Command.Run(arguments);
        Assert.Equal(2, exitCode);
        Assert.Contains(named, errors);
    }

    [Fact]
    public void A_site_has_defaults_and_what_is_wrong_in_them_is_named()
    {
        string path = folder.At("slurm.json");
        Assert.Equal(new SlurmSettings(), SlurmSettings.Read(path));
        File.WriteAllText(path, """{ "partition": "gpu", "memory": "500M", "arrayLimit": 3 }""");
        Assert.Equal(
            new SlurmSettings
            {
                Partition = "gpu",
                Memory = "500M",
                ArrayLimit = 3,
            },
            SlurmSettings.Read(path)
        );
        foreach (
            string wrong in (string[])["{ \"partitoin\": \"gpu\" }", "{ \"cpus\": 0 }", "{ \"memory\": \"x\" }", "["]
        )
        {
            File.WriteAllText(path, wrong);
            Assert.Contains(path, Assert.Throws<HitSongException>(() => SlurmSettings.Read(path)).Message);
        }
    }

    [Theory]
    [InlineData("8G", 8192, "16G")]
    [InlineData("1500", 1500, "3000M")]
    [InlineData("2048K", 2, "4M")]
    [InlineData("1t", 1_048_576, "2048G")]
    public void Memory_is_read_as_slurm_writes_it(string text, long megabytes, string larger)
    {
        SlurmMemory memory = SlurmMemory.Parse(text)!;
        Assert.Equal(megabytes, memory.Megabytes);
        Assert.Equal(larger, $"{memory.Larger}");
    }
}
