namespace HitSong.Features;

/// <summary>Brings each coefficient to 0…1 by the smallest and the largest value of the data that it was fitted on (scikit-learn <c>MinMaxScaler</c>). Fitted with one coefficient, it has one range for all.</summary>
/// <param name="Min">[coefficients] smallest values.</param>
/// <param name="Max">[coefficients] largest values.</param>
public sealed record MinMaxScaler(float[] Min, float[] Max)
{
    /// <summary>Fits to <paramref name="values"/>, [frames · coefficients].</summary>
    public static MinMaxScaler Fit(ReadOnlySpan<float> values, int coefficients)
    {
        MinMaxScaler scaler = new(new float[coefficients], new float[coefficients]);
        Array.Fill(scaler.Min, float.PositiveInfinity);
        Array.Fill(scaler.Max, float.NegativeInfinity);
        for (int i = 0; i < values.Length; i++)
        {
            int c = i % coefficients;
            scaler.Min[c] = Math.Min(scaler.Min[c], values[i]);
            scaler.Max[c] = Math.Max(scaler.Max[c], values[i]);
        }
        return scaler;
    }

    /// <summary>The scaled <paramref name="values"/>, [frames · coefficients]: 0…1 for what lies within the range, and 0 where a coefficient never changed.</summary>
    public float[] Apply(ReadOnlySpan<float> values)
    {
        float[] scaled = new float[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            int c = i % Min.Length;
            scaled[i] = (values[i] - Min[c]) / (Max[c] > Min[c] ? Max[c] - Min[c] : 1);
        }
        return scaled;
    }
}
