namespace HitSong.Corpus.Demo;

/// <summary>A second-order filter, transposed direct form II, a₀ = 1.</summary>
internal struct Biquad(double b0, double b1, double b2, double a1, double a2)
{
    private double _s1,
        _s2;

    /// <summary>The next sample.</summary>
    public double Next(double input)
    {
        double output = b0 * input + _s1;
        _s1 = b1 * input - a1 * output + _s2;
        _s2 = b2 * input - a2 * output;
        return output;
    }

    /// <summary>A high shelf (Bristow-Johnson's cookbook, slope 1).</summary>
    public static Biquad HighShelf(double frequency, double decibels, int sampleRate)
    {
        double a = Math.Pow(10, decibels / 40),
            w = 2 * Math.PI * frequency / sampleRate,
            cos = Math.Cos(w),
            alpha = Math.Sin(w) / Math.Sqrt(2);
        double root = 2 * Math.Sqrt(a) * alpha,
            a0 = a + 1 - (a - 1) * cos + root;
        return new Biquad(
            a * (a + 1 + (a - 1) * cos + root) / a0,
            -2 * a * (a - 1 + (a + 1) * cos) / a0,
            a * (a + 1 + (a - 1) * cos - root) / a0,
            2 * (a - 1 - (a + 1) * cos) / a0,
            (a + 1 - (a - 1) * cos - root) / a0
        );
    }

    /// <summary>A high-pass of Butterworth's shape.</summary>
    public static Biquad HighPass(double frequency, int sampleRate)
    {
        double w = 2 * Math.PI * frequency / sampleRate,
            cos = Math.Cos(w),
            alpha = Math.Sin(w) / Math.Sqrt(2),
            a0 = 1 + alpha;
        return new Biquad((1 + cos) / 2 / a0, -(1 + cos) / a0, (1 + cos) / 2 / a0, -2 * cos / a0, (1 - alpha) / a0);
    }
}
