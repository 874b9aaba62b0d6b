namespace HitSong.Experiments;

/// <summary>How features are scaled, by what the training clips have.</summary>
public enum Scaling
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>Each band to mean 0 and deviation 1.</summary>
    Standard,

    /// <summary>All bands alike to 0…1, by the one least and the one greatest value.</summary>
    MinMax,
}
