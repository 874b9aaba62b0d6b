namespace HitSong.Features;

/// <summary>How a frame fades in and out (periodic windows, as SciPy's <c>get_window</c> gives them).</summary>
public enum Window
{
    /// <summary>0.5 − 0.5 cos: the libraries' default.</summary>
    Hann,

    /// <summary>0.54 − 0.46 cos: nearer side lobes lower, farther ones higher.</summary>
    Hamming,

    /// <summary>0.42 − 0.5 cos + 0.08 cos 2: lower side lobes, a wider main one.</summary>
    Blackman,

    /// <summary>No fading: the narrowest main lobe, the highest side lobes.</summary>
    Rectangular,
}
