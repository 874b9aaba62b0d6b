using System.Diagnostics;
using System.Globalization;

namespace Research.Slurm;

/// <summary>
/// Watches what a task of a job array takes of its memory, and says so at its end. Where it is more than was asked for,
/// the task is ended as the system ends it, whether or not the site's Slurm does: another task's memory is not taken.
/// </summary>
internal sealed class TaskMemory : IDisposable
{
    /// <summary>How its last words begin.</summary>
    public const string AtItsPeak = "Memory at its peak";

    private static readonly TimeSpan look = TimeSpan.FromMilliseconds(100);

    private readonly long? most;
    private readonly Timer timer;
    private long peak;

    private TaskMemory(long? most)
    {
        this.most = most;
        timer = new(_ => Look(), null, TimeSpan.Zero, look);
    }

    /// <summary>Watches this process until it is disposed of: then it says the most.</summary>
    public static TaskMemory Watch() =>
        new(
            long.TryParse(
                Environment.GetEnvironmentVariable("SLURM_MEM_PER_NODE"),
                NumberStyles.None,
                CultureInfo.InvariantCulture,
                out long megabytes
            )
                ? megabytes
                : null
        );

    public void Dispose()
    {
        timer.Dispose();
        Look();
        Console.WriteLine($"{AtItsPeak}: {peak} MB{(most is null ? "" : $" of {most}")}; read {Read()} MB");
    }

    private void Look()
    {
        long taken = Megabytes();
        peak = Math.Max(peak, taken);
        if (taken <= most || most is null)
            return;
        Console.Error.WriteLine($"Out of memory: {taken} MB of {most} are taken. --memory gives more.");
        Console.Error.Flush();
        Process.GetCurrentProcess().Kill();
    }

    // By system calls, wherever it came from.
    private static long Read()
    {
        const string name = "rchar:";
        string line = File.ReadLines("/proc/self/io").First(l => l.StartsWith(name, StringComparison.Ordinal));
        return long.Parse(line[name.Length..], CultureInfo.InvariantCulture) / (1 << 20);
    }

    // What is the process's alone: files that are mapped into memory can be let go.
    private static long Megabytes()
    {
        const string name = "RssAnon:";
        string line = File.ReadLines("/proc/self/status").First(l => l.StartsWith(name, StringComparison.Ordinal));
        return long.Parse(line[name.Length..^2], CultureInfo.InvariantCulture) / 1024;
    }
}
