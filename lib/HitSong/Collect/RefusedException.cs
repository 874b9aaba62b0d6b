using System.Net;
using System.Text.Json;

namespace HitSong.Collect;

/// <summary>A server's refusal.</summary>
public sealed class RefusedException(string message, HttpStatusCode status, JsonElement body)
    : HitSongException(message)
{
    /// <summary>Its status.</summary>
    public HttpStatusCode Status { get; } = status;

    /// <summary>Its answer, where that is JSON; else of kind Undefined.</summary>
    public JsonElement Body { get; } = body;
}
