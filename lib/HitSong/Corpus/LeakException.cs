namespace HitSong.Corpus;

/// <summary>
/// A split whose test items are known from training; the message says how many, by what, and gives one.
/// </summary>
public sealed class LeakException(string message) : HitSongException(message);
