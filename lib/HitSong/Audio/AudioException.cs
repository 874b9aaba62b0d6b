namespace HitSong.Audio;

/// <summary>An audio file that cannot be read or written.</summary>
/// <param name="path">The file.</param>
/// <param name="reason">What is wrong with it and, where it helps, what to do.</param>
public sealed class AudioException(string path, string reason) : HitSongException($"{path}: {reason}")
{
    /// <summary>The file.</summary>
    public string Path { get; } = path;
}
