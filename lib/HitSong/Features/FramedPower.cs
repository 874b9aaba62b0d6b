using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using HitSong.Numerics;

namespace HitSong.Features;

/// <summary>
/// Cuts a signal into windowed frames and gives their power spectra, as many frames at a time as there are SIMD lanes.
/// </summary>
internal sealed unsafe class FramedPower
{
    private readonly StftSettings settings;
    private readonly RealFft fft;
    private readonly float[] halfWindow; // the window, halved as RealFft wants its frames
    private readonly int lanes;

    public FramedPower(StftSettings settings, int lanes)
    {
        if (settings.FftLength is < 2 or > 1 << 20)
            throw new FeatureException($"FftLength is {settings.FftLength}; it lies between 2 and 1,048,576 samples");
        if (settings.HopLength is < 1 or > 1 << 20)
            throw new FeatureException($"HopLength is {settings.HopLength}; it lies between 1 and 1,048,576 samples");
        this.settings = settings;
        this.lanes = lanes;
        fft = new RealFft(settings.FftLength);
        halfWindow = new float[settings.FftLength];
        Window = MakeWindow(settings);
        for (int n = 0; n < Window.Length; n++)
            halfWindow[n] = Window[n] / 2;
    }

    /// <summary>Lanes that this machine's instructions have.</summary>
    public static int WidestLanes { get; } =
        Vector512.IsHardwareAccelerated ? 16
        : Vector256.IsHardwareAccelerated ? 8
        : Vector128.IsHardwareAccelerated ? 4
        : 1;

    public int Bins => fft.Bins;

    /// <summary>The window, as long as the frame, [n_fft].</summary>
    public float[] Window { get; }

    private static float[] MakeWindow(StftSettings settings)
    {
        int length = settings.WindowLength ?? settings.FftLength;
        if (length < 1 || length > settings.FftLength)
            throw new FeatureException(
                $"WindowLength is {length}; it lies between 1 and {settings.FftLength}, the samples of a frame"
            );
        float[] window = new float[settings.FftLength];
        for (int n = 0; n < length; n++)
        {
            double turn = 2 * Math.PI * n / length;
            window[(window.Length - length) / 2 + n] = (float)(
                settings.Window switch
                {
                    Features.Window.Hann => 0.5 - 0.5 * Math.Cos(turn),
                    Features.Window.Hamming => 0.54 - 0.46 * Math.Cos(turn),
                    Features.Window.Blackman => 0.42 - 0.5 * Math.Cos(turn) + 0.08 * Math.Cos(2 * turn),
                    _ => 1,
                }
            );
        }
        return window;
    }

    /// <summary>Frames of a signal.</summary>
    public int Count(int samples) => settings.Frames(samples);

    /// <summary>Writes the first <paramref name="count"/> lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write<TLanes>(TLanes value, float* destination, int count)
        where TLanes : struct, ILanes<TLanes>
    {
        if (count == TLanes.Count)
            TLanes.Store(value, destination);
        else
            WritePart(value, destination, count);
    }

    private static void WritePart<TLanes>(TLanes value, float* destination, int count)
        where TLanes : struct, ILanes<TLanes>
    {
        float* all = stackalloc float[TLanes.Count];
        TLanes.Store(value, all);
        for (int i = 0; i < count; i++)
            destination[i] = all[i];
    }

    public void Run<TSink>(ReadOnlySpan<float> samples, TSink sink)
        where TSink : struct, IPowerSink
    {
        fixed (float* signal = samples)
        {
            switch (lanes)
            {
                case 16:
                    Run<Lanes16, TSink>(signal, samples.Length, sink);
                    break;
                case 8:
                    Run<Lanes8, TSink>(signal, samples.Length, sink);
                    break;
                case 4:
                    Run<Lanes4, TSink>(signal, samples.Length, sink);
                    break;
                default:
                    Run<Lanes1, TSink>(signal, samples.Length, sink);
                    break;
            }
        }
    }

    /// <summary>Refuses a signal of which there is no spectrum.</summary>
    /// <exception cref="FeatureException">No samples, too few, or one that is not finite.</exception>
    public void Check(ReadOnlySpan<float> samples)
    {
        if (samples.IsEmpty)
            throw new FeatureException("there are no samples to compute a feature of");
        if (!settings.Centre && samples.Length < settings.FftLength)
            throw new FeatureException(
                $"{samples.Length} samples are fewer than a frame of {settings.FftLength}: give more, or "
                    + "centre the frames (Centre), which pads them"
            );
        if (settings.Centre && settings.Padding == Padding.Reflect && samples.Length <= settings.FftLength / 2)
            throw new FeatureException(
                $"{samples.Length} samples are too few to mirror half a frame of {settings.FftLength}: "
                    + $"give more than {settings.FftLength / 2}, or pad with zeros (Padding.Zero)"
            );
        // 0 · x is 0 but for infinities and NaN, and a sum keeps a NaN.
        Vector<float> sum = Vector<float>.Zero;
        int i = 0;
        for (; i <= samples.Length - Vector<float>.Count; i += Vector<float>.Count)
            sum += Vector<float>.Zero * new Vector<float>(samples[i..]);
        float rest = Vector.Sum(sum);
        for (; i < samples.Length; i++)
            rest += 0 * samples[i];
        if (!float.IsNaN(rest))
            return;
        for (i = 0; float.IsFinite(samples[i]); i++) { }
        throw new FeatureException($"sample {i} is {samples[i]}; samples must be finite");
    }

    private void Run<TLanes, TSink>(float* signal, int length, TSink sink)
        where TLanes : struct, ILanes<TLanes>
        where TSink : struct, IPowerSink
    {
        int hop = settings.HopLength,
            size = settings.FftLength,
            count = Count(length);
        // Frames overlap: sample n of frame t is sample n mod hop of hop t + n / hop. With the signal laid out by
        // [sample of a hop, hop], the same sample of successive frames lies side by side and is one load.
        int rows = Math.Min(hop, size),
            columns = TLanes.Count - 1 + (size + hop - 1) / hop;
        nuint hopFloats = (nuint)rows * (nuint)columns,
            pointFloats = 2 * (nuint)TLanes.Count * (nuint)(fft.Points + fft.ScratchPoints),
            powerFloats = (nuint)TLanes.Count * (nuint)fft.Bins;
        float* scratch = (float*)NativeMemory.AlignedAlloc((pointFloats + powerFloats + hopFloats) * sizeof(float), 64);
        try
        {
            float* points = scratch,
                power = points + pointFloats,
                hops = power + powerFloats;
            fixed (float* window = halfWindow)
            {
                for (int frame = 0; frame < count; frame += TLanes.Count)
                {
                    LayOutHops(
                        signal,
                        length,
                        (long)frame * hop - (settings.Centre ? size / 2 : 0),
                        hops,
                        rows,
                        columns
                    );
                    Pack<TLanes>(hops, columns, window, points);
                    fft.Power<TLanes>(points, power);
                    sink.Take<TLanes>(power, frame, Math.Min(TLanes.Count, count - frame));
                }
            }
        }
        finally
        {
            NativeMemory.AlignedFree(scratch);
        }
    }

    private void LayOutHops(float* signal, int length, long first, float* hops, int rows, int columns)
    {
        int hop = settings.HopLength;
        bool inside = first >= 0 && first + (long)(columns - 1) * hop + rows <= length;
        // A few rows at a time: what a column brings into the cache is used whole, what a row writes stays there.
        const int Band = 16;
        for (int row = 0; row < rows; row += Band)
        {
            int bandRows = Math.Min(Band, rows - row);
            for (int column = 0; column < columns; column++)
            {
                float* to = hops + row * columns + column;
                long from = first + (long)column * hop + row;
                if (inside)
                {
                    float* source = signal + from;
                    for (int i = 0; i < bandRows; i++)
                        to[i * columns] = source[i];
                }
                else
                {
                    for (int i = 0; i < bandRows; i++)
                        to[i * columns] = Sample(signal, length, from + i);
                }
            }
        }
    }

    private float Sample(float* signal, int length, long index)
    {
        if (index >= 0 && index < length)
            return signal[index];
        if (settings.Padding == Padding.Zero)
            return 0;
        index = index < 0 ? -index : 2L * (length - 1) - index;
        // Beyond one mirroring lie only frames past the last, computed to fill the lanes and thrown away.
        return index >= 0 && index < length ? signal[index] : 0;
    }

    private void Pack<TLanes>(float* hops, int columns, float* window, float* points)
        where TLanes : struct, ILanes<TLanes>
    {
        int hop = settings.HopLength,
            size = settings.FftLength,
            stride = size % 2 == 0 ? 1 : 2;
        for (int start = 0, column = 0; start < size; start += hop, column++)
        {
            int end = Math.Min(start + hop, size);
            float* from = hops + column;
            for (int n = start; n < end; n++, from += columns)
                TLanes.Store(TLanes.Load(from) * window[n], points + n * stride * TLanes.Count);
        }
        if (stride == 2)
            for (int n = 0; n < size; n++)
                TLanes.Store(TLanes.Zero, points + (2 * n + 1) * TLanes.Count);
    }
}
