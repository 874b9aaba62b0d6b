namespace HitSong.Corpus;

/// <summary>One clip of a track.</summary>
/// <param name="Track">Place of the track in its set.</param>
/// <param name="Number">Number of the clip within the track, from 0.</param>
public sealed record Clip(int Track, int Number);
