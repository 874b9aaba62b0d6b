using Notebooks;
using Tests;

namespace Research.Tests;

/// <summary>
/// The notebooks that are committed with their outputs, executed once for the tests that look at what comes of it.
/// </summary>
[CollectionDefinition(nameof(ExecutedNotebooks))]
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

    public ExecutedNotebooks()
    {
        (int exitCode, Output, string errors) = Command.Run([
            "run",
            .. Saved.Select(name => Path.GetFileNameWithoutExtension(name)),
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
