using System.Diagnostics;
using System.Globalization;

namespace Benchmarks;

/// <summary>
/// A peer in Debian's Python, kept running: it is sent the name of a task and answers with the milliseconds one call
/// took.
/// </summary>
internal sealed class PythonPeer : IDisposable
{
    // Followed by the peer's own lines, which fill `tasks`: a function of no arguments by name, and set `version`.
    private const string Prelude = "import sys, time\ntasks = {}\n";

    private const string Loop = """

        print(version, flush=True)
        for line in sys.stdin:
            task = tasks[line.strip()]
            start = time.perf_counter()
            task()
            print((time.perf_counter() - start) * 1e3, flush=True)
        """;

    private readonly Process process;

    private PythonPeer(Process process, string version)
    {
        this.process = process;
        Version = version;
    }

    /// <summary>What the peer says it is.</summary>
    public string Version { get; }

    /// <summary>Starts a peer on so many threads; null where this machine has no such Python or library.</summary>
    /// <param name="keepMemory">
    /// Whether the C library keeps freed memory for the next large tensor, as it does for us
    /// (<see cref="HitSong.Libtorch"/>); by itself it gives it back.
    /// </param>
    public static PythonPeer? Start(string script, int threads, bool keepMemory, params string[] arguments)
    {
        const string Python = "/usr/bin/python3";
        if (!File.Exists(Python))
            return null;
        ProcessStartInfo start = new(Python)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(Prelude + script + Loop);
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        start.Environment["OMP_NUM_THREADS"] = threads.ToString(CultureInfo.InvariantCulture);
        start.Environment["OPENBLAS_NUM_THREADS"] = threads.ToString(CultureInfo.InvariantCulture);
        if (keepMemory)
        {
            start.Environment["MALLOC_MMAP_THRESHOLD_"] = start.Environment["MALLOC_TRIM_THRESHOLD_"] = "1073741824";
            start.Environment["MALLOC_ARENA_MAX"] = "1";
        }
        Process process = Process.Start(start)!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        string? version = process.StandardOutput.ReadLine();
        if (version is not null)
            return new PythonPeer(process, version);
        process.Dispose();
        return null;
    }

    /// <summary>Milliseconds that one call of a task took.</summary>
    public double Measure(string task)
    {
        process.StandardInput.WriteLine(task);
        string answer =
            process.StandardOutput.ReadLine()
            ?? throw new InvalidOperationException($"the Python peer ended at {task}");
        return double.Parse(answer, CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        process.StandardInput.Close();
        process.WaitForExit();
        process.Dispose();
    }
}
