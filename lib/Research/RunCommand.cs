using System.CommandLine;
using HitSong.Experiments;
using Notebooks;

namespace Research;

/// <summary><c>./research run</c>: executes the notebooks and writes the report.</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        var which = new Argument<string[]>("notebook")
        {
            Description = "Notebooks, by number or name: 06, or 06-tiktok-lstm. Without any, all of them.",
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
        var command = new Command(
            "run",
            "Render the demo corpus where it is missing, execute the notebooks in order, write the report."
        )
        {
            which,
            set,
            output,
            save,
        };
        command.SetAction((parsed, cancellation) => Task.Run(() => Run(parsed, cancellation), cancellation));
        return command;

        int Run(ParseResult parsed, CancellationToken cancellation) =>
            Execute(
                parsed.GetValue(which) ?? [],
                parsed.GetValue(set) ?? [],
                parsed.GetValue(output),
                parsed.GetValue(save),
                cancellation
            );
    }

    private static int Execute(
        string[] which,
        string[] set,
        DirectoryInfo? output,
        bool save,
        CancellationToken cancellation
    )
    {
        DateTime started = DateTime.UtcNow;
        if (save)
            Pictures.CheckChromium();
        Notebook[] notebooks = [.. Find(which).Select(Notebook.Load)];
        foreach (Notebook notebook in notebooks.Where(notebook => MissingData(notebook) is not null))
        {
            string needs = $"{Path.GetFileNameWithoutExtension(notebook.Path)} needs {MissingData(notebook)}";
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
        Source demo = Demo.Open(cancellation);

        var report = new Report(output?.FullName ?? Path.Combine(Workspace.Artifacts, "report"));
        var kept = new List<Notebook>();
        foreach (Notebook notebook in notebooks)
        {
            string name = Path.GetFileNameWithoutExtension(notebook.Path!);
            NotebookResult result = LongWork.Show(
                name,
                progress =>
                    NotebookRunner
                        .RunAsync(notebook, Workspace.CellOptions, new Progress(progress), cancellation)
                        .GetAwaiter()
                        .GetResult()
            );
            report.Add(name, result.Notebook);
            if (result.Failure is { } failure)
            {
                Console.Error.WriteLine(
                    $"{notebook.Path}, cell {failure.Cell}: {failure.Error.Name}: {failure.Error.Message}"
                );
                foreach (string line in failure.Error.Traceback)
                    Console.Error.WriteLine(line);
                return 1;
            }
            kept.Add(CommittedNotebook.Of(result.Notebook));
        }
        if (save)
        {
            Pictures.AddTo(kept);
            foreach (Notebook notebook in kept)
                notebook.Save(notebook.Path!);
        }

        IReadOnlyList<Run> runs = Workspace.Runs.OfThisProcess(started);
        report.Write(runs, demo);
        foreach (var songs in runs.GroupBy(run => run.Source))
        {
            Console.WriteLine($"\nOn {songs.Key}:");
            ResultsTable.Print(new VerdictOverview([.. songs]));
        }
        Console.WriteLine($"\nThe report: {report.Index}");
        return 0;
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
        foreach (string name in which.Where(name => !all.Any(path => Is(path, name))))
            throw new UsageException(
                $"There is no notebook {name}. There are: "
                    + $"{string.Join(", ", all.Select(Path.GetFileNameWithoutExtension))}."
            );
        return all.Where(path => which.Length == 0 || which.Any(name => Is(path, name)));
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
