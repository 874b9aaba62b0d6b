using System.Numerics;
using System.Numerics.Tensors;

namespace HitSong.Features;

/// <summary>Powers in decibels.</summary>
/// <example><code>
/// var power = new FeatureMatrix([1, 0.1f, 0.01f], 1, 3);
/// Decibel.FromPower(power).Values // [0, -10, -20]
/// </code></example>
public static class Decibel
{
    /// <summary>
    /// 10 · log10(power / reference), as librosa's <c>power_to_db</c> and torchaudio's <c>AmplitudeToDB("power")</c>,
    /// dB.
    /// </summary>
    /// <param name="power">[bands × frames], ≥ 0.</param>
    /// <param name="settings">Reference, floors; null: reference 1, amin 1e-10, 80 dB.</param>
    /// <exception cref="FeatureException">A reference or amin that is not positive, or a negative TopDb.</exception>
    public static FeatureMatrix FromPower(FeatureMatrix power, DecibelSettings? settings = null)
    {
        float[] decibels = GC.AllocateUninitializedArray<float>(power.Values.Length);
        FromPower(power.Values, decibels, settings ?? new DecibelSettings());
        return power with { Values = decibels };
    }

    /// <summary>
    /// 20 · log10(amplitude / √reference), as librosa's <c>amplitude_to_db</c>, dB: the decibels of the squares.
    /// </summary>
    /// <param name="amplitude">[bands × frames].</param>
    /// <param name="settings">
    /// Reference and floors, as powers; null: reference 1, amin 1e-10 (librosa's 1e-5, squared), 80 dB.
    /// </param>
    /// <exception cref="FeatureException">A reference or amin that is not positive, or a negative TopDb.</exception>
    public static FeatureMatrix FromAmplitude(FeatureMatrix amplitude, DecibelSettings? settings = null)
    {
        float[] decibels = new float[amplitude.Values.Length];
        TensorPrimitives.Multiply(amplitude.Values, amplitude.Values, decibels);
        FromPower(decibels, decibels, settings ?? new DecibelSettings());
        return amplitude with { Values = decibels };
    }

    /// <summary>The same from one span into another, which may be the same one.</summary>
    internal static void FromPower(ReadOnlySpan<float> power, Span<float> decibels, DecibelSettings settings)
    {
        if (!(settings.MinPower > 0))
            throw new FeatureException($"MinPower is {settings.MinPower}; it must be above 0");
        if (settings.Reference is { } given && !(given > 0))
            throw new FeatureException($"Reference is {given}; it must be above 0");
        if (settings.TopDb is { } top && !(top >= 0))
            throw new FeatureException($"TopDb is {top}; it is a number of dB from 0 up");
        float min = (float)settings.MinPower,
            largest = min;
        Vector<float> mins = new(min),
            most = mins;
        int i = 0;
        for (; i <= power.Length - Vector<float>.Count; i += Vector<float>.Count)
            most = Vector.Max(most, new Vector<float>(power[i..]));
        for (int lane = 0; lane < Vector<float>.Count; lane++)
            largest = Math.Max(largest, most[lane]);
        for (; i < power.Length; i++)
            largest = Math.Max(largest, power[i]);

        float ofMatrix = settings.IsRelativeToMin ? TensorPrimitives.Min(power) : largest,
            scale = (float)(10 * Math.Log10(2)),
            offset = (float)(10 * Math.Log10(Math.Max(settings.MinPower, settings.Reference ?? ofMatrix)));
        float floor = settings.TopDb is { } topDb
            ? (float)(10 * Math.Log10(largest) - offset - topDb)
            : float.NegativeInfinity;
        Vector<float> scales = new(scale),
            offsets = new(offset),
            floors = new(floor);
        for (i = 0; i <= power.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector<float> log = Vector.Log2(Vector.Max(mins, new Vector<float>(power[i..])));
            Vector.Max(log * scales - offsets, floors).CopyTo(decibels[i..]);
        }
        for (; i < power.Length; i++)
            decibels[i] = Math.Max(MathF.Log2(Math.Max(min, power[i])) * scale - offset, floor);
    }
}
