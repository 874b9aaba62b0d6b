using System.CommandLine;
using System.CommandLine.Parsing;

namespace Research.Slurm;

/// <summary>The options that send a command's work to a cluster.</summary>
internal sealed class SlurmOptions
{
    private readonly Option<string?> on = new("--on")
    {
        Description =
            "slurm: do the work as a job array of the cluster that this machine submits to, and wait for it. Stopped "
            + "with Ctrl-C the array goes on; ./research jobs looks at it, and the same command picks up what is "
            + "there. All folders must lie where the nodes see them too.",
        HelpName = "slurm",
    };
    private readonly Option<bool> dryRun = new("--dry-run")
    {
        Description = "With --on slurm: print the sbatch script, and submit nothing.",
    };
    private readonly Option<string?> partition = Text("--partition", "NAME", "where its tasks run.");
    private readonly Option<string?> account = Text("--account", "NAME", "who pays for it.");
    private readonly Option<int?> gpus = Number("--gpus", 0, "GPUs of each task. Trainings then run on cuda.");
    private readonly Option<int?> cpus = Number("--cpus", 1, "processor cores of each task. Default: 1.");
    private readonly Option<string?> memory = Text(
        "--memory",
        "SIZE",
        "memory of each task, such as 8G. Default: 4G. What is out of memory is done once more with twice as much."
    );
    private readonly Option<string?> time = Text("--time", "TIME", "the longest that a task may take: 02:00:00.");
    private readonly Option<int?> arrayLimit = Number("--array-limit", 1, "the most tasks at the same time.");
    private readonly Option<int?> tasks = Number(
        "--tasks",
        1,
        "the most tasks; what is more is done in turn within one. Default: 1000, which Slurm allows by default."
    );
    private readonly Option<string?> sbatch = Text("--sbatch", "OPTIONS", "more options of sbatch, as it takes them.");

    public SlurmOptions()
    {
        on.Validators.Add(Parse.OneOf("scheduler", ["slurm"]));
        memory.Validators.Add(result =>
        {
            if (result.Tokens is [var size] && SlurmMemory.Parse(size.Value) is null)
                result.AddError($"--memory takes {SlurmMemory.Form}, not {size.Value}.");
        });
    }

    private Option[] OfArray => [dryRun, partition, account, gpus, cpus, memory, time, arrayLimit, tasks, sbatch];

    /// <summary>Gives a command, and those below it, these options.</summary>
    /// <param name="command">The command.</param>
    /// <param name="here">Those of its options that say how work is shared on this machine.</param>
    public void AddTo(Command command, params Option[] here)
    {
        foreach (Option option in (Option[])[on, .. OfArray])
        {
            option.Recursive = true;
            command.Options.Add(option);
        }
        foreach (Command one in command.Subcommands.Prepend(command))
            one.Validators.Add(result =>
            {
                bool isOn = IsOn(result);
                if (!isOn && OfArray.FirstOrDefault(option => IsGiven(result, option)) is { } belongs)
                    result.AddError($"{belongs.Name} belongs to --on slurm.");
                if (isOn && here.FirstOrDefault(option => IsGiven(result, option)) is { } local)
                    result.AddError($"{local.Name} is for work on this machine: leave it or --on slurm away.");
            });
    }

    /// <summary>Whether the work is to be sent to a cluster.</summary>
    public bool IsOn(SymbolResult result) => result.GetResult(on) is not null;

    /// <summary>The array that the command line asks for; null where the work is done here.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="unit">What it is cut into, such as "trial".</param>
    /// <param name="otherwise">What each task is called with, where that is another command than this one.</param>
    public SlurmArray? Array(ParseResult parsed, string unit, params string[] otherwise)
    {
        if (parsed.GetValue(on) is null)
            return null;
        SlurmSettings site = SlurmSettings.Read(Path.Combine(Workspace.Root, "slurm.json"));
        SlurmSettings settings = new()
        {
            Partition = parsed.GetValue(partition) ?? site.Partition,
            Account = parsed.GetValue(account) ?? site.Account,
            Gpus = parsed.GetValue(gpus) ?? site.Gpus,
            Cpus = parsed.GetValue(cpus) ?? site.Cpus,
            Memory = parsed.GetValue(memory) ?? site.Memory,
            Time = parsed.GetValue(time) ?? site.Time,
            ArrayLimit = parsed.GetValue(arrayLimit) ?? site.ArrayLimit,
            Tasks = parsed.GetValue(tasks) ?? site.Tasks,
            Sbatch = parsed.GetValue(sbatch) ?? site.Sbatch,
        };
        string[] arguments =
            otherwise.Length > 0 ? otherwise : [.. Without(Environment.GetCommandLineArgs()[1..], [on, .. OfArray])];
        if (!parsed.GetValue(dryRun))
            return new(arguments, settings, unit, output: null);
        // The script stands alone in the output.
        TextWriter output = Console.Out;
        Console.SetOut(Console.Error);
        return new(arguments, settings, unit, output);
    }

    private static bool IsGiven(SymbolResult result, Option option) => result.GetResult(option) is { Implicit: false };

    // The arguments without some options and their values.
    private static IEnumerable<string> Without(string[] arguments, Option[] options)
    {
        for (int i = 0; i < arguments.Length; i++)
        {
            string name = arguments[i].Split('=', ':')[0];
            if (options.FirstOrDefault(option => option.Name == name) is not { } left)
                yield return arguments[i];
            else if (name == arguments[i] && left.Arity.MinimumNumberOfValues > 0)
                i++;
        }
    }

    private static Option<string?> Text(string name, string value, string description) =>
        new(name) { Description = $"With --on slurm: {description}", HelpName = value };

    private static Option<int?> Number(string name, int least, string description) =>
        Parse.WholeNumber(name, least, $"With --on slurm: {description}");
}
