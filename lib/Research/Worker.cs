using System.Diagnostics;
using System.Globalization;
using HitSong.Experiments;

namespace Research;

/// <summary>A process of this program that does one of several trainings for another, which started it.</summary>
internal static class Worker
{
    /// <summary>How it is started: as this process was, with more arguments.</summary>
    public static ProcessStartInfo Start(params string[] more)
    {
        string[] arguments = [.. Environment.GetCommandLineArgs().Skip(1), .. more];
        string program = Environment.ProcessPath!,
            library = typeof(Worker).Assembly.Location;
        return Path.GetFileNameWithoutExtension(program) == "dotnet"
            ? new(program, [library, .. arguments])
            : new(program, arguments);
    }

    /// <summary>
    /// Trains in it, and prints how far it is. The process that started this one holds its input open; where that ends,
    /// however it ends, nobody waits for this one, and the next goes on after its last whole epoch.
    /// </summary>
    /// <param name="train">The training, told where to report.</param>
    /// <param name="cancellation">Ends the process.</param>
    public static int Train(Action<Action<ExperimentProgress>> train, CancellationToken cancellation)
    {
        new Thread(() =>
        {
            while (Console.Read() >= 0) { }
            Environment.Exit(130);
        })
        {
            IsBackground = true,
        }.Start();
        using CancellationTokenRegistration stop = cancellation.Register(() => Environment.Exit(130));
        train(progress =>
        {
            if (progress.Epoch is not null)
                Console.WriteLine(((double)progress.Done / progress.Total).ToString(CultureInfo.InvariantCulture));
        });
        return 0;
    }
}
