using System.Diagnostics;
using Spectre.Console;

namespace Research;

/// <summary>Shows how far long work is: a bar in a terminal, a line a minute where the output is none.</summary>
internal static class LongWork
{
    /// <summary>Does the work.</summary>
    /// <param name="title">What is done.</param>
    /// <param name="work">The work; it tells how far it is, 0…1, and what it is doing, from any thread.</param>
    public static T Show<T>(string title, Func<Action<double, string>, T> work)
    {
        if (!AnsiConsole.Profile.Capabilities.Interactive)
            return Lines(title, work);
        T result = default!;
        AnsiConsole
            .Progress()
            .Columns(
                new TaskDescriptionColumn { Alignment = Justify.Left },
                new ProgressBarColumn(),
                new PercentageColumn(),
                new RemainingTimeColumn(),
                new ElapsedTimeColumn()
            )
            .Start(context =>
            {
                ProgressTask task = context.AddTask(Markup.Escape(title), maxValue: 1);
                result = work(
                    (done, doing) =>
                    {
                        task.Value = done;
                        task.Description = Markup.Escape(doing == "" ? title : $"{title}: {doing}");
                    }
                );
                task.Value = 1;
            });
        return result;
    }

    private static T Lines<T>(string title, Func<Action<double, string>, T> work)
    {
        var clock = Stopwatch.StartNew();
        double nextLine = 60;
        Console.WriteLine($"{title} …");
        T result = work(
            (done, doing) =>
            {
                double now = clock.Elapsed.TotalSeconds;
                if (now < nextLine)
                    return;
                nextLine = now + 60;
                Console.WriteLine(FormattableString.Invariant($"{title}: {doing} ({done:0%} after {now:F0} s)"));
            }
        );
        Console.WriteLine(FormattableString.Invariant($"{title}: done in {clock.Elapsed.TotalSeconds:F1} s"));
        return result;
    }
}
