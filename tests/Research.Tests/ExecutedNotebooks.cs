using Notebooks;
using Tests;

namespace Research.Tests;

/// <summary>
/// The notebooks that are committed with their outputs, executed once for the tests that look at what comes of it.
/// </summary>
/// <remarks>
/// Beside other tests a training on two threads takes three times as long: each waits for the other at every layer.
/// </remarks>
[CollectionDefinition(nameof(ExecutedNotebooks), DisableParallelization = true)]
public sealed class ExecutedNotebooks : IDisposable, ICollectionFixture<ExecutedNotebooks>
{
    private readonly TemporaryFolder folder = new("report");

    /// <summary>Names of the notebooks that have outputs.</summary>
    public static IReadOnlyList<string> Saved { get; } =
    [
        .. Directory
            .GetFiles(Path.Combine(Repository.Root, "notebooks"), "*.ipynb")
            .Where(path => Notebook.Load(path).Cells.Any(cell => cell.Outputs.Count > 0))
            .Select(path => Path.GetFileName(path))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>Those of them whose data is there.</summary>
    public static IEnumerable<string> Executed => Saved.Where(name => MissingData(name) is null);

    /// <summary>Skips a test of a notebook that needs data which is not there.</summary>
    public static void SkipWithoutData(string name) => Skip.If(MissingData(name) is not null, MissingData(name));

    private static string? MissingData(string name)
    {
        string folder = Path.Combine(Repository.Root, "notebooks");
        var needs = Notebook.Load(Path.Combine(folder, name)).Metadata["needs"]?.AsObject() ?? [];
        return needs
            .Where(need => !File.Exists(Path.Combine(folder, need.Key)))
            .Select(need => $"notebooks/{name} needs {need.Key}, by {need.Value}")
            .FirstOrDefault();
    }

    public ExecutedNotebooks()
    {
        (int exitCode, Output, string errors) = Command.Run([
            "run",
            .. Executed.Select(name => Path.GetFileNameWithoutExtension(name)),
            "--out",
            folder.Path,
        ]);
        Assert.True(exitCode == 0, Output + errors);
    }

    /// <summary>What the command printed.</summary>
    public string Output { get; }

    /// <summary>A path in the report.</summary>
    public string At(string name) => folder.At(name);

    public void Dispose() => folder.Dispose();
}
