using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;
using NetMQ;
using NetMQ.Sockets;

namespace Notebooks.Jupyter;

/// <summary>
/// An engine behind the Jupyter messaging protocol 5.3. The main thread takes one request at a time from the shell
/// channel and waits for its cell; the control channel has a thread of its own, so that a cell can be interrupted and
/// the kernel shut down at any time.
/// </summary>
public sealed partial class Kernel
{
    private readonly Outbox outbox = new();
    private readonly Channel shell,
        iopub,
        stdin,
        control,
        heartbeat;
    private readonly MessageFormat format;
    private readonly Engine engine;
    private readonly TextWriter log;
    private readonly History history = new(Path.Combine(KernelSpec.UserFolder, "csharp-history.jsonl"));
    private readonly Comms comms = new();
    private readonly RunningCell cell;
    private string? before;
    private readonly Lock asking = new(),
        end = new();
    private CancellationTokenSource? running;
    private volatile bool ending;
    private readonly List<Message> behind = [];

    private Kernel(string connectionFile, EngineOptions options)
    {
        ConnectionFile connection = ConnectionFile.Load(connectionFile);
        cell = new RunningCell(connectionFile, getppid());
        before = cell.Before();
        format = new MessageFormat(connection.Key);
        BufferPool.SetCustomBufferPool(outbox);
        shell = new Channel(new RouterSocket(), connection.Address(connection.ShellPort));
        iopub = new Channel(new PublisherSocket(), connection.Address(connection.IopubPort));
        stdin = new Channel(new RouterSocket(), connection.Address(connection.StdinPort));
        control = new Channel(new RouterSocket(), connection.Address(connection.ControlPort));
        heartbeat = new Channel(new RouterSocket(), connection.Address(connection.HeartbeatPort));
        NativeOutput native = NativeOutput.Capture(
            (error, text) =>
            {
                if (error)
                    cell.Hear(text);
                engine!.Print(error, text);
            },
            out log
        );
        engine = new Engine(options) { Native = native, AsksBeforeLeaving = true };
    }

    /// <summary>
    /// Serves clients until one of them shuts the kernel down or the program that started it is gone.
    /// </summary>
    /// <param name="connectionFile">The file that the client wrote.</param>
    /// <param name="options">What the cells find.</param>
    /// <exception cref="NotebookException">The connection file is wrong, or its ports are in use.</exception>
    public static void Run(string connectionFile, EngineOptions options) => new Kernel(connectionFile, options).Serve();

    private void Serve()
    {
        // How a client interrupts, and Ctrl-C in its terminal. A client that was started in the background ignores the
        // signal, and what it starts inherits that, unless it is undone.
        _ = signal(InterruptSignal, 0);
        using var interrupts = PosixSignalRegistration.Create(
            PosixSignal.SIGINT,
            context =>
            {
                context.Cancel = true;
                Interrupt();
            }
        );
        ExceptionHandling.SetUnhandledExceptionHandler(e =>
        {
            if (WireThread.IsCurrent)
            {
                log.WriteLine($"A client sent what is no message: {e.Message}");
                WireThread.Restart();
            }
            else if (CellRun.Current is not { Interrupt.IsCancellationRequested: true })
                engine.Print(error: true, $"A thread failed that the cell had started: {e}\n");
            return true;
        });
        int parent = getppid();
        using var watch = new Timer(
            _ =>
            {
                if (getppid() != parent)
                {
                    cell.End();
                    Environment.Exit(1);
                }
            },
            null,
            1000,
            1000
        );
        Start(
            "heartbeat",
            () =>
            {
                while (heartbeat.Receive(Timeout.InfiniteTimeSpan) is { } beat)
                    heartbeat.Send(beat);
            }
        );
        Start(
            "control",
            () =>
            {
                while (Receive(control, Timeout.InfiniteTimeSpan) is { } request)
                    Answer(control, request);
            }
        );
        engine.WarmUp();
        Publish("status", null, new JsonObject { ["execution_state"] = "starting" });
        while (Receive(shell, Timeout.InfiniteTimeSpan) is { } request)
            Answer(shell, request);
    }

    private static void Start(string name, Action work) =>
        new Thread(() => work()) { IsBackground = true, Name = name }.Start();

    // The next message that is one; null where none came in time.
    private Message? Receive(Channel socket, TimeSpan wait)
    {
        while (socket.Receive(wait) is { } frames)
        {
            try
            {
                return format.Read(frames);
            }
            catch (FormatException e)
            {
                log.WriteLine($"A message is left out: {e.Message}");
            }
        }
        return null;
    }

    private void Answer(Channel socket, Message request)
    {
        Publish("status", request.Header, new JsonObject { ["execution_state"] = "busy" });
        try
        {
            JsonObject? answer = Answer(request);
            if (answer is not null)
            {
                answer.TryAdd("status", "ok");
                socket.Send(format.Write(request.Sender, ReplyType(request), request.Header, answer));
            }
        }
        catch (Exception e)
        {
            // One request must not end the session.
            log.WriteLine($"{request.Type} is left out: {e.Message}");
            if (request.Type.EndsWith("_request", StringComparison.Ordinal))
            {
                string message = $"The {request.Type} can't be followed: {e.Message}";
                JsonObject failure = Failure(new OutputEvent.Error(e.GetType().Name, message, []));
                socket.Send(format.Write(request.Sender, ReplyType(request), request.Header, failure));
            }
        }
        Publish("status", request.Header, new JsonObject { ["execution_state"] = "idle" });
        if (request.Type == "shutdown_request")
            End();
        if (socket == shell && behind.Count > 0)
            AbortQueued();
    }

    private JsonObject? Answer(Message request)
    {
        JsonObject content = request.Content;
        switch (request.Type)
        {
            case "kernel_info_request":
                return KernelInfo();
            case "execute_request":
                return Execute(request);
            case "complete_request":
                return Complete(Code(content), Cursor(content));
            case "inspect_request":
                JsonObject? found = engine.Inspect(Code(content), Cursor(content));
                return new JsonObject
                {
                    ["found"] = found is not null,
                    ["data"] = found ?? [],
                    ["metadata"] = new JsonObject(),
                };
            case "is_complete_request":
                (string status, string indent) = Engine.IsComplete(Code(content));
                return status == "incomplete"
                    ? new JsonObject { ["status"] = status, ["indent"] = indent }
                    : new JsonObject { ["status"] = status };
            case "history_request":
                return new JsonObject { ["history"] = history.Find(content) };
            case "comm_info_request":
                return new JsonObject { ["comms"] = comms.Info((string?)content["target_name"]) };
            case "comm_open":
                // Cells open comms; what a frontend opens, nobody here has asked for.
                Publish(
                    "comm_close",
                    request.Header,
                    new JsonObject { ["comm_id"] = (string?)content["comm_id"], ["data"] = new JsonObject() }
                );
                return null;
            case "comm_msg" or "comm_close":
                if (comms.Receive(request) is { } callback)
                    Interruptible(interrupt =>
                        engine.CallAsync(callback, output => Publish(request, output), interrupt)
                    );
                return null;
            case "interrupt_request":
                Interrupt();
                return [];
            case "shutdown_request":
                ending = true;
                return new JsonObject { ["restart"] = (bool?)content["restart"] ?? false };
            default:
                log.WriteLine($"{request.Type} isn't known to this kernel.");
                return null;
        }
    }

    private JsonObject Execute(Message request)
    {
        string code = Code(request.Content);
        bool silent = Flag("silent", false),
            stored = !silent && Flag("store_history", true);
        if (!silent)
            Publish(
                "execute_input",
                request.Header,
                new JsonObject { ["code"] = code, ["execution_count"] = engine.ExecutionCount + (stored ? 1 : 0) }
            );
        string language = NotebookCell.LanguageIn(request.Metadata) ?? "csharp";
        // IPython's way to ask: `?name` or `name?` shows what is known of a name beside the notebook.
        string line = code.Trim();
        bool asks = language == "csharp" && !line.Contains('\n') && (line.StartsWith('?') || line.EndsWith('?'));
        if (asks && line.Trim('?').Trim() is { Length: > 0 } name)
        {
            JsonObject known =
                engine.Inspect(name, name.Length) ?? new JsonObject { ["text/plain"] = $"{name} isn't known." };
            var page = new JsonObject
            {
                ["source"] = "page",
                ["data"] = known,
                ["start"] = 0,
            };
            return Success(new JsonArray(page), []);
        }

        string? shown = null;
        void Emit(OutputEvent output)
        {
            if (output is OutputEvent.Result result)
                shown = (string?)result.Data["text/plain"];
            if (!silent || output is OutputEvent.Comm)
                Publish(request, output);
        }
        Func<string, bool, string>? ask = Flag("allow_stdin", false)
            ? (prompt, hidden) => Ask(request, prompt, hidden)
            : null;
        if (stored && Interlocked.Exchange(ref before, null) is { } told)
            Emit(new OutputEvent.Stream("stderr", told));
        cell.Begin(engine.ExecutionCount + (stored ? 1 : 0), code);
        CellResult ran;
        try
        {
            ran = Interruptible(interrupt => engine.ExecuteAsync(code, Emit, interrupt, ask, stored, language));
        }
        finally
        {
            cell.End();
        }
        // What nbclient and its like execute isn't kept: nobody typed it, so nobody can be asked.
        if (stored)
            history.Add(ran.ExecutionCount, code, shown, kept: ask is not null);
        if (ran.Error is null)
            return Success([], Evaluate(request.Content["user_expressions"] as JsonObject));
        // Before the reply goes out: what the client sends after it knows of the failure is to run.
        if (Flag("stop_on_error", true))
            while (Receive(shell, TimeSpan.Zero) is { } later)
                behind.Add(later);
        JsonObject failure = Failure(ran.Error);
        failure["execution_count"] = ran.ExecutionCount;
        return failure;

        bool Flag(string name, bool otherwise) => (bool?)request.Content[name] ?? otherwise;

        JsonObject Success(JsonArray payload, JsonObject expressions) =>
            new()
            {
                ["status"] = "ok",
                ["execution_count"] = engine.ExecutionCount,
                ["payload"] = payload,
                ["user_expressions"] = expressions,
            };
    }

    private JsonObject Evaluate(JsonObject? expressions)
    {
        var values = new JsonObject();
        foreach ((string name, JsonNode? expression) in expressions ?? [])
        {
            JsonObject? data = null;
            CellResult ran = Interruptible(interrupt =>
                engine.ExecuteAsync(
                    (string?)expression ?? "",
                    output => data = (output as OutputEvent.Result)?.Data ?? data,
                    interrupt,
                    counted: false
                )
            );
            values[name] = ran.Error is { } error
                ? Failure(error)
                : new JsonObject
                {
                    ["status"] = "ok",
                    ["data"] = data ?? [],
                    ["metadata"] = new JsonObject(),
                };
        }
        return values;
    }

    // The cells that "run all" had sent already don't run after one that failed.
    private void AbortQueued()
    {
        List<Message> queued = [.. behind];
        behind.Clear();
        foreach (Message request in queued)
        {
            if (request.Type != "execute_request")
            {
                Answer(shell, request);
                continue;
            }
            Publish("status", request.Header, new JsonObject { ["execution_state"] = "busy" });
            shell.Send(
                format.Write(request.Sender, "execute_reply", request.Header, new JsonObject { ["status"] = "aborted" })
            );
            Publish("status", request.Header, new JsonObject { ["execution_state"] = "idle" });
        }
    }

    private CellResult Interruptible(Func<CancellationToken, Task<CellResult>> run)
    {
        using var interrupt = new CancellationTokenSource();
        running = interrupt;
        try
        {
            return run(interrupt.Token).GetAwaiter().GetResult();
        }
        finally
        {
            running = null;
        }
    }

    // On a thread of its own: what the cell has registered with the token may take its time, and the cell may have
    // filled the pool.
    private void Interrupt()
    {
        if (running is { } interrupt)
            Start(
                "interrupt",
                () =>
                {
                    try
                    {
                        if (interrupt.IsCancellationRequested)
                            engine.Leave();
                        else
                            interrupt.Cancel();
                    }
                    catch (ObjectDisposedException) { }
                }
            );
    }

    // Called by the cell's thread, which is woken every so often to see an interrupt.
    private string Ask(Message request, string prompt, bool hidden)
    {
        lock (asking)
        {
            ObjectDisposedException.ThrowIf(ending, this);
            while (stdin.Receive(TimeSpan.Zero) is not null) { }
            var question = new JsonObject { ["prompt"] = prompt, ["password"] = hidden };
            stdin.Send(format.Write(request.Sender, "input_request", request.Header, question));
            while (true)
            {
                if (Receive(stdin, TimeSpan.FromMilliseconds(50)) is { Type: "input_reply" } reply)
                    return (string?)reply.Content["value"] ?? "";
                running?.Token.ThrowIfCancellationRequested();
                ObjectDisposedException.ThrowIf(ending, this);
            }
        }
    }

    private void Publish(Message request, OutputEvent output)
    {
        byte[] parent = request.Header;
        switch (output)
        {
            case OutputEvent.Stream stream:
                Publish("stream", parent, new JsonObject { ["name"] = stream.Name, ["text"] = stream.Text });
                break;
            case OutputEvent.Display display:
                Publish("display_data", parent, Shown(display.Data, display.DisplayId));
                break;
            case OutputEvent.Update update:
                Publish("update_display_data", parent, Shown(update.Data, update.DisplayId));
                break;
            case OutputEvent.Result result:
                Publish(
                    "execute_result",
                    parent,
                    new JsonObject
                    {
                        ["data"] = engine.Scripts.PutInto(result.Data, Cell()),
                        ["metadata"] = new JsonObject(),
                        ["execution_count"] = result.ExecutionCount,
                    }
                );
                break;
            case OutputEvent.Error error:
                JsonObject failure = Failure(error);
                failure.Remove("status");
                Publish("error", parent, failure);
                break;
            case OutputEvent.Clear clear:
                Publish("clear_output", parent, new JsonObject { ["wait"] = clear.Wait });
                break;
            case OutputEvent.Comm comm:
                comms.Remember(comm);
                Publish(comm.Type, parent, comm.Content, comm.Metadata);
                break;
        }

        string Cell() => (string?)request.Metadata["cellId"] ?? (string?)request.Content["code"] ?? "";

        JsonObject Shown(JsonObject data, string id) =>
            new()
            {
                ["data"] = engine.Scripts.PutInto(data, Cell()),
                ["metadata"] = new JsonObject(),
                ["transient"] = new JsonObject { ["display_id"] = id },
            };
    }

    private void Publish(string type, byte[]? parent, JsonObject content, JsonObject? metadata = null) =>
        iopub.Send(format.Write([Encoding.UTF8.GetBytes(type)], type, parent, content, metadata));

    // What was sent is delivered before the process ends; a cell that can't be stopped doesn't keep it. Nothing is
    // closed: NetMQ resets a connection that it closes, and what the client has not read yet is lost. The system, which
    // closes it when the process ends, delivers that.
    private void End()
    {
        lock (end)
        {
            SpinWait.SpinUntil(() => outbox.IsEmpty, TimeSpan.FromMilliseconds(500));
            Thread.Sleep(20);
            cell.End();
            if (running is null)
                engine.Dispose();
            Environment.Exit(0);
        }
    }

    private JsonObject Complete(string code, int cursor)
    {
        (int start, int end, IReadOnlyList<Completion> found) = engine.Complete(code, cursor);
        int from = CodePoints(code, start),
            to = CodePoints(code, end);
        IEnumerable<JsonObject> types = found.Select(c => new JsonObject
        {
            ["start"] = from,
            ["end"] = to,
            ["text"] = c.Text,
            ["type"] = c.Kind,
            ["signature"] = c.Signature,
        });
        return new JsonObject
        {
            ["matches"] = new JsonArray([.. found.Select(c => JsonValue.Create(c.Text))]),
            ["cursor_start"] = from,
            ["cursor_end"] = to,
            ["metadata"] = new JsonObject { ["_jupyter_types_experimental"] = new JsonArray([.. types]) },
        };
    }

    private static JsonObject KernelInfo()
    {
        string version = typeof(Kernel).Assembly.GetName().Version!.ToString(3);
        return new JsonObject
        {
            ["protocol_version"] = "5.3",
            ["implementation"] = "research",
            ["implementation_version"] = version,
            ["language_info"] = Notebook.LanguageInfo(),
            ["banner"] = $"C# on .NET {Environment.Version}. #!about tells more.",
            ["debugger"] = false,
            ["help_links"] = new JsonArray(
                new JsonObject { ["text"] = "C# reference", ["url"] = "https://learn.microsoft.com/dotnet/csharp/" }
            ),
        };
    }

    private static JsonObject Failure(OutputEvent.Error error) =>
        new()
        {
            ["status"] = "error",
            ["ename"] = error.Name,
            ["evalue"] = error.Message,
            ["traceback"] = new JsonArray([.. error.Traceback.Select(line => JsonValue.Create(line))]),
        };

    private static string ReplyType(Message request) =>
        request.Type.Replace("_request", "_reply", StringComparison.Ordinal);

    private static string Code(JsonObject content) =>
        (string?)content["code"] ?? throw new FormatException("it has no code");

    // The protocol counts characters; .NET counts UTF-16 units.
    private static int Cursor(JsonObject content)
    {
        string code = Code(content);
        int left = Math.Max(0, (int?)content["cursor_pos"] ?? int.MaxValue),
            at = 0;
        while (at < code.Length && left-- > 0)
            at += char.IsSurrogatePair(code, at) ? 2 : 1;
        return at;
    }

    private static int CodePoints(string code, int position) =>
        code.AsSpan(0, position).ToString().EnumerateRunes().Count();

    private const int InterruptSignal = 2;

    [LibraryImport("libc.so.6")]
    private static partial nint signal(int number, nint handler);

    [LibraryImport("libc.so.6")]
    private static partial int getppid();
}
