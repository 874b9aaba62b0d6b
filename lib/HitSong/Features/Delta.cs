namespace HitSong.Features;

/// <summary>How features change from frame to frame.</summary>
/// <example><code>
/// var song = AudioFile.Read("../data/demo/corpus/audio/demo-0001.mp3", new AudioSettings(22_050));
/// var mfcc = new Mfcc(MfccSettings.Librosa).Compute(song.Samples);
/// var slope = Delta.Compute(mfcc);
/// Delta.Compute(mfcc, order: 2).Frames == slope.Frames // True
/// </code></example>
public static class Delta
{
    /// <summary>
    /// The slope (order 1) or the curvature (order 2) of each band over time: the derivative of the parabola or line
    /// that fits
    /// <paramref name="width"/> frames best (Savitzky and Golay 1964), as librosa's <c>feature.delta</c> in its mode
    /// <c>interp</c>: at either end, that of the first and the last whole fit.
    /// </summary>
    /// <param name="features">[bands × frames], at least <paramref name="width"/> frames.</param>
    /// <param name="width">Frames that are fitted; odd, from 3.</param>
    /// <param name="order">1 or 2; the polynomial is of that order, as librosa's is.</param>
    /// <returns>[bands × frames], a frame (or frame²).</returns>
    /// <exception cref="FeatureException">A width or order beyond that, or fewer frames than the width.</exception>
    public static FeatureMatrix Compute(FeatureMatrix features, int width = 9, int order = 1)
    {
        if (width < 3 || width % 2 == 0)
            throw new FeatureException($"width is {width}; it is an odd number of frames from 3 up");
        if (order is not (1 or 2))
            throw new FeatureException($"order is {order}; it is 1 or 2");
        if (features.Frames < width)
            throw new FeatureException(
                $"{features.Frames} frames are fewer than the {width} that are fitted at once; give a smaller width"
            );

        // Sums of powers of −half…half give the least-squares line and parabola in closed form.
        int half = width / 2;
        double squares = 0,
            fourths = 0;
        for (int i = -half; i <= half; i++)
            (squares, fourths) = (squares + (double)i * i, fourths + Math.Pow(i, 4));
        double mean = squares / width;
        double[] weights =
        [
            .. Enumerable
                .Range(-half, width)
                .Select(i => order == 1 ? i / squares : 2 * (i * (double)i - mean) / (fourths - squares * mean)),
        ];

        float[] values = new float[features.Values.Length];
        for (int band = 0; band < features.Bands; band++)
        {
            for (int frame = 0; frame < features.Frames; frame++)
            {
                // The derivative of a polynomial of this order is the same all along the fit.
                int centre = Math.Clamp(frame, half, features.Frames - 1 - half);
                double sum = 0;
                for (int i = 0; i < width; i++)
                    sum += weights[i] * features[band, centre - half + i];
                values[band * features.Frames + frame] = (float)sum;
            }
        }
        return features with { Values = values };
    }
}
