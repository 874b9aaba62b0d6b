using System.Buffers;
using System.Numerics;
using System.Numerics.Tensors;
using HitSong.Numerics;

namespace HitSong.Features.Descriptors;

/// <summary>
/// Everything that is made of one short-time Fourier transform at 22,050 Hz (frames of 2,048 samples every 512,
/// centred, librosa's default): some hundreds of frames at a time, so that memory does not grow with the spectrum.
/// </summary>
internal sealed unsafe class SpectrumMeter
{
    /// <summary>Hz.</summary>
    public const int SampleRate = 22_050;

    /// <summary>Samples from one frame to the next.</summary>
    public const int HopLength = 512;

    /// <summary>MFCC of a frame.</summary>
    public const int Coefficients = 13;

    private const int FftLength = 2048,
        Bins = FftLength / 2 + 1,
        HopsOfFrame = FftLength / HopLength,
        Margin = MedianFilter.Half, // frames or bins beyond an end of what is filtered
        Most = 224, // frames at a time
        Filled = Most + 2 * Margin,
        Columns = Filled + Margin;

    private const double BinWidth = (double)SampleRate / FftLength,
        RolloffShare = 0.85;

    private const float QuietestEnergy = 1e-10f,
        QuietestShare = 1e-6f; // −60 dB

    private static readonly StftSettings Settings = new() { Centre = false };
    private static readonly FramedPower Frames = new(Settings, FramedPower.WidestLanes);
    private static readonly MelSettings MelSettings = MelSettings.Librosa;
    private static readonly MelFilterbank Filters = new(MelSettings);
    private static readonly float[] Dct = Mfcc.Transform(
        MfccSettings.Librosa with
        {
            Mel = MelSettings,
            Coefficients = Coefficients,
        }
    );
    private static readonly ContrastBand[] ContrastBands = MakeContrastBands();

    private readonly float[] samples = new float[(Columns + HopsOfFrame) * HopLength + (1 << 16)];

    // Power of successive frames side by side, [bins, columns], with a margin of mirrored bins at either end. The first
    // two margins' columns are the end of what was there before.
    private readonly float[] power = new float[(Bins + 2 * Margin) * Columns];
    private readonly float[] magnitude = new float[Bins * Columns],
        melBands = new float[MelSettings.Librosa.Bands * Columns],
        row = new float[Columns];
    private readonly float[][] sums = [.. Enumerable.Range(0, 8).Select(_ => new float[Columns])];

    private readonly ArrayBufferWriter<float> energy = new(),
        centroid = new(),
        spread = new(),
        rolloff = new(),
        flatness = new(),
        crossings = new(),
        peaks = new(), // [frames, contrast bands]
        valleys = new(),
        mel = new(); // [frames, mel bands]

    private int held = FftLength / 2, // samples: before the first lies silence
        end = int.MaxValue, // of the sound among them
        columns; // that hold frames
    private bool isFirst = true;
    private long total;
    private double harmonic,
        percussive;

    private readonly record struct ContrastBand(int First, int Size, int Counted);

    // librosa's spectral_contrast: octaves from 200 Hz. A band's last bin counts for its quantile, but not in the band.
    private static ContrastBand[] MakeContrastBands()
    {
        double[] edges = [0, .. Enumerable.Range(0, 7).Select(octave => 200 * Math.Pow(2, octave))];
        var bands = new ContrastBand[7];
        for (int band = 0; band < bands.Length; band++)
        {
            bool isHighest = band == bands.Length - 1;
            int first = (int)Math.Ceiling(edges[band] / BinWidth) - (band > 0 ? 1 : 0),
                last = isHighest ? Bins - 1 : (int)Math.Floor(edges[band + 1] / BinWidth),
                size = last - first + 1,
                counted = Math.Max(1, (int)Math.Round(0.02 * size, MidpointRounding.ToEven));
            bands[band] = new(first, isHighest ? size : size - 1, counted);
        }
        return bands;
    }

    /// <summary>Takes the next samples at 22,050 Hz.</summary>
    public void Append(ReadOnlySpan<float> next)
    {
        total += next.Length;
        while (!next.IsEmpty)
        {
            int count = Math.Min(next.Length, samples.Length - held);
            next[..count].CopyTo(samples.AsSpan(held));
            held += count;
            next = next[count..];
            MeasureWhole();
        }
    }

    // After the last sample.
    private void End()
    {
        // Half a frame of silence.
        end = held;
        samples.AsSpan(held, FftLength / 2).Clear();
        held += FftLength / 2;
        MeasureWhole();
        if (total == 0)
            return;

        int frames = 1 + (held - FftLength) / HopLength;
        if (frames > 0)
            Transform(frames);
        int from = isFirst ? Margin : 0;
        for (int line = 0; line < Bins + 2 * Margin; line++)
            Mirror(power.AsSpan(line * Columns, Columns), from, columns);
        Measure(columns - Margin);
    }

    private void MeasureWhole()
    {
        while (true)
        {
            int frames = Filled - (isFirst ? Margin : 2 * Margin);
            if (held < (frames - 1) * HopLength + FftLength)
                return;
            Transform(frames);
            Measure(Most);
            for (int line = 0; line < Bins + 2 * Margin; line++)
                power.AsSpan(line * Columns + Most, 2 * Margin).CopyTo(power.AsSpan(line * Columns));
            columns = 2 * Margin;
            isFirst = false;
        }
    }

    // The power of the next frames to the columns after those that are there.
    private void Transform(int frames)
    {
        if (isFirst)
            columns = Margin;
        ReadOnlySpan<float> signal = samples.AsSpan(0, (frames - 1) * HopLength + FftLength);
        fixed (float* first = power)
            Frames.Run(signal, new Sink(first + Margin * Columns + columns));
        CountCrossings(frames);
        int used = frames * HopLength;
        samples.AsSpan(used, held - used).CopyTo(samples);
        held -= used;
        if (end != int.MaxValue)
            end -= used;
        for (int i = 0; i < Margin; i++)
        {
            Line(i).CopyTo(Line(-1 - i));
            Line(Bins - 1 - i).CopyTo(Line(Bins + i));
        }
        columns += frames;
        if (!isFirst)
            return;
        for (int line = 0; line < Bins + 2 * Margin; line++)
        {
            Span<float> values = power.AsSpan(line * Columns, Columns);
            for (int i = 0; i < Margin; i++)
                values[Margin - 1 - i] = values[Margin + Reflected(i, columns - Margin)];
        }

        Span<float> Line(int bin) => power.AsSpan((bin + Margin) * Columns + columns, frames);
    }

    private static void Mirror(Span<float> values, int from, int end)
    {
        for (int i = 0; i < Margin; i++)
            values[end + i] = values[end - 1 - Reflected(i, end - from)];
    }

    // Where a signal of so many values, which goes on by its mirror image, and that by its own, has the i-th beyond.
    private static int Reflected(int i, int length)
    {
        int place = i % (2 * length);
        return place < length ? place : 2 * length - 1 - place;
    }

    private readonly struct Sink(float* first) : IPowerSink
    {
        public void Take<TLanes>(float* power, int frame, int count)
            where TLanes : struct, ILanes<TLanes>
        {
            for (int bin = 0; bin < Bins; bin++)
                FramedPower.Write(TLanes.Load(power + bin * TLanes.Count), first + bin * Columns + frame, count);
        }
    }

    // Sums up the frames from the first margin on.
    private void Measure(int frames)
    {
        fixed (
            float* powers = &power[Margin * Columns + Margin],
                magnitudes = magnitude
        )
        {
            Shapes(powers, magnitudes, frames);
            Contrasts(magnitudes, frames);
            MelBands(powers, frames);
            Divide(powers, frames);
        }
    }

    private void Shapes(float* powers, float* magnitudes, int frames)
    {
        foreach (float[] values in sums)
            Array.Clear(values);
        Vector<float> least = new(1e-10f);
        fixed (
            float* whole = sums[0],
                sum = sums[1],
                moment = sums[2],
                logs = sums[3],
                floored = sums[4],
                square = sums[5],
                reached = sums[6],
                below = sums[7]
        )
        {
            for (int bin = 0; bin < Bins; bin++)
            {
                Vector<float> frequency = new((float)(bin * BinWidth));
                float* from = powers + bin * Columns,
                    to = magnitudes + bin * Columns;
                for (int i = 0; i < frames; i += Vector<float>.Count)
                {
                    Vector<float> p = Vector.Load(from + i),
                        m = Vector.SquareRoot(p),
                        atLeast = Vector.Max(p, least);
                    m.Store(to + i);
                    (Vector.Load(whole + i) + p).Store(whole + i);
                    (Vector.Load(sum + i) + m).Store(sum + i);
                    Vector.FusedMultiplyAdd(m, frequency, Vector.Load(moment + i)).Store(moment + i);
                    (Vector.Load(logs + i) + Vector.Log2(atLeast)).Store(logs + i);
                    (Vector.Load(floored + i) + atLeast).Store(floored + i);
                }
            }
            // The centroid in the place of the moment.
            for (int i = 0; i < frames; i++)
                moment[i] = sum[i] == 0 ? 0 : moment[i] / sum[i];
            for (int bin = 0; bin < Bins; bin++)
            {
                Vector<float> frequency = new((float)(bin * BinWidth));
                float* from = magnitudes + bin * Columns;
                for (int i = 0; i < frames; i += Vector<float>.Count)
                {
                    Vector<float> m = Vector.Load(from + i),
                        distance = frequency - Vector.Load(moment + i),
                        cumulative = Vector.Load(reached + i) + m,
                        threshold = Vector.Load(sum + i) * (float)RolloffShare;
                    Vector.FusedMultiplyAdd(distance * distance, m, Vector.Load(square + i)).Store(square + i);
                    cumulative.Store(reached + i);
                    Vector<float> isBelow = Vector.ConditionalSelect(
                        Vector.LessThan(cumulative, threshold),
                        Vector<float>.One,
                        Vector<float>.Zero
                    );
                    (Vector.Load(below + i) + isBelow).Store(below + i);
                }
            }
            for (int i = 0; i < frames; i++)
            {
                Add(energy, whole[i]);
                Add(centroid, moment[i]);
                Add(spread, sum[i] == 0 ? 0 : MathF.Sqrt(square[i] / sum[i]));
                Add(rolloff, (float)(below[i] * BinWidth));
                Add(flatness, (float)(Math.Pow(2, logs[i] / Bins) / (floored[i] / Bins)));
            }
        }
    }

    private static void Add(ArrayBufferWriter<float> values, float value)
    {
        values.GetSpan(1)[0] = value;
        values.Advance(1);
    }

    private void Contrasts(float* magnitudes, int frames)
    {
        int bands = ContrastBands.Length;
        Span<float> high = peaks.GetSpan(frames * bands),
            low = valleys.GetSpan(frames * bands);
        int most = ContrastBands.Max(band => band.Counted);
        Span<Vector<float>> largest = stackalloc Vector<float>[most],
            smallest = stackalloc Vector<float>[most];
        for (int band = 0; band < bands; band++)
        {
            (int first, int size, int counted) = ContrastBands[band];
            for (int i = 0; i < frames; i += Vector<float>.Count)
            {
                largest.Fill(Vector<float>.Zero);
                smallest.Fill(new(float.MaxValue));
                for (int bin = first; bin < first + size; bin++)
                {
                    Vector<float> value = Vector.Load(magnitudes + bin * Columns + i),
                        larger = value;
                    for (int k = 0; k < counted; k++)
                    {
                        (largest[k], larger) = (Vector.Max(largest[k], larger), Vector.Min(largest[k], larger));
                        (smallest[k], value) = (Vector.Min(smallest[k], value), Vector.Max(smallest[k], value));
                    }
                }
                Vector<float> peak = Vector<float>.Zero,
                    valley = peak;
                for (int k = 0; k < counted; k++)
                    (peak, valley) = (peak + largest[k], valley + smallest[k]);
                for (int lane = 0; lane < Vector<float>.Count && i + lane < frames; lane++)
                {
                    high[(i + lane) * bands + band] = peak[lane] / counted;
                    low[(i + lane) * bands + band] = valley[lane] / counted;
                }
            }
        }
        peaks.Advance(frames * bands);
        valleys.Advance(frames * bands);
    }

    private void MelBands(float* powers, int frames)
    {
        int bands = MelSettings.Bands;
        Array.Clear(melBands);
        fixed (float* first = melBands)
        {
            for (int band = 0; band < bands; band++)
            {
                float* to = first + band * Columns;
                for (int k = Filters.Offset[band]; k < Filters.Offset[band + 1]; k++)
                {
                    Vector<float> weight = new(Filters.Weights[k]);
                    float* from = powers + (Filters.FirstBin[band] + k - Filters.Offset[band]) * Columns;
                    for (int i = 0; i < frames; i += Vector<float>.Count)
                        Vector.FusedMultiplyAdd(Vector.Load(from + i), weight, Vector.Load(to + i)).Store(to + i);
                }
            }
        }
        Span<float> byFrame = mel.GetSpan(frames * bands);
        for (int frame = 0; frame < frames; frame++)
        for (int band = 0; band < bands; band++)
            byFrame[frame * bands + band] = melBands[band * Columns + frame];
        mel.Advance(frames * bands);
    }

    // Two bins at a time, whose windows over the bins share all but one value of each.
    private void Divide(float* powers, int frames)
    {
        fixed (float* percussiveOfSecond = row)
        {
            for (int bin = 0; bin < Bins; bin++)
            {
                float* at = powers + bin * Columns;
                bool isSecond = bin % 2 == 1;
                Vector<float> on = Vector<float>.Zero,
                    all = on;
                for (int i = 0; i < frames; i += Vector<float>.Count)
                {
                    Vector<float> strikes;
                    if (isSecond)
                        strikes = Vector.Load(percussiveOfSecond + i);
                    else
                    {
                        float* shared = at + i - (Margin - 1) * Columns;
                        var middle = MedianFilter.Middle(shared, Columns);
                        strikes = MedianFilter.With(middle, Vector.Load(shared - Columns));
                        // Of the last bin there is no second.
                        if (bin + 1 < Bins)
                            MedianFilter
                                .With(middle, Vector.Load(shared + (MedianFilter.Length - 1) * Columns))
                                .Store(percussiveOfSecond + i);
                    }
                    float* earlier = at + i - Margin;
                    Vector<float> lasts = MedianFilter.With(
                        MedianFilter.Middle(earlier, 1),
                        Vector.Load(earlier + MedianFilter.Length - 1)
                    );
                    Vector<float> p = Vector.Load(at + i),
                        share = lasts / Vector.Max(lasts + strikes, new Vector<float>(1e-30f));
                    // Where there is neither, half of it each.
                    share = Vector.ConditionalSelect(
                        Vector.GreaterThan(lasts + strikes, Vector<float>.Zero),
                        share,
                        new Vector<float>(0.5f)
                    );
                    if (frames - i < Vector<float>.Count)
                        p = Vector.ConditionalSelect(
                            Vector.LessThan(Vector<int>.Indices, new Vector<int>(frames - i)),
                            p,
                            Vector<float>.Zero
                        );
                    on += p * share;
                    all += p;
                }
                double sounding = Vector.Sum(on);
                harmonic += sounding;
                percussive += Math.Max(0, Vector.Sum(all) - sounding);
            }
        }
    }

    // By hops: the changes of sign within each, and whether there is one where it begins, which counts in the frames
    // that do not begin there. What is beyond the ends of the sound changes nothing.
    private void CountCrossings(int frames)
    {
        int hops = frames - 1 + HopsOfFrame;
        Span<int> within = new int[hops],
            before = new int[hops];
        for (int hop = 0; hop < hops; hop++)
        {
            int first = hop * HopLength,
                length = Math.Min(HopLength, end - first);
            if (length <= 0)
                break;
            before[hop] =
                first > 0 && !(isFirst && first == FftLength / 2) && IsBelow(first) != IsBelow(first - 1) ? 1 : 0;
            for (int i = first + 1; i < first + length; i++)
                within[hop] += IsBelow(i) != IsBelow(i - 1) ? 1 : 0;
        }
        for (int frame = 0; frame < frames; frame++)
        {
            int count = within[frame];
            for (int hop = frame + 1; hop < frame + HopsOfFrame; hop++)
                count += within[hop] + before[hop];
            Add(crossings, (float)count / FftLength);
        }

        bool IsBelow(int i) => samples[i] < -1e-10f;
    }

    /// <summary>What was measured.</summary>
    public SpectrumResult Finish()
    {
        End();
        float[] decibels = mel.WrittenSpan.ToArray();
        if (decibels.Length > 0)
            Decibel.FromPower(decibels, decibels, new DecibelSettings());
        int[] sounding = Sounding();
        float[] mfcc = Cepstra(decibels);
        double energies = harmonic + percussive;
        return new(
            new(
                Over(sounding, centroid),
                Over(sounding, spread),
                Over(sounding, rolloff),
                Over(sounding, flatness),
                Over(sounding, crossings),
                Contrast(sounding)
            ),
            Timbre(sounding, mfcc),
            new(harmonic / energies, percussive / energies),
            Onsets(decibels),
            mfcc
        );
    }

    private int[] Sounding()
    {
        ReadOnlySpan<float> energies = energy.WrittenSpan;
        float largest = 0;
        foreach (float value in energies)
            largest = Math.Max(largest, value);
        float floor = Math.Max(QuietestEnergy, QuietestShare * largest);
        List<int> frames = [];
        for (int frame = 0; frame < energies.Length; frame++)
            if (energies[frame] > floor)
                frames.Add(frame);
        return [.. frames];
    }

    private static Moments Over(int[] frames, ArrayBufferWriter<float> values)
    {
        ReadOnlyMemory<float> all = values.WrittenMemory;
        return Moments.Of([.. frames.Select(frame => (double)all.Span[frame])]);
    }

    private Moments[] Contrast(int[] sounding)
    {
        int bands = ContrastBands.Length;
        float[] decibels = peaks.WrittenSpan.ToArray(),
            floor = valleys.WrittenSpan.ToArray();
        if (decibels.Length > 0)
        {
            Decibel.FromPower(decibels, decibels, new DecibelSettings());
            Decibel.FromPower(floor, floor, new DecibelSettings());
        }
        return
        [
            .. Enumerable
                .Range(0, bands)
                .Select(band =>
                    Moments.Of([
                        .. sounding.Select(frame =>
                            (double)(decibels[frame * bands + band] - floor[frame * bands + band])
                        ),
                    ])
                ),
        ];
    }

    // [frames × coefficients].
    private static float[] Cepstra(float[] decibels)
    {
        int bands = MelSettings.Bands,
            frames = decibels.Length / bands;
        float[] cepstra = new float[frames * Coefficients];
        for (int frame = 0; frame < frames; frame++)
        for (int k = 0; k < Coefficients; k++)
            cepstra[frame * Coefficients + k] = TensorPrimitives.Dot(
                decibels.AsSpan(frame * bands, bands),
                Dct.AsSpan(k * bands, bands)
            );
        return cepstra;
    }

    private static Timbre Timbre(int[] sounding, float[] mfcc)
    {
        double[] mean = new double[Coefficients];
        foreach (int frame in sounding)
            for (int k = 0; k < Coefficients; k++)
                mean[k] += mfcc[frame * Coefficients + k] / (double)sounding.Length;
        double[] covariance = new double[Coefficients * Coefficients];
        foreach (int frame in sounding)
        {
            for (int j = 0; j < Coefficients; j++)
            {
                double distance = (mfcc[frame * Coefficients + j] - mean[j]) / sounding.Length;
                for (int k = 0; k <= j; k++)
                    covariance[j * Coefficients + k] += distance * (mfcc[frame * Coefficients + k] - mean[k]);
            }
        }
        for (int j = 0; j < Coefficients; j++)
        for (int k = j + 1; k < Coefficients; k++)
            covariance[j * Coefficients + k] = covariance[k * Coefficients + j];
        if (sounding.Length == 0)
        {
            Array.Fill(mean, double.NaN);
            Array.Fill(covariance, double.NaN);
        }
        return new(mean, new([.. covariance.Select(value => (float)value)], Coefficients, Coefficients));
    }

    // As Rhythm.OnsetStrength.
    private static float[] Onsets(float[] decibels)
    {
        int bands = MelSettings.Bands,
            late = 1 + HopsOfFrame / 2;
        float[] strength = new float[decibels.Length / bands];
        for (int frame = late; frame < strength.Length; frame++)
        {
            ReadOnlySpan<float> now = decibels.AsSpan((frame - late + 1) * bands, bands),
                earlier = decibels.AsSpan((frame - late) * bands, bands);
            float sum = 0;
            for (int band = 0; band < bands; band++)
                sum += Math.Max(0, now[band] - earlier[band]);
            strength[frame] = sum / bands;
        }
        return strength;
    }
}
