using System.Numerics.Tensors;

namespace HitSong.Features;

/// <summary>Where notes begin, and how fast the beat is.</summary>
/// <example><code>
/// // Clicks, two a second.
/// var clicks = new float[22_050 * 20];
/// for (int click = 0; click &lt; 40; click++)
///     clicks[click * 11_025] = 1;
/// Rhythm.Tempo(Rhythm.OnsetStrength(clicks)) // 117.5
/// </code></example>
public static class Rhythm
{
    /// <summary>
    /// Onset strength, as librosa's <c>onset.onset_strength</c>: how much louder the mel bands have become since the
    /// frame before, the mean over the bands; put where the change is seen, half a window later.
    /// </summary>
    /// <param name="samples">Amplitudes, [samples].</param>
    /// <param name="settings">The mel spectrogram to look at; null: librosa's.</param>
    /// <returns>[1 × frames].</returns>
    /// <exception cref="FeatureException">No samples, too few to mirror, or one that is not finite.</exception>
    public static FeatureMatrix OnsetStrength(ReadOnlySpan<float> samples, MelSettings? settings = null)
    {
        settings ??= MelSettings.Librosa;
        FeatureMatrix mel = new MelSpectrogram(settings).Compute(samples);
        Decibel.FromPower(mel.Values, mel.Values, new DecibelSettings());
        return OnsetStrengthOf(mel, settings);
    }

    /// <summary>The same of a mel spectrogram in dB.</summary>
    internal static FeatureMatrix OnsetStrengthOf(FeatureMatrix decibels, MelSettings settings)
    {
        int late = 1 + settings.FftLength / (2 * settings.HopLength);
        float[] strength = new float[decibels.Frames];
        for (int frame = late; frame < decibels.Frames; frame++)
        {
            double sum = 0;
            for (int band = 0; band < decibels.Bands; band++)
                sum += Math.Max(0, decibels[band, frame - late + 1] - decibels[band, frame - late]);
            strength[frame] = (float)(sum / decibels.Bands);
        }
        return new(strength, 1, decibels.Frames);
    }

    /// <summary>
    /// The tempo of onsets, beats a minute, as librosa's <c>feature.tempo</c>: the lag at which onset strength is most
    /// like itself over 8 s, tempi being likely about 120 (a bell of one octave, Ellis 2007); so silence has about 120,
    /// too.
    /// </summary>
    /// <param name="onsets">[1 × frames] of <see cref="OnsetStrength"/>.</param>
    /// <param name="sampleRate">Hz.</param>
    /// <param name="hopLength">Samples from one frame to the next.</param>
    /// <exception cref="FeatureException">No frames.</exception>
    public static double Tempo(FeatureMatrix onsets, int sampleRate = 22_050, int hopLength = 512)
    {
        if (onsets.Frames == 0)
            throw new FeatureException("there is no onset strength to find a tempo in");
        const double likely = 120,
            fastest = 320;
        int window = Math.Max(1, (int)(8.0 * sampleRate / hopLength));
        double[] mean = new double[window];
        foreach (double[] correlation in LocalCorrelations(onsets, window, window))
            for (int lag = 0; lag < window; lag++)
                mean[lag] += correlation[lag] / onsets.Frames;

        double tempo = likely,
            bestScore = double.NegativeInfinity;
        for (int lag = 1; lag < window; lag++)
        {
            double beats = 60.0 * sampleRate / hopLength / lag;
            if (beats >= fastest)
                continue;
            double score = Math.Log(1 + 1e6 * mean[lag]) - 0.5 * Math.Pow(Math.Log2(beats) - Math.Log2(likely), 2);
            if (score > bestScore)
                (bestScore, tempo) = (score, beats);
        }
        return tempo;
    }

    /// <summary>
    /// How like itself onset strength is some frames later, around each frame, as librosa's <c>feature.tempogram</c>:
    /// its autocorrelation under a Hann window, the largest value of each frame being 1.
    /// </summary>
    /// <param name="onsets">[1 × frames] of <see cref="OnsetStrength"/>.</param>
    /// <param name="window">Frames of the window; librosa's 384 are 8.9 s.</param>
    /// <param name="lags">How many lags, from 0 frames on, are taken; null: as many as the window has frames.</param>
    /// <returns>[lags × frames]; a lag of n frames is a tempo of 60 · rate / (hop · n) beats a minute.</returns>
    /// <exception cref="FeatureException">No frames, no window, or more lags than it has.</exception>
    public static FeatureMatrix Tempogram(FeatureMatrix onsets, int window = 384, int? lags = null)
    {
        int taken = lags ?? window;
        if (onsets.Frames == 0 || window < 1 || taken < 1 || taken > window)
            throw new FeatureException(
                $"{taken} lags of a window of {window} frames over {onsets.Frames} frames make no tempogram"
            );
        float[] values = new float[checked(taken * onsets.Frames)];
        foreach ((int frame, double[] correlation) in LocalCorrelations(onsets, window, taken).Index())
            for (int lag = 0; lag < taken; lag++)
                values[lag * onsets.Frames + frame] = (float)correlation[lag];
        return new(values, taken, onsets.Frames);
    }

    // Frame by frame, [lags], in an array that is used again: frames fade in and out by ramps of half a window beyond
    // the ends, each window is autocorrelated, and scaled to its own largest value, which is that of lag 0.
    private static IEnumerable<double[]> LocalCorrelations(FeatureMatrix onsets, int window, int lags)
    {
        int half = window / 2,
            frames = onsets.Frames;
        double[] bell = [.. Enumerable.Range(0, window).Select(i => 0.5 - 0.5 * Math.Cos(2 * Math.PI * i / window))],
            windowed = new double[window],
            correlation = new double[lags];
        for (int frame = 0; frame < frames; frame++)
        {
            for (int i = 0; i < window; i++)
                windowed[i] = bell[i] * At(frame - half + i);
            for (int lag = 0; lag < lags; lag++)
                correlation[lag] = TensorPrimitives.Dot<double>(windowed.AsSpan(lag), windowed.AsSpan(0, window - lag));
            double largest = correlation[0];
            for (int lag = 0; lag < lags; lag++)
                correlation[lag] = largest < 1.1754944e-38 ? 0 : correlation[lag] / largest;
            yield return correlation;
        }

        double At(int frame) =>
            frame < 0 ? onsets.Values[0] * (double)(frame + half) / half
            : frame >= frames ? onsets.Values[^1] * (double)(frames - 1 + half - frame) / half
            : onsets.Values[frame];
    }
}
