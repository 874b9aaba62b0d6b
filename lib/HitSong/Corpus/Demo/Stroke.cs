namespace HitSong.Corpus.Demo;

/// <summary>One stroke.</summary>
/// <param name="Start">Seconds from the song's start.</param>
/// <param name="Drum">What is struck.</param>
/// <param name="Velocity">0…1.</param>
internal readonly record struct Stroke(double Start, Drum Drum, double Velocity);
