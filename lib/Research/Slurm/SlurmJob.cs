using System.Globalization;
using System.Text.Json;
using HitSong;

namespace Research.Slurm;

/// <summary>
/// A submitted job array, as its folder holds it: <c>job.sh</c>, <c>tasks.txt</c> (a line for each task, its units),
/// <c>job.json</c>, and of each task <c>task-3.log</c> (what it said) and <c>task-3.exit</c> (how it ended). What was
/// submitted for the same command lies side by side: <c>artifacts/slurm/sweep-0123abcd/01</c>, 02, and so on.
/// </summary>
internal sealed class SlurmJob
{
    /// <summary>Exit code of what the system has killed, as it does with what is out of memory.</summary>
    public const int Killed = 137;

    private readonly string folder;

    private SlurmJob(string folder, Submission submission, int[][] tasks) =>
        (this.folder, Submitted, Tasks) = (folder, submission, tasks);

    /// <summary>How it was submitted.</summary>
    public Submission Submitted { get; }

    /// <summary>The units of each task, the array's first.</summary>
    public IReadOnlyList<IReadOnlyList<int>> Tasks { get; }

    /// <summary>Its name, such as <c>sweep-0123abcd/02</c>.</summary>
    public string Name => Path.GetRelativePath(Root, folder);

    private static string Root => Path.Combine(Workspace.Artifacts, "slurm");

    /// <summary>The newest of each command, the newest first.</summary>
    public static IReadOnlyList<SlurmJob> Newest() =>
        Directory.Exists(Root)
            ?
            [
                .. Directory
                    .GetDirectories(Root)
                    .Select(Last)
                    .OfType<SlurmJob>()
                    .OrderByDescending(j => j.Submitted.Time),
            ]
            : [];

    /// <summary>The newest of one command; null where none was submitted.</summary>
    /// <param name="command">The command's name: a folder under <c>artifacts/slurm</c>.</param>
    public static SlurmJob? Last(string command)
    {
        foreach (string folder in Numbered(Path.Combine(Root, command)).Reverse())
            if (Read(folder) is { } job)
                return job;
        return null;
    }

    /// <summary>
    /// Submits work, unless some of the same command still runs, which another process has submitted: then that.
    /// </summary>
    /// <param name="command">The command's name.</param>
    /// <param name="arguments">What each task is called with; its units follow.</param>
    /// <param name="settings">What is asked of Slurm.</param>
    /// <param name="tasks">The units of each task.</param>
    /// <exception cref="HitSongException">Slurm refuses it.</exception>
    public static (SlurmJob Job, bool IsNew) Submit(
        string command,
        string[] arguments,
        SlurmSettings settings,
        int[][] tasks
    )
    {
        string all = Directory.CreateDirectory(Path.Combine(Root, command)).FullName;
        using FileStream held = LockedFile.Open(Path.Combine(all, "lock"));
        if (Last(command) is { } last && SlurmQueue.Mine().Tasks is { } queue && last.In(queue).Any(t => t.IsActive))
            return (last, false);

        string folder = Directory.CreateDirectory(Next(command)).FullName,
            script = Path.Combine(folder, "job.sh");
        File.WriteAllLines(Path.Combine(folder, "tasks.txt"), tasks.Select(units => string.Join(',', units)));
        File.WriteAllText(script, SlurmScript.Of($"hitsong-{command}", folder, tasks.Length, arguments, settings));
        string id;
        try
        {
            id = SlurmQueue.Submit(script);
        }
        catch (HitSongException)
        {
            Directory.Delete(folder, recursive: true);
            throw;
        }
        Submission submission = new(id, DateTime.UtcNow, SlurmScript.Line(arguments), settings.Memory);
        WholeFile.Write(Path.Combine(folder, "job.json"), JsonSerializer.Serialize(submission));
        return (new(folder, submission, tasks), true);
    }

    /// <summary>The script that <see cref="Submit"/> would submit next.</summary>
    /// <inheritdoc cref="Submit"/>
    public static string Script(string command, string[] arguments, SlurmSettings settings, int[][] tasks)
    {
        string folder = Next(command);
        return SlurmScript.Of($"hitsong-{command}", folder, tasks.Length, arguments, settings);
    }

    /// <summary>Its tasks among those that are queued.</summary>
    public IEnumerable<QueuedTask> In(IReadOnlyList<QueuedTask> queue) =>
        queue.Where(task => task.Job == Submitted.Id && task.Number <= Tasks.Count);

    /// <summary>Numbers of the tasks that have begun, of which Slurm has opened the log.</summary>
    public HashSet<int> Begun() =>
        [
            .. Directory
                .EnumerateFiles(folder, "task-*.log")
                .Select(log => Path.GetFileNameWithoutExtension(log)["task-".Length..])
                .Select(number => int.Parse(number, CultureInfo.InvariantCulture)),
        ];

    /// <summary>With what a task has ended; null where it has not, or could not say so.</summary>
    /// <param name="task">Its number, from 1.</param>
    public int? ExitCode(int task)
    {
        string path = Path.Combine(folder, $"task-{task}.exit");
        return
            File.Exists(path)
            && int.TryParse(File.ReadAllText(path), NumberStyles.Integer, CultureInfo.InvariantCulture, out int code)
            ? code
            : null;
    }

    /// <summary>Why a task has not done all that it should, in words.</summary>
    /// <param name="task">Its number, from 1.</param>
    /// <param name="state">What Slurm last said of it; null: nothing.</param>
    public string Reason(int task, string? state)
    {
        string log = Path.Combine(folder, $"task-{task}.log"),
            where = $"(task {task} of job {Submitted.Id}; its words: {Path.GetRelativePath(Workspace.Root, log)})";
        string? said = File.Exists(log) ? File.ReadLines(log).LastOrDefault(IsOurs) : null;
        string reason = (ExitCode(task), state) switch
        {
            (Killed, _) or (_, "OUT_OF_MEMORY") => $"was out of memory with {Submitted.Memory}",
            (0, _) => "has ended well, but what it made is not to be seen here: do all nodes share this folder?",
            (int code, _) => said ?? $"ended with {code}, without a word",
            (_, "CANCELLED") => "was cancelled",
            (_, "TIMEOUT") => "took longer than --time allows",
            (_, "NODE_FAIL") => "lost its node",
            (_, null) => "ended without a word: it was cancelled, or its node died",
            _ => $"ended as {state}",
        };
        return $"{reason.TrimEnd('.')} {where}";

        // Not bash's or Slurm's, which speak of how it was ended, nor what any task says at last.
        static bool IsOurs(string line) =>
            line.Trim() != ""
            && !line.Contains("/slurm_script: line ")
            && !line.StartsWith("slurmstepd:")
            && !line.StartsWith(TaskMemory.AtItsPeak);
    }

    /// <summary>Whether a task was out of memory.</summary>
    public bool WasOutOfMemory(int task, string? state) => ExitCode(task) == Killed || state == "OUT_OF_MEMORY";

    private static SlurmJob? Read(string folder)
    {
        string submission = Path.Combine(folder, "job.json");
        if (!File.Exists(submission))
            return null;
        try
        {
            int[][] tasks =
            [
                .. File.ReadLines(Path.Combine(folder, "tasks.txt"))
                    .Select(line => line.Split(',').Select(unit => int.Parse(unit, CultureInfo.InvariantCulture)))
                    .Select(units => units.ToArray()),
            ];
            return new(folder, JsonSerializer.Deserialize<Submission>(File.ReadAllText(submission))!, tasks);
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            throw new HitSongException($"{folder} holds no job of ./research: {e.Message}", e);
        }
    }

    private static string Next(string command)
    {
        string all = Path.Combine(Root, command);
        return Path.Combine(all, $"{Numbered(all).Length + 1:00}");
    }

    private static string[] Numbered(string folder) =>
        Directory.Exists(folder) ? [.. Directory.GetDirectories(folder).Order(StringComparer.Ordinal)] : [];

    /// <summary>How an array was submitted.</summary>
    /// <param name="Id">Slurm's job id.</param>
    /// <param name="Time">When, UTC.</param>
    /// <param name="Command">The command, without <c>--on slurm</c>.</param>
    /// <param name="Memory">What each task may take.</param>
    internal sealed record Submission(string Id, DateTime Time, string Command, string Memory);
}
