namespace HitSong.Features;

/// <summary>Standard score of each coefficient: mean 0 and deviation 1 on the data that it was fitted on (scikit-learn <c>StandardScaler</c>).</summary>
/// <param name="Mean">[coefficients] means.</param>
/// <param name="Deviation">[coefficients] population standard deviations; 1 where a coefficient never changes.</param>
public sealed record StandardScaler(float[] Mean, float[] Deviation)
{
    /// <summary>Fits to <paramref name="values"/>, [frames · coefficients].</summary>
    public static StandardScaler Fit(ReadOnlySpan<float> values, int coefficients)
    {
        var sum = new double[coefficients];
        var squares = new double[coefficients];
        int count = values.Length / coefficients;
        for (int i = 0; i < values.Length; i++) sum[i % coefficients] += values[i];
        for (int i = 0; i < values.Length; i++) squares[i % coefficients] += Math.Pow(values[i] - sum[i % coefficients] / count, 2);
        return new([.. sum.Select(s => (float)(s / count))], [.. squares.Select(s => s > 0 ? (float)Math.Sqrt(s / count) : 1f)]);
    }

    /// <summary>The standard scores of <paramref name="values"/>, [frames · coefficients].</summary>
    public float[] Apply(ReadOnlySpan<float> values)
    {
        var scaled = new float[values.Length];
        for (int i = 0; i < values.Length; i++) scaled[i] = (values[i] - Mean[i % Mean.Length]) / Deviation[i % Mean.Length];
        return scaled;
    }
}
