namespace Research.Serve;

/// <summary>A file that arrived; gone when it is disposed.</summary>
/// <param name="Name">What its sender calls it: a text, never a path.</param>
/// <param name="Path">Where it lies.</param>
internal sealed record Upload(string Name, string Path) : IDisposable
{
    public void Dispose()
    {
        try
        {
            File.Delete(Path);
        }
        // Gone with its folder.
        catch (DirectoryNotFoundException) { }
    }
}
