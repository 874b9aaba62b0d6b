using System.Text.Json.Nodes;
using HitSong.Experiments;
using Notebooks;

namespace Research;

/// <summary>A notebook that was executed, here or by a task of a job array.</summary>
/// <param name="Notebook">The notebook with its outputs.</param>
/// <param name="Runs">Those that it has kept in <see cref="Workspace.Runs"/>, in the order in which they began.</param>
/// <param name="HasFailed">Whether a cell failed, after which none was executed.</param>
internal sealed record ExecutedNotebook(Notebook Notebook, IReadOnlyList<Run> Runs, bool HasFailed)
{
    // The metadata that a saved one has beside the notebook's own.
    private const string KeptRuns = "runs";

    /// <summary>Keeps one that has not failed.</summary>
    public void Save(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        Notebook kept = Notebook.Copy();
        kept.Metadata[KeptRuns] = new JsonArray([.. Runs.Select(run => JsonValue.Create(run.Id))]);
        kept.Save(path);
    }

    /// <summary>Reads what <see cref="Save"/> has kept.</summary>
    /// <exception cref="NotebookException">It cannot be read.</exception>
    public static ExecutedNotebook Read(string path)
    {
        Notebook notebook = Notebook.Load(path);
        string[] ids = [.. notebook.Metadata[KeptRuns]!.AsArray().Select(id => (string)id!)];
        notebook.Metadata.Remove(KeptRuns);
        return new(notebook, Workspace.Runs.Read(ids.Contains).Runs, HasFailed: false);
    }
}
