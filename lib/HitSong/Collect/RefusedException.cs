using System.Net;
using System.Text.Json;

namespace HitSong.Collect;

/// <summary>A server's refusal.</summary>
public sealed class RefusedException(string message, HttpStatusCode status, TimeSpan? retryAfter, JsonElement body)
    : HitSongException(message)
{
    /// <summary>Its status.</summary>
    public HttpStatusCode Status { get; } = status;

    /// <summary>How long it asks to wait; null where it does not say.</summary>
    public TimeSpan? RetryAfter { get; } = retryAfter;

    /// <summary>Its answer, where that is JSON; else of kind Undefined.</summary>
    public JsonElement Body { get; } = body;
}
