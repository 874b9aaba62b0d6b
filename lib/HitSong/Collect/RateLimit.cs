using System.Threading.RateLimiting;

namespace HitSong.Collect;

/// <summary>The rate at which a host is asked. Whoever comes too early waits in line; nobody is turned away.</summary>
internal static class RateLimit
{
    private const int Segments = 20;

    /// <summary>A host's limiter; null where it has no rate.</summary>
    public static RateLimiter? Of(string host, WebSettings settings)
    {
        if (settings.HostRates.TryGetValue(host, out int requestsASecond))
            return Within(TimeSpan.FromSeconds(1), requestsASecond);
        if (settings.Requests is int requests)
            return Within(settings.Period, requests);
        return null;
    }

    private static SlidingWindowRateLimiter Within(TimeSpan period, int requests) =>
        new(
            new SlidingWindowRateLimiterOptions
            {
                PermitLimit = requests,
                // All of a segment's permits come back together, the last given a segment too early: one more is
                // waited.
                Window = period * Segments / (Segments - 1),
                SegmentsPerWindow = Segments,
                QueueLimit = int.MaxValue,
            }
        );
}
