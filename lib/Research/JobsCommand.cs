using System.CommandLine;
using Research.Slurm;
using Spectre.Console;

namespace Research;

/// <summary><c>./research jobs</c>: what was submitted to a cluster, and how it stands.</summary>
internal static class JobsCommand
{
    public static Command Create()
    {
        var command = new Command(
            "jobs",
            "The job arrays that --on slurm has submitted, the newest of each command: how many tasks wait, run, have "
                + "ended well or not. Scripts and what the tasks said lie under artifacts/slurm/. The same command "
                + "picks up what is there and submits what is missing; scancel JOB ends one."
        );
        command.SetAction(_ => Run());
        return command;
    }

    private static int Run()
    {
        IReadOnlyList<SlurmJob> jobs = SlurmJob.Newest();
        if (jobs.Count == 0)
        {
            Console.WriteLine(
                "No job was submitted from here: run, collect, extract, train, sweep and evaluate take --on slurm."
            );
            return 0;
        }
        var (queue, trouble) = SlurmQueue.Mine();
        if (queue is null)
            Console.Error.WriteLine($"squeue does not answer: {trouble}");
        Table table = new Table().Border(TableBorder.Rounded);
        foreach (
            string column in (string[])["job", "submitted", "tasks", "waiting", "running", "well", "not", "command"]
        )
            table.AddColumn(column);
        foreach (SlurmJob job in jobs)
        {
            QueuedTask[] active = [.. job.In(queue ?? []).Where(task => task.IsActive)];
            int waiting = active.Count(task => task.IsWaiting);
            HashSet<int> stillThere = [.. active.Select(task => task.Number)];
            int[] ended = [.. Enumerable.Range(1, job.Tasks.Count).Where(task => !stillThere.Contains(task))];
            int well = ended.Count(task => job.ExitCode(task) == 0);
            string[] cells =
            [
                job.Submitted.Id,
                $"{job.Submitted.Time.ToLocalTime():yyyy-MM-dd HH:mm}",
                $"{job.Tasks.Count}",
                $"{waiting}",
                $"{active.Length - waiting}",
                $"{well}",
                queue is null ? "?" : $"{ended.Length - well}",
                $"{job.Submitted.Command}\nartifacts/slurm/{job.Name}",
            ];
            table.AddRow([.. cells.Select(Markup.Escape)]);
        }
        AnsiConsole.Write(table);
        return 0;
    }
}
