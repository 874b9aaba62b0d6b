using System.Diagnostics;
using Tests;

namespace Research.Tests;

/// <summary>The built program, run as a user runs it.</summary>
internal static class Command
{
    public static string Program { get; } =
        Path.Combine(Repository.Root, "lib", "Research", "bin", "Release", "net10.0", "research.dll");

    public static (int ExitCode, string Output, string Errors) Run(params string[] arguments) =>
        Start("dotnet", [Program, .. arguments]);

    public static (int ExitCode, string Output, string Errors) Script(params string[] arguments) =>
        Start(Path.Combine(Repository.Root, "research"), arguments);

    /// <summary>Any program, in the repository's root.</summary>
    public static (int ExitCode, string Output, string Errors) InRoot(string program, params string[] arguments) =>
        Start(program, arguments, Repository.Root);

    /// <summary>The program, started and not waited for; SLURM_CONF names the cluster that it submits to.</summary>
    public static Process Begin(SlurmCluster cluster, params string[] arguments)
    {
        ProcessStartInfo start = new("dotnet", [Program, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["SLURM_CONF"] = cluster.Configuration;
        return Process.Start(start)!;
    }

    /// <summary>What a started program has said, once it has ended.</summary>
    public static (int ExitCode, string Output, string Errors) End(Process process)
    {
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, errors.Result);
    }

    private static (int, string, string) Start(string program, string[] arguments, string folder = "")
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        return End(process);
    }
}
