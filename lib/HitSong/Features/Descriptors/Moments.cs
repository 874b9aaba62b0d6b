namespace HitSong.Features.Descriptors;

/// <summary>
/// Mean and standard deviation (of the population, as NumPy's <c>std</c>) of a measure over the frames.
/// </summary>
/// <param name="Mean">In the measure's unit.</param>
/// <param name="Deviation">In the measure's unit.</param>
public sealed record Moments(double Mean, double Deviation)
{
    internal static Moments Of(IReadOnlyCollection<double> values)
    {
        if (values.Count == 0)
            return new(double.NaN, double.NaN);
        double mean = values.Average();
        return new(mean, Math.Sqrt(values.Average(value => (value - mean) * (value - mean))));
    }
}
