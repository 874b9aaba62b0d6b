namespace HitSong.Corpus.Demo;

/// <summary>What can be heard of a song and counts for its popularity.</summary>
/// <param name="Tempo">Beats a minute.</param>
/// <param name="Major">Major, or else (natural) minor.</param>
/// <param name="Brightness">0 (muffled) … 1 (brilliant): filters, cymbals and the tilt of the whole mix.</param>
/// <param name="Loudness">0 (−23 LUFS) … 1 (−11 LUFS).</param>
/// <param name="Drums">0 (sparse and quiet) … 1 (dense and up front).</param>
/// <param name="Hook">0 (the melody wanders) … 1 (the same motif in every bar).</param>
public sealed record Sound(double Tempo, bool Major, double Brightness, double Loudness, double Drums, double Hook)
{
    /// <summary>Integrated loudness before encoding, LUFS.</summary>
    public double TargetLufs => -23 + 12 * Loudness;
}
