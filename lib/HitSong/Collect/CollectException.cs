namespace HitSong.Collect;

/// <summary>
/// A catalogue, a download or a source file that does not give what was asked of it. URLs stand in the message without
/// their query, where keys are.
/// </summary>
public sealed class CollectException(string message, Exception? inner = null) : HitSongException(message, inner)
{
    /// <summary>
    /// Whether it is said of one answer alone, so that the next may be right: what was looked up is then kept as
    /// failed, and the others go on.
    /// </summary>
    public bool IsOfOneAnswer { get; init; }
}
