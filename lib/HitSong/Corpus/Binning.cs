namespace HitSong.Corpus;

/// <summary>How edges between classes are found.</summary>
public enum Binning
{
    /// <summary>They are given.</summary>
    Edges,

    /// <summary>One, at a quantile.</summary>
    TopQuantile,

    /// <summary>Classes of about equal size.</summary>
    Quantiles,

    /// <summary>Classes of equal width.</summary>
    EqualWidth,
}
