namespace HitSong.Features.Descriptors;

/// <summary>
/// How fast the beat is, and how plain. From onset strength (librosa's, <see cref="Rhythm.OnsetStrength"/>) 43 times a
/// second. A recording of less than 2 s, or without onsets, has no tempo: NaN, and no beats.
/// </summary>
/// <param name="BeatsPerMinute">
/// The tempo, 40 to 240 beats a minute: that at whose period, at its multiples up to the fourth, and somewhat at its
/// half, onset strength is most like itself, tempi being likely about 120 (Ellis 2007, by a bell of 0.8 octaves). Half
/// or double of what a person would tap is a common error of any such measure: see <paramref name="Alternatives"/>.
/// </param>
/// <param name="Confidence">
/// How like itself onset strength is one beat later, 0 to 1: its normalized autocorrelation there (pulse clarity,
/// Lartillot et al. 2008).
/// </param>
/// <param name="Alternatives">The next likely tempi, likeliest first; up to three.</param>
/// <param name="Beats">When the beats are, s (dynamic programming, Ellis 2007).</param>
/// <param name="BeatStrength">
/// Mean onset strength on the beats over that of the whole, from 0: 1 where beats are as weak as all else.
/// </param>
/// <param name="Stability">
/// Share, 0 to 1, of the spans of four beats whose tempo is within 4% of the whole's; NaN below five beats.
/// </param>
/// <param name="OnsetRate">
/// Onsets a second: peaks of onset strength as librosa's <c>onset_detect</c> picks them. 0 where there are none.
/// </param>
public sealed record Tempo(
    double BeatsPerMinute,
    double Confidence,
    IReadOnlyList<TempoCandidate> Alternatives,
    IReadOnlyList<double> Beats,
    double BeatStrength,
    double Stability,
    double OnsetRate
);
