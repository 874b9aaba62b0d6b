using System.CommandLine;
using HitSong.Experiments;
using Notebooks;

namespace Research;

/// <summary><c>./research run</c>: executes the notebooks and writes the report.</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        var which = new Argument<string?>("notebook") { Description = "One notebook, by its number or its name: 01, or 01-tiktok-lstm. Without it, all of them.", Arity = ArgumentArity.ZeroOrOne };
        var set = new Option<string[]>("--set") { Description = "Change a parameter of the notebooks, as NAME=VALUE: --set AuditedEpochs=5. Can be repeated.", AllowMultipleArgumentsPerToken = true };
        set.Validators.Add(result =>
        {
            foreach (string pair in result.GetValue(set) ?? [])
                if (pair.IndexOf('=') < 1) result.AddError($"--set takes NAME=VALUE, not {pair}.");
        });
        var command = new Command("run", "Render the demo corpus where it is missing, execute the notebooks in order, write the report to artifacts/report/.") { which, set };
        command.SetAction((parsed, cancellation) => Task.Run(() => Execute(parsed.GetValue(which), parsed.GetValue(set) ?? [], cancellation), cancellation));
        return command;
    }

    private static int Execute(string? which, string[] set, CancellationToken cancellation)
    {
        DateTime started = DateTime.UtcNow;
        Notebook[] notebooks = [.. Find(which).Select(Notebook.Load)];
        Dictionary<string, string> parameters = set.ToDictionary(pair => pair[..pair.IndexOf('=')], pair => pair[(pair.IndexOf('=') + 1)..]);
        notebooks = [.. notebooks.Select(n => NotebookParameters.Inject(n, parameters))];
        Demo.Open(cancellation);

        var report = new Report(Path.Combine(Workspace.Artifacts, "report"));
        foreach (Notebook notebook in notebooks)
        {
            string name = Path.GetFileNameWithoutExtension(notebook.Path!);
            NotebookResult result = LongWork.Show(name, progress => NotebookRunner.RunAsync(notebook, Workspace.CellOptions, new Progress(progress), cancellation).GetAwaiter().GetResult());
            report.Add(name, result.Notebook);
            if (result.Failure is { } failure)
            {
                Console.Error.WriteLine($"{notebook.Path}, cell {failure.Cell}: {failure.Error.Name}: {failure.Error.Message}");
                foreach (string line in failure.Error.Traceback) Console.Error.WriteLine(line);
                return 1;
            }
        }

        IReadOnlyList<Run> runs = Workspace.Runs.Since(started);
        report.Write(runs);
        ResultsTable.Print(runs);
        Console.WriteLine($"\nThe report: {report.Index}");
        return 0;
    }

    private static IEnumerable<string> Find(string? which)
    {
        string[] all = [.. Directory.GetFiles(Workspace.Notebooks, "*.ipynb").Order(StringComparer.Ordinal)];
        string[] found = [.. all.Where(path => which is null || Path.GetFileName(path).StartsWith(Path.GetFileNameWithoutExtension(which), StringComparison.OrdinalIgnoreCase))];
        return found.Length > 0 ? found : throw new NotebookException($"There is no notebook {which}. There are: {string.Join(", ", all.Select(Path.GetFileNameWithoutExtension))}.");
    }

    private sealed class Progress(Action<double, string> report) : IProgress<CellProgress>
    {
        public void Report(CellProgress cell) => report((cell.Cell - 1.0) / cell.Cells, $"cell {cell.Cell} of {cell.Cells}, {(cell.Heading == "" ? cell.FirstLine : cell.Heading)}");
    }
}
