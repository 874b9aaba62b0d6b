using Notebooks;

namespace Tests;

/// <summary>An engine with the outputs that its cells gave.</summary>
internal sealed class Cells(EngineOptions? options = null) : IDisposable
{
    public Engine Engine { get; } = new(options ?? new EngineOptions());

    public List<OutputEvent> Outputs { get; } = [];

    public string Printed
    {
        get
        {
            lock (Outputs)
                return string.Concat(Outputs.OfType<OutputEvent.Stream>().Select(s => s.Text));
        }
    }

    public async Task<CellResult> Run(string code, CancellationToken interrupt = default)
    {
        lock (Outputs)
            Outputs.Clear();
        return await Engine.ExecuteAsync(
            code,
            output =>
            {
                lock (Outputs)
                    Outputs.Add(output);
            },
            interrupt
        );
    }

    /// <summary>Runs a cell that succeeds; its result, or what it displayed first, in one form.</summary>
    public async Task<string?> Show(string code, string mimeType = "text/plain")
    {
        OutputEvent.Error? error = (await Run(code)).Error;
        Assert.True(error is null, error is null ? "" : string.Join('\n', error.Traceback));
        return Outputs
            .Select(o => o is OutputEvent.Result result ? result.Data : (o as OutputEvent.Display)?.Data)
            .FirstOrDefault(d => d is not null)
            ?[mimeType]?.ToString();
    }

    /// <summary>Interrupts a cell while it runs; what it failed with, null where it did not.</summary>
    public async Task<OutputEvent.Error?> Interrupt(string code)
    {
        using var interrupt = new CancellationTokenSource();
        Task<CellResult> running = Run("Console.Write(\"in\");\n" + code, interrupt.Token);
        while (Printed == "" && !running.IsCompleted)
            await Task.Delay(20);
        await Task.Delay(100);
        Assert.False(
            running.IsCompleted,
            string.Join('\n', (running.IsCompleted ? running.Result.Error?.Traceback : null) ?? [])
        );
        await interrupt.CancelAsync();
        return (await running).Error;
    }

    /// <summary>Runs a cell that fails; what it failed with, which is its last output too.</summary>
    public async Task<OutputEvent.Error> Fail(string code, CancellationToken interrupt = default)
    {
        OutputEvent.Error? error = (await Run(code, interrupt)).Error;
        Assert.NotNull(error);
        Assert.Same(error, Outputs[^1]);
        return error;
    }

    public void Dispose() => Engine.Dispose();
}
