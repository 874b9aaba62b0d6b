namespace HitSong.Corpus;

/// <summary>A corpus, or a way of cutting one, that cannot be had as asked for.</summary>
public sealed class CorpusException(string message, Exception? inner = null) : HitSongException(message, inner);
