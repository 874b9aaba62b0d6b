using System.Text;

namespace Notebooks;

/// <summary>
/// One run of one cell: puts what the cell prints and displays, from any of its threads, in order. The run in course
/// travels with the execution context, so a thread or a task that a cell started prints into that cell, even when a
/// later one is running.
/// </summary>
internal sealed class CellRun
{
    private static readonly AsyncLocal<CellRun?> current = new();
    private static readonly TimeSpan flushAfter = TimeSpan.FromMilliseconds(100);
    private const int FlushAt = 65_536;

    private readonly Lock gate = new();
    private readonly Action<OutputEvent> emit;
    private readonly StringBuilder printed = new();
    private readonly Timer timer;
    private bool printedIsError;
    private readonly Func<string, bool, string>? ask;
    private readonly NativeOutput? native;
    private readonly Action<CellRun> stuck;
    private readonly WholeOutput whole;
    private int left,
        ended;
    private volatile bool outputsFail,
        isStuck;

    public CellRun(
        Action<OutputEvent> emit,
        EngineOptions options,
        WholeOutput whole,
        SharedScripts scripts,
        Func<string, bool, string>? ask,
        NativeOutput? native,
        Action<CellRun> stuck,
        CancellationToken interrupt
    )
    {
        Interrupt = interrupt;
        this.stuck = stuck;
        this.native = native;
        this.emit = emit;
        this.ask = ask;
        this.whole = whole;
        left = options.StreamLimit;
        Options = options;
        Scripts = scripts;
        using (ExecutionContext.SuppressFlow())
            timer = new Timer(_ => Flush());
    }

    /// <summary>The run that the calling code belongs to; null outside of cells.</summary>
    public static CellRun? Current
    {
        get => current.Value;
        set => current.Value = value;
    }

    /// <summary>What the engine was made with.</summary>
    public EngineOptions Options { get; }

    public SharedScripts Scripts { get; }

    /// <summary>Whether there is a user, who can be asked.</summary>
    public bool HasUser => ask is not null;

    /// <summary>Signalled when the run is to end.</summary>
    public CancellationToken Interrupt { get; }

    /// <summary>How the run ended, or was left behind.</summary>
    public TaskCompletionSource<CellResult> Outcome { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Whether it was interrupted and goes on all the same.</summary>
    public bool IsStuck => isStuck && ended == 0;

    /// <summary>Whether the caller is the one that ends the run: the run itself, or who leaves it behind.</summary>
    public bool TryEnd() => Interlocked.Exchange(ref ended, 1) == 0;

    /// <summary>What the cell has declared with <c>using</c>.</summary>
    public IReadOnlyList<KeptDisposables.Item> Kept { get; private set; } = [];

    /// <summary>Remembers what the cell has declared with <c>using</c>.</summary>
    public void Keep(KeptDisposables.Item item) => Kept = [.. Kept, item];

    /// <summary>What is done to the interrupted run, again and again, beside waking its thread.</summary>
    public Action? Waking { private get; set; }

    /// <summary>
    /// Does so, unless the run was left behind: what it works on, such as a database, may then be another cell's.
    /// </summary>
    public void Wake()
    {
        if (ended == 0)
            Waking?.Invoke();
    }

    /// <summary>From now on outputs fail.</summary>
    public void FailOutputs() => outputsFail = true;

    /// <summary>Called while the run doesn't stop.</summary>
    public void BeStuck()
    {
        if (isStuck)
            return;
        isStuck = true;
        stuck(this);
    }

    /// <summary>Called by what a cell prints and shows with: an interrupt reaches a library that does.</summary>
    /// <exception cref="OperationCanceledException">The run was interrupted some time ago.</exception>
    public void CheckOutput()
    {
        if (outputsFail)
            Interrupt.ThrowIfCancellationRequested();
    }

    /// <summary>A line that the user types, after what was printed before.</summary>
    public string Ask(string prompt, bool hidden)
    {
        if (ask is null)
            throw new NotebookException(
                "Nobody can be asked for input here: the cell runs without a user, or the frontend takes "
                    + "no input. Give the value in a variable."
            );
        native?.CatchUp();
        Flush();
        return ask(prompt, hidden);
    }

    /// <summary>Prints, after what native code printed before.</summary>
    public void Print(bool error, ReadOnlySpan<char> text)
    {
        native?.CatchUp(error);
        Append(error, text);
    }

    public void Append(bool error, ReadOnlySpan<char> text)
    {
        lock (gate)
        {
            whole.Add(text);
            if (left <= 0 || text.Length == 0)
                return;
            if (error != printedIsError)
                Flush();
            if (printed.Length == 0)
                timer.Change(flushAfter, Timeout.InfiniteTimeSpan);
            printedIsError = error;
            printed.Append(text[..Math.Min(text.Length, left)]);
            left -= text.Length;
            if (left <= 0)
            {
                Flush();
                Send(new OutputEvent.Display(whole.Begin(), Guid.NewGuid().ToString("N")));
            }
            else if (printed.Length >= FlushAt)
                Flush();
        }
    }

    /// <summary>Called when the run has ended: what it prints from here on goes into no file.</summary>
    public void Close()
    {
        lock (gate)
            whole.Dispose();
    }

    /// <summary>Shows a value.</summary>
    public DisplayHandle Display(object? value)
    {
        string id = Guid.NewGuid().ToString("N");
        Emit(new OutputEvent.Display(MimeBundle.Of(value, Options, Scripts), id));
        return new DisplayHandle(id, this);
    }

    /// <summary>Passes an event on, after what was printed before it.</summary>
    public void Emit(OutputEvent output)
    {
        native?.CatchUp();
        lock (gate)
        {
            Flush();
            Send(output);
        }
    }

    public void Flush()
    {
        lock (gate)
        {
            if (printed.Length == 0)
                return;
            string text = printed.ToString();
            printed.Clear();
            Send(new OutputEvent.Stream(printedIsError ? "stderr" : "stdout", text));
        }
    }

    // What the receiver prints is not the cell's.
    private void Send(OutputEvent output)
    {
        CellRun? before = Current;
        Current = null;
        try
        {
            emit(output);
        }
        finally
        {
            Current = before;
        }
    }
}
