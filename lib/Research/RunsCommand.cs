using System.CommandLine;
using System.Globalization;
using HitSong.Experiments;
using Spectre.Console;

namespace Research;

/// <summary><c>./research runs</c>: what is kept, and what of it could go.</summary>
internal static class RunsCommand
{
    public static Command Create()
    {
        var filter = new Argument<string?>("filter")
        {
            Description = "Only what has this in its name, such as audited or 20261120.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var prune = new Option<bool>("--prune")
        {
            Description =
                "Clear the runs that are neither the newest nor the best of their experiment, variant "
                + "and source, those that cannot be read, and what cut-off trainings and half-written runs "
                + "left. What would go is shown first.",
        };
        Option<int> keep = Parse.WholeNumber(
            "--keep",
            0,
            1,
            "With --prune: how many of the newest and of the best stay; 0 clears all that the filter names. Default: 1."
        );
        var yes = new Option<bool>("--yes") { Description = "With --prune: do not ask." };
        Option<RunStore?> store = Parse.Runs();
        var command = new Command(
            "runs",
            "List the kept runs, those that cannot be read, and what was left over; or clear what is not "
                + "needed. In a notebook, var runs = new RunStore(\"../artifacts/runs\").ToTable(); has them "
                + "as one table, which #!share --from csharp runs brings into a #!sql cell.\n"
                + "Weights that others trained become a run by ./research runs import; export writes runs for other "
                + "programs."
        )
        {
            ExportCommand.Create(),
            ImportCommand.Create(),
            filter,
            prune,
            keep,
            yes,
            store,
        };
        command.SetAction(parsed =>
        {
            RunStore runs = parsed.GetValue(store) ?? Workspace.Runs;
            string? part = parsed.GetValue(filter);
            bool Named(string name) => part is null || name.Contains(part, StringComparison.OrdinalIgnoreCase);
            return parsed.GetValue(prune)
                ? Prune(runs.FindPrunable(parsed.GetValue(keep), Named), parsed.GetValue(yes))
                : List(runs, part, Named);
        });
        return command;
    }

    private static int List(RunStore store, string? filter, Func<string, bool> named)
    {
        var (runs, damaged) = store.Read(named);
        if (runs.Count == 0 && damaged.Count == 0)
            Console.WriteLine(
                filter is null
                    ? "There is no run yet. ./research train descriptor-mlp --variant audited makes one in a minute."
                    : $"No run's name contains {filter}. ./research runs shows them all."
            );
        else
        {
            Table table = new Table()
                .Border(TableBorder.Rounded)
                .AddColumn(new TableColumn("run").NoWrap())
                .AddColumn("data")
                .AddColumn(new TableColumn("tracks").RightAligned().NoWrap())
                .AddColumn("commit");
            foreach (
                string heading in new[]
                {
                    "took",
                    "epochs",
                    "tested",
                    "met",
                    "accuracy",
                    "95% interval",
                    "skill",
                    "size",
                }
            )
                table.AddColumn(new TableColumn(heading).RightAligned().NoWrap());
            long all = 0;
            foreach (Run run in runs)
            {
                long size = RunStore.SizeOf(store.PathOf(run));
                all += size;
                Verdict verdict = run.Verdict;
                string changed = run.Environment.Changed == true ? "*" : "",
                    commit = run.Environment.Commit is { } hash ? hash[..8] + changed : "–";
                TimeSpan took = TimeSpan.FromSeconds(run.Environment.Seconds);
                string[] row =
                [
                    run.Id,
                    run.Source,
                    run.Data is { } data ? $"{data.Tracks:N0}, {data.ShortHash}" : "–",
                    commit,
                    took.ToString(@"h\:mm\:ss", CultureInfo.InvariantCulture),
                    $"{run.History.Count}",
                    $"{verdict.BySong.Confusion.Total} {run.Recipe.Voter}s",
                    Met(run),
                    $"{verdict.BySong.Accuracy:0.0%}",
                    $"{verdict.BySong.Interval}",
                    verdict.SkillInWords ?? "–",
                    Size(size),
                ];
                table.AddRow([.. row.Select(Markup.Escape)]);
            }
            AnsiConsole.Write(table);
            Console.WriteLine(
                $"{runs.Count} {(runs.Count == 1 ? "run" : "runs")}, {Size(all)}; * with changes beside the commit. "
                    + "Met: the share of what was tested whose song training or validation has too. Equal hashes of "
                    + "tracks are equal songs, labels and splits."
            );
        }
        ResultsTable.Print(damaged);
        PrunableFolder[] left =
        [
            .. store.FindPrunable(int.MaxValue, named).Where(folder => damaged.All(run => run.Path != folder.Path)),
        ];
        if (left.Length > 0)
            Console.WriteLine(
                $"\n{left.Length} {(left.Length == 1 ? "folder was" : "folders were")} left over by "
                    + "trainings that were cut off or runs that were half written, "
                    + $"{Size(left.Sum(folder => folder.Bytes))}: ./research runs --prune shows and clears them."
            );
        return 0;
    }

    private static string Met(Run run) => run.SongsMet is int met ? $"{(double)met / run.Predictions.Count:0%}" : "?";

    private static int Prune(IReadOnlyList<PrunableFolder> prunable, bool yes)
    {
        if (prunable.Count == 0)
        {
            Console.WriteLine("There is nothing to clear.");
            return 0;
        }
        foreach (PrunableFolder folder in prunable)
            Console.WriteLine(
                $"{Path.GetRelativePath(Environment.CurrentDirectory, folder.Path)} "
                    + $"({Size(folder.Bytes)}) {folder.Reason}"
            );
        string all =
            $"{prunable.Count} {(prunable.Count == 1 ? "folder" : "folders")}, "
            + $"{Size(prunable.Sum(folder => folder.Bytes))}";
        if (!yes)
        {
            if (Console.IsInputRedirected || !AnsiConsole.Profile.Capabilities.Interactive)
                throw new UsageException(
                    $"{all}. Nothing was removed: there is no terminal to ask in; --yes removes them."
                );
            if (!AnsiConsole.Confirm($"Remove {all}?", defaultValue: false))
                return 0;
        }
        int removed = 0;
        foreach (PrunableFolder folder in prunable)
        {
            if (folder.Remove())
                removed++;
            else
                Console.WriteLine($"{folder.Path} stays: a training has taken it up.");
        }
        Console.WriteLine($"Removed: {removed} of {all}.");
        return 0;
    }

    private static string Size(long bytes) => bytes < 1_000_000 ? $"{bytes / 1e3:0} kB" : $"{bytes / 1e6:#,0.0} MB";
}
