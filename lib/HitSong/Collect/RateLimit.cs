namespace HitSong.Collect;

/// <summary>Lets at most so many requests begin within any period.</summary>
internal sealed class RateLimit(int requests, TimeSpan period)
{
    private readonly Queue<DateTime> begun = new();
    private readonly SemaphoreSlim turn = new(1);

    /// <summary>Waits for the next request's turn.</summary>
    public async Task WaitAsync(CancellationToken cancellation)
    {
        await turn.WaitAsync(cancellation);
        try
        {
            if (begun.Count >= requests && begun.Dequeue() + period - DateTime.UtcNow is { Ticks: > 0 } wait)
                await Task.Delay(wait, cancellation);
            begun.Enqueue(DateTime.UtcNow);
        }
        finally
        {
            turn.Release();
        }
    }
}
