using System.Numerics.Tensors;

namespace HitSong.Features.Descriptors;

/// <summary>Finds tempo and beats in onset strength.</summary>
internal sealed class TempoTracker
{
    private const double FramesPerSecond = (double)SpectrumMeter.SampleRate / SpectrumMeter.HopLength,
        Slowest = 40,
        Fastest = 240,
        Likely = 120,
        Octaves = 0.8, // deviation of what is likely
        Division = 0.15, // what half a beat counts
        Step = 1.005, // from one tempo that is tried to the next
        SameTempo = 0.04;

    private const int Multiples = 4,
        LongestLag = (int)(Multiples * 60 / Slowest * FramesPerSecond) + 2,
        LeastFrames = (int)(2 * FramesPerSecond),
        LocalFrames = (int)FramesPerSecond; // half of what is local

    private readonly float[] onsets;
    private readonly float[] novelty; // onset strength above its local mean
    private readonly double[] correlation; // by lag

    private TempoTracker(float[] onsets)
    {
        this.onsets = onsets;
        novelty = AboveLocalMean(onsets);
        correlation = Autocorrelation(novelty);
    }

    /// <summary>Tempo and beats.</summary>
    /// <param name="onsets">Onset strength, [frames].</param>
    /// <param name="duration">s.</param>
    public static Tempo Of(float[] onsets, double duration)
    {
        double rate = duration > 0 ? PickOnsets(onsets) / duration : double.NaN;
        TempoTracker? tracker = onsets.Length < LeastFrames ? null : new(onsets);
        return tracker is null || tracker.correlation[0] <= 0
            ? new(double.NaN, double.NaN, [], [], double.NaN, double.NaN, rate)
            : tracker.Track(rate);
    }

    private static float[] AboveLocalMean(float[] values)
    {
        double[] sums = new double[values.Length + 1];
        for (int i = 0; i < values.Length; i++)
            sums[i + 1] = sums[i] + values[i];
        float[] above = new float[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            int from = Math.Max(0, i - LocalFrames),
                to = Math.Min(values.Length, i + LocalFrames + 1);
            above[i] = (float)Math.Max(0, values[i] - (sums[to] - sums[from]) / (to - from));
        }
        return above;
    }

    // Of the deviations from the mean, each lag by as many products as there are.
    private static double[] Autocorrelation(float[] values)
    {
        float[] centred = new float[values.Length];
        TensorPrimitives.Subtract(values, (float)values.Average(), centred);
        double[] correlation = new double[Math.Min(LongestLag, values.Length / 2)];
        for (int lag = 0; lag < correlation.Length; lag++)
            correlation[lag] =
                TensorPrimitives.Dot(centred.AsSpan(lag), centred.AsSpan(0, values.Length - lag))
                / (values.Length - lag);
        double whole = correlation[0];
        if (whole > 0)
            TensorPrimitives.Divide(correlation, whole, correlation);
        return correlation;
    }

    private Tempo Track(double onsetRate)
    {
        List<TempoCandidate> candidates = Candidates();
        if (candidates.Count == 0)
            return new(double.NaN, double.NaN, [], [], double.NaN, double.NaN, onsetRate);
        double tempo = candidates[0].BeatsPerMinute,
            period = 60 * FramesPerSecond / tempo;
        int[] beats = Beats(period);
        double mean = onsets.Average();
        return new(
            tempo,
            Math.Clamp(At(period), 0, 1),
            [.. candidates.Skip(1).Take(3)],
            [.. beats.Select(beat => beat / FramesPerSecond)],
            beats.Length == 0 ? double.NaN : beats.Average(beat => onsets[beat]) / mean,
            Stability(beats, tempo),
            onsetRate
        );
    }

    // Peaks of the score over tempo, best first.
    private List<TempoCandidate> Candidates()
    {
        List<(double Tempo, double Score)> tried = [];
        for (double tempo = Slowest; tempo <= Fastest; tempo *= Step)
            tried.Add((tempo, Score(tempo)));
        var peaks = Enumerable
            .Range(1, tried.Count - 2)
            .Where(i => tried[i].Score > tried[i - 1].Score && tried[i].Score >= tried[i + 1].Score)
            .Select(i => tried[i])
            .Where(peak => peak.Score > 0)
            .OrderByDescending(peak => peak.Score)
            .ToList();
        return [.. peaks.Select(peak => new TempoCandidate(Refined(peak.Tempo), peak.Score / peaks[0].Score))];
    }

    private double Score(double tempo)
    {
        double octaves = Math.Log2(tempo / Likely) / Octaves;
        double period = 60 * FramesPerSecond / tempo;
        return (Comb(period, Multiples) + Division * At(period / 2)) * Math.Exp(-octaves * octaves / 2);
    }

    // Mean autocorrelation at a period and its multiples, as far as it is known.
    private double Comb(double period, int multiples)
    {
        double sum = 0;
        int count = 0;
        for (int k = 1; k <= multiples && k * period < correlation.Length - 2; k++, count++)
            sum += At(k * period);
        return count == 0 ? 0 : sum / count;
    }

    // By as many multiples as there are the tempo is known better.
    private double Refined(double tempo)
    {
        double best = tempo,
            most = double.NegativeInfinity;
        for (double near = tempo / (1 + SameTempo / 2); near < tempo * (1 + SameTempo / 2); near *= 1.0005)
        {
            double score = Comb(60 * FramesPerSecond / near, 2 * Multiples);
            if (score > most)
                (most, best) = (score, near);
        }
        return best;
    }

    // Between two lags by a cubic through their neighbours (Catmull and Rom 1974).
    private double At(double lag)
    {
        int whole = (int)lag;
        if (whole + 2 >= correlation.Length)
            return 0;
        double part = lag - whole,
            before = correlation[Math.Max(0, whole - 1)],
            from = correlation[whole],
            to = correlation[whole + 1],
            after = correlation[whole + 2];
        return from
            + part
                / 2
                * (
                    to
                    - before
                    + part * (2 * before - 5 * from + 4 * to - after + part * (3 * (from - to) + after - before))
                );
    }

    // Ellis 2007, as librosa's beat_track: every beat adds its onset strength, and what the beat before it has added,
    // less the squared logarithm of how far their distance is from the period.
    private int[] Beats(double period)
    {
        const double tightness = 100;
        int frames = onsets.Length;
        double[] local = Smoothed(period),
            sum = new double[frames];
        int[] before = new int[frames];
        int nearest = Math.Max(1, (int)Math.Round(period / 2)),
            farthest = (int)Math.Round(2 * period);
        double[] costs = new double[farthest + 1];
        for (int distance = nearest; distance <= farthest; distance++)
            costs[distance] = tightness * Math.Pow(Math.Log(distance / period), 2);
        double least = 0.01 * local.Max();
        bool hasBegun = false;
        for (int frame = 0; frame < frames; frame++)
        {
            double best = double.NegativeInfinity;
            int from = -1;
            for (int distance = nearest; distance <= farthest; distance++)
            {
                double candidate = (distance <= frame ? sum[frame - distance] : 0) - costs[distance];
                if (candidate > best)
                    (best, from) = (candidate, frame - distance);
            }
            sum[frame] = local[frame] + best;
            before[frame] = hasBegun || local[frame] >= least ? Math.Max(-1, from) : -1;
            hasBegun |= local[frame] >= least;
        }

        List<int> beats = [];
        for (int beat = LastBeat(sum); beat >= 0; beat = before[beat])
            beats.Add(beat);
        beats.Reverse();
        return Trimmed(beats, local);
    }

    // The last peak that reaches half the median of all.
    private static int LastBeat(double[] sum)
    {
        int[] peaks = [.. Enumerable.Range(1, sum.Length - 2).Where(i => sum[i] > sum[i - 1] && sum[i] >= sum[i + 1])];
        if (peaks.Length == 0)
            return -1;
        double[] heights = [.. peaks.Select(peak => sum[peak]).Order()];
        double median = (heights[(heights.Length - 1) / 2] + heights[heights.Length / 2]) / 2;
        return peaks.Last(peak => 2 * sum[peak] >= median);
    }

    // Without those at the ends on which nothing sounds: less than half the root mean square of all.
    private static int[] Trimmed(List<int> beats, double[] local)
    {
        double floor = beats.Count == 0 ? 0 : 0.5 * Math.Sqrt(beats.Average(beat => local[beat] * local[beat]));
        int first = beats.FindIndex(beat => local[beat] > floor),
            last = beats.FindLastIndex(beat => local[beat] > floor);
        return first < 0 ? [] : [.. beats[first..(last + 1)]];
    }

    // Onset strength by its deviation, under a bell of a 32nd of the period.
    private double[] Smoothed(double period)
    {
        int reach = (int)Math.Round(period);
        double mean = onsets.Average(),
            deviation = Math.Sqrt(onsets.Sum(value => (value - mean) * (value - mean)) / (onsets.Length - 1));
        int useful = Math.Min(reach, (int)Math.Ceiling(6 * period / 32));
        double[] bell =
        [
            .. Enumerable.Range(-useful, 2 * useful + 1).Select(i => Math.Exp(-0.5 * Math.Pow(i * 32 / period, 2))),
        ];
        double[] smoothed = new double[onsets.Length];
        for (int frame = 0; frame < onsets.Length; frame++)
        for (int i = -useful; i <= useful; i++)
            if (frame + i >= 0 && frame + i < onsets.Length)
                smoothed[frame] += bell[i + useful] * onsets[frame + i] / deviation;
        return smoothed;
    }

    private static double Stability(int[] beats, double tempo)
    {
        const int span = 4;
        if (beats.Length <= span)
            return double.NaN;
        int alike = 0;
        for (int i = span; i < beats.Length; i++)
        {
            double local = 60 * FramesPerSecond * span / (beats[i] - beats[i - span]);
            if (Math.Abs(local / tempo - 1) <= SameTempo)
                alike++;
        }
        return (double)alike / (beats.Length - span);
    }

    // librosa's onset_detect: strength from 0 to 1, largest within 0.03 s before, 0.07 above the mean of 0.1 s on
    // either side, and 0.03 s after the onset before.
    private static int PickOnsets(float[] onsets)
    {
        if (onsets.Length == 0 || onsets.Max() <= onsets.Min())
            return 0;
        int before = (int)(0.03 * FramesPerSecond),
            around = (int)(0.10 * FramesPerSecond),
            count = 0,
            last = int.MinValue / 2;
        float lowest = onsets.Min(),
            range = onsets.Max() - lowest;
        for (int frame = 0; frame < onsets.Length; frame++)
        {
            ReadOnlySpan<float> earlier = onsets.AsSpan(Math.Max(0, frame - before)..(frame + 1)),
                near = onsets.AsSpan(Math.Max(0, frame - around)..Math.Min(onsets.Length, frame + around + 1));
            if (
                onsets[frame] < TensorPrimitives.Max(earlier)
                || onsets[frame] < TensorPrimitives.Average(near) + 0.07f * range
                || frame - last <= before
            )
                continue;
            count++;
            last = frame;
        }
        return count;
    }
}
