using System.Diagnostics;

namespace Notebooks;

/// <summary>Other programs, whose output goes into the cell while they run.</summary>
internal static class Shell
{
    /// <summary>Runs a script of <c>/bin/sh</c>; what it prints is the cell's.</summary>
    /// <exception cref="NotebookException">It ended with another exit code than 0.</exception>
    public static async Task<int> RunAsync(string script, CellRun run, CancellationToken interrupt)
    {
        int exitCode = await RunAsync("/bin/sh", ["-c", script], (error, text) => run.Print(error, text), interrupt);
        return exitCode == 0 ? 0 : throw new NotebookException($"#!sh ended with exit code {exitCode}.");
    }

    /// <summary>Runs a program to its end; its exit code, and all that it printed.</summary>
    public static async Task<(int ExitCode, string Output)> CaptureAsync(
        string program,
        IEnumerable<string> arguments,
        CancellationToken interrupt
    )
    {
        var output = new System.Text.StringBuilder();
        int exitCode = await RunAsync(
            program,
            arguments,
            (_, text) =>
            {
                lock (output)
                    output.Append(text);
            },
            interrupt
        );
        return (exitCode, output.ToString());
    }

    private static async Task<int> RunAsync(
        string program,
        IEnumerable<string> arguments,
        Action<bool, string> print,
        CancellationToken interrupt
    )
    {
        using Process process = Process.Start(
            new ProcessStartInfo(program, arguments)
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        process.StandardInput.Close();
        Task read = Task.WhenAll(Read(process.StandardOutput, false), Read(process.StandardError, true));
        try
        {
            await process.WaitForExitAsync(interrupt);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
        await read;
        return process.ExitCode;

        async Task Read(StreamReader reader, bool error)
        {
            char[] buffer = new char[4096];
            int count;
            while ((count = await reader.ReadAsync(buffer, CancellationToken.None).ConfigureAwait(false)) > 0)
                print(error, new string(buffer, 0, count));
        }
    }
}
