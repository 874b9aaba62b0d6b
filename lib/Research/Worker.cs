using System.Collections.Concurrent;
using System.Diagnostics;

namespace Research;

/// <summary>A process of this program that does trainings for another, which started it and tells it which.</summary>
internal static class Worker
{
    /// <summary>How it is started: as this process was, with one more argument.</summary>
    public static ProcessStartInfo Start(string more)
    {
        string[] arguments = [.. Environment.GetCommandLineArgs().Skip(1), more];
        string program = Environment.ProcessPath!,
            library = typeof(Worker).Assembly.Location;
        return Path.GetFileNameWithoutExtension(program) == "dotnet"
            ? new(program, [library, .. arguments])
            : new(program, arguments);
    }

    /// <summary>
    /// Does in it what it is told. The process that started this one holds its input open; where that ends, however it
    /// ends, nobody waits for this one, and the next goes on after its last whole epoch.
    /// </summary>
    /// <param name="serve">Does what the lines of its input say, and answers on its output.</param>
    /// <param name="cancellation">Ends the process.</param>
    public static int Serve(Action<IEnumerable<string>, TextWriter> serve, CancellationToken cancellation)
    {
        BlockingCollection<string> lines = [];
        new Thread(() =>
        {
            while (Console.ReadLine() is { } line)
                lines.Add(line);
            Environment.Exit(130);
        })
        {
            IsBackground = true,
        }.Start();
        using CancellationTokenRegistration stop = cancellation.Register(() => Environment.Exit(130));
        serve(lines.GetConsumingEnumerable(), Console.Out);
        return 0;
    }
}
