namespace Tests;

/// <summary>
/// Where things lie for a test: the repository, and the shared folder beside it, which is not part of it.
/// </summary>
public static class Repository
{
    /// <summary>The repository's root.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>
    /// A path in the shared folder beside the repository; skips the test, naming the path, where it is absent.
    /// </summary>
    public static string Shared(string relative)
    {
        string path = Path.GetFullPath(Path.Combine(Root, "..", "shared", relative));
        Skip.IfNot(
            File.Exists(path) || Directory.Exists(path),
            $"needs ../shared/{relative}, which lies beside the repository on some machines only"
        );
        return path;
    }

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Research.sln")))
                return folder.FullName;
        throw new DirectoryNotFoundException($"no Research.sln above {AppContext.BaseDirectory}");
    }
}
