using System.Numerics.Tensors;
using HitSong.Numerics;

namespace HitSong.Features.Descriptors;

/// <summary>Looks through the samples of every channel for silence, clipping, bandwidth and stereo.</summary>
internal sealed class QualityMeter
{
    private const float Silence = 1e-3f, // −60 dB
        FullScale = 32_767f / 32_768;

    private const int LeastClipped = 3;
    private const double BandwidthFloor = 1e-9; // −90 dB

    // A spectrum every third of a second tells as much of the bandwidth as all of them.
    private static readonly StftSettings Sparse = new()
    {
        FftLength = 4096,
        HopLength = 16_384,
        Centre = false,
    };
    private static readonly FramedPower Frames = new(Sparse, FramedPower.WidestLanes);

    private readonly int sampleRate,
        channels;
    private readonly float[][] unseen; // samples of which there is no spectrum yet
    private readonly int[] atFullScale; // samples in a row so far, by channel
    private readonly double[] spectrum = new double[Frames.Bins];
    private int held;
    private long position,
        begin,
        units,
        silentUnits,
        silentAtStart,
        silentAtEnd,
        clipped;
    private float peak;
    private bool hasSound;
    private double left,
        right,
        product;

    /// <param name="sampleRate">Hz.</param>
    /// <param name="channels">Number of channels.</param>
    public QualityMeter(int sampleRate, int channels)
    {
        this.sampleRate = sampleRate;
        this.channels = channels;
        unseen = [.. Enumerable.Range(0, channels).Select(_ => new float[16 * Sparse.HopLength])];
        atFullScale = new int[channels];
    }

    /// <summary>Takes the next samples.</summary>
    /// <exception cref="FeatureException">One that is not finite.</exception>
    public void Append(AudioBlock block)
    {
        for (int at = 0; at < block.Count; )
        {
            long end = (units + 1) * sampleRate / 100;
            int count = (int)Math.Min(block.Count - at, end - position);
            for (int channel = 0; channel < channels; channel++)
            {
                ReadOnlySpan<float> samples = block[channel].Slice(at, count);
                float largest = Math.Abs(TensorPrimitives.MaxMagnitude(samples));
                if (!float.IsFinite(largest))
                    throw new FeatureException(
                        $"channel {channel + 1} has {largest} at {(double)position / sampleRate:0.00} s; samples must "
                            + "be finite"
                    );
                peak = Math.Max(peak, largest);
                CountClipped(channel, samples, largest);
            }
            if (channels == 2)
                AddStereo(block[0].Slice(at, count), block[1].Slice(at, count));
            at += count;
            position += count;
            if (position == end)
                EndUnit();
        }
        for (int at = 0; at < block.Count; )
        {
            int count = Math.Min(block.Count - at, unseen[0].Length - held);
            for (int channel = 0; channel < channels; channel++)
                block[channel].Slice(at, count).CopyTo(unseen[channel].AsSpan(held));
            at += count;
            held += count;
            if (held == unseen[0].Length)
                AddSpectra();
        }
    }

    private void CountClipped(int channel, ReadOnlySpan<float> samples, float largest)
    {
        if (largest < FullScale)
        {
            atFullScale[channel] = 0;
            return;
        }
        foreach (float sample in samples)
        {
            int row = atFullScale[channel] = Math.Abs(sample) < FullScale ? 0 : atFullScale[channel] + 1;
            clipped +=
                row == LeastClipped ? LeastClipped
                : row > LeastClipped ? 1
                : 0;
        }
    }

    private void AddStereo(ReadOnlySpan<float> first, ReadOnlySpan<float> second)
    {
        left += TensorPrimitives.Dot(first, first);
        right += TensorPrimitives.Dot(second, second);
        product += TensorPrimitives.Dot(first, second);
    }

    private void EndUnit()
    {
        units++;
        long length = position - begin;
        if (peak >= Silence)
        {
            hasSound = true;
            silentAtEnd = 0;
        }
        else
        {
            silentUnits += length;
            silentAtEnd += length;
            if (!hasSound)
                silentAtStart += length;
        }
        (begin, peak) = (position, 0);
    }

    private unsafe void AddSpectra()
    {
        foreach (float[] samples in unseen)
            fixed (double* sum = spectrum)
                Frames.Run(samples.AsSpan(0, Math.Max(held, Sparse.FftLength)), new Sum(sum, Frames.Bins));
        held = 0;
    }

    private readonly unsafe struct Sum(double* sum, int bins) : IPowerSink
    {
        public void Take<TLanes>(float* power, int frame, int count)
            where TLanes : struct, ILanes<TLanes>
        {
            for (int bin = 0; bin < bins; bin++)
            for (int i = 0; i < count; i++)
                sum[bin] += power[bin * TLanes.Count + i];
        }
    }

    /// <summary>What was found.</summary>
    public Quality Finish()
    {
        if (position > begin)
            EndUnit();
        if (held > 0)
        {
            foreach (float[] samples in unseen)
                samples.AsSpan(held).Clear();
            AddSpectra();
        }
        double seconds = sampleRate,
            sum = (left + right) / 2 + product,
            difference = (left + right) / 2 - product;
        return new(
            position / seconds,
            channels,
            position == 0 ? double.NaN : (double)silentUnits / position,
            silentAtStart / seconds,
            silentAtEnd / seconds,
            position == 0 ? double.NaN : (double)clipped / position / channels,
            Bandwidth(),
            channels == 2 ? Math.Max(0, difference) / (sum + difference)
                : channels == 1 && hasSound ? 0
                : double.NaN,
            product / Math.Sqrt(left * right)
        );
    }

    private double Bandwidth()
    {
        double floor = BandwidthFloor * spectrum.Max();
        int highest = Array.FindLastIndex(spectrum, power => power > 0 && power >= floor);
        return highest < 0 ? double.NaN : (double)highest * sampleRate / Sparse.FftLength;
    }
}
