namespace Benchmarks;

/// <summary>What a figure was measured on.</summary>
internal static class Machine
{
    public static string Description { get; } = Describe();

    /// <summary>The repository's root.</summary>
    public static string Root()
    {
        DirectoryInfo folder = new(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Research.sln")))
            folder = folder.Parent!;
        return folder.FullName;
    }

    private static string Describe()
    {
        string? model = File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo")
                .FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))
            : null;
        return $"{model?.Split(':')[1].Trim() ?? "unknown processor"}, {Environment.ProcessorCount} cores, "
            + $".NET {Environment.Version}";
    }
}
