namespace HitSong.Features;

/// <summary>
/// What a spectrum's shape says of the sound, frame by frame: librosa's <c>feature.spectral_*</c>. Each takes a
/// magnitude spectrogram |X| of <see cref="Stft.Magnitude"/>, [1 + n_fft/2 × frames], and gives [1 × frames] unless it
/// says otherwise.
/// </summary>
/// <example><code>
/// float[] a4 = [.. Enumerable.Range(0, 44_100).Select(i => MathF.Sin(2 * MathF.PI * 440 * i / 22_050))];
/// var magnitude = new Stft(StftSettings.Librosa).Magnitude(a4);
/// SpectralFeatures.Centroid(magnitude, 22_050)[0, 40] // 444.4
/// </code></example>
public static class SpectralFeatures
{
    /// <summary>The mean frequency, each counted by its magnitude, Hz: how bright it sounds. 0 in silence.</summary>
    public static FeatureMatrix Centroid(FeatureMatrix magnitude, int sampleRate) =>
        ByFrame(magnitude, spectrum => Moments(spectrum, BinWidth(magnitude, sampleRate)).Centroid);

    /// <summary>
    /// The standard deviation about the centroid (librosa's <c>p=2</c>), Hz: how far the sound spreads.
    /// </summary>
    public static FeatureMatrix Bandwidth(FeatureMatrix magnitude, int sampleRate) =>
        ByFrame(magnitude, spectrum => Moments(spectrum, BinWidth(magnitude, sampleRate)).Deviation);

    /// <summary>The frequency below which a share of all magnitude lies, Hz.</summary>
    /// <param name="magnitude">[bins × frames].</param>
    /// <param name="sampleRate">Hz.</param>
    /// <param name="share">The share, between 0 and 1.</param>
    /// <exception cref="FeatureException">A share beyond that.</exception>
    public static FeatureMatrix Rolloff(FeatureMatrix magnitude, int sampleRate, double share = 0.85)
    {
        if (!(share is > 0 and < 1))
            throw new FeatureException($"share is {share}; it lies between 0 and 1");
        double width = BinWidth(magnitude, sampleRate);
        return ByFrame(
            magnitude,
            spectrum =>
            {
                double threshold = share * spectrum.Sum(),
                    sum = 0;
                int bin = 0;
                while (bin < spectrum.Length - 1 && (sum += spectrum[bin]) < threshold)
                    bin++;
                return bin * width;
            }
        );
    }

    /// <summary>
    /// Geometric over arithmetic mean of the power, each at least 1e-10: 1 for white noise, towards 0 for tones.
    /// </summary>
    public static FeatureMatrix Flatness(FeatureMatrix magnitude) =>
        ByFrame(
            magnitude,
            spectrum =>
                Math.Exp(spectrum.Average(m => Math.Log(Math.Max(1e-10, m * m))))
                / spectrum.Average(m => Math.Max(1e-10, m * m))
        );

    /// <summary>
    /// Peaks over valleys in octave bands, dB (Jiang et al. 2002): high where clear tones stand in a band, low where
    /// noise fills it. As librosa: the lowest band ends at <paramref name="lowest"/>, six octaves and the rest follow;
    /// peak and valley are the means of the loudest and softest 2%.
    /// </summary>
    /// <param name="magnitude">[bins × frames].</param>
    /// <param name="sampleRate">Hz.</param>
    /// <param name="lowest">Upper edge of the lowest band, Hz.</param>
    /// <param name="octaves">Number of octaves above it.</param>
    /// <returns>[octaves + 1 × frames].</returns>
    /// <exception cref="FeatureException">The bands reach beyond half the sample rate.</exception>
    public static FeatureMatrix Contrast(FeatureMatrix magnitude, int sampleRate, double lowest = 200, int octaves = 6)
    {
        const double quantile = 0.02;
        double width = BinWidth(magnitude, sampleRate);
        double[] edges = [0, .. Enumerable.Range(0, octaves + 1).Select(octave => lowest * Math.Pow(2, octave))];
        if (octaves < 1 || lowest <= 0 || edges[^2] >= sampleRate / 2.0)
            throw new FeatureException(
                $"{octaves} octaves above {lowest} Hz do not fit below {sampleRate / 2.0} Hz, half the sample rate"
            );

        int bands = octaves + 1;
        float[] peaks = new float[bands * magnitude.Frames],
            valleys = new float[bands * magnitude.Frames];
        for (int band = 0; band < bands; band++)
        {
            // librosa's bounds: bins between the edges, the one below the first but in the lowest band, all that is
            // left in the highest; the last bin falls to the next band.
            int first = (int)Math.Ceiling(edges[band] / width),
                last = (int)Math.Floor(edges[band + 1] / width);
            last = Math.Min(last, magnitude.Bands - 1);
            if (band > 0)
                first = Math.Max(0, first - 1);
            if (band == bands - 1)
                last = magnitude.Bands - 1;
            int size = last - first + 1,
                counted = Math.Max(1, (int)Math.Round(quantile * size, MidpointRounding.ToEven));
            if (band < bands - 1)
                size--;
            float[] sorted = new float[size];
            for (int frame = 0; frame < magnitude.Frames; frame++)
            {
                for (int bin = 0; bin < size; bin++)
                    sorted[bin] = magnitude[first + bin, frame];
                Array.Sort(sorted);
                valleys[band * magnitude.Frames + frame] = sorted.Take(counted).Average();
                peaks[band * magnitude.Frames + frame] = sorted.TakeLast(counted).Average();
            }
        }
        DecibelSettings decibels = new();
        float[] contrast = Decibel.FromPower(new(peaks, bands, magnitude.Frames), decibels).Values;
        float[] floor = Decibel.FromPower(new(valleys, bands, magnitude.Frames), decibels).Values;
        for (int i = 0; i < contrast.Length; i++)
            contrast[i] -= floor[i];
        return new(contrast, bands, magnitude.Frames);
    }

    private static double BinWidth(FeatureMatrix magnitude, int sampleRate) => sampleRate / 2.0 / (magnitude.Bands - 1);

    private static (double Centroid, double Deviation) Moments(double[] spectrum, double width)
    {
        double sum = spectrum.Sum();
        if (sum == 0)
            return (0, 0);
        double centroid = 0,
            square = 0;
        for (int bin = 0; bin < spectrum.Length; bin++)
            centroid += bin * width * spectrum[bin] / sum;
        for (int bin = 0; bin < spectrum.Length; bin++)
            square += Math.Pow(bin * width - centroid, 2) * spectrum[bin] / sum;
        return (centroid, Math.Sqrt(square));
    }

    private static FeatureMatrix ByFrame(FeatureMatrix magnitude, Func<double[], double> measure)
    {
        float[] values = new float[magnitude.Frames];
        double[] spectrum = new double[magnitude.Bands];
        for (int frame = 0; frame < magnitude.Frames; frame++)
        {
            for (int bin = 0; bin < spectrum.Length; bin++)
                spectrum[bin] = magnitude[bin, frame];
            values[frame] = (float)measure(spectrum);
        }
        return new(values, 1, magnitude.Frames);
    }
}
