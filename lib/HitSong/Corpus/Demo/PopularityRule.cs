namespace HitSong.Corpus.Demo;

/// <summary>
/// How popular a song becomes: what can be heard of it, its artist's fame, and chance. <c>data/demo/README.md</c>
/// states the same rule with the same numbers; a test keeps the two equal.
/// <code>
/// audible = Brightness · (brightness − 0.5) + Loudness · (loudness − 0.5) + Drums · (drums − 0.5)
///         + Hook · (hook − 0.5) + Danceability · (exp(−((tempo − DanceTempo) / DanceWidth)²) − 0.5)
///         + Mode · (0.5 in major, −0.5 in minor)
/// score   = audible + Fame · fame + Luck · N₀            fame: standard normal, one an artist;
///                                                        N₀: standard normal, one a song
/// x       = score + LabelLuck · N                        N: standard normal, one a song and label
/// popularity = 100 / (1 + exp(−(PopularityCentre + PopularitySlope · x)))
/// views      = ViewsMedian · exp(ViewsSpread · x)
/// plays      = PlaysMedian · exp(PlaysSpread · x)        all three rounded to whole numbers
/// </code>
/// </summary>
/// <example><code>
/// var sound = new Sound(Tempo: 118, Major: true, Brightness: 0.9, Loudness: 0.8, Drums: 0.5, Hook: 0.5);
/// double audible = PopularityRule.Audible(sound); // 1.42
/// PopularityRule.Popularity(audible) // 75
/// </code></example>
public static class PopularityRule
{
    /// <summary>Weight of brightness.</summary>
    public const double Brightness = 1.6;

    /// <summary>Weight of loudness.</summary>
    public const double Loudness = 1.6;

    /// <summary>Weight of the drums' density and level.</summary>
    public const double Drums = 1.0;

    /// <summary>Weight of the melody's repetition.</summary>
    public const double Hook = 0.4;

    /// <summary>Weight of a tempo that is good to dance to.</summary>
    public const double Danceability = 0.4;

    /// <summary>The tempo best to dance to, beats a minute.</summary>
    public const double DanceTempo = 118;

    /// <summary>How far from it a tempo still dances, beats a minute.</summary>
    public const double DanceWidth = 25;

    /// <summary>Weight of the mode.</summary>
    public const double Mode = 0.2;

    /// <summary>Weight of the artist's fame, which cannot be heard.</summary>
    public const double Fame = 0.5;

    /// <summary>Weight of the chance that all labels of a song share.</summary>
    public const double Luck = 0.35;

    /// <summary>Weight of the chance that each label has for itself.</summary>
    public const double LabelLuck = 0.4;

    /// <summary>
    /// Logit of the popularity of a song of score 0; 39, the published threshold of hip hop, is then near the median.
    /// </summary>
    public const double PopularityCentre = -0.45;

    /// <summary>Logits of popularity a unit of score.</summary>
    public const double PopularitySlope = 1.1;

    /// <summary>
    /// Views of a song of score 0; the published threshold of 300,000,000 then parts the songs about as there.
    /// </summary>
    public const double ViewsMedian = 250_000_000;

    /// <summary>Natural logarithms of views a unit of score.</summary>
    public const double ViewsSpread = 1.6;

    /// <summary>Plays of a song of score 0.</summary>
    public const double PlaysMedian = 600_000;

    /// <summary>Natural logarithms of plays a unit of score.</summary>
    public const double PlaysSpread = 1.9;

    /// <summary>The part of the score that can be heard.</summary>
    public static double Audible(Sound sound) => Terms(sound).Sum(term => term.Value);

    /// <summary>What <see cref="Audible"/> is the sum of, each with what it adds.</summary>
    public static IReadOnlyList<(string Name, double Value)> Terms(Sound sound)
    {
        double distance = (sound.Tempo - DanceTempo) / DanceWidth;
        return
        [
            ("brightness", Brightness * (sound.Brightness - 0.5)),
            ("loudness", Loudness * (sound.Loudness - 0.5)),
            ("drums", Drums * (sound.Drums - 0.5)),
            ("hook", Hook * (sound.Hook - 0.5)),
            ("tempo", Danceability * (Math.Exp(-distance * distance) - 0.5)),
            ("mode", Mode * (sound.Major ? 0.5 : -0.5)),
        ];
    }

    /// <summary>The popularity of a song's score and chance (<c>x</c> above).</summary>
    public static double Popularity(double x) =>
        Math.Round(100 / (1 + Math.Exp(-(PopularityCentre + PopularitySlope * x))));

    /// <summary>The views of a song's score and chance.</summary>
    public static double Views(double x) => Math.Round(ViewsMedian * Math.Exp(ViewsSpread * x));

    /// <summary>The plays of a song's score and chance.</summary>
    public static double Plays(double x) => Math.Round(PlaysMedian * Math.Exp(PlaysSpread * x));
}
