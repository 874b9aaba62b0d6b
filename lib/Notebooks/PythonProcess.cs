using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Notebooks;

/// <summary>The system's Python, kept alive from cell to cell: what <c>#!python</c> runs in.</summary>
internal sealed partial class PythonProcess : IDisposable
{
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(2);

    private readonly Process process;
    private readonly SemaphoreSlim turn = new(1);
    private readonly string folder = Directory.CreateTempSubdirectory("notebook-python-").FullName;
    private volatile CellRun? current;
    private int arrays;

    private PythonProcess(Process process)
    {
        this.process = process;
        process.ErrorDataReceived += (_, line) =>
            current?.Print(error: true, line.Data is null ? "" : line.Data + "\n");
        process.BeginErrorReadLine();
    }

    /// <summary>Whether it runs no more.</summary>
    public bool HasEnded => process.HasExited;

    /// <exception cref="NotebookException">The machine has no Python.</exception>
    public static PythonProcess Start()
    {
        string program = File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3";
        using var source = new StreamReader(
            typeof(PythonProcess).Assembly.GetManifestResourceStream("Notebooks.python.py")!
        );
        try
        {
            var start = new ProcessStartInfo(program, ["-u", "-c", source.ReadToEnd()])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            return new PythonProcess(Process.Start(start)!);
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new NotebookException(
                $"#!python needs Python 3, which this machine lacks: {e.Message}. Install it: apt-get install python3",
                e
            );
        }
    }

    /// <summary>Runs a cell's part; its last expression is shown.</summary>
    public async Task<bool> RunAsync(string code, CellRun run, CancellationToken interrupt)
    {
        var request = new JsonObject { ["do"] = "run", ["code"] = code };
        foreach (JsonObject answer in await RequestAsync(request, run, interrupt))
            if (answer["data"] is JsonObject data)
                run.Emit(
                    new OutputEvent.Display(LargeForms.Cut((JsonObject)data.DeepClone()), Guid.NewGuid().ToString("N"))
                );
        return true;
    }

    /// <summary>
    /// Gives Python a variable: numbers, texts and lists as such, arrays of numbers as arrays of numpy, mapped from a
    /// file; tables and sequences of objects as a DataFrame of pandas, or where that is missing as columns by name.
    /// </summary>
    /// <exception cref="NotebookException">The value has no counterpart in Python.</exception>
    public async Task<bool> SetAsync(string name, object? value, CellRun run, CancellationToken interrupt)
    {
        var request = new JsonObject { ["do"] = "set", ["name"] = name };
        if (value is Array array && NpyFile.Knows(array))
            request["npy"] = File(array);
        else if ((value as SharedTable ?? SharedTable.Of(value)) is { } table)
        {
            request["columns"] = new JsonArray([
                .. table.Columns.Select(c =>
                    c.ToArray() is { } numbers
                        ? new JsonObject { ["name"] = c.Name, ["npy"] = File(numbers) }
                        : new JsonObject
                        {
                            ["name"] = c.Name,
                            ["kind"] = c.Type == typeof(DateTime) ? "time" : "",
                            ["values"] = JsonSerializer.SerializeToNode(c.Values),
                        }
                ),
            ]);
        }
        else
        {
            try
            {
                request["value"] = JsonSerializer.SerializeToNode(value);
            }
            catch (Exception e) when (e is NotSupportedException or JsonException or ArgumentException)
            {
                throw new NotebookException(
                    $"{name} can't be shared: a {ValueText.TypeName(value!.GetType())} has no counterpart "
                        + "in Python. Share numbers, texts, lists, arrays or tables.",
                    e
                );
            }
        }
        await RequestAsync(request, run, interrupt);
        return true;

        string File(Array numbers)
        {
            string file = Path.Combine(folder, $"{arrays++}.npy");
            NpyFile.Write(file, numbers);
            return file;
        }
    }

    /// <summary>The value of a variable of Python; of a DataFrame a <see cref="SharedTable"/>.</summary>
    /// <exception cref="NotebookException">The value has no counterpart in C#.</exception>
    public async Task<object> GetAsync(string name, CellRun run, CancellationToken interrupt)
    {
        string file = Path.Combine(folder, $"{arrays++}.npy");
        JsonObject answer = (
            await RequestAsync(
                new JsonObject
                {
                    ["do"] = "get",
                    ["name"] = name,
                    ["npy"] = file,
                },
                run,
                interrupt
            )
        ).Single(a => (string?)a["kind"] == "value");
        if (answer.ContainsKey("npy"))
            return NpyFile.Read(file);
        if (answer["columns"] is JsonArray columns)
            return SharedTable.Read(columns);
        return Value(answer["value"])
            ?? throw new NotebookException(
                $"{name} can't be shared: C# has no type for {answer["value"]?.ToJsonString() ?? "None"}. "
                    + "Share numbers, texts, lists of them, arrays, dictionaries or DataFrames."
            );
    }

    /// <summary>Ends Python.</summary>
    public void Dispose()
    {
        process.Kill();
        process.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    // A cell that is interrupted doesn't wait for Python's answer; the next one does.
    private async Task<List<JsonObject>> RequestAsync(JsonObject request, CellRun run, CancellationToken interrupt)
    {
        await turn.WaitAsync(interrupt).ConfigureAwait(false);
        try
        {
            current = run;
            return await AnswersAsync(request, run, interrupt).ConfigureAwait(false);
        }
        finally
        {
            current = null;
            turn.Release();
        }
    }

    private async Task<List<JsonObject>> AnswersAsync(JsonObject request, CellRun run, CancellationToken interrupt)
    {
        try
        {
            await process.StandardInput.WriteLineAsync(request.ToJsonString()).ConfigureAwait(false);
            await process.StandardInput.FlushAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw new NotebookException(Ended, e);
        }
        using CancellationTokenRegistration stop = interrupt.Register(() =>
        {
            _ = kill(process.Id, Interrupt);
            // Native code may not hear the signal.
            _ = Task.Delay(patience)
                .ContinueWith(
                    _ =>
                    {
                        if (current == run)
                            process.Kill();
                    },
                    TaskScheduler.Default
                );
        });
        var answers = new List<JsonObject>();
        OutputEvent.Error? error = null;
        while (true)
        {
            string line =
                await process.StandardOutput.ReadLineAsync(CancellationToken.None).ConfigureAwait(false)
                ?? throw new NotebookException(Ended);
            JsonObject answer = JsonNode.Parse(line)!.AsObject();
            switch ((string?)answer["kind"])
            {
                case "stream":
                    run.Print((string?)answer["name"] == "stderr", (string?)answer["text"]);
                    break;
                case "error":
                    error = new OutputEvent.Error(
                        (string)answer["name"]!,
                        (string)answer["message"]!,
                        [.. answer["traceback"]!.AsArray().Select(l => (string)l!)]
                    );
                    break;
                case "done":
                    interrupt.ThrowIfCancellationRequested();
                    return error is null ? answers : throw new LanguageException(error);
                default:
                    answers.Add(answer);
                    break;
            }
        }
    }

    internal static object? Value(JsonNode? node) =>
        node switch
        {
            JsonValue value when value.TryGetValue(out bool flag) => flag,
            JsonValue value when value.TryGetValue(out string? text) => text,
            JsonValue value when value.TryGetValue(out int whole) => whole,
            JsonValue value when value.TryGetValue(out long large) => large,
            JsonValue value when value.TryGetValue(out double number) => number,
            JsonArray items => items.Select(Value).ToList() switch
            {
                var values when values.All(v => v is int) => values.Cast<int>().ToArray(),
                var values when values.All(v => v is int or long) => values.Select(Convert.ToInt64).ToArray(),
                var values when values.All(v => v is int or long or double) => values
                    .Select(Convert.ToDouble)
                    .ToArray(),
                var values when values.All(v => v is string) => values.Cast<string>().ToArray(),
                var values when values.All(v => v is bool) => values.Cast<bool>().ToArray(),
                var values when values.All(v => v is double[]) => values.Cast<double[]>().ToArray(),
                _ => node.DeepClone(),
            },
            _ => node?.DeepClone(),
        };

    private const string Ended = "Python has ended, and its variables with it; the next #!python starts it anew.";

    // SIGUSR1, of which python.py makes a KeyboardInterrupt.
    private const int Interrupt = 10;

    [LibraryImport("libc.so.6")]
    private static partial int kill(int process, int signal);
}
