using Tests;

namespace Research.Tests;

/// <summary>All notebooks, executed once for the tests that look at what comes of it.</summary>
[CollectionDefinition(nameof(ExecutedNotebooks))]
public sealed class ExecutedNotebooks : IDisposable, ICollectionFixture<ExecutedNotebooks>
{
    private readonly TemporaryFolder folder = new("report");

    public ExecutedNotebooks()
    {
        (int exitCode, Output, string errors) = Command.Run("run", "--out", folder.Path);
        Assert.True(exitCode == 0, Output + errors);
    }

    /// <summary>What the command printed.</summary>
    public string Output { get; }

    /// <summary>A path in the report.</summary>
    public string At(string name) => folder.At(name);

    public void Dispose() => folder.Dispose();
}
