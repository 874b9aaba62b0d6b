using System.Globalization;
using System.Text.Json.Nodes;

namespace Notebooks;

/// <summary>Executes notebooks without a frontend.</summary>
public static class NotebookRunner
{
    /// <summary>
    /// Executes a copy of the notebook from a fresh engine, cell by cell, and stops at the first cell that fails,
    /// unless that cell is tagged <c>raises-exception</c>; cells without code are passed over. Old outputs are dropped
    /// first. The kind of processor is kept as the notebook's <c>processor</c>, for <see cref="NotebookComparison"/>.
    /// </summary>
    /// <param name="notebook">The notebook; it isn't changed.</param>
    /// <param name="options">
    /// What the cells find; where no working directory is named, they run in the notebook's folder.
    /// </param>
    /// <param name="progress">Told when a cell begins and of each output, on whichever thread makes it.</param>
    /// <param name="cancellation">
    /// Interrupts the cell that runs, which then counts as failed with <c>Interrupted</c>.
    /// </param>
    public static async Task<NotebookResult> RunAsync(
        Notebook notebook,
        EngineOptions options,
        IProgress<CellProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        Notebook executed = notebook.Copy();
        foreach (NotebookCell cell in executed.Cells.Where(c => c.Kind == CellKind.Code))
        {
            cell.Outputs.Clear();
            cell.ExecutionCount = null;
            cell.Metadata.Remove("execution");
        }
        executed.Metadata["language_info"] = Notebook.LanguageInfo();
        executed.Metadata["processor"] = Processor.Kind;

        using var engine = new Engine(
            options with
            {
                WorkingDirectory = options.WorkingDirectory ?? Path.GetDirectoryName(notebook.Path),
            }
        );
        var outputs = new OutputCollector();
        CellFailure? failure = null;
        int cells = executed.Cells.Count(IsRun);
        string heading = "";
        foreach (NotebookCell cell in executed.Cells)
        {
            if (cell.Kind == CellKind.Markdown)
                heading = Notebook.Heading(cell.Source) ?? heading;
            if (!IsRun(cell))
                continue;
            var place = new CellProgress(
                engine.ExecutionCount + 1,
                cells,
                heading,
                cell.Source.TrimStart().Split('\n')[0].TrimEnd(),
                null
            );
            progress?.Report(place);
            string began = Now();
            CellResult result = await engine.ExecuteAsync(
                cell.Source,
                output =>
                {
                    outputs.Add(cell, output);
                    progress?.Report(place with { Output = output });
                },
                cancellation,
                language: cell.Language
            );
            cell.ExecutionCount = result.ExecutionCount;
            cell.Metadata["execution"] = new JsonObject
            {
                ["iopub.execute_input"] = began,
                ["shell.execute_reply"] = Now(),
            };
            if (result.Error is null || (cell.HasTag("raises-exception") && !cancellation.IsCancellationRequested))
                continue;
            failure = new CellFailure(result.ExecutionCount, cell.Id, result.Error);
            break;
        }
        outputs.Close();
        engine.Scripts.PutInto(executed);
        return new NotebookResult(executed, failure);
    }

    private static bool IsRun(NotebookCell cell) =>
        cell.Kind == CellKind.Code && !string.IsNullOrWhiteSpace(cell.Source);

    private static string Now() =>
        DateTime.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
}
