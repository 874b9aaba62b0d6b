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

    private static (int, string, string) Start(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, errors.Result);
    }
}
