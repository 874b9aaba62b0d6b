using System.Globalization;

namespace HitSong.Features.Descriptors;

/// <summary>One number that describes a recording's sound: a column of a table of them.</summary>
/// <param name="Name">Its column's name, in lower case, such as <c>loudness_integrated</c>.</param>
/// <param name="Unit">Its unit; empty where it has none.</param>
/// <param name="Lowest">The lowest value it can have; −∞ where there is none.</param>
/// <param name="Highest">The highest value it can have; ∞ where there is none.</param>
/// <param name="Definition">What it is, in a sentence, with its source.</param>
/// <param name="Of">Its value; NaN where the recording has none.</param>
/// <example><code>
/// var sound = SoundDescription.Of("../data/demo/corpus/audio/demo-0001.mp3");
/// var loudness = Descriptor.All[Descriptor.PlaceOf("loudness_integrated")];
/// string unit = loudness.Unit; // LUFS
/// loudness.Text(loudness.Of(sound)) // -11.8 LUFS
/// </code></example>
public sealed record Descriptor(
    string Name,
    string Unit,
    double Lowest,
    double Highest,
    string Definition,
    Func<SoundDescription, double> Of
)
{
    /// <summary>
    /// Whether it is one element of a vector (chroma, MFCC, contrast by band), which says little alone.
    /// </summary>
    public bool IsElement { get; private init; }

    private const double Nyquist = SpectrumMeter.SampleRate / 2.0;

    /// <summary>All of them, in the order of a table's columns.</summary>
    public static IReadOnlyList<Descriptor> All { get; } =
    [
        new("duration", "s", 0, double.PositiveInfinity, "length of the recording", s => s.Quality.Duration),
        .. OfLoudness(),
        .. OfTempo(),
        .. OfKey(),
        .. OfSpectrum(),
        .. OfTimbre(),
        .. OfStructure(),
        .. OfQuality(),
    ];

    private static readonly Lazy<Dictionary<string, int>> ByName = new(() =>
        All.Index().ToDictionary(entry => entry.Item.Name, entry => entry.Index)
    );

    private static Dictionary<string, int> Places => ByName.Value;

    private static IEnumerable<Descriptor> OfLoudness() =>
        [
            new(
                "loudness_integrated",
                "LUFS",
                -70,
                20,
                "gated loudness of the whole (ITU-R BS.1770-4)",
                s => s.Loudness.Integrated
            ),
            new(
                "loudness_range",
                "LU",
                0,
                90,
                "10th to 95th percentile of the loudness of 3 s (EBU Tech 3342)",
                s => s.Loudness.Range
            ),
            new(
                "true_peak",
                "dBTP",
                double.NegativeInfinity,
                double.PositiveInfinity,
                "largest amplitude between samples, oversampled four times (ITU-R BS.1770-4)",
                s => s.Loudness.TruePeak
            ),
            new(
                "dynamic_complexity",
                "dB",
                0,
                double.PositiveInfinity,
                "mean distance of the loudness of 200 ms from the whole's (Streich 2007)",
                s => s.Loudness.DynamicComplexity
            ),
        ];

    private static IEnumerable<Descriptor> OfTempo() =>
        [
            new(
                "tempo",
                "beats/min",
                39,
                245,
                "tempo by the autocorrelation of onset strength",
                s => s.Tempo.BeatsPerMinute
            ),
            new(
                "tempo_confidence",
                "",
                0,
                1,
                "autocorrelation of onset strength one beat later (pulse clarity)",
                s => s.Tempo.Confidence
            ),
            new(
                "tempo_alternative",
                "beats/min",
                39,
                245,
                "the next likely tempo",
                s => s.Tempo.Alternatives is [var next, ..] ? next.BeatsPerMinute : double.NaN
            ),
            new(
                "tempo_stability",
                "",
                0,
                1,
                "share of the spans of four beats that keep the tempo within 4%",
                s => s.Tempo.Stability
            ),
            new(
                "beat_count",
                "",
                0,
                double.PositiveInfinity,
                "number of beats (dynamic programming, Ellis 2007)",
                s => s.Tempo.Beats.Count
            ),
            new(
                "beat_strength",
                "",
                0,
                double.PositiveInfinity,
                "onset strength on the beats over that of the whole",
                s => s.Tempo.BeatStrength
            ),
            new("onset_rate", "1/s", 0, 44, "onsets a second (librosa onset_detect)", s => s.Tempo.OnsetRate),
        ];

    private static IEnumerable<Descriptor> OfKey() =>
        [
            new(
                "key_tonic",
                "",
                0,
                11,
                "pitch class of the tonic, 0 is C, by the profiles of Krumhansl and others",
                s => s.Key.Tonic ?? double.NaN
            ),
            new("key_minor", "", 0, 1, "1 in minor, 0 in major", s => s.Key.Mode is { } mode ? (int)mode : double.NaN),
            new(
                "key_correlation",
                "",
                -1,
                1,
                "mean correlation of the chroma with the key's profiles",
                s => s.Key.Correlation
            ),
            new("key_confidence", "", 0, 2, "that correlation less the next likely key's", s => s.Key.Confidence),
            new(
                "tuning",
                "cents",
                -50,
                50,
                "distance of the pitches from equal temperament at A = 440 Hz",
                s => s.Key.Tuning
            ),
            .. Enumerable
                .Range(0, 12)
                .Select(c => new Descriptor(
                    $"chroma_{c:00}",
                    "",
                    0,
                    1,
                    $"share of the pitch class {Chroma.Classes[c]}",
                    s => s.Key.Chroma[c]
                )
                {
                    IsElement = true,
                }),
        ];

    private static IEnumerable<Descriptor> OfSpectrum() =>
        [
            .. Both("spectral_centroid", "Hz", Nyquist, "magnitude's mean frequency", s => s.Spectrum.Centroid),
            .. Both(
                "spectral_spread",
                "Hz",
                Nyquist,
                "magnitude's deviation about the centroid",
                s => s.Spectrum.Spread
            ),
            .. Both(
                "spectral_rolloff",
                "Hz",
                Nyquist,
                "frequency below which 85% of the magnitude lie",
                s => s.Spectrum.Rolloff
            ),
            .. Both(
                "spectral_flatness",
                "",
                1.001,
                "geometric over arithmetic mean of the power",
                s => s.Spectrum.Flatness
            ),
            .. Both(
                "zero_crossings",
                "",
                1,
                "share of samples of another sign than the one before",
                s => s.Spectrum.ZeroCrossings
            ),
            .. Enumerable
                .Range(0, 7)
                .SelectMany(band =>
                    Both(
                        $"spectral_contrast_{band}",
                        "dB",
                        161,
                        $"peaks over valleys in band {band} of 7 (Jiang 2002)",
                        s => s.Spectrum.Contrast[band]
                    )
                )
                .Select(descriptor => descriptor with { IsElement = true }),
            new(
                "harmonic_share",
                "",
                0,
                1,
                "share of the energy that sounds on (Fitzgerald 2010)",
                s => s.Balance.Harmonic
            ),
            new(
                "percussive_share",
                "",
                0,
                1,
                "share of the energy that strikes (Fitzgerald 2010)",
                s => s.Balance.Percussive
            ),
        ];

    private static IEnumerable<Descriptor> OfTimbre() =>
        OfCepstra().Select(descriptor => descriptor with { IsElement = true });

    private static IEnumerable<Descriptor> OfCepstra()
    {
        const int coefficients = SpectrumMeter.Coefficients;
        for (int k = 0; k < coefficients; k++)
        {
            int of = k;
            yield return new(
                $"mfcc_{k:00}_mean",
                "",
                double.NegativeInfinity,
                double.PositiveInfinity,
                $"mean of MFCC {k} (librosa)",
                s => s.Timbre.Mean[of]
            );
        }
        for (int j = 0; j < coefficients; j++)
        {
            for (int k = 0; k <= j; k++)
            {
                (int first, int second) = (j, k);
                yield return new(
                    $"mfcc_{k:00}_{j:00}_covariance",
                    "",
                    j == k ? 0 : double.NegativeInfinity,
                    double.PositiveInfinity,
                    $"covariance of MFCC {k} and {j} (librosa)",
                    s => s.Timbre.Covariance[first, second]
                );
            }
        }
    }

    private static IEnumerable<Descriptor> OfStructure() =>
        [
            new(
                "sections_per_minute",
                "1/min",
                0,
                30,
                "sections a minute, by novelty of timbre (Foote 2000)",
                s => s.Structure.SectionsPerMinute
            ),
            new(
                "intro",
                "s",
                0,
                double.PositiveInfinity,
                "length of the first section from the first sound on",
                s => s.Structure.Intro
            ),
        ];

    private static IEnumerable<Descriptor> OfQuality() =>
        [
            new("channels", "", 1, 64, "number of channels", s => s.Quality.Channels),
            new(
                "silent_share",
                "",
                0,
                1,
                "share of 10 ms in which nothing reaches -60 dB of full scale",
                s => s.Quality.SilentShare
            ),
            new(
                "silence_at_start",
                "s",
                0,
                double.PositiveInfinity,
                "silence before the first sound",
                s => s.Quality.SilenceAtStart
            ),
            new(
                "silence_at_end",
                "s",
                0,
                double.PositiveInfinity,
                "silence after the last sound",
                s => s.Quality.SilenceAtEnd
            ),
            new(
                "clipped_share",
                "",
                0,
                1,
                "share of samples at full scale, three or more in a row",
                s => s.Quality.ClippedShare
            ),
            new(
                "bandwidth",
                "Hz",
                0,
                384_000,
                "highest frequency less than 90 dB below the strongest",
                s => s.Quality.Bandwidth
            ),
            new(
                "stereo_width",
                "",
                0,
                1,
                "share of the power in the difference of left and right",
                s => s.Quality.StereoWidth
            ),
            new("stereo_correlation", "", -1, 1, "correlation of left and right", s => s.Quality.StereoCorrelation),
        ];

    private static IEnumerable<Descriptor> Both(
        string name,
        string unit,
        double highest,
        string definition,
        Func<SoundDescription, Moments> of
    ) =>
        [
            new($"{name}_mean", unit, 0, highest, $"{definition}, mean over the frames that sound", s => of(s).Mean),
            new(
                $"{name}_deviation",
                unit,
                0,
                highest,
                $"{definition}, standard deviation over the frames that sound",
                s => of(s).Deviation
            ),
        ];

    /// <summary>Its place in <see cref="All"/>.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="HitSongException">There is none of that name.</exception>
    public static int PlaceOf(string name) =>
        Places.TryGetValue(name, out int place)
            ? place
            : throw new HitSongException(
                $"there is no descriptor {name}; the nearest: "
                    + string.Join(", ", All.Select(descriptor => descriptor.Name).NearestTo(name))
            );

    /// <summary>A value of it as people read it, with its unit; a dash where the recording has none.</summary>
    public string Text(double value)
    {
        if (!double.IsFinite(value))
            return "–";
        if (Name == "key_tonic")
            return Chroma.Classes[(int)value];
        string digits =
            Math.Abs(value) >= 1000 ? "#,0"
            : Unit == "" && value == Math.Round(value) ? "0"
            : Math.Abs(value) >= 10 ? "0.0"
            : Math.Abs(value) >= 0.1 ? "0.00"
            : "0.000";
        return string.Create(
                CultureInfo.InvariantCulture,
                $"{value.ToString(digits, CultureInfo.InvariantCulture)} {Unit}"
            )
            .TrimEnd();
    }

    /// <summary>Its name and unit.</summary>
    public override string ToString() =>
        Unit == "" ? Name : string.Create(CultureInfo.InvariantCulture, $"{Name} ({Unit})");
}
