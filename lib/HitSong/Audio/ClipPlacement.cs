namespace HitSong.Audio;

/// <summary>Where a recording's clips lie.</summary>
public enum ClipPlacement
{
    /// <summary>One after the other from the start.</summary>
    Consecutive,

    /// <summary>In the middle; several clips side by side about it.</summary>
    Centre,

    /// <summary>Anywhere, each drawn alike and apart; the same for the same seed and recording.</summary>
    Random,

    /// <summary>
    /// Of consecutive clips those numbered 3, 5, 7 and 11 (from 0), as <c>views-resnet</c> was published: where there
    /// are fewer than 12, the fourth is the last but one; with fewer than 9 the third is number 5 again. A recording of
    /// fewer than 6 clips gives none.
    /// </summary>
    ThreeFiveSevenEleven,
}
