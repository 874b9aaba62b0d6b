using System.Runtime.Intrinsics;

namespace HitSong.Features.Descriptors;

/// <summary>
/// Loudness by ITU-R BS.1770-4 and EBU Tech 3342: the channels go through the K filter, and the power of every 100 ms
/// is kept, of which all else is made.
/// </summary>
internal sealed class LoudnessMeter
{
    private const double AbsoluteGate = -70,
        Offset = -0.691; // so that a sine of 997 Hz and full scale in one channel has −3.01 LUFS

    private const int BlockSteps = 4,
        ShortTermSteps = 30,
        ComplexitySteps = 2;

    private readonly int sampleRate;
    private readonly float[] weights;
    private readonly Biquad shelf,
        highPass;

    // Two values of either filter for each two channels, which are filtered side by side.
    private readonly Vector128<double>[] states;
    private readonly List<double> steps = []; // mean power of each 100 ms
    private long position,
        begin;
    private double sum;

    private readonly record struct Biquad(double B0, double B1, double B2, double A1, double A2);

    /// <param name="sampleRate">Hz.</param>
    /// <param name="weights">What each channel counts, [channels].</param>
    public LoudnessMeter(int sampleRate, float[] weights)
    {
        this.sampleRate = sampleRate;
        this.weights = weights;
        states = new Vector128<double>[(weights.Length + 1) / 2 * 4];
        (shelf, highPass) = (Shelf(sampleRate), HighPass(sampleRate));
    }

    // The standard has the coefficients for 48 kHz alone; these are the analogue filters behind them, which the
    // bilinear transform brings back to those.
    private static Biquad Shelf(int rate)
    {
        const double corner = 1681.974450955533;
        // A signal that ends below the shelf has nothing to raise.
        if (rate <= 2 * corner)
            return new(1, 0, 0, 0, 0);
        double k = Math.Tan(Math.PI * corner / rate),
            q = 0.7071752369554196,
            high = Math.Pow(10, 3.999843853973347 / 20),
            band = Math.Pow(high, 0.4996667741545416),
            a0 = 1 + k / q + k * k;
        return new(
            (high + band * k / q + k * k) / a0,
            2 * (k * k - high) / a0,
            (high - band * k / q + k * k) / a0,
            2 * (k * k - 1) / a0,
            (1 - k / q + k * k) / a0
        );
    }

    private static Biquad HighPass(int rate)
    {
        double k = Math.Tan(Math.PI * 38.13547087602444 / rate),
            q = 0.5003270373238773,
            a0 = 1 + k / q + k * k;
        return new(1, -2, 1, 2 * (k * k - 1) / a0, (1 - k / q + k * k) / a0);
    }

    /// <summary>Takes the next samples.</summary>
    public void Append(AudioBlock block)
    {
        for (int at = 0; at < block.Count; )
        {
            long end = (steps.Count + 1L) * sampleRate / 10;
            int count = (int)Math.Min(block.Count - at, end - position);
            for (int channel = 0; channel < weights.Length; channel += 2)
            {
                int second = Math.Min(channel + 1, weights.Length - 1);
                sum += Power(
                    block[channel].Slice(at, count),
                    block[second].Slice(at, count),
                    Vector128.Create(weights[channel], second > channel ? weights[second] : 0),
                    states.AsSpan(2 * channel, 4)
                );
            }
            at += count;
            position += count;
            if (position == end)
            {
                steps.Add(sum / (end - begin));
                (begin, sum) = (end, 0);
            }
        }
    }

    private double Power(
        ReadOnlySpan<float> first,
        ReadOnlySpan<float> second,
        Vector128<double> counts,
        Span<Vector128<double>> state
    )
    {
        Vector128<double> b0 = Vector128.Create(shelf.B0),
            b1 = Vector128.Create(shelf.B1),
            b2 = Vector128.Create(shelf.B2),
            a1 = Vector128.Create(-shelf.A1),
            a2 = Vector128.Create(-shelf.A2),
            c1 = Vector128.Create(-highPass.A1),
            c2 = Vector128.Create(-highPass.A2),
            minusTwo = Vector128.Create(highPass.B1);
        Vector128<double> s1 = state[0],
            s2 = state[1],
            t1 = state[2],
            t2 = state[3],
            power = Vector128<double>.Zero;
        for (int i = 0; i < first.Length; i++)
        {
            Vector128<double> x = Vector128.Create(first[i], second[i]);
            Vector128<double> y = Vector128.FusedMultiplyAdd(b0, x, s1);
            s1 = Vector128.FusedMultiplyAdd(a1, y, Vector128.FusedMultiplyAdd(b1, x, s2));
            s2 = Vector128.FusedMultiplyAdd(a2, y, b2 * x);
            Vector128<double> z = y + t1;
            t1 = Vector128.FusedMultiplyAdd(c1, z, Vector128.FusedMultiplyAdd(minusTwo, y, t2));
            t2 = Vector128.FusedMultiplyAdd(c2, z, y);
            power = Vector128.FusedMultiplyAdd(z, z, power);
        }
        (state[0], state[1], state[2], state[3]) = (Audible(s1), Audible(s2), Audible(t1), Audible(t2));
        return Vector128.Sum(power * counts);
    }

    // What fades for seconds becomes so small that processors take long over it.
    private static Vector128<double> Audible(Vector128<double> state) =>
        Vector128.ConditionalSelect(
            Vector128.LessThan(Vector128.Abs(state), Vector128.Create(1e-30)),
            Vector128<double>.Zero,
            state
        );

    /// <summary>What was measured.</summary>
    /// <param name="truePeak">dBTP.</param>
    public Loudness Finish(double truePeak) => new(Integrated(), Range(), truePeak, Complexity());

    private double Integrated()
    {
        double[] blocks = Gated(Means(BlockSteps, 1), -10);
        return blocks.Length == 0 ? double.NaN : Lufs(blocks.Average());
    }

    private double Range()
    {
        double[] shortTerm = Gated(Means(ShortTermSteps, 1), -20);
        if (shortTerm.Length == 0)
            return double.NaN;
        Array.Sort(shortTerm);
        return Lufs(shortTerm[Place(0.95)]) - Lufs(shortTerm[Place(0.10)]);

        // Tech 3342's, which counts from 1.
        int Place(double share) => (int)Math.Round((shortTerm.Length - 1) * share, MidpointRounding.AwayFromZero);
    }

    private double Complexity()
    {
        double[] decibels =
        [
            .. Means(ComplexitySteps, ComplexitySteps).Select(power => Math.Max(-90, 10 * Math.Log10(power))),
        ];
        if (decibels.Length == 0)
            return double.NaN;
        double whole = 0,
            counts = 0;
        foreach (double value in decibels)
        {
            double count = Math.Pow(0.9, -value);
            whole += count * value;
            counts += count;
        }
        whole /= counts;
        return decibels.Average(value => Math.Abs(value - whole));
    }

    private static double[] Gated(IEnumerable<double> powers, double relativeGate)
    {
        double[] audible = [.. powers.Where(power => Lufs(power) > AbsoluteGate)];
        if (audible.Length == 0)
            return [];
        double gate = Lufs(audible.Average()) + relativeGate;
        return [.. audible.Where(power => Lufs(power) > gate)];
    }

    private IEnumerable<double> Means(int length, int hop)
    {
        for (int first = 0; first + length <= steps.Count; first += hop)
        {
            double mean = 0;
            for (int i = 0; i < length; i++)
                mean += steps[first + i] / length;
            yield return mean;
        }
    }

    private static double Lufs(double power) => Offset + 10 * Math.Log10(power);
}
