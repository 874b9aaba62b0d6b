namespace Research.Serve;

/// <summary>A file that gives no clips; the message ends a sentence that its name begins.</summary>
internal sealed class DecodeException(string reason) : Exception(reason);
