using System.Globalization;
using System.Text;

namespace Research.Slurm;

/// <summary>The sbatch script of a job array.</summary>
internal static class SlurmScript
{
    /// <summary>The script.</summary>
    /// <param name="name">The job's name in the queue.</param>
    /// <param name="folder">Where the script, <c>tasks.txt</c> and what the tasks say lie.</param>
    /// <param name="tasks">How many tasks.</param>
    /// <param name="arguments">What the program is called with; its units follow.</param>
    /// <param name="settings">What is asked of Slurm.</param>
    public static string Of(string name, string folder, int tasks, string[] arguments, SlurmSettings settings)
    {
        string most = settings.ArrayLimit is int limit ? $"%{limit}" : "";
        string log = Path.Combine(folder.Replace("%", "%%"), "task-%a.log");
        string?[] asked =
        [
            $"--job-name={name}",
            $"--array=1-{tasks}{most}",
            $"--output={Quoted(log)}",
            "--open-mode=append",
            "--requeue",
            "--nodes=1",
            "--ntasks=1",
            $"--cpus-per-task={settings.Cpus}",
            $"--mem={settings.Memory}",
            settings.Gpus is > 0 ? $"--gpus={settings.Gpus}" : null,
            settings.Time is null ? null : $"--time={settings.Time}",
            settings.Partition is null ? null : $"--partition={settings.Partition}",
            settings.Account is null ? null : $"--account={settings.Account}",
            settings.Sbatch,
        ];
        StringBuilder script = new("#!/bin/bash\n");
        foreach (string option in asked.OfType<string>())
            script.Append(CultureInfo.InvariantCulture, $"#SBATCH {option}\n");
        string program = string.Join(' ', Program.Concat(arguments).Select(Quoted));
        script.Append(
            CultureInfo.InvariantCulture,
            $"""

            # Of ./research {Line(arguments)} --on slurm
            cd {Quoted(Environment.CurrentDirectory)} || exit 1
            job={Quoted(folder)}

            # What this task does, of all that is to be done: its line of tasks.txt.
            units=$(sed -n "$SLURM_ARRAY_TASK_ID p" "$job/tasks.txt")

            {WorkspaceLine}# As many threads as it has cores; a GPU is chosen by CUDA_VISIBLE_DEVICES, which Slurm sets.
            export DOTNET_PROCESSOR_COUNT="$SLURM_CPUS_PER_TASK" OMP_NUM_THREADS="$SLURM_CPUS_PER_TASK"

            # Started anew, as its node was believed dead, it waits until what was started before has ended.
            exec 9>"$job/task-$SLURM_ARRAY_TASK_ID.lock" && flock 9

            rm -f "$job/task-$SLURM_ARRAY_TASK_ID.exit"
            code=0
            {program} --only "$units" || code=$?
            echo "$code" >"$job/task-$SLURM_ARRAY_TASK_ID.exit"
            exit "$code"

            """
        );
        return script.ToString();
    }

    /// <summary>Arguments as they are typed, in one line.</summary>
    public static string Line(IEnumerable<string> arguments) =>
        Terminal.Line(string.Join(' ', arguments.Select(Quoted)));

    // A published program writes where it lies, unless it was told another place.
    private static string WorkspaceLine =>
        Environment.GetEnvironmentVariable("HITSONG_PROGRAM") is { Length: > 0 }
            ? $"export HITSONG_WORKSPACE={Quoted(Workspace.Root)}\n\n"
            : "";

    // What was published, or dotnet, wherever a node has it, and this program's library.
    private static string[] Program =>
        Environment.GetEnvironmentVariable("HITSONG_PROGRAM") is { Length: > 0 } published
            ? [published]
            : ["dotnet", typeof(SlurmScript).Assembly.Location];

    // As bash reads it back.
    private static string Quoted(string text) =>
        text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || "/._-=,:+@%".Contains(c))
            ? text
            : $"'{text.Replace("'", @"'\''")}'";
}
