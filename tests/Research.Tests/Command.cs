using System.Diagnostics;
using Tests;

namespace Research.Tests;

/// <summary>
/// The built program, run as a user runs it, in the repository's root: cells of notebooks move the test host's own
/// folder.
/// </summary>
internal static class Command
{
    public static string Program { get; } =
        Path.Combine(Repository.Root, "lib", "Research", "bin", "Release", "net10.0", "research.dll");

    public static (int ExitCode, string Output, string Errors) Run(params string[] arguments) =>
        InRoot("dotnet", [Program, .. arguments]);

    public static (int ExitCode, string Output, string Errors) Script(params string[] arguments) =>
        InRoot(Path.Combine(Repository.Root, "research"), arguments);

    /// <summary>Any program.</summary>
    public static (int ExitCode, string Output, string Errors) InRoot(string program, params string[] arguments)
    {
        using Process process = Process.Start(Quiet(program, arguments))!;
        return End(process);
    }

    /// <summary>The whole path of what an output names last, after such words as <c>Kept in</c>.</summary>
    public static string Named(string output, string words) =>
        Path.Combine(Repository.Root, output.Split(words)[1].Trim());

    /// <summary>The program, started and not waited for; SLURM_CONF names the cluster that it submits to.</summary>
    public static Process Begin(SlurmCluster cluster, params string[] arguments)
    {
        ProcessStartInfo start = Quiet("dotnet", [Program, .. arguments]);
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

    private static ProcessStartInfo Quiet(string program, string[] arguments) =>
        new(program, arguments)
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
}
