using System.ComponentModel;
using System.Diagnostics;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Notebooks;

/// <summary>
/// What a cell's code calls, where <see cref="InterruptionPoints"/> put it, to hear of an interrupt or of a full stack.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class Interruption
{
    private static volatile int requested;

    /// <summary>Throws where the cell that the caller belongs to has been interrupted.</summary>
    /// <exception cref="OperationCanceledException">It has.</exception>
    public static void Check()
    {
        if (requested > 0)
            Throw();
    }

    /// <summary>The same of a cell that may have ended long ago: after an <c>await</c>.</summary>
    /// <exception cref="OperationCanceledException">It has been interrupted.</exception>
    public static void CheckLate() => Throw();

    /// <summary><see cref="Check"/> at the entry of a method, and whether the stack has room for it.</summary>
    /// <exception cref="InsufficientExecutionStackException">
    /// It has none. A stack that overflows ends the process; this a cell survives.
    /// </exception>
    /// <exception cref="OperationCanceledException">The cell has been interrupted.</exception>
    public static void Enter()
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw new InsufficientExecutionStackException("The methods of the cell call each other too deep.");
        Check();
    }

    /// <summary>The value itself, after a <see cref="Check"/>: for expressions that can't be statements.</summary>
    /// <exception cref="OperationCanceledException">The cell has been interrupted.</exception>
    public static T Checked<T>(T value)
    {
        Check();
        return value;
    }

    /// <summary>From here until the result is disposed, cells look whether they are meant.</summary>
    internal static IDisposable Watch(CancellationToken interrupt) => new Watched(interrupt);

    private static void Throw()
    {
        // An exception that leaves a callback of native code ends the process.
        if (CellRun.Current is { Interrupt.IsCancellationRequested: true } run && !IsCalledByNativeCode())
            throw new OperationCanceledException(run.Interrupt);
    }

    private static bool IsCalledByNativeCode() =>
        new StackTrace()
            .GetFrames()
            .Any(frame => frame.GetMethod()?.Attributes.HasFlag(MethodAttributes.PinvokeImpl) == true);

    private sealed class Watched : IDisposable
    {
        private readonly CancellationTokenRegistration registration;
        private int counted;

        public Watched(CancellationToken interrupt) =>
            registration = interrupt.Register(() =>
            {
                counted = 1;
                Interlocked.Increment(ref requested);
            });

        public void Dispose()
        {
            registration.Dispose();
            if (counted > 0)
                Interlocked.Decrement(ref requested);
        }
    }
}
