using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace HitSong.Experiments;

/// <summary>
/// Processes that train what they are told, one training after another, so that each prepares its data once. A training
/// is a line of JSON on a process's input; its output says how far it is, and how it ended.
/// </summary>
internal sealed class SweepWorkers : IDisposable
{
    /// <summary>What a process is told to train.</summary>
    /// <param name="Number">The trial's number.</param>
    /// <param name="Values">Its values.</param>
    /// <param name="Epochs">The rung; null: as many as the trial's recipe says.</param>
    public sealed record Order(int Number, IReadOnlyList<string> Values, int? Epochs);

    private const string Done = "done",
        Failed = "failed ";

    private readonly BlockingCollection<(Order Order, Action<double> Progress, TaskCompletionSource End)> orders = [];
    private readonly CancellationToken cancellation;
    private readonly Task[] threads;

    /// <param name="start">How a process is started.</param>
    /// <param name="count">How many at most.</param>
    /// <param name="cancellation">Kills them.</param>
    public SweepWorkers(Func<ProcessStartInfo> start, int count, CancellationToken cancellation)
    {
        this.cancellation = cancellation;
        threads =
        [
            .. Enumerable
                .Range(0, count)
                .Select(_ => Task.Factory.StartNew(() => Work(start), TaskCreationOptions.LongRunning)),
        ];
    }

    /// <summary>Has something trained as soon as a process is free.</summary>
    /// <param name="order">What.</param>
    /// <param name="progress">Told how far it is, 0…1, from another thread.</param>
    /// <returns>Ends with the training; a <see cref="HitSongException"/> says why it gave nothing.</returns>
    public Task Train(Order order, Action<double> progress)
    {
        TaskCompletionSource end = new(TaskCreationOptions.RunContinuationsAsynchronously);
        orders.Add((order, progress, end), cancellation);
        return end.Task;
    }

    /// <summary>Does what a process is told, until nothing more comes.</summary>
    /// <param name="lines">Its input.</param>
    /// <param name="output">Where it answers.</param>
    /// <param name="train">Trains one, telling how far it is, 0…1.</param>
    public static void Serve(IEnumerable<string> lines, TextWriter output, Action<Order, Action<double>> train)
    {
        foreach (string line in lines)
        {
            string answer = Done;
            try
            {
                train(
                    JsonSerializer.Deserialize<Order>(line)!,
                    part => Answer(part.ToString(CultureInfo.InvariantCulture))
                );
            }
            catch (HitSongException e)
            {
                answer = Failed + JsonSerializer.Serialize(e.Message);
            }
            Answer(answer);
        }

        void Answer(string text)
        {
            output.WriteLine(text);
            output.Flush();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        orders.CompleteAdding();
        foreach (var (_, _, end) in orders.GetConsumingEnumerable())
            end.TrySetCanceled();
        Task.WaitAll(threads);
        orders.Dispose();
    }

    private void Work(Func<ProcessStartInfo> start)
    {
        Process? process = null;
        CancellationTokenRegistration stop = default;
        StringBuilder errors = new();
        foreach (var (order, progress, end) in orders.GetConsumingEnumerable())
        {
            try
            {
                cancellation.ThrowIfCancellationRequested();
                process ??= Begin();
                Watch(process, order, progress);
                end.SetResult();
            }
            catch (HitSongException e)
            {
                end.SetException(e);
            }
            catch (OperationCanceledException)
            {
                end.SetCanceled(cancellation);
            }
            // The next trial is not to pay for one that took its process with it.
            if (process?.HasExited == true)
                End();
        }
        if (process is null)
            return;
        process.StandardInput.Close();
        process.WaitForExit();
        End();

        Process Begin()
        {
            ProcessStartInfo info = start();
            info.RedirectStandardInput = info.RedirectStandardOutput = info.RedirectStandardError = true;
            errors.Clear();
            Process begun = Process.Start(info)!;
            begun.ErrorDataReceived += (_, line) => errors.AppendLine(line.Data);
            begun.BeginErrorReadLine();
            stop = cancellation.Register(() => begun.Kill(entireProcessTree: true));
            return begun;
        }

        void End()
        {
            stop.Dispose();
            process!.Dispose();
            process = null;
        }

        void Watch(Process working, Order order, Action<double> progress)
        {
            try
            {
                working.StandardInput.WriteLine(JsonSerializer.Serialize(order));
                working.StandardInput.Flush();
            }
            // It has ended; its last words follow.
            catch (IOException) { }
            while (working.StandardOutput.ReadLine() is { } line)
                if (line == Done)
                    return;
                else if (line.StartsWith(Failed, StringComparison.Ordinal))
                    throw new HitSongException(JsonSerializer.Deserialize<string>(line[Failed.Length..])!);
                else if (double.TryParse(line, NumberStyles.Float, CultureInfo.InvariantCulture, out double part))
                    progress(part);
            working.WaitForExit();
            cancellation.ThrowIfCancellationRequested();
            string said = errors.ToString().Trim();
            throw new HitSongException(said.Length > 0 ? said : $"its process ended with {working.ExitCode}");
        }
    }
}
