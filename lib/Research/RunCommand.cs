using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using HitSong.Experiments;
using Notebooks;
using Research.Slurm;

namespace Research;

/// <summary><c>./research run</c>: executes the notebooks and writes the report.</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        var which = new Argument<string[]>("notebook")
        {
            Description =
                "Notebooks, by number or name: 06, or 06-tiktok-lstm; or files of your own: SONGS.ipynb, or SONGS.dib "
                + "of .NET Interactive. Without any, all of the workspace's.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var set = new Option<string[]>("--set")
        {
            Description = "Change a parameter of the notebooks, as NAME=VALUE: --set Epochs=5. Can be repeated.",
            HelpName = "NAME=VALUE",
        };
        set.Validators.Add(Parse.Pairs);
        var output = new Option<DirectoryInfo>("--out")
        {
            Description = "Where the report goes. Default: artifacts/report.",
            HelpName = "FOLDER",
        };
        var save = new Option<bool>("--save")
        {
            Description =
                "Keep the outputs in notebooks/ too, as they are committed: charts with a picture (which "
                + "takes Chromium), no sound, nothing that changes from run to run.",
        };
        save.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<bool>() && result.GetResult(set) is { Implicit: false })
                result.AddError("--save keeps what the notebooks say as they stand; leave --set away.");
        });
        // What a task of a job array does: this command, with these of its notebooks.
        Option<int[]?> only = Parse.Only();
        var slurm = new SlurmOptions();
        var command = new Command(
            "run",
            "Render the demo corpus where it is missing, execute the notebooks in order, write the report.\n"
                + "On a cluster:  ./research run --on slurm --cpus 2\n"
                + "Each notebook, with all that it trains, is a task there; those that read what others have trained "
                + "follow in one more. The report is written here."
        )
        {
            which,
            set,
            output,
            save,
            only,
        };
        slurm.AddTo(command, save);
        command.SetAction((parsed, cancellation) => Task.Run(() => Run(parsed, cancellation), cancellation));
        return command;

        int Run(ParseResult parsed, CancellationToken cancellation)
        {
            SlurmArray? array = slurm.Array(parsed, "notebook");
            bool isSaved = parsed.GetValue(save);
            if (isSaved)
                Pictures.CheckChromium();
            Notebook[] notebooks = Asked(parsed.GetValue(which) ?? [], parsed.GetValue(set) ?? []);
            Source demo = Demo.Open(cancellation);
            if (parsed.GetValue(only) is { Length: > 0 } numbers)
                return ExecuteForOthers(notebooks, numbers, cancellation);
            if (array is not null && !ExecuteElsewhere(notebooks, array, cancellation))
                return array.IsDryRun ? 0 : 1;

            var report = new Report(parsed.GetValue(output)?.FullName ?? Path.Combine(Workspace.Artifacts, "report"));
            List<ExecutedNotebook> all = [];
            foreach (Notebook notebook in notebooks)
            {
                ExecutedNotebook executed = array is null
                    ? Execute(notebook, cancellation)
                    : ExecutedNotebook.Read(PlaceOf(notebook));
                report.Add(NameOf(notebook), executed.Notebook);
                if (executed.HasFailed)
                    return 1;
                all.Add(executed);
            }
            if (isSaved)
                Save(all);
            Write(report, [.. all.SelectMany(executed => executed.Runs)], demo);
            if (array is not null)
                foreach (Notebook notebook in notebooks)
                    File.Delete(PlaceOf(notebook));
            return 0;
        }
    }

    // With their parameters; those whose data is not there are passed over where all are asked for.
    private static Notebook[] Asked(string[] which, string[] set)
    {
        Notebook[] notebooks = [.. Find(which).Select(Notebook.Load)];
        foreach (Notebook notebook in notebooks.Where(notebook => MissingData(notebook) is not null))
        {
            string needs = $"{NameOf(notebook)} needs {MissingData(notebook)}";
            if (which.Length > 0)
                throw new UsageException(needs);
            Console.WriteLine($"Passed over: {needs}");
        }
        notebooks = [.. notebooks.Where(notebook => MissingData(notebook) is null)];
        var parameters = new Dictionary<string, string>();
        foreach (string[] pair in set.Select(s => s.Split('=', 2)))
            parameters[pair[0]] = pair[1];
        notebooks = [.. notebooks.Select(n => WithParameters(n, parameters))];
        string[] known = [.. notebooks.SelectMany(n => NotebookParameters.Of(n).Keys).Distinct()];
        foreach (string name in parameters.Keys.Except(known))
            throw new UsageException($"No notebook has a parameter {name}. There are: {string.Join(", ", known)}.");
        return notebooks;
    }

    private static string NameOf(Notebook notebook) => Path.GetFileNameWithoutExtension(notebook.Path!);

    // Where a notebook fails, why is printed.
    private static ExecutedNotebook Execute(Notebook notebook, CancellationToken cancellation)
    {
        DateTime started = DateTime.UtcNow;
        NotebookResult result = LongWork.Show(
            NameOf(notebook),
            progress =>
                NotebookRunner
                    .RunAsync(notebook, Workspace.CellOptions, new Progress(progress), cancellation)
                    .GetAwaiter()
                    .GetResult()
        );
        if (result.Failure is { } failure)
        {
            foreach (string line in failure.Error.Traceback)
                Console.Error.WriteLine(line);
            Console.Error.WriteLine(
                $"{notebook.Path}, cell {failure.Cell}: {failure.Error.Name}: {failure.Error.Message}"
            );
        }
        return new(result.Notebook, Workspace.Runs.OfThisProcess(started), result.Failure is not null);
    }

    // A task's part of the work; what is there already was done by another.
    private static int ExecuteForOthers(Notebook[] notebooks, int[] numbers, CancellationToken cancellation)
    {
        using var memory = TaskMemory.Watch();
        bool hasFailed = false;
        foreach (Notebook notebook in numbers.Select(number => notebooks[number - 1]))
        {
            if (File.Exists(PlaceOf(notebook)))
                continue;
            ExecutedNotebook executed = Execute(notebook, cancellation);
            if (executed.HasFailed)
                hasFailed = true;
            else
                executed.Save(PlaceOf(notebook));
        }
        return hasFailed ? 1 : 0;
    }

    // Whether job arrays have executed all notebooks: first those that know nothing of each other, a task each, then,
    // in their order in one task, those that come after others.
    private static bool ExecuteElsewhere(Notebook[] notebooks, SlurmArray array, CancellationToken cancellation)
    {
        var units = notebooks.Select((notebook, i) => new SlurmUnit(i + 1, PlaceOf(notebook), NameOf(notebook)));
        ILookup<bool, SlurmUnit> missing = units
            .Where(unit => !unit.IsDone)
            .ToLookup(unit => notebooks[unit.Number - 1].Metadata.ContainsKey("after"));
        SlurmUnit[] first = [.. missing[false]],
            then = [.. missing[true]];
        return first.Length == 0
            ? array.InOneTask().Do(then, cancellation)
            : array.Do(first, cancellation) && array.InOneTask().Do(then, cancellation);
    }

    // Of the same notebook with the same parameters, executed by the same code, always the same.
    private static string PlaceOf(Notebook notebook)
    {
        byte[] content = SHA256.HashData(Encoding.UTF8.GetBytes(notebook.ToJson() + RunEnvironment.Code));
        return Path.Combine(
            Workspace.Artifacts,
            "executed",
            $"{NameOf(notebook)}-{Convert.ToHexStringLower(content)[..12]}.ipynb"
        );
    }

    private static void Save(IReadOnlyList<ExecutedNotebook> all)
    {
        List<Notebook> kept = [.. all.Select(executed => CommittedNotebook.Of(executed.Notebook))];
        Pictures.AddTo(kept);
        foreach (Notebook notebook in kept)
            notebook.Save(Path.ChangeExtension(notebook.Path!, ".ipynb"));
    }

    private static void Write(Report report, IReadOnlyList<Run> runs, Source demo)
    {
        report.Write(runs, demo);
        foreach (var songs in runs.GroupBy(run => run.Source))
        {
            Console.WriteLine($"\nOn {songs.Key}:");
            ResultsTable.Print(new VerdictOverview([.. songs]));
        }
        Console.WriteLine($"\nThe report: {report.Index}");
    }

    // A notebook may need data that is not ours to ship: its metadata says where it lies, and what gets it.
    private static string? MissingData(Notebook notebook)
    {
        string folder = Path.GetDirectoryName(notebook.Path)!;
        var needs = notebook.Metadata["needs"]?.AsObject() ?? [];
        return needs
            .Where(need => !File.Exists(Path.Combine(folder, need.Key)))
            .Select(need => $"{Path.GetRelativePath(Workspace.Root, Path.GetFullPath(need.Key, folder))}: {need.Value}")
            .FirstOrDefault();
    }

    // A notebook gets those of the parameters that it has.
    private static Notebook WithParameters(Notebook notebook, Dictionary<string, string> parameters)
    {
        IReadOnlyDictionary<string, string> own = NotebookParameters.Of(notebook);
        try
        {
            return NotebookParameters.Inject(notebook, parameters.Where(p => own.ContainsKey(p.Key)).ToDictionary());
        }
        catch (NotebookException e)
        {
            throw new UsageException(e.Message);
        }
    }

    private static IEnumerable<string> Find(string[] which)
    {
        string[] all = [.. Directory.GetFiles(Workspace.Notebooks, "*.ipynb").Order(StringComparer.Ordinal)];
        bool Is(string path, string name) =>
            Path.GetFileName(path)
                .StartsWith(Path.GetFileNameWithoutExtension(name), StringComparison.OrdinalIgnoreCase);
        bool IsOther(string name) =>
            Path.GetExtension(name) is ".dib" or ".ipynb" && File.Exists(name) && !all.Contains(Path.GetFullPath(name));
        string[] others = [.. which.Where(IsOther)],
            named = [.. which.Except(others)];
        foreach (string name in named.Where(name => !all.Any(path => Is(path, name))))
            throw new UsageException(
                $"There is no notebook {name}. There are: "
                    + $"{string.Join(", ", all.Select(Path.GetFileNameWithoutExtension))}."
            );
        return [.. all.Where(path => which.Length == 0 || named.Any(name => Is(path, name))), .. others];
    }

    private sealed class Progress(Action<double, string> report) : IProgress<CellProgress>
    {
        public void Report(CellProgress cell) =>
            report(
                (cell.Cell - 1.0) / cell.Cells,
                $"cell {cell.Cell} of {cell.Cells}, {(cell.Heading == "" ? cell.FirstLine : cell.Heading)}"
            );
    }
}
