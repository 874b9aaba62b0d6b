namespace Tests;

/// <summary>A folder of a test's own, gone when it is disposed.</summary>
public sealed class TemporaryFolder : IDisposable
{
    /// <summary>Makes one.</summary>
    /// <param name="name">What it is called; any script, with spaces.</param>
    public TemporaryFolder(string name = "files") =>
        Directory.CreateDirectory(
            Path = System.IO.Path.Combine(Directory.CreateTempSubdirectory("hitsong-").FullName, name)
        );

    /// <summary>Where it is.</summary>
    public string Path { get; }

    /// <summary>A path in it.</summary>
    public string At(string name) => System.IO.Path.Combine(Path, name);

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(System.IO.Path.GetDirectoryName(Path)!, recursive: true);
}
