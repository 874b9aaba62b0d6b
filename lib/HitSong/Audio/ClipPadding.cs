namespace HitSong.Audio;

/// <summary>What becomes of a clip that reaches beyond the recording's end.</summary>
public enum ClipPadding
{
    /// <summary>It is left out.</summary>
    None,

    /// <summary>Silence follows.</summary>
    Zero,

    /// <summary>The clip's own sound is repeated.</summary>
    Repeat,
}
