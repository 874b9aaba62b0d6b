using HitSong.Numerics;

namespace HitSong.Features.Descriptors;

/// <summary>
/// Finds key and tuning in the peaks of a long spectrum (8,192 samples at 22,050 Hz every 4,096: in the short one of
/// <see cref="SpectrumMeter"/> the semitones below 400 Hz are not apart). A peak counts by the square root of what
/// stands out of its surroundings, so that the loudest note does not drown the others, and noise and drums count
/// little (the harmonic part's chroma); and by that of its period, as the bass tells most of the harmony.
/// </summary>
internal sealed unsafe class KeyFinder
{
    private const int FftLength = 8192,
        HopLength = 4096,
        FramesAtOnce = 16,
        Window = (FramesAtOnce - 1) * HopLength + FftLength,
        Surroundings = 12, // bins on either side
        Cents = 1200,
        Fine = 120; // parts of an octave that are told apart before the tuning is known

    private const double BinWidth = (double)SpectrumMeter.SampleRate / FftLength,
        Lowest = 55, // Hz
        Highest = 2200,
        A = 440,
        OfC = 900; // cents from C up to A

    private static readonly FramedPower Frames = new(
        new()
        {
            FftLength = FftLength,
            HopLength = HopLength,
            Centre = false,
        },
        FramedPower.WidestLanes
    );
    private static readonly int FirstBin = (int)(Lowest / BinWidth),
        Bins = (int)(Highest / BinWidth) + Surroundings + 1;

    // From the tonic up, major and minor.
    private static readonly (double[] Major, double[] Minor)[] Profiles =
    [
        // Krumhansl and Kessler 1982: how well listeners found each note to fit.
        (
            [6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88],
            [6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17]
        ),
        // Temperley 2007: how often it is played in a corpus of songs and quartets.
        (
            [0.748, 0.060, 0.488, 0.082, 0.670, 0.460, 0.096, 0.715, 0.104, 0.366, 0.057, 0.400],
            [0.712, 0.084, 0.474, 0.618, 0.049, 0.460, 0.105, 0.747, 0.404, 0.067, 0.133, 0.330]
        ),
        // Albrecht and Shanahan 2013: how long.
        (
            [0.238, 0.006, 0.111, 0.006, 0.137, 0.094, 0.016, 0.214, 0.009, 0.080, 0.008, 0.081],
            [0.220, 0.006, 0.104, 0.123, 0.019, 0.103, 0.012, 0.214, 0.062, 0.022, 0.061, 0.052]
        ),
        // Faraldo et al. 2016 (edma) and 2017 (bgate): the chroma of recorded dance music.
        (
            [0.1652, 0.0475, 0.0829, 0.0669, 0.0999, 0.0927, 0.0529, 0.1316, 0.0522, 0.0744, 0.0694, 0.0643],
            [0.1724, 0.0534, 0.0761, 0.1004, 0.0562, 0.0853, 0.0498, 0.1345, 0.0746, 0.0500, 0.0919, 0.0555]
        ),
        (
            [1.00, 0.00, 0.42, 0.00, 0.53, 0.37, 0.00, 0.77, 0.00, 0.38, 0.21, 0.30],
            [1.00, 0.00, 0.36, 0.39, 0.00, 0.38, 0.00, 0.74, 0.27, 0.00, 0.42, 0.23]
        ),
    ];

    private readonly float[] samples = new float[Window];
    private readonly float[] power = new float[Bins * FramesAtOnce];
    private readonly double[] magnitude = new double[Bins],
        sums = new double[Bins + 1];
    private readonly double[] octave = new double[Fine];
    private int held;
    private bool hasRun;
    private double sine,
        cosine;

    /// <summary>Takes the next samples at 22,050 Hz.</summary>
    public void Append(ReadOnlySpan<float> next)
    {
        while (!next.IsEmpty)
        {
            int count = Math.Min(next.Length, Window - held);
            next[..count].CopyTo(samples.AsSpan(held));
            held += count;
            next = next[count..];
            if (held == Window)
                Run(FramesAtOnce);
        }
    }

    private void Run(int frames)
    {
        fixed (float* first = power)
            Frames.Run(samples.AsSpan(0, (frames - 1) * HopLength + FftLength), new Sink(first));
        for (int frame = 0; frame < frames; frame++)
            AddPeaks(frame);
        int used = Math.Min(held, frames * HopLength);
        samples.AsSpan(used, held - used).CopyTo(samples);
        held -= used;
        hasRun = true;
    }

    private readonly struct Sink(float* first) : IPowerSink
    {
        public void Take<TLanes>(float* power, int frame, int count)
            where TLanes : struct, ILanes<TLanes>
        {
            for (int bin = 0; bin < Bins; bin++)
                FramedPower.Write(TLanes.Load(power + bin * TLanes.Count), first + bin * FramesAtOnce + frame, count);
        }
    }

    private void AddPeaks(int frame)
    {
        for (int bin = 0; bin < Bins; bin++)
        {
            magnitude[bin] = Math.Sqrt(power[bin * FramesAtOnce + frame]);
            sums[bin + 1] = sums[bin] + magnitude[bin];
        }
        for (int bin = FirstBin; bin < Bins - Surroundings; bin++)
        {
            double here = magnitude[bin];
            if (here <= magnitude[bin - 1] || here < magnitude[bin + 1])
                continue;
            int from = Math.Max(0, bin - Surroundings),
                to = bin + Surroundings + 1;
            double above = here - 2 * (sums[to] - sums[from]) / (to - from);
            if (above <= 0 || magnitude[bin - 1] <= 0 || magnitude[bin + 1] <= 0)
                continue;
            // A parabola through the logarithms, which a bell of a window's main lobe nearly is.
            double left = Math.Log(magnitude[bin - 1]),
                middle = Math.Log(here),
                right = Math.Log(magnitude[bin + 1]),
                shift = 0.5 * (left - right) / (left - 2 * middle + right);
            double frequency = (bin + shift) * BinWidth;
            AddPeak(frequency, Math.Sqrt(above / frequency));
        }
    }

    private void AddPeak(double frequency, double weight)
    {
        double cents = Cents * Math.Log2(frequency / A) + OfC,
            turn = 2 * Math.PI * cents / 100;
        sine += weight * Math.Sin(turn);
        cosine += weight * Math.Cos(turn);
        int place = (int)Math.Round(cents * Fine / Cents) % Fine;
        octave[place < 0 ? place + Fine : place] += weight;
    }

    /// <summary>Key and tuning.</summary>
    public Key Finish()
    {
        // What is left, and of a recording shorter than a frame all there is.
        int frames = hasRun ? (held - FftLength) / HopLength + 1 : Math.Max(1, (held - FftLength) / HopLength + 1);
        if (held > 0 && frames > 0 && !(hasRun && held < FftLength))
        {
            samples.AsSpan(held).Clear();
            Run(frames);
        }
        if (octave.Sum() <= 0)
            return new(null, null, double.NaN, double.NaN, double.NaN, [.. Enumerable.Repeat(double.NaN, 12)]);

        double tuning = 100 * Math.Atan2(sine, cosine) / (2 * Math.PI);
        double[] chroma = Chroma(tuning);
        var keys = Enumerable
            .Range(0, 24)
            .Select(key =>
                (Tonic: key % 12, Mode: (Mode)(key / 12), Correlation: Fit(chroma, key % 12, (Mode)(key / 12)))
            )
            .OrderByDescending(key => key.Correlation)
            .ToArray();
        return new(
            keys[0].Tonic,
            keys[0].Mode,
            keys[0].Correlation,
            keys[0].Correlation - keys[1].Correlation,
            tuning,
            chroma
        );
    }

    // Each peak counts for the semitone it is nearest to, less the farther it is.
    private double[] Chroma(double tuning)
    {
        double[] chroma = new double[12];
        for (int place = 0; place < Fine; place++)
        {
            double semitones = (place * (double)Cents / Fine - tuning) / 100;
            int nearest = (int)Math.Round(semitones);
            double bell = Math.Cos(Math.PI * (semitones - nearest));
            chroma[(nearest + 12) % 12] += octave[place] * bell * bell;
        }
        double sum = chroma.Sum();
        return [.. chroma.Select(value => value / sum)];
    }

    private static double Fit(double[] chroma, int tonic, Mode mode)
    {
        double[] fromTonic = [.. Enumerable.Range(0, 12).Select(i => chroma[(tonic + i) % 12])];
        return Profiles.Average(profile =>
            MathNet.Numerics.Statistics.Correlation.Pearson(
                fromTonic,
                mode == Mode.Major ? profile.Major : profile.Minor
            )
        );
    }
}
