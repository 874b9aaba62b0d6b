using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace HitSong.Features.Descriptors;

/// <summary>
/// The largest amplitude of a signal between its samples, at four times its rate (ITU-R BS.1770-4, annex 2), by a sinc
/// of 32 samples under a Kaiser window. Where the samples around are so small that their interpolation cannot exceed
/// the peak so far, it is not made.
/// </summary>
internal sealed class TruePeakMeter
{
    private const int Taps = 32,
        Before = Taps / 2 - 1, // samples before the place that is interpolated
        Between = 3,
        Cell = 16; // places at a time

    private const double Beta = 7; // of the window: 70 dB

    // [taps, between]: the weights of a sample for the three places after the one in the middle.
    private static readonly float[] Weights = MakeWeights();
    private static readonly float MostGain = Enumerable
        .Range(0, Between)
        .Max(place => Enumerable.Range(0, Taps).Sum(tap => Math.Abs(Weights[tap * Between + place])));

    private readonly float[][] lines;
    private int held = Before; // of each line; before the first sample lies silence
    private float peak;

    /// <param name="channels">Number of channels.</param>
    public TruePeakMeter(int channels) => lines = [.. Enumerable.Range(0, channels).Select(_ => new float[1 << 15])];

    private static float[] MakeWeights()
    {
        float[] weights = new float[Taps * Between];
        for (int place = 0; place < Between; place++)
        {
            double[] filter = new double[Taps];
            for (int tap = 0; tap < Taps; tap++)
            {
                double time = tap - Before - (place + 1) / 4.0,
                    edge = time / (Taps / 2);
                filter[tap] =
                    Math.Sin(Math.PI * time)
                    / (Math.PI * time)
                    * MathNet.Numerics.SpecialFunctions.BesselI0(Beta * Math.Sqrt(1 - edge * edge));
            }
            for (int tap = 0; tap < Taps; tap++)
                weights[tap * Between + place] = (float)(filter[tap] / filter.Sum());
        }
        return weights;
    }

    /// <summary>Takes the next samples.</summary>
    public void Append(AudioBlock block)
    {
        for (int at = 0; at < block.Count; )
        {
            int count = Math.Min(block.Count - at, lines[0].Length - held);
            for (int channel = 0; channel < lines.Length; channel++)
                block[channel].Slice(at, count).CopyTo(lines[channel].AsSpan(held));
            at += count;
            held += count;
            Measure();
        }
    }

    /// <summary>The peak, dBTP; NaN where there was silence alone.</summary>
    public double Finish()
    {
        foreach (float[] line in lines)
            line.AsSpan(held, Cell + Taps).Clear();
        held += Cell + Taps;
        Measure();
        return peak > 0 ? 20 * Math.Log10(peak) : double.NaN;
    }

    private void Measure()
    {
        int cells = Math.Max(0, (held - Taps + 1) / Cell);
        foreach (float[] line in lines)
        {
            Span<float> samples = line.AsSpan(0, held);
            peak = Math.Max(peak, Math.Abs(TensorPrimitives.MaxMagnitude<float>(samples)));
            for (int cell = 0; cell < cells; cell++)
            {
                Span<float> around = samples.Slice(cell * Cell, Cell + Taps - 1);
                if (Largest(around) * MostGain > peak)
                    peak = Math.Max(peak, LargestBetween(around));
            }
            samples[(cells * Cell)..].CopyTo(samples);
        }
        held -= cells * Cell;
    }

    private static float Largest(ReadOnlySpan<float> samples)
    {
        ref float first = ref MemoryMarshal.GetReference(samples);
        Vector256<float> largest = Vector256.Abs(Vector256.LoadUnsafe(ref first, (nuint)(samples.Length - 8)));
        for (int i = 0; i < samples.Length - 8; i += 8)
            largest = Vector256.Max(largest, Vector256.Abs(Vector256.LoadUnsafe(ref first, (nuint)i)));
        return LargestOf(largest);
    }

    private static float LargestBetween(ReadOnlySpan<float> samples)
    {
        ref float first = ref MemoryMarshal.GetReference(samples),
            weight = ref MemoryMarshal.GetArrayDataReference(Weights);
        Vector256<float> a0 = Vector256<float>.Zero,
            a1 = a0,
            b0 = a0,
            b1 = a0,
            c0 = a0,
            c1 = a0;
        for (nuint tap = 0; tap < Taps; tap++)
        {
            Vector256<float> x0 = Vector256.LoadUnsafe(ref first, tap),
                x1 = Vector256.LoadUnsafe(ref first, tap + 8);
            Vector256<float> a = Vector256.Create(Unsafe.Add(ref weight, Between * tap)),
                b = Vector256.Create(Unsafe.Add(ref weight, Between * tap + 1)),
                c = Vector256.Create(Unsafe.Add(ref weight, Between * tap + 2));
            a0 = Vector256.FusedMultiplyAdd(a, x0, a0);
            a1 = Vector256.FusedMultiplyAdd(a, x1, a1);
            b0 = Vector256.FusedMultiplyAdd(b, x0, b0);
            b1 = Vector256.FusedMultiplyAdd(b, x1, b1);
            c0 = Vector256.FusedMultiplyAdd(c, x0, c0);
            c1 = Vector256.FusedMultiplyAdd(c, x1, c1);
        }
        Vector256<float> largest = Vector256.Max(Vector256.Abs(a0), Vector256.Abs(a1));
        largest = Vector256.Max(largest, Vector256.Max(Vector256.Abs(b0), Vector256.Abs(b1)));
        largest = Vector256.Max(largest, Vector256.Max(Vector256.Abs(c0), Vector256.Abs(c1)));
        return LargestOf(largest);
    }

    private static float LargestOf(Vector256<float> values)
    {
        Vector128<float> half = Vector128.Max(values.GetLower(), values.GetUpper());
        return Math.Max(Math.Max(half[0], half[1]), Math.Max(half[2], half[3]));
    }
}
