namespace HitSong.Audio;

/// <summary>
/// An audio file that cannot be read, or not the wanted part of it; the message names the file and the reason.
/// </summary>
/// <param name="path">The file.</param>
/// <param name="reason">What is wrong with it, as the end of a sentence that the path begins.</param>
public sealed class AudioException(string path, string reason) : HitSongException($"{path} {reason}")
{
    /// <summary>The file that could not be read.</summary>
    public string Path { get; } = path;

    /// <summary>What is wrong with it, as the end of a sentence that the path begins.</summary>
    public string Reason { get; } = reason;
}
