namespace HitSong.Features;

/// <summary>How mel relates to Hz.</summary>
public enum MelScale
{
    /// <summary>Linear below 1 kHz, logarithmic above: Slaney's Auditory Toolbox (1998), librosa's default.</summary>
    Slaney,

    /// <summary>2595 · log10(1 + f/700): the HTK book, torchaudio's default.</summary>
    Htk,
}
