using HitSong.Numerics;

namespace HitSong.Corpus.Demo;

/// <summary>
/// What a catalogue would say of a song's sound, on Spotify's scales (0…1) with errors as a catalogue's have: each
/// follows from what can be heard, and from nothing of the song's popularity.
/// </summary>
/// <param name="Genre">One of eight, by the artist's typical sound.</param>
/// <param name="Danceability">A tempo near the best to dance to, and drums.</param>
/// <param name="Energy">Loudness, brightness and drums.</param>
/// <param name="Speechiness">Low, by chance.</param>
/// <param name="Acousticness">High with plucked strings.</param>
/// <param name="Instrumentalness">High where nobody sings.</param>
/// <param name="Liveness">By chance.</param>
/// <param name="Valence">Major, bright and fast.</param>
internal sealed record CatalogueEntry(
    string Genre,
    double Danceability,
    double Energy,
    double Speechiness,
    double Acousticness,
    double Instrumentalness,
    double Liveness,
    double Valence
)
{
    // By typical tempo, brightness and drums, each below or above the middle.
    private static readonly string[] Genres =
    [
        "ambient",
        "trip-hop",
        "acoustic",
        "hip-hop",
        "new-age",
        "techno",
        "indie-pop",
        "pop",
    ];

    public static CatalogueEntry Of(DemoSong song)
    {
        var random = new SeededRandom(song.Seed, "catalogue", song.Number);
        Sound sound = song.Sound,
            typical = song.Artist.Typical;
        Style style = song.Artist.Style;
        double distance = (sound.Tempo - PopularityRule.DanceTempo) / PopularityRule.DanceWidth;
        int plucked = new[] { style.Bass, style.Chords, style.Lead }.Count(instrument => instrument is PluckedString);
        return new(
            Genres[(typical.Tempo > 113 ? 4 : 0) + (typical.Brightness > 0.5 ? 2 : 0) + (typical.Drums > 0.5 ? 1 : 0)],
            About(0.2 + 0.4 * Math.Exp(-distance * distance) + 0.3 * sound.Drums),
            About(0.05 + 0.4 * sound.Loudness + 0.3 * sound.Brightness + 0.2 * sound.Drums),
            About(0.06),
            About(0.1 + 0.28 * plucked),
            About(style.Lead is Singer ? 0.1 : 0.85),
            About(0.18),
            About(0.15 + (sound.Major ? 0.35 : 0) + 0.2 * sound.Brightness + 0.2 * (sound.Tempo - 80) / 66)
        );

        double About(double value) => Math.Round(Math.Clamp(value + 0.05 * random.Normal(), 0, 1), 3);
    }
}
