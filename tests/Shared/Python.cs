using System.Diagnostics;

namespace Tests;

/// <summary>Debian's Python with its libraries: the independent source of expected values.</summary>
public static class Python
{
    /// <summary>
    /// Runs <paramref name="script"/> with the system's python3 and returns what it printed; fails the test with its
    /// errors.
    /// </summary>
    public static string Run(string script, params string[] arguments)
    {
        var start = new ProcessStartInfo("/usr/bin/python3")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        start.ArgumentList.Add("-");
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        process.StandardInput.Write(script);
        process.StandardInput.Close();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"python3 exited with {process.ExitCode}:\n{errors.Result}");
        return output;
    }
}
