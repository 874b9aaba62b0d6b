namespace HitSong.Features.Descriptors;

/// <summary>
/// Finds sections by the novelty of timbre (Foote 2000): MFCC, their mean over half a second, each by its deviation in
/// the recording; the cosine of any two; a checkerboard under a bell moved along the diagonal.
/// </summary>
internal static class SectionFinder
{
    private const double UnitSeconds = 0.5,
        LeastNovelty = 0.25; // of two units that have nothing in common on either side it would be 1

    private const int Half = 12; // units on either side of a boundary

    /// <summary>The sections of a recording.</summary>
    /// <param name="mfcc">MFCC, frame after frame, [frames × 13].</param>
    /// <param name="silenceAtStart">s.</param>
    /// <param name="duration">s.</param>
    public static Structure Of(float[] mfcc, double silenceAtStart, double duration)
    {
        double[][] units = Units(mfcc);
        if (units.Length < 2 * Half || units.All(unit => unit.All(value => value == 0)))
            return new([], double.NaN, double.NaN);
        double[] novelty = Novelty(units);
        double[] boundaries =
        [
            .. Enumerable
                .Range(0, units.Length)
                .Where(i => novelty[i] >= LeastNovelty && IsLargestAround(novelty, i))
                .Select(i => i * UnitSeconds),
        ];
        double intro = (boundaries.Length > 0 ? boundaries[0] : duration) - silenceAtStart;
        return new(boundaries, 60 * (boundaries.Length + 1) / duration, Math.Max(0, intro));
    }

    private static bool IsLargestAround(double[] novelty, int place)
    {
        for (int i = Math.Max(0, place - Half / 2); i <= Math.Min(novelty.Length - 1, place + Half / 2); i++)
            if (novelty[i] > novelty[place] || (novelty[i] == novelty[place] && i < place))
                return false;
        return true;
    }

    // Standardized, and of length 1.
    private static double[][] Units(float[] mfcc)
    {
        const double framesPerUnit = UnitSeconds * SpectrumMeter.SampleRate / SpectrumMeter.HopLength;
        const int coefficients = SpectrumMeter.Coefficients;
        int count = (int)(mfcc.Length / coefficients / framesPerUnit);
        double[][] units = new double[count][];
        for (int unit = 0; unit < count; unit++)
        {
            int from = (int)(unit * framesPerUnit),
                to = (int)((unit + 1) * framesPerUnit);
            units[unit] = new double[coefficients];
            for (int frame = from; frame < to; frame++)
            for (int k = 0; k < coefficients; k++)
                units[unit][k] += mfcc[frame * coefficients + k] / (double)(to - from);
        }
        for (int k = 0; k < coefficients; k++)
        {
            Moments moments = Moments.Of([.. units.Select(unit => unit[k])]);
            foreach (double[] unit in units)
                unit[k] = moments.Deviation > 1e-6 ? (unit[k] - moments.Mean) / moments.Deviation : 0;
        }
        foreach (double[] unit in units)
        {
            double length = Math.Sqrt(unit.Sum(value => value * value));
            for (int k = 0; k < coefficients && length > 0; k++)
                unit[k] /= length;
        }
        return units;
    }

    private static double[] Novelty(double[][] units)
    {
        double[] bell =
        [
            .. Enumerable.Range(0, Half).Select(i => Math.Exp(-0.5 * Math.Pow((i + 0.5) / (0.4 * Half), 2))),
        ];
        double[] novelty = new double[units.Length];
        for (int place = Half; place <= units.Length - Half; place++)
        {
            double alike = 0,
                across = 0,
                weights = 0;
            for (int i = 0; i < Half; i++)
            {
                for (int j = 0; j < Half; j++)
                {
                    double weight = bell[i] * bell[j];
                    double[] before = units[place - 1 - i],
                        after = units[place + i];
                    alike += weight * (Cosine(before, units[place - 1 - j]) + Cosine(after, units[place + j])) / 2;
                    across += weight * Cosine(before, units[place + j]);
                    weights += weight;
                }
            }
            novelty[place] = (alike - across) / weights / 2;
        }
        return novelty;
    }

    private static double Cosine(double[] one, double[] other)
    {
        double product = 0;
        for (int k = 0; k < one.Length; k++)
            product += one[k] * other[k];
        return product;
    }
}
