namespace HitSong.Features;

/// <summary>How high the mel filters are.</summary>
public enum MelNorm
{
    /// <summary>Height 1, torchaudio's default.</summary>
    None,

    /// <summary>Area 1 over Hz (height 2 / bandwidth), librosa's default: Slaney 1998.</summary>
    Slaney,
}
