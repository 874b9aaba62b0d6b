using HitSong.Features;

namespace HitSong.Experiments;

/// <summary>
/// How the clips sound that a model learned from, and so whether another is unlike all of them. A clip's measures are
/// its level (the mean of its features), how much they change over the clip, how much from frame to frame (logarithms
/// of the mean deviation and of the mean step) and its spectrum (the bands' means less the level; of more than 20
/// bands, 12 cosine coefficients of them). Each is taken in standard deviations from the training clips' mean. Of one
/// frame, as of a song's descriptors, they are the values themselves.
/// </summary>
/// <param name="Mean">[measures] the training clips' means.</param>
/// <param name="Deviation">[measures] their standard deviations.</param>
/// <param name="Greatest">
/// [4] how far the training clip that is farthest off lies, in standard deviations: level, change, step, spectrum (root
/// of the mean square over its coefficients); of one frame [1], the root of the mean square over its values.
/// </param>
/// <param name="Stillness">The greatest share of a training clip's frames that are as the one before.</param>
/// <example><code>
/// var extractor = new FeatureExtractor(FeatureSettings.HipHop);
/// var clips = extractor.Extract("../data/demo/corpus/audio/demo-0001.mp3").Select(clip => clip.Values).ToArray();
/// var silence = clips[0] with { Values = new float[clips[0].Values.Length] };
/// SoundRange.Unlike(silence, SoundRange.Fit(clips)) // nothing in it changes, as in silence or in one steady tone
/// </code></example>
public sealed record SoundRange(
    IReadOnlyList<double> Mean,
    IReadOnlyList<double> Deviation,
    IReadOnlyList<double> Greatest,
    double Stillness
)
{
    // A song that nobody heard in training may lie somewhat beyond all that were heard, and few clips show little of
    // the range.
    private const double Beyond = 1.5,
        LeastLimit = 4, // standard deviations
        LeastLimitOfOneFrame = 2, // the mean song of many values is 1 off
        StillnessBeyond = 0.4;

    // Of a clip so still nothing can be told, whatever the model learned from.
    private const double MostStillness = 0.9;

    private const int Scalars = 3,
        Coefficients = 12,
        FewBands = 20;

    /// <summary>The range of training clips.</summary>
    /// <param name="clips">Their features, before they are scaled, [bands × frames]; at least one.</param>
    public static SoundRange Fit(IEnumerable<FeatureMatrix> clips)
    {
        List<double[]> all = [];
        double stillness = 0;
        bool isOneFrame = false;
        foreach (FeatureMatrix clip in clips)
        {
            isOneFrame = clip.Frames == 1;
            all.Add(Measures(clip));
            stillness = Math.Max(stillness, StillnessOf(clip));
        }

        double[] mean = [.. Enumerable.Range(0, all[0].Length).Select(i => all.Average(measures => measures[i]))];
        double[] deviation = [.. mean.Select((m, i) => Math.Sqrt(all.Average(measures => Square(measures[i] - m))))];
        SoundRange range = new(mean, deviation, [], stillness);
        double[][] distances =
        [
            .. all.Select(measures => isOneFrame ? [range.Distance(measures)] : range.Distances(measures)),
        ];
        return range with { Greatest = [.. distances[0].Select((_, i) => distances.Max(d => Math.Abs(d[i])))] };
    }

    /// <summary>
    /// In what a clip is unlike all that the model learned from, as the end of a sentence; null: it is not.
    /// </summary>
    /// <param name="clip">Features of the same settings, before they are scaled, [bands × frames].</param>
    /// <param name="range">
    /// The training clips' range; null where it is not known: silence is named all the same.
    /// </param>
    /// <param name="names">What the values of one frame are, [bands].</param>
    public static string? Unlike(FeatureMatrix clip, SoundRange? range, IReadOnlyList<string>? names = null)
    {
        if (clip.Frames == 1)
            return range?.UnlikeOfOneFrame(Measures(clip), names);
        double stillness = StillnessOf(clip),
            mostStillness = Math.Min(MostStillness, (range?.Stillness ?? 1) + StillnessBeyond);
        if (stillness > mostStillness)
            return stillness > 0.995
                ? "nothing in it changes, as in silence or in one steady tone"
                : FormattableString.Invariant($"{stillness:0%} of it is silence or one steady sound");
        return range?.Unlike(clip);
    }

    private string? UnlikeOfOneFrame(double[] values, IReadOnlyList<string>? names)
    {
        if (Distance(values) <= Math.Max(LeastLimitOfOneFrame, Beyond * Greatest[0]))
            return null;
        double[] standard = Standard(values);
        int farthest = Enumerable.Range(0, standard.Length).MaxBy(i => Math.Abs(standard[i]));
        string name = names?[farthest] ?? $"value {farthest}";
        return $"above all its {name} is far {(standard[farthest] > 0 ? "above" : "below")} theirs";
    }

    private string? Unlike(FeatureMatrix clip)
    {
        double[] distances = Distances(Measures(clip));
        string[] more =
        [
            "its level is far above theirs",
            "it changes far more over time than they do",
            "it changes far more from moment to moment than they do",
            "its spectrum is far from theirs",
        ];
        string[] less =
        [
            "its level is far below theirs",
            "it changes far less over time than they do",
            "it changes far less from moment to moment than they do",
            more[3],
        ];
        double[] excess = [.. distances.Select((d, i) => Math.Abs(d) / Math.Max(LeastLimit, Beyond * Greatest[i]))];
        int most = Array.IndexOf(excess, excess.Max());
        // What is no number is beyond any limit.
        return excess[most] <= 1 ? null
            : distances[most] < 0 ? less[most]
            : more[most];
    }

    private double[] Standard(double[] measures) =>
        [.. measures.Select((value, i) => (value - Mean[i]) / Math.Max(Deviation[i], 1e-3 * (1 + Math.Abs(Mean[i]))))];

    private double[] Distances(double[] measures)
    {
        double[] standard = Standard(measures);
        return [.. standard[..Scalars], Math.Sqrt(standard[Scalars..].Average(Square))];
    }

    private double Distance(double[] measures) => Math.Sqrt(Standard(measures).Average(Square));

    private static double[] Measures(FeatureMatrix clip)
    {
        if (clip.Frames == 1)
            return Array.ConvertAll(clip.Values, value => (double)value);
        // How much is there is judged by the stillness, how it sounds by what is there.
        int frames = Math.Min(clip.Frames, Math.Max(2, Array.LastIndexOf(Moves(clip), true) + 1));
        double[] bands = new double[clip.Bands];
        double deviation = 0,
            step = 0;
        for (int band = 0; band < clip.Bands; band++)
        {
            ReadOnlySpan<float> values = clip.Values.AsSpan(band * clip.Frames, frames);
            double sum = 0,
                squares = 0;
            for (int t = 0; t < values.Length; t++)
            {
                sum += values[t];
                squares += (double)values[t] * values[t];
                step += t == 0 ? 0 : Math.Abs(values[t] - values[t - 1]);
            }
            bands[band] = sum / values.Length;
            deviation += Math.Sqrt(Math.Max(0, squares / values.Length - Square(bands[band]))) / clip.Bands;
        }
        double level = bands.Average();
        step /= (double)frames * clip.Bands;
        return [level, Math.Log(deviation + 1e-6), Math.Log(step + 1e-6), .. Spectrum(bands, level)];
    }

    private static IEnumerable<double> Spectrum(double[] bands, double level)
    {
        if (bands.Length <= FewBands)
            return bands.Select(value => value - level);
        return Enumerable
            .Range(1, Coefficients)
            .Select(k =>
                bands.Select((value, band) => value * Math.Cos(Math.PI * k * (2 * band + 1) / (2 * bands.Length))).Sum()
                / bands.Length
            );
    }

    private static double StillnessOf(FeatureMatrix clip) =>
        clip.Frames < 2 ? 0 : Moves(clip).Skip(1).Count(moved => !moved) / (clip.Frames - 1.0);

    // [frames] whether each is another than the one before.
    private static bool[] Moves(FeatureMatrix clip)
    {
        bool[] moves = new bool[clip.Frames];
        for (int band = 0; band < clip.Bands; band++)
        {
            ReadOnlySpan<float> values = clip.Values.AsSpan(band * clip.Frames, clip.Frames);
            for (int t = 1; t < values.Length; t++)
                moves[t] |= Math.Abs(values[t] - values[t - 1]) > 1e-3f;
        }
        return moves;
    }

    private static double Square(double x) => x * x;
}
