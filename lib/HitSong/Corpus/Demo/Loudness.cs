namespace HitSong.Corpus.Demo;

/// <summary>
/// Integrated loudness of mono audio, ITU-R BS.1770-4; its filters for any sampling rate as De Man (2014) derives them.
/// </summary>
internal static class Loudness
{
    /// <summary>LUFS; −∞ for silence.</summary>
    /// <param name="samples">[samples].</param>
    /// <param name="sampleRate">Hz.</param>
    public static double Measure(ReadOnlySpan<float> samples, int sampleRate)
    {
        Biquad shelf = PreFilter(sampleRate),
            pass = HighPass(sampleRate);
        int hop = sampleRate / 10;
        var hops = new double[samples.Length / hop];
        for (int t = 0; t < hops.Length * hop; t++)
        {
            double weighted = pass.Next(shelf.Next(samples[t]));
            hops[t / hop] += weighted * weighted / hop;
        }
        // Blocks of 400 ms, one every 100 ms.
        double[] blocks = Enumerable
            .Range(0, Math.Max(0, hops.Length - 3))
            .Select(i => (hops[i] + hops[i + 1] + hops[i + 2] + hops[i + 3]) / 4)
            .ToArray();
        double[] audible = blocks.Where(power => Level(power) > -70).ToArray();
        if (audible.Length == 0)
            return double.NegativeInfinity;
        double gate = Level(audible.Average()) - 10;
        return Level(audible.Where(power => Level(power) > gate).Average());
    }

    private static double Level(double power) => -0.691 + 10 * Math.Log10(power);

    private static Biquad PreFilter(int sampleRate)
    {
        const double Gain = 3.999843853973347,
            Q = 0.7071752369554196;
        double k = Math.Tan(Math.PI * 1681.974450955533 / sampleRate);
        double high = Math.Pow(10, Gain / 20),
            band = Math.Pow(high, 0.4996667741545416),
            a0 = 1 + k / Q + k * k;
        return new Biquad(
            (high + band * k / Q + k * k) / a0,
            2 * (k * k - high) / a0,
            (high - band * k / Q + k * k) / a0,
            2 * (k * k - 1) / a0,
            (1 - k / Q + k * k) / a0
        );
    }

    private static Biquad HighPass(int sampleRate)
    {
        const double Q = 0.5003270373238773;
        double k = Math.Tan(Math.PI * 38.13547087602444 / sampleRate),
            a0 = 1 + k / Q + k * k;
        return new Biquad(1, -2, 1, 2 * (k * k - 1) / a0, (1 - k / Q + k * k) / a0);
    }
}
