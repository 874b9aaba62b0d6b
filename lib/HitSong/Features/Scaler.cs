using static TorchSharp.torch;

namespace HitSong.Features;

/// <summary>
/// (value − offset) / scale, of each band or of all bands alike; fitted to training clips alone and kept with the
/// model.
/// </summary>
/// <param name="Offset">[bands], or [1] for all bands: what becomes 0.</param>
/// <param name="Scale">[bands], or [1]: what becomes 1 above it; 1 where a band never changes.</param>
/// <example><code>
/// using static TorchSharp.torch;
/// FeatureMatrix[] clips = [new([1, 3, 10, 30], 2, 2), new([5, 7, 50, 70], 2, 2)];
/// var scaler = Scaler.Standard(clips);
/// float[] means = scaler.Offset; // [4, 40]
/// scaler.Apply(tensor(clips[0].Values, [1, 2, 2])).data&lt;float>().ToArray() // [-1.3416, -0.4472, -1.3416, -0.4472]
/// </code></example>
public sealed record Scaler(float[] Offset, float[] Scale)
{
    /// <summary>
    /// Standard scores: mean 0 and (population) deviation 1 on the clips that it is fitted to (scikit-learn
    /// <c>StandardScaler</c>).
    /// </summary>
    /// <param name="clips">[bands × frames] each.</param>
    /// <param name="byBand">Each band by its own mean and deviation, or all by one.</param>
    public static Scaler Standard(IEnumerable<FeatureMatrix> clips, bool byBand = true)
    {
        (double Count, double Mean, double Squares)[] moments = [];
        foreach (FeatureMatrix clip in clips)
        {
            if (moments.Length == 0)
                moments = new (double, double, double)[byBand ? clip.Bands : 1];
            for (int band = 0; band < moments.Length; band++)
                moments[band] = Joined(moments[band], Moments(Rows(clip, band, byBand)));
        }
        return new(
            [.. moments.Select(m => (float)m.Mean)],
            [.. moments.Select(m => m.Squares > 0 ? (float)Math.Sqrt(m.Squares / m.Count) : 1f)]
        );
    }

    /// <summary>
    /// 0…1 from the least to the greatest value of the clips that it is fitted to (scikit-learn <c>MinMaxScaler</c>).
    /// </summary>
    /// <param name="clips">[bands × frames] each.</param>
    /// <param name="byBand">Each band by its own range, or all by one.</param>
    public static Scaler MinMax(IEnumerable<FeatureMatrix> clips, bool byBand = false)
    {
        float[] least = [],
            greatest = [];
        foreach (FeatureMatrix clip in clips)
        {
            if (least.Length == 0)
            {
                (least, greatest) = (new float[byBand ? clip.Bands : 1], new float[byBand ? clip.Bands : 1]);
                Array.Fill(least, float.PositiveInfinity);
                Array.Fill(greatest, float.NegativeInfinity);
            }
            for (int band = 0; band < least.Length; band++)
            {
                least[band] = Math.Min(
                    least[band],
                    System.Numerics.Tensors.TensorPrimitives.Min(Rows(clip, band, byBand))
                );
                greatest[band] = Math.Max(
                    greatest[band],
                    System.Numerics.Tensors.TensorPrimitives.Max(Rows(clip, band, byBand))
                );
            }
        }
        return new(least, [.. greatest.Zip(least, (high, low) => high > low ? high - low : 1)]);
    }

    /// <summary>The scaled clips.</summary>
    /// <param name="clips">[…, bands, frames].</param>
    public Tensor Apply(Tensor clips)
    {
        using Tensor offset = tensor(Offset, [Offset.Length, 1], device: clips.device),
            scale = tensor(Scale, [Scale.Length, 1], device: clips.device);
        using Tensor moved = clips - offset;
        return moved / scale;
    }

    private static ReadOnlySpan<float> Rows(FeatureMatrix clip, int band, bool byBand) =>
        byBand ? clip.Values.AsSpan(band * clip.Frames, clip.Frames) : clip.Values;

    private static (double Count, double Mean, double Squares) Moments(ReadOnlySpan<float> values)
    {
        double sum = 0,
            squares = 0;
        foreach (float value in values)
            sum += value;
        double mean = sum / values.Length;
        foreach (float value in values)
            squares += (value - mean) * (value - mean);
        return (values.Length, mean, squares);
    }

    // Chan, Golub and LeVeque 1983: moments of two sets from each one's.
    private static (double, double, double) Joined(
        (double Count, double Mean, double Squares) a,
        (double Count, double Mean, double Squares) b
    )
    {
        double count = a.Count + b.Count,
            step = b.Mean - a.Mean;
        return (
            count,
            a.Mean + step * b.Count / count,
            a.Squares + b.Squares + step * step * a.Count * b.Count / count
        );
    }
}
