using HitSong.Numerics;

namespace HitSong.Features;

/// <summary>Takes the power spectra of some frames as they are made.</summary>
internal unsafe interface IPowerSink
{
    /// <summary>
    /// Takes [bins, lanes] of the <paramref name="count"/> ≤ lanes frames from <paramref name="frame"/> on.
    /// </summary>
    void Take<TLanes>(float* power, int frame, int count)
        where TLanes : struct, ILanes<TLanes>;
}
