using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Notebooks;

/// <summary>
/// The thread that all cells of an engine run on, one after another, so that what libraries keep for a thread (a scope
/// of tensors, a gradient mode) holds from cell to cell. What follows an <c>await</c> in a cell comes back to it as
/// well, and can so be interrupted.
/// </summary>
internal sealed partial class CellThread : SynchronizationContext, IDisposable
{
    // How long a continuation waits for the thread. A cell that blocks on a task whose continuation needs the thread
    // would wait for ever.
    private static readonly TimeSpan patience = TimeSpan.FromMilliseconds(20);

    private readonly BlockingCollection<Action> cells = [];
    private readonly BlockingCollection<Continuation> continuations = [];

    private volatile Thread? thread;
    private volatile int number;

    public CellThread() => Start();

    /// <summary>Runs <paramref name="work"/>, which throws nothing, on the thread.</summary>
    public void Post(Action work) => cells.Add(work);

    /// <summary>Runs <paramref name="work"/> on the thread; ends with the outcome or the exception.</summary>
    public Task<T> Run<T>(Func<T> work)
    {
        var outcome = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        cells.Add(() =>
        {
            try
            {
                outcome.SetResult(work());
            }
            catch (Exception e)
            {
                outcome.SetException(e);
            }
        });
        return outcome.Task;
    }

    /// <summary>
    /// Called on the thread: runs code until its task is completed; once <paramref name="interrupt"/> is signalled, a
    /// loop of a cell, a sleep or a wait ends with some exception.
    /// </summary>
    public T RunToEnd<T>(Func<Task<T>> code, CancellationToken interrupt)
    {
        using IDisposable watch = Interruption.Watch(interrupt);
        using var stopping = new Stopping(CellRun.Current, interrupt);
        return Pump(code(), interrupt);
    }

    /// <summary>
    /// Leaves what runs to itself, with little of the processor; the cells after it get a new thread.
    /// </summary>
    public void Leave()
    {
        _ = setpriority(OneThread, number, LowestPriority);
        Start();
    }

    public override void Post(SendOrPostCallback callback, object? state)
    {
        var continuation = new Continuation(callback, state);
        // An await calls this from where an exception ends the process.
        Undisturbed(() => continuations.Add(continuation));
        Undisturbed(() =>
        {
            using (ExecutionContext.SuppressFlow())
                _ = Task.Delay(patience).ContinueWith(_ => continuation.RunElsewhere(), TaskScheduler.Default);
        });
    }

    public override SynchronizationContext CreateCopy() => this;

    public void Dispose() => cells.CompleteAdding();

    private void Start()
    {
        var started = new Thread(Work) { IsBackground = true, Name = "cells" };
        thread = started;
        started.Start();
    }

    private void Work()
    {
        SetSynchronizationContext(this);
        number = gettid();
        foreach (Action cell in cells.GetConsumingEnumerable())
        {
            cell();
            if (thread != Thread.CurrentThread)
                return;
        }
    }

    // Does it again where a lock in it took the interrupt that was meant for the cell; the next one comes soon.
    private static void Undisturbed(Action work)
    {
        while (true)
            try
            {
                work();
                return;
            }
            catch (ThreadInterruptedException) { }
    }

    private T Pump<T>(Task<T> task, CancellationToken interrupt)
    {
        _ = task.ContinueWith(
            _ => continuations.Add(new Continuation(_ => { }, null)),
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default
        );
        while (!task.IsCompleted)
            continuations.Take(interrupt).Run();
        return task.GetAwaiter().GetResult();
    }

    private const int OneThread = 0,
        LowestPriority = 19;

    [LibraryImport("libc.so.6")]
    private static partial int gettid();

    [LibraryImport("libc.so.6")]
    private static partial int setpriority(int which, int who, int priority);

    private sealed class Continuation(SendOrPostCallback callback, object? state)
    {
        private readonly CellRun? run = CellRun.Current;
        private int taken;

        public void Run()
        {
            if (Interlocked.Exchange(ref taken, 1) != 0)
                return;
            // What an interrupted cell waited for may end after the cell.
            using IDisposable watch = Interruption.Watch(run?.Interrupt ?? CancellationToken.None);
            callback(state);
        }

        // On a pool thread an exception would end the process; here it can only be of an async void method.
        public void RunElsewhere()
        {
            if (Volatile.Read(ref taken) != 0)
                return;
            CellRun.Current = run;
            try
            {
                Run();
            }
            catch (Exception) when (run?.Interrupt.IsCancellationRequested == true) { }
            catch (Exception e)
            {
                Console.Error.WriteLine($"An async void method failed: {e}");
            }
        }
    }
}
