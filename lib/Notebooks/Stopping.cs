using System.Diagnostics;

namespace Notebooks;

/// <summary>
/// Gets a cell to end once it is interrupted: wakes its thread where that sleeps or waits, again and again with growing
/// pauses; then its next output fails; then it is said to be stuck. Code that loops hears of the interrupt by itself,
/// through <see cref="Interruption"/>.
/// </summary>
internal sealed class Stopping : IDisposable
{
    private static readonly TimeSpan firstPause = TimeSpan.FromMilliseconds(125),
        longestPause = TimeSpan.FromSeconds(1),
        // An exception that is caught may be followed by some words.
        quietAfter = TimeSpan.FromMilliseconds(800),
        stuckAfter = TimeSpan.FromMilliseconds(1800);

    private readonly Thread thread = Thread.CurrentThread;
    private readonly Lock gate = new();
    private readonly CellRun? run;
    private readonly ManualResetEventSlim ended = new();
    private readonly CancellationTokenRegistration registration;
    private bool interrupted;

    /// <summary>Watches the calling thread, until disposed by it.</summary>
    public Stopping(CellRun? run, CancellationToken interrupt)
    {
        this.run = run;
        // On a thread of its own: the cell may have filled the pool.
        registration = interrupt.Register(() => new Thread(Press) { IsBackground = true, Name = "interrupt" }.Start());
    }

    public void Dispose()
    {
        // An interrupt that comes just now is the last one.
        try
        {
            registration.Dispose();
            End();
        }
        catch (ThreadInterruptedException)
        {
            End();
        }
        if (interrupted)
            ForgetInterrupt();
    }

    private void End()
    {
        lock (gate)
            ended.Set();
    }

    private void Press()
    {
        var clock = Stopwatch.StartNew();
        for (TimeSpan pause = firstPause; Wake(); pause = pause < longestPause ? 2 * pause : longestPause)
        {
            run?.Wake();
            ended.Wait(pause);
            if (clock.Elapsed > quietAfter)
                run?.FailOutputs();
            if (clock.Elapsed > stuckAfter && !ended.IsSet)
                run?.BeStuck();
        }
    }

    // Whether the thread is still to be woken.
    private bool Wake()
    {
        lock (gate)
        {
            if (ended.IsSet)
                return false;
            interrupted = true;
            thread.Interrupt();
            return true;
        }
    }

    // An interrupt that found the thread awake would otherwise hit its next wait.
    private static void ForgetInterrupt()
    {
        try
        {
            Thread.Sleep(1);
        }
        catch (ThreadInterruptedException) { }
    }
}
