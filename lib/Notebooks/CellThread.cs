using System.Collections.Concurrent;
using System.Runtime;
using System.Runtime.ExceptionServices;

namespace Notebooks;

/// <summary>
/// The thread that all cells of an engine run on, one after another, so that what libraries keep for a thread (a scope
/// of tensors, a gradient mode) holds from cell to cell. What follows an <c>await</c> in a cell comes back to it as
/// well, and can so be interrupted.
/// </summary>
internal sealed class CellThread : SynchronizationContext, IDisposable
{
    // How long a continuation waits for the thread. A cell that blocks on a task whose continuation needs the thread
    // would wait for ever.
    private static readonly TimeSpan patience = TimeSpan.FromMilliseconds(20);

    // How long an interrupted cell has to come to the next turn of a loop.
    private static readonly TimeSpan grace = TimeSpan.FromMilliseconds(500);

    private readonly BlockingCollection<Action> cells = [];
    private readonly BlockingCollection<Continuation> continuations = [];

    private readonly Thread thread;

    public CellThread()
    {
        thread = new Thread(Work) { IsBackground = true, Name = "cells" };
        thread.Start();
    }

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
    /// Called on the thread: runs code until its task is completed; a tight loop or a sleep ends when
    /// <paramref name="interrupt"/> is signalled, with some exception.
    /// </summary>
    public T RunToEnd<T>(Func<Task<T>> code, CancellationToken interrupt)
    {
        if (!interrupt.CanBeCanceled)
            return Pump(code(), interrupt);
        using var abort = new CancellationTokenSource();
        using IDisposable watch = Interruption.Watch(interrupt);
        ExceptionDispatchInfo? failure = null;
        T? value = default;
        try
        {
            // It may corrupt the process when it breaks into a type initializer; the alternative is to lose the whole
            // session.
#pragma warning disable SYSLIB0046
            ControlledExecution.Run(
                () =>
                {
                    // The abort doesn't wake a thread that sleeps or waits; the older interrupt does.
                    using CancellationTokenRegistration wake = interrupt.Register(() =>
                    {
                        thread.Interrupt();
                        abort.CancelAfter(grace);
                    });
                    try
                    {
                        value = Pump(code(), interrupt);
                    }
                    catch (Exception e) when (!interrupt.IsCancellationRequested)
                    {
                        failure = ExceptionDispatchInfo.Capture(e);
                    }
                },
                abort.Token
            );
#pragma warning restore SYSLIB0046
        }
        finally
        {
            if (interrupt.IsCancellationRequested)
                ForgetInterrupt();
        }
        failure?.Throw();
        return value!;
    }

    public override void Post(SendOrPostCallback callback, object? state)
    {
        var continuation = new Continuation(callback, state);
        continuations.Add(continuation);
        using (ExecutionContext.SuppressFlow())
            _ = Task.Delay(patience).ContinueWith(_ => continuation.RunElsewhere(), TaskScheduler.Default);
    }

    public override SynchronizationContext CreateCopy() => this;

    public void Dispose() => cells.CompleteAdding();

    // An interrupt that found the thread awake would otherwise hit its next wait.
    private static void ForgetInterrupt()
    {
        try
        {
            Thread.Sleep(1);
        }
        catch (ThreadInterruptedException) { }
    }

    private void Work()
    {
        SetSynchronizationContext(this);
        foreach (Action cell in cells.GetConsumingEnumerable())
            cell();
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

    private sealed class Continuation(SendOrPostCallback callback, object? state)
    {
        private readonly CellRun? run = CellRun.Current;
        private int taken;

        public void Run()
        {
            if (Interlocked.Exchange(ref taken, 1) == 0)
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
            catch (Exception e)
            {
                Console.Error.WriteLine($"An async void method failed: {e}");
            }
        }
    }
}
