namespace HitSong.Corpus.Demo;

/// <summary>One note.</summary>
/// <param name="Start">Seconds from the song's start.</param>
/// <param name="Length">Seconds until it is let go.</param>
/// <param name="Pitch">MIDI number; 69 is 440 Hz.</param>
/// <param name="Velocity">0…1.</param>
internal readonly record struct Note(double Start, double Length, int Pitch, double Velocity)
{
    /// <summary>Hz.</summary>
    public double Frequency => 440 * Math.Pow(2, (Pitch - 69) / 12.0);
}
