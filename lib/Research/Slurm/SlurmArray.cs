using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using HitSong;
using HitSong.Corpus;
using HitSong.Training;

namespace Research.Slurm;

/// <summary>
/// Work that a cluster does: units that know nothing of each other, dealt to the tasks of a job array. Nothing but
/// their results counts: whoever has made them, they are done, and what is missing is submitted again.
/// </summary>
/// <param name="arguments">What each task is called with; its units follow, as <c>--only 3,4</c>.</param>
/// <param name="settings">What is asked of Slurm.</param>
/// <param name="unit">What a unit is, such as "trial".</param>
/// <param name="output">Where the script is printed, and nothing submitted; null: it is submitted.</param>
internal sealed class SlurmArray(string[] arguments, SlurmSettings settings, string unit, TextWriter? output)
{
    // Results are looked for all the time; the scheduler, which many ask, less and less often.
    private static readonly TimeSpan look = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan shortestUnasked = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan longestUnasked = TimeSpan.FromSeconds(15);

    // What a node has written may be seen late through a network file system's cache.
    private static readonly TimeSpan seenAtLast = TimeSpan.FromSeconds(60);

    /// <summary>Whether the script is only to be printed.</summary>
    public bool IsDryRun => output is not null;

    /// <summary>The same with more arguments for its tasks.</summary>
    public SlurmArray With(params string[] more) => new([.. arguments, .. more], settings, unit, output);

    /// <summary>The same with one task, which does all in turn.</summary>
    public SlurmArray InOneTask() => new(arguments, settings with { Tasks = 1 }, unit, output);

    /// <summary>What of a recipe an array changes, as --set has it: with GPUs its trainings run on them.</summary>
    public static string[] Changes(SlurmArray? array) => array is { HasGpus: true } ? ["Training.Device=cuda"] : [];

    private bool HasGpus => settings.Gpus > 0;

    /// <summary>The same for trainings, on the device that they were found to have.</summary>
    /// <exception cref="UsageException">They have more threads than a task has cores.</exception>
    public SlurmArray Training(TrainingSettings training) =>
        training.Threads > settings.Cpus
            ? throw new UsageException(
                $"Training.Threads is {training.Threads}, and a task has {settings.Cpus}: --cpus gives it more."
            )
        : HasGpus ? With("--set", $"Training.Device={training.Device}")
        : this;

    // The same for the same work, whatever is asked of Slurm for it.
    private string Name
    {
        get
        {
            string command = string.Join('\0', [Environment.CurrentDirectory, .. arguments]);
            return $"{arguments[0]}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(command)))[..8]}";
        }
    }

    /// <summary>Prints the script that would be submitted.</summary>
    public void Print(IReadOnlyList<SlurmUnit> units)
    {
        if (units.Count == 0)
            Console.Error.WriteLine("All is done: nothing would be submitted.");
        else
            output!.Write(SlurmJob.Script(Name, arguments, settings, Dealt(units)));
    }

    /// <summary>
    /// Has all units done, shows how far it is, and names those that are not done; of a dry run it prints the script.
    /// </summary>
    /// <param name="units">What is to be done.</param>
    /// <param name="cancellation">Ends the waiting; the array goes on.</param>
    /// <returns>Whether all are done.</returns>
    /// <inheritdoc cref="Run"/>
    public bool Do(IReadOnlyList<SlurmUnit> units, CancellationToken cancellation)
    {
        if (IsDryRun)
        {
            Print(units);
            return false;
        }
        if (units.Count == 0)
            return true;
        string all = $"{units.Count} {unit}{(units.Count == 1 ? "" : "s")}";
        IReadOnlyDictionary<int, string> reasons = LongWork.Show(all, Wait);
        if (reasons.Count == 0)
            return true;
        ResultsTable.Print([
            .. units
                .Where(missing => reasons.ContainsKey(missing.Number))
                .Select(missing => new Failure(NameOf(missing), reasons[missing.Number])),
        ]);
        Console.Error.WriteLine($"{reasons.Count} of {all} not done. The same command submits what is missing.");
        return false;

        IReadOnlyDictionary<int, string> Wait(Action<double, string> report)
        {
            int done = 0;
            return Run(units, Told, cancellation);

            void Told(IReadOnlyList<int> more, string words) =>
                report((double)(done += more.Count) / units.Count, $"{done} of {all}, {words}");
        }
    }

    /// <summary>
    /// Has all units done, and waits for them. What an earlier call has submitted and still runs is waited for, not
    /// submitted again. What was out of memory is done once more with twice as much.
    /// </summary>
    /// <param name="units">What is to be done.</param>
    /// <param name="told">Told now and then of the units that have been done since, and how it stands.</param>
    /// <param name="cancellation">Ends the waiting; the array goes on.</param>
    /// <returns>Why those that are not done are not, by their number.</returns>
    /// <exception cref="HitSongException">Slurm is not on this machine, or refuses the script.</exception>
    /// <exception cref="LeftRunningException">The waiting was ended.</exception>
    public IReadOnlyDictionary<int, string> Run(
        IReadOnlyList<SlurmUnit> units,
        Action<IReadOnlyList<int>, string> told,
        CancellationToken cancellation
    )
    {
        List<SlurmUnit> left = [.. units];
        Dictionary<int, string> reasons = [];
        var (job, isNew) = SlurmJob.Submit(Name, arguments, settings, Dealt(left));
        List<SlurmUnit> starved = Wait(job, left, reasons, told, cancellation);
        if (!isNew && left.Count > 0)
        {
            (job, _) = SlurmJob.Submit(Name, arguments, settings, Dealt(left));
            starved = Wait(job, left, reasons, told, cancellation);
        }
        if (starved.Count == 0)
            return reasons;

        SlurmSettings larger = settings with { Memory = $"{SlurmMemory.Parse(job.Submitted.Memory)!.Larger}" };
        Console.Error.WriteLine(
            $"Out of memory with {job.Submitted.Memory}: {string.Join(", ", starved.Select(NameOf))}. "
                + $"Once more with {larger.Memory}."
        );
        left.RemoveAll(u => !starved.Contains(u));
        (job, _) = SlurmJob.Submit(Name, arguments, larger, Dealt(left));
        Wait(job, left, reasons, told, cancellation);
        return reasons;
    }

    // Waits until no task of a job is left. What is done goes out of `left`; why the rest is not goes into `reasons`.
    // Gives those of them that were out of memory.
    private List<SlurmUnit> Wait(
        SlurmJob job,
        List<SlurmUnit> left,
        Dictionary<int, string> reasons,
        Action<IReadOnlyList<int>, string> told,
        CancellationToken cancellation
    )
    {
        Dictionary<int, int> taskOf = job
            .Tasks.Index()
            .SelectMany(task => task.Item.Select(number => (number, Task: task.Index + 1)))
            .ToDictionary(pair => pair.number, pair => pair.Task);
        Dictionary<int, QueuedTask> queued = [];
        TimeSpan unasked = shortestUnasked;
        var clock = Stopwatch.StartNew();
        TimeSpan next = TimeSpan.Zero;
        string words = "submitted";
        while (true)
        {
            bool isOver = false;
            if (clock.Elapsed >= next)
            {
                (words, isOver) = Ask();
                next = clock.Elapsed + unasked;
                unasked = TimeSpan.FromTicks(Math.Min(longestUnasked.Ticks, unasked.Ticks * 5 / 4));
            }
            Take(isOver);
            if (left.Count == 0 || isOver)
                break;
            if (cancellation.WaitHandle.WaitOne(look))
                throw new LeftRunningException(job);
        }
        // Others' units are looked at where theirs are done.
        for (clock.Restart(); left.Any(HasEndedWell) && clock.Elapsed < seenAtLast; Take(all: true))
            Thread.Sleep(look);

        foreach (SlurmUnit missing in left)
            reasons[missing.Number] = taskOf.TryGetValue(missing.Number, out int task)
                ? job.Reason(task, Ended(task))
                : $"was no part of job {job.Submitted.Id}";
        return
        [
            .. left.Where(missing =>
                taskOf.TryGetValue(missing.Number, out int task) && job.WasOutOfMemory(task, Ended(task))
            ),
        ];

        string? Ended(int task) => queued.GetValueOrDefault(task) is { IsActive: false } of ? of.State : null;

        bool HasEndedWell(SlurmUnit missing) =>
            taskOf.TryGetValue(missing.Number, out int task) && job.ExitCode(task) == 0;

        (string, bool) Ask()
        {
            var (queue, trouble) = SlurmQueue.Mine();
            if (queue is null)
                return ($"squeue does not answer: {trouble}", false);
            QueuedTask[] tasks = [.. job.In(queue)];
            foreach (QueuedTask task in tasks)
                queued[task.Number] = task;
            QueuedTask[] waiting = [.. tasks.Where(task => task.IsWaiting)];
            int running = tasks.Count(task => task.IsActive) - waiting.Length;
            string why = string.Join(", ", waiting.Select(task => task.Reason).Where(r => r != "None").Distinct());
            string wait = waiting.Length == 0 ? "" : $", {waiting.Length} waiting{(why == "" ? "" : $" ({why})")}";
            return ($"job {job.Submitted.Id}: {running} tasks running{wait}", running + waiting.Length == 0);
        }

        // Of a task that has begun the next unit is looked at; in the end all are.
        void Take(bool all)
        {
            List<int> done = [];
            HashSet<int> begun = job.Begun(),
                behind = [];
            left.RemoveAll(missing =>
            {
                int task = taskOf.GetValueOrDefault(missing.Number);
                if (!all && (behind.Contains(task) || !begun.Contains(task)))
                    return false;
                bool isDone = missing.IsDone;
                if (isDone)
                    done.Add(missing.Number);
                else
                    behind.Add(task);
                return isDone;
            });
            foreach (int number in done)
                reasons.Remove(number);
            told(done, words);
        }
    }

    private string NameOf(SlurmUnit one) => one.Name ?? $"{unit} {one.Number}";

    // In turn, so that each task has about as many.
    private int[][] Dealt(IReadOnlyList<SlurmUnit> units)
    {
        int tasks = Math.Min(settings.Tasks, units.Count);
        return [.. Enumerable.Range(0, tasks).Select(task => Numbers(task).ToArray())];

        IEnumerable<int> Numbers(int task)
        {
            for (int i = task; i < units.Count; i += tasks)
                yield return units[i].Number;
        }
    }
}
