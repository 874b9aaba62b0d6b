using HitSong.Features;
using HitSong.Features.Descriptors;

namespace HitSong.Experiments;

/// <summary>
/// In what a song lies outside of the usual range of hits (<see cref="DescriptorSpread"/>), of what an artist or an
/// engineer can act on. It says how hits sound, not that a song which sounds so becomes one.
/// </summary>
/// <example><code>
/// var source = Source.Demo(DemoCorpus.Open("../data/demo/corpus"));
/// var recipe = Recipes.Find("descriptor-mlp", "audited").AtDemoScale(epochs: 1, seed: 42) with { Songs = 24 };
/// var run = Experiment.Execute(recipe, source, new RunStore("../artifacts/runs"));
/// var sound = SoundDescription.Of("../data/demo/corpus/audio/demo-0300.mp3");
/// Advice.Of(run, DescriptorExtractor.ValuesOf(sound))
/// </code></example>
public static class Advice
{
    // How a descriptor is spoken of: less, more, the unit, and how many units of it one of the descriptor's is.
    private static readonly (string Name, string Less, string More, string Unit, double Scale)[] Words =
    [
        ("loudness_integrated", "quieter", "louder", " dB", 1),
        ("loudness_range", "more even in loudness", "wider in loudness", " LU", 1),
        ("tempo", "slower", "faster", " beats/min", 1),
        ("onset_rate", "sparser in onsets", "denser in onsets", " a second", 1),
        ("beat_strength", "weaker on the beat", "stronger on the beat", "", 1),
        ("spectral_centroid_mean", "darker (spectral centroid)", "brighter (spectral centroid)", " Hz", 1),
        ("percussive_share", "less percussive", "more percussive", " percentage points", 100),
        ("stereo_width", "narrower in stereo", "wider in stereo", " percentage points", 100),
        ("intro", "shorter in its intro", "longer in its intro", " s", 1),
        ("duration", "shorter", "longer", " s", 1),
    ];

    /// <summary>
    /// A phrase for each descriptor in which nine of ten hits are otherwise, such as <c>3.0 dB quieter than nine of ten
    /// training songs of popularity 39 and more</c>, the farthest from the range first; none of a run that kept none.
    /// </summary>
    /// <param name="run">The run of a model that is given descriptors.</param>
    /// <param name="sound">The song's descriptors, [descriptors × 1].</param>
    public static IReadOnlyList<string> Of(Run run, FeatureMatrix sound)
    {
        string hits = $"training songs of {run.Recipe.Label.Target.ToString().ToLowerInvariant()} {run.Bins.Names[^1]}";
        return
        [
            .. run
                .TopSongs.Join(Words, spread => spread.Name, words => words.Name, Beyond)
                .Where(beyond => beyond.Share > 0)
                .OrderByDescending(beyond => beyond.Share)
                .Select(beyond => beyond.InWords),
        ];

        (double Share, string InWords) Beyond(
            DescriptorSpread spread,
            (string Name, string Less, string More, string Unit, double Scale) words
        )
        {
            double value = sound.Values[Descriptor.PlaceOf(spread.Name)],
                below = spread.Low - value,
                above = value - spread.High,
                far = Math.Max(below, above);
            // What is no number is not beyond.
            double share = far > 0 && spread.High > spread.Low ? far / (spread.High - spread.Low) : 0;
            string word = below > above ? words.Less : words.More,
                amount = (far * words.Scale).ToString(
                    far * words.Scale >= 10 ? "0" : "0.0",
                    System.Globalization.CultureInfo.InvariantCulture
                );
            return (share, $"{amount}{words.Unit} {word} than nine of ten {hits}");
        }
    }
}
