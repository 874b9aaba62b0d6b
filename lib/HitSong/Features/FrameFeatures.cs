namespace HitSong.Features;

/// <summary>
/// What is measured on the samples themselves, frame by frame; frame t is centred on sample t · hop. [1 × 1 +
/// samples/hop] each.
/// </summary>
/// <example><code>
/// float[] a4 = [.. Enumerable.Range(0, 44_100).Select(i => MathF.Sin(2 * MathF.PI * 440 * i / 22_050))];
/// float loudness = FrameFeatures.Rms(a4)[0, 40]; // 0.7067
/// FrameFeatures.ZeroCrossingRate(a4)[0, 40] // 0.04
/// </code></example>
public static class FrameFeatures
{
    /// <summary>
    /// Root mean square amplitude, as librosa's <c>feature.rms</c>: how loud it is. Beyond the ends lies silence.
    /// </summary>
    /// <param name="samples">Amplitudes, [samples].</param>
    /// <param name="frameLength">Samples a frame.</param>
    /// <param name="hopLength">Samples from one frame to the next.</param>
    /// <exception cref="FeatureException">No samples, or a length or hop below 1.</exception>
    public static FeatureMatrix Rms(ReadOnlySpan<float> samples, int frameLength = 2048, int hopLength = 512)
    {
        float[] values = new float[Frames(samples, frameLength, hopLength)];
        for (int frame = 0; frame < values.Length; frame++)
        {
            (int from, int to) = Bounds(samples.Length, frame, frameLength, hopLength);
            double sum = 0;
            foreach (float sample in samples[from..to])
                sum += (double)sample * sample;
            values[frame] = (float)Math.Sqrt(sum / frameLength);
        }
        return new(values, 1, values.Length);
    }

    /// <summary>
    /// Share of the samples whose sign is not that of the one before, as librosa's <c>feature.zero_crossing_rate</c>:
    /// high for hiss, low for a bass. What lies within 1e-10 of zero counts as positive zero; beyond the ends the end
    /// sample goes on.
    /// </summary>
    /// <param name="samples">Amplitudes, [samples].</param>
    /// <param name="frameLength">Samples a frame.</param>
    /// <param name="hopLength">Samples from one frame to the next.</param>
    /// <exception cref="FeatureException">No samples, or a length or hop below 1.</exception>
    public static FeatureMatrix ZeroCrossingRate(
        ReadOnlySpan<float> samples,
        int frameLength = 2048,
        int hopLength = 512
    )
    {
        float[] values = new float[Frames(samples, frameLength, hopLength)];
        for (int frame = 0; frame < values.Length; frame++)
        {
            // A frame's first sample has none before it. The repeated end samples cross nothing.
            (int from, int to) = Bounds(samples.Length, frame, frameLength, hopLength);
            int crossings = 0;
            for (int i = from + 1; i < to; i++)
                if (samples[i] < -1e-10f != samples[i - 1] < -1e-10f)
                    crossings++;
            values[frame] = (float)crossings / frameLength;
        }
        return new(values, 1, values.Length);
    }

    private static int Frames(ReadOnlySpan<float> samples, int frameLength, int hopLength)
    {
        if (samples.IsEmpty)
            throw new FeatureException("there are no samples to compute a feature of");
        if (frameLength < 1 || hopLength < 1)
            throw new FeatureException($"frameLength is {frameLength} and hopLength {hopLength}; both are at least 1");
        return 1 + (samples.Length - frameLength % 2) / hopLength;
    }

    private static (int, int) Bounds(int length, int frame, int frameLength, int hopLength)
    {
        long from = (long)frame * hopLength - frameLength / 2;
        return ((int)Math.Clamp(from, 0, length), (int)Math.Clamp(from + frameLength, 0, length));
    }
}
