namespace HitSong.Features.Descriptors;

/// <summary>
/// The key of a recording as a whole, and how it is tuned. Where nothing has a pitch, tonic and mode are null, and the
/// figures NaN.
/// </summary>
/// <param name="Tonic">
/// The tonic's pitch class: 0 is C, 1 C♯, up to 11, B (<see cref="Features.Chroma.Classes"/>).
/// </param>
/// <param name="Mode">Major or minor.</param>
/// <param name="Correlation">
/// How like the key's profiles the chroma is, −1 to 1: the mean correlation with those of Krumhansl and Kessler (1982),
/// Temperley (2007), Albrecht and Shanahan (2013) and Faraldo et al. (2016, 2017), of 24 keys the highest.
/// </param>
/// <param name="Confidence">
/// By how much that correlation is above the next key's, 0 to 2: below 0.05 the two are nearly as likely.
/// </param>
/// <param name="Tuning">
/// How far the pitches lie from equal temperament at A = 440 Hz, cents, −50 to 50: the circular mean over all peaks.
/// </param>
/// <param name="Chroma">How strong each pitch class is, C first, as shares of 1, [12].</param>
public sealed record Key(
    int? Tonic,
    Mode? Mode,
    double Correlation,
    double Confidence,
    double Tuning,
    IReadOnlyList<double> Chroma
)
{
    /// <summary>As musicians write it, such as <c>F♯ minor</c>; null where there is none.</summary>
    public string? Name => Tonic is { } tonic && Mode is { } mode ? NameOf(tonic, mode) : null;

    /// <summary>A key as musicians write it.</summary>
    /// <param name="tonic">Pitch class, 0 is C.</param>
    /// <param name="mode">Major or minor.</param>
    internal static string NameOf(int tonic, Mode mode) =>
        $"{Features.Chroma.Classes[tonic]} {(mode == Descriptors.Mode.Minor ? "minor" : "major")}";
}
