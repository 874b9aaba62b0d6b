using System.Collections.Concurrent;
using System.Diagnostics;
using static TorchSharp.torch;

namespace HitSong.Training;

/// <summary>
/// Makes the next batches on a thread of its own while one is used. What they are is decided by the plan alone, never
/// by when they are made.
/// </summary>
internal sealed class DataLoader : IDisposable
{
    // To wake the other thread takes as long as a step of a small network does, so small batches change hands many at
    // once.
    private const int MostAtOnce = 32,
        BytesAtOnce = 4 << 20;

    private readonly BlockingCollection<Batch[]> ready;
    private readonly Queue<Batch> taken = [];
    private readonly CancellationTokenSource stop = new();
    private readonly Task maker;
    private long waited;

    /// <param name="plan">Gives the batches one by one, each when it is asked for.</param>
    /// <param name="threads">libtorch's threads, which each thread of .NET has to be told anew.</param>
    /// <param name="bytes">Of a batch, about.</param>
    public DataLoader(IEnumerable<Batch> plan, int threads, long bytes)
    {
        int atOnce = (int)Math.Clamp(BytesAtOnce / bytes, 1, MostAtOnce);
        // Eight bridge what this thread waits for its turn on a busy core; of large batches, which take as long to
        // train, two do, and spare the memory.
        ready = new((int)Math.Clamp(8 * BytesAtOnce / (atOnce * bytes), 2, 8));
        maker = Task.Factory.StartNew(
            () => Make(plan, atOnce, threads),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );
    }

    /// <summary>How long was waited for batches since this was last asked.</summary>
    public TimeSpan Waited => Stopwatch.GetElapsedTime(0, Interlocked.Exchange(ref waited, 0));

    /// <summary>The next batch; the caller's to dispose.</summary>
    public Batch Take()
    {
        if (taken.Count == 0)
        {
            long start = Stopwatch.GetTimestamp();
            if (!ready.TryTake(out Batch[]? batches, Timeout.Infinite))
            {
                // Throws what stopped the maker.
                maker.GetAwaiter().GetResult();
                throw new InvalidOperationException("the plan has no more batches");
            }
            foreach (Batch batch in batches)
                taken.Enqueue(batch);
            waited += Stopwatch.GetTimestamp() - start;
        }
        return taken.Dequeue();
    }

    public void Dispose()
    {
        stop.Cancel();
        ((IAsyncResult)maker).AsyncWaitHandle.WaitOne();
        foreach (Batch batch in ready.GetConsumingEnumerable().SelectMany(batches => batches).Concat(taken))
            batch.Dispose();
        ready.Dispose();
        stop.Dispose();
    }

    private void Make(IEnumerable<Batch> plan, int atOnce, int threads)
    {
        List<Batch> inHand = [];
        try
        {
            set_num_threads(threads);
            foreach (Batch batch in plan)
            {
                inHand.Add(batch);
                stop.Token.ThrowIfCancellationRequested();
                if (inHand.Count == atOnce)
                    HandOver();
            }
            if (inHand.Count > 0)
                HandOver();
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The trainer wants no more.
        }
        finally
        {
            // Made, and nobody takes them: the trainer wants no more, or the plan failed.
            foreach (Batch batch in inHand)
                batch.Dispose();
            ready.CompleteAdding();
        }

        void HandOver()
        {
            ready.Add([.. inHand], stop.Token);
            inHand.Clear();
        }
    }
}
