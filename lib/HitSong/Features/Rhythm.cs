namespace HitSong.Features;

/// <summary>Where notes begin, and how fast the beat is.</summary>
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
        int late = 1 + settings.FftLength / (2 * settings.HopLength);
        float[] strength = new float[mel.Frames];
        for (int frame = late; frame < mel.Frames; frame++)
        {
            double sum = 0;
            for (int band = 0; band < mel.Bands; band++)
                sum += Math.Max(0, mel[band, frame - late + 1] - mel[band, frame - late]);
            strength[frame] = (float)(sum / mel.Bands);
        }
        return new(strength, 1, mel.Frames);
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
        int window = Math.Max(1, (int)(8.0 * sampleRate / hopLength)),
            half = window / 2,
            frames = onsets.Frames;
        double[] bell = [.. Enumerable.Range(0, window).Select(i => 0.5 - 0.5 * Math.Cos(2 * Math.PI * i / window))];

        // Frames fade in and out by ramps of half a window beyond the ends, each window is autocorrelated, scaled to
        // its own largest value, and all are averaged.
        double[] mean = new double[window],
            windowed = new double[window],
            correlation = new double[window];
        for (int frame = 0; frame < frames; frame++)
        {
            for (int i = 0; i < window; i++)
                windowed[i] = bell[i] * At(frame - half + i);
            double largest = 0;
            for (int lag = 0; lag < window; lag++)
            {
                double sum = 0;
                for (int i = lag; i < window; i++)
                    sum += windowed[i] * windowed[i - lag];
                correlation[lag] = sum;
                largest = Math.Max(largest, Math.Abs(sum));
            }
            if (largest < 1.1754944e-38)
                continue;
            for (int lag = 0; lag < window; lag++)
                mean[lag] += correlation[lag] / largest / frames;
        }

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

        double At(int frame) =>
            frame < 0 ? onsets.Values[0] * (double)(frame + half) / half
            : frame >= frames ? onsets.Values[^1] * (double)(frames - 1 + half - frame) / half
            : onsets.Values[frame];
    }
}
