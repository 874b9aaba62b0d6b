namespace HitSong.Corpus;

/// <summary>Cuts the start of a recording into consecutive segments of so many samples, at the file's own rate, from its first channel.</summary>
/// <param name="Count">Segments a recording.</param>
/// <param name="Samples">Samples a segment.</param>
public sealed record SegmentSettings(int Count = 5, int Samples = 22_050);
