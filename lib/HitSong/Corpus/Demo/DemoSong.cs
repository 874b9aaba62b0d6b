using HitSong.Audio;
using HitSong.Numerics;

namespace HitSong.Corpus.Demo;

/// <summary>
/// A song of the demo corpus: what it is, and why it is as popular as it is. It is composed and rendered on demand.
/// </summary>
/// <example><code>
/// var artist = new Artist(seed: 2024, number: 0, "The Examples");
/// var song = DemoSong.Create(seed: 2024, number: 0, "An Example", artist);
/// double tempo = song.Sound.Tempo; // 138.6
/// song.Render(seconds: 2, sampleRate: 22_050)
/// </code></example>
public sealed record DemoSong
{
    /// <summary>Seed of the corpus.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Number within the corpus, from 0.</summary>
    public required int Number { get; init; }

    /// <summary>Invented title, in some script.</summary>
    public required string Title { get; init; }

    /// <summary>Who plays it.</summary>
    public required Artist Artist { get; init; }

    /// <summary>
    /// The song that this one re-releases: the same composition and performance, mixed a little differently; null for
    /// most.
    /// </summary>
    public DemoSong? Original { get; init; }

    /// <summary>Key note as semitones above C, 0…11.</summary>
    public required int Tonic { get; init; }

    /// <summary>What of it can be heard and counts.</summary>
    public required Sound Sound { get; init; }

    /// <summary>Year of release.</summary>
    public required int Year { get; init; }

    /// <summary>Popularity, 0…100.</summary>
    public required double Popularity { get; init; }

    /// <summary>Views.</summary>
    public required long Views { get; init; }

    /// <summary>Plays.</summary>
    public required long Plays { get; init; }

    /// <summary>Identifier, one a song.</summary>
    public string Id => $"demo-{Number + 1:D4}";

    /// <summary>The song of this number under a seed.</summary>
    public static DemoSong Create(ulong seed, int number, string title, Artist artist)
    {
        var random = new SeededRandom(seed, "song", number);
        Sound typical = artist.Typical;
        var sound = new Sound(
            Tempo: Math.Round(typical.Tempo + 4 * random.Normal(), 1),
            Major: random.Chance(artist.ModeLoyalty) ? typical.Major : !typical.Major,
            Brightness: Near(typical.Brightness),
            Loudness: Near(typical.Loudness),
            Drums: Near(typical.Drums),
            Hook: Near(typical.Hook)
        );

        return Label(seed, number, title, artist, random.Below(12), sound);

        double Near(double centre) => Math.Round(Math.Clamp(centre + 0.22 * random.Normal(), 0, 1), 3);
    }

    /// <summary>
    /// A re-release of this song as the song of another number: a little louder and brighter or darker, with a
    /// popularity of its own.
    /// </summary>
    public DemoSong ReRelease(int number)
    {
        var random = new SeededRandom(Seed, "remaster", number);
        Sound remastered = Sound with
        {
            Brightness = Math.Round(Math.Clamp(Sound.Brightness + 0.05 * random.Normal(), 0, 1), 3),
            Loudness = Math.Round(Math.Clamp(Sound.Loudness + 0.1 * random.Uniform(), 0, 1), 3),
        };
        DemoSong song = Label(Seed, number, $"{Title} (Remastered)", Artist, Tonic, remastered);
        return song with { Original = this, Year = Math.Max(song.Year, Year + 1) };
    }

    private static DemoSong Label(ulong seed, int number, string title, Artist artist, int tonic, Sound sound)
    {
        var chance = new SeededRandom(seed, "chance", number);
        double score =
            PopularityRule.Audible(sound) + PopularityRule.Fame * artist.Fame + PopularityRule.Luck * chance.Normal();
        double WithLuck() => score + PopularityRule.LabelLuck * chance.Normal();
        return new DemoSong
        {
            Seed = seed,
            Number = number,
            Title = title,
            Artist = artist,
            Tonic = tonic,
            Sound = sound,
            Year = 2000 + new SeededRandom(seed, "year", number).Below(24),
            Popularity = PopularityRule.Popularity(WithLuck()),
            Views = (long)PopularityRule.Views(WithLuck()),
            Plays = (long)PopularityRule.Plays(WithLuck()),
        };
    }

    /// <summary>
    /// Composes and renders the song, mono. The same song, length and rate give the same samples, on any number of
    /// threads.
    /// </summary>
    /// <param name="seconds">Length; the song fades at its end.</param>
    /// <param name="sampleRate">Hz.</param>
    public Waveform Render(double seconds, int sampleRate)
    {
        Score score = Composer.Compose(
            this,
            seconds,
            new SeededRandom(Seed, "composition", Original?.Number ?? Number)
        );
        int samples = (int)Math.Round(seconds * sampleRate);
        var stage = new Stage(
            sampleRate,
            Sound.Brightness,
            new SeededRandom(Seed, "performance", Original?.Number ?? Number)
        );

        float[] drums = new float[samples];
        Artist.Style.Kit.Play(score.Drums, drums, stage);
        float[] bass = Play(Artist.Style.Bass, score.Bass),
            chords = Play(Artist.Style.Chords, score.Chords),
            lead = Play(Artist.Style.Lead, score.Lead);
        return new Waveform(Mixer.Mix(this, score, drums, bass, chords, lead, sampleRate), sampleRate);

        float[] Play(Instrument instrument, List<Note> notes)
        {
            float[] bus = new float[samples];
            foreach (Note note in notes)
                instrument.Play(note, bus, stage);
            return bus;
        }
    }
}
