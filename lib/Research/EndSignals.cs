using System.Runtime.InteropServices;

namespace Research;

/// <summary>
/// Ctrl-C and SIGTERM. A verb that takes a token ends by it; any other, and one that does not end within two minutes,
/// is ended. In place of System.CommandLine's own handler, which is there only once a verb has first waited for
/// something: what comes before is lost where a library, such as a web server's host, has a handler of its own already.
/// </summary>
internal sealed class EndSignals : IDisposable
{
    // After Ctrl-C an epoch ends and its run is kept: give it the time.
    private static readonly TimeSpan longest = TimeSpan.FromMinutes(2);

    private readonly CancellationTokenSource source = new();
    private readonly PosixSignalRegistration[] registrations;

    public EndSignals() =>
        registrations = [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, End),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, End),
        ];

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => source.Token;

    /// <summary>From now on a signal ends the process, as it does where nobody asks for it.</summary>
    /// <exception cref="OperationCanceledException">One has come already.</exception>
    public void EndAtOnce()
    {
        GiveBack();
        Token.ThrowIfCancellationRequested();
    }

    public void Dispose()
    {
        GiveBack();
        source.Dispose();
    }

    private void GiveBack()
    {
        foreach (PosixSignalRegistration registration in registrations)
            registration.Dispose();
    }

    private void End(PosixSignalContext context)
    {
        context.Cancel = true;
        int exitCode = 128 + (context.Signal == PosixSignal.SIGINT ? 2 : 15);
        _ = Task.Delay(longest).ContinueWith(_ => Environment.Exit(exitCode), TaskScheduler.Default);
        source.Cancel();
    }
}
