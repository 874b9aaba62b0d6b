namespace HitSong.Features;

/// <summary>
/// Triangular mel filters over the bins of a spectrum (librosa <c>filters.mel</c>, torchaudio <c>melscale_fbanks</c>),
/// kept as the sparse matrix they are: a bin lies in two filters at most.
/// </summary>
internal sealed class MelFilterbank
{
    public MelFilterbank(MelSettings settings)
    {
        double[] edges = Edges(settings);
        int bins = settings.FftLength / 2 + 1;
        FirstBin = new int[settings.Bands];
        Offset = new int[settings.Bands + 1];
        List<float> weights = [];
        for (int band = 0; band < settings.Bands; band++)
        {
            double low = edges[band],
                centre = edges[band + 1],
                high = edges[band + 2];
            double height = settings.Norm == MelNorm.Slaney ? 2 / (high - low) : 1;
            for (int bin = 0; bin < bins; bin++)
            {
                double frequency = (double)bin * settings.SampleRate / settings.FftLength;
                double weight = Math.Min((frequency - low) / (centre - low), (high - frequency) / (high - centre));
                if (weight <= 0)
                    continue;
                if (weights.Count == Offset[band])
                    FirstBin[band] = bin;
                weights.Add((float)(weight * height));
            }
            Offset[band + 1] = weights.Count;
        }
        Weights = [.. weights];
    }

    /// <summary>
    /// The frequencies between which the filters stand, [bands + 2] Hz: band b rises from edge b to b + 1 and falls to
    /// b + 2.
    /// </summary>
    public static double[] Edges(MelSettings settings)
    {
        if (settings.SampleRate < 1)
            throw new FeatureException($"SampleRate is {settings.SampleRate}; it is a number of Hz above 0");
        if (settings.Bands is < 1 or > 1 << 16)
            throw new FeatureException($"Bands is {settings.Bands}; it lies between 1 and 65,536");
        double nyquist = settings.SampleRate / 2.0,
            highest = settings.MaxFrequency ?? nyquist;
        if (!(settings.MinFrequency >= 0 && settings.MinFrequency < highest && highest <= nyquist))
            throw new FeatureException(
                $"MinFrequency is {settings.MinFrequency} Hz and MaxFrequency {highest} Hz; they must "
                    + $"satisfy 0 ≤ min < max ≤ {nyquist}, half the sample rate"
            );

        double lowestMel = ToMel(settings.MinFrequency, settings.Scale),
            highestMel = ToMel(highest, settings.Scale);
        double[] edges = new double[settings.Bands + 2];
        for (int i = 0; i < edges.Length; i++)
            edges[i] = ToHz(lowestMel + (highestMel - lowestMel) * i / (edges.Length - 1), settings.Scale);
        return edges;
    }

    /// <summary>The first bin of each band, [bands].</summary>
    public int[] FirstBin { get; }

    /// <summary>Where a band's weights begin, [bands + 1].</summary>
    public int[] Offset { get; }

    /// <summary>Weights of successive bins, band after band.</summary>
    public float[] Weights { get; }

    // Slaney: 3 mel every 200 Hz up to 1 kHz, from there 27 mel every factor of 6.4.
    private const double LinearStep = 200.0 / 3,
        LogStart = 1000,
        LogStartMel = LogStart / LinearStep;
    private static readonly double LogStep = Math.Log(6.4) / 27;

    private static double ToMel(double hz, MelScale scale) =>
        scale == MelScale.Htk ? 2595 * Math.Log10(1 + hz / 700)
        : hz < LogStart ? hz / LinearStep
        : LogStartMel + Math.Log(hz / LogStart) / LogStep;

    private static double ToHz(double mel, MelScale scale) =>
        scale == MelScale.Htk ? 700 * (Math.Pow(10, mel / 2595) - 1)
        : mel < LogStartMel ? mel * LinearStep
        : LogStart * Math.Exp(LogStep * (mel - LogStartMel));
}
