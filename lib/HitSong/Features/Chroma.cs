namespace HitSong.Features;

/// <summary>
/// How strong each of the twelve pitch classes is, frame by frame, as librosa's <c>feature.chroma_stft</c> with a given
/// tuning: every frequency counts for its pitch class with a bell of one semitone (Ellis 2007), most about the octave
/// of 440 Hz.
/// </summary>
/// <example><code>
/// float[] a4 = [.. Enumerable.Range(0, 44_100).Select(i => MathF.Sin(2 * MathF.PI * 440 * i / 22_050))];
/// var power = new Stft(StftSettings.Librosa).Power(a4);
/// var chroma = Chroma.Compute(power, 22_050);
/// Chroma.Classes[Enumerable.Range(0, 12).MaxBy(c => chroma[c, 40])] // A
/// </code></example>
public static class Chroma
{
    /// <summary>The pitch classes in order of the bands: C first.</summary>
    public static IReadOnlyList<string> Classes { get; } =
    ["C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B"];

    /// <summary>Chroma of a power spectrogram, the strongest class of each frame being 1.</summary>
    /// <param name="power">|X|² of <see cref="Stft.Power"/>, [1 + n_fft/2 × frames].</param>
    /// <param name="sampleRate">Hz.</param>
    /// <param name="tuning">
    /// How far the music lies from A = 440 Hz, in semitones. librosa would estimate it; its 0 is given by
    /// <c>tuning=0</c>.
    /// </param>
    /// <returns>[12 × frames].</returns>
    public static FeatureMatrix Compute(FeatureMatrix power, int sampleRate, double tuning = 0)
    {
        float[] filters = Filters(2 * (power.Bands - 1), sampleRate, tuning);
        float[] values = new float[12 * power.Frames];
        for (int c = 0; c < 12; c++)
        {
            for (int bin = 0; bin < power.Bands; bin++)
            {
                float weight = filters[c * power.Bands + bin];
                for (int frame = 0; frame < power.Frames; frame++)
                    values[c * power.Frames + frame] += weight * power.Values[bin * power.Frames + frame];
            }
        }
        for (int frame = 0; frame < power.Frames; frame++)
        {
            float largest = 0;
            for (int c = 0; c < 12; c++)
                largest = Math.Max(largest, values[c * power.Frames + frame]);
            // Silence stays silence.
            if (largest > 1.1754944e-38f)
                for (int c = 0; c < 12; c++)
                    values[c * power.Frames + frame] /= largest;
        }
        return new(values, 12, power.Frames);
    }

    // [12, 1 + n_fft/2], librosa's filters.chroma with its defaults: ctroct 5, octwidth 2, norm 2, base_c.
    private static float[] Filters(int length, int sampleRate, double tuning)
    {
        // Each bin's place in semitones above A0; the first, which has none, an octave and a half below the second.
        double[] place = new double[length];
        for (int bin = 1; bin < length; bin++)
            place[bin] = 12 * Math.Log2((double)bin * sampleRate / length / (440 * Math.Pow(2, tuning / 12) / 16));
        place[0] = place[1] - 18;

        int bins = length / 2 + 1;
        float[] filters = new float[12 * bins];
        double[] weights = new double[12];
        for (int bin = 0; bin < bins; bin++)
        {
            double width = bin + 1 < length ? Math.Max(place[bin + 1] - place[bin], 1) : 1,
                norm = 0;
            for (int c = 0; c < 12; c++)
            {
                double distance = place[bin] - c + 6 + 120;
                distance -= 12 * Math.Floor(distance / 12);
                weights[c] = Math.Exp(-0.5 * Math.Pow(2 * (distance - 6) / width, 2));
                norm += weights[c] * weights[c];
            }
            double octave = Math.Exp(-0.5 * Math.Pow((place[bin] / 12 - 5) / 2, 2)) / Math.Sqrt(norm);
            // From A first to C first.
            for (int c = 0; c < 12; c++)
                filters[(c + 9) % 12 * bins + bin] = (float)(weights[c] * octave);
        }
        return filters;
    }
}
