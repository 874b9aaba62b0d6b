using HitSong.Numerics;

namespace HitSong.Corpus.Demo;

/// <summary>
/// An invented artist: a name, a style that all songs share, and fame, which has nothing to do with the style.
/// </summary>
/// <example><code>
/// var artist = new Artist(seed: 2024, number: 0, "The Examples");
/// artist.Fame // 0.0667
/// </code></example>
public sealed record Artist
{
    /// <summary>The artist of this number under a seed.</summary>
    public Artist(ulong seed, int number, string name)
    {
        Name = name;
        // A stream of its own, so that nothing audible tells it.
        Fame = new SeededRandom(seed, "fame", number).Normal();
        var random = new SeededRandom(seed, "style", number);
        Typical = new Sound(
            Tempo: random.Uniform(80, 146),
            Major: random.Chance(0.5),
            Brightness: random.Uniform(0.15, 0.85),
            Loudness: random.Uniform(0.15, 0.85),
            Drums: random.Uniform(0.15, 0.85),
            Hook: random.Uniform(0.15, 0.85)
        );
        ModeLoyalty = random.Uniform(0.6, 1);
        Style = Style.Create(random);
    }

    /// <summary>Invented name, in some script.</summary>
    public string Name { get; }

    /// <summary>Standard normal over artists.</summary>
    public double Fame { get; }

    /// <summary>What the artist's songs scatter around; its <see cref="Sound.Major"/> is the commoner mode.</summary>
    public Sound Typical { get; }

    /// <summary>Share of the songs in the commoner mode, in expectation.</summary>
    public double ModeLoyalty { get; }

    internal Style Style { get; }
}
