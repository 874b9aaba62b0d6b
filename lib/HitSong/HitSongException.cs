namespace HitSong;

/// <summary>
/// A wrong argument, file, row or run. The message says what is wrong, where (path, row, field) and what to do; a
/// command prints it as it is, without a stack trace.
/// </summary>
public class HitSongException(string message, Exception? inner = null) : Exception(message, inner);
