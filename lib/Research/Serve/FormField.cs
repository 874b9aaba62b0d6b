using System.Globalization;
using HitSong.Corpus;

namespace Research.Serve;

/// <summary>A number of the form.</summary>
/// <param name="Name">The catalogue's name.</param>
/// <param name="Label">In words.</param>
/// <param name="Help">What it means.</param>
/// <param name="Least">Least value.</param>
/// <param name="Most">Largest value.</param>
/// <param name="Step">From a value to the next.</param>
/// <param name="Unit">Unit; empty where there is none.</param>
/// <param name="Typical">Mean of the training songs, the default.</param>
/// <param name="Deviation">Their standard deviation.</param>
/// <param name="Values">What each whole value is called; null where numbers say it.</param>
internal sealed record FormField(
    string Name,
    string Label,
    string Help,
    double Least,
    double Most,
    double Step,
    string Unit,
    double Typical,
    double Deviation,
    IReadOnlyList<string>? Values
)
{
    private sealed record Kind(
        string Label,
        string Help,
        double Least,
        double Most,
        double Step,
        string Unit = "",
        IReadOnlyList<string>? Values = null
    );

    // Ranges and meanings: Spotify's Web API, "Get Track's Audio Features".
    private static readonly Dictionary<string, Kind> kinds = new()
    {
        ["danceability"] = new(
            "Danceability",
            "How well one can dance to it, by tempo, steadiness of rhythm and strength of beat.",
            0,
            1,
            0.01
        ),
        ["energy"] = new("Energy", "How intense and active it is: fast, loud and noisy is near 1.", 0, 1, 0.01),
        ["key"] = new(
            "Key",
            "The key that it is in.",
            0,
            11,
            1,
            "",
            ["C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B"]
        ),
        ["loudness"] = new(
            "Loudness",
            "Mean loudness of the whole track. Today's masters lie near −7 dB.",
            -60,
            5,
            0.1,
            "dB"
        ),
        ["mode"] = new("Mode", "Minor or major.", 0, 1, 1, "", ["minor", "major"]),
        ["speechiness"] = new(
            "Speechiness",
            "How much is spoken: above 0.66 it is speech, below 0.33 music.",
            0,
            1,
            0.01
        ),
        ["acousticness"] = new("Acousticness", "How sure it is that only acoustic instruments play.", 0, 1, 0.01),
        ["instrumentalness"] = new(
            "Instrumentalness",
            "How sure it is that nobody sings; oohs and aahs are instruments here.",
            0,
            1,
            0.01
        ),
        ["liveness"] = new(
            "Liveness",
            "How sure it is that an audience is heard; above 0.8 it is likely live.",
            0,
            1,
            0.01
        ),
        ["valence"] = new("Valence", "How glad it sounds: sad or angry is near 0, cheerful near 1.", 0, 1, 0.01),
        ["tempo"] = new("Tempo", "Beats a minute.", 0, 250, 0.1, "BPM"),
        ["duration_ms"] = new("Length", "How long it plays.", 1000, 1_200_000, 1000, "ms"),
        ["time_signature"] = new("Time signature", "Beats a bar; 4 is by far the most frequent.", 0, 7, 1),
        ["artist_popularity"] = new(
            "Artist's popularity",
            "How popular the artist already is, 0 to 100. It is not in the music.",
            0,
            100,
            1
        ),
        ["year"] = new("Year", "When it came out.", 1900, 2100, 1),
    };

    /// <summary>The fields of a model.</summary>
    public static IReadOnlyList<FormField> Of(TabularPreparation preparation) =>
        [.. preparation.Numbers.Select((name, i) => Of(name, preparation.Mean[i], preparation.Deviation[i]))];

    private static FormField Of(string name, double typical, double deviation)
    {
        Kind kind = kinds.GetValueOrDefault(name) ?? Unknown(name, typical, deviation);
        return new FormField(
            name,
            kind.Label,
            kind.Help,
            kind.Least,
            kind.Most,
            kind.Step,
            kind.Unit,
            Math.Clamp(Math.Round(typical / kind.Step) * kind.Step, kind.Least, kind.Most),
            deviation,
            kind.Values
        );
    }

    private static Kind Unknown(string name, double typical, double deviation)
    {
        double least = typical - 4 * deviation,
            most = typical + 4 * deviation;
        return new(name, "A number of the catalogue.", least, most, deviation / 50);
    }

    /// <summary>What is wrong with a value; null where nothing is.</summary>
    public string? Wrong(double value)
    {
        if (double.IsFinite(value) && value >= Least && value <= Most)
            return null;
        string given = double.IsFinite(value) ? value.ToString(CultureInfo.InvariantCulture) : "infinite";
        string unit = Unit == "" ? "" : $" {Unit}";
        return FormattableString.Invariant($"is {given}, and lies between {Least} and {Most}{unit}");
    }
}
