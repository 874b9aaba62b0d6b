using HitSong.Numerics;
using MathNet.Numerics.Distributions;

namespace HitSong.Experiments;

/// <summary>
/// A density over one field, made of what was observed: a mixture of one kernel an observation and a wide one for what
/// is not known, weighed and spread as Optuna's tree-structured Parzen estimator does by default (version 4.1,
/// <c>_ParzenEstimator</c>; Bergstra et al. 2011, section 4).
/// </summary>
internal abstract class ParzenEstimator
{
    // Of more observations than these the older count less.
    private const int Recent = 25;

    /// <param name="observations">How many there are.</param>
    protected ParzenEstimator(int observations)
    {
        double[] weights = [.. Enumerable.Range(0, observations).Select(Weight), 1];
        double sum = weights.Sum();
        Weights = Array.ConvertAll(weights, weight => weight / sum);

        // From 1 / n for the oldest up to 1.
        double Weight(int place)
        {
            int older = observations - Recent;
            return place >= older ? 1
                : older == 1 ? 1.0 / observations
                : 1.0 / observations + (1 - 1.0 / observations) * place / (older - 1);
        }
    }

    /// <summary>[observations + 1] of each kernel, the last for what is not known; they sum to 1.</summary>
    protected double[] Weights { get; }

    /// <summary>A value drawn from it.</summary>
    public abstract double Sample(SeededRandom random);

    /// <summary>The logarithm of the density, or of the probability of a choice.</summary>
    public abstract double LogDensity(double value);

    /// <summary>One of so many, by their probabilities, which sum to 1.</summary>
    protected static int Pick(double[] probabilities, SeededRandom random)
    {
        double left = random.Uniform();
        int place = 0;
        while (place < probabilities.Length - 1 && (left -= probabilities[place]) >= 0)
            place++;
        return place;
    }

    /// <summary>Of numbers: normal kernels, cut off at the ends.</summary>
    /// <param name="low">The least.</param>
    /// <param name="high">The greatest.</param>
    /// <param name="observed">The observations, the oldest first.</param>
    public sealed class OfNumbers(double low, double high, IReadOnlyList<double> observed)
        : ParzenEstimator(observed.Count)
    {
        private readonly double[] means = [.. observed, (low + high) / 2],
            deviations = Deviations(low, high, [.. observed, (low + high) / 2]);

        public override double Sample(SeededRandom random)
        {
            int kernel = Pick(Weights, random);
            (double from, double to) = Inside(kernel);
            double quantile = from + (to - from) * random.Uniform(),
                value = means[kernel] + deviations[kernel] * Normal.InvCDF(0, 1, quantile);
            return Math.Clamp(value, low, high);
        }

        public override double LogDensity(double value)
        {
            double density = 0;
            for (int kernel = 0; kernel < Weights.Length; kernel++)
            {
                (double from, double to) = Inside(kernel);
                density += Weights[kernel] * Normal.PDF(means[kernel], deviations[kernel], value) / (to - from);
            }
            return Math.Log(density);
        }

        // Of the kernel without its ends, what lies below each.
        private (double From, double To) Inside(int kernel) =>
            (Normal.CDF(means[kernel], deviations[kernel], low), Normal.CDF(means[kernel], deviations[kernel], high));

        // To the farther of its neighbours, and of the outermost to the only one; never narrower than a share of the
        // whole ("magic clip"). The last is the wide one.
        private static double[] Deviations(double low, double high, double[] means)
        {
            int count = means.Length;
            double[] deviations = new double[count],
                sorted = [low, .. means.Order(), high];
            int[] places = [.. Enumerable.Range(0, count).OrderBy(kernel => means[kernel])];
            double least = (high - low) / Math.Min(100, 1 + count);
            for (int place = 1; place <= count; place++)
            {
                double below = sorted[place] - sorted[place - 1],
                    above = sorted[place + 1] - sorted[place],
                    spread = count == 1 ? Math.Max(below, above)
                    : place == 1 ? above
                    : place == count ? below
                    : Math.Max(below, above);
                deviations[places[place - 1]] = Math.Clamp(spread, least, high - low);
            }
            deviations[^1] = high - low;
            return deviations;
        }
    }

    /// <summary>Of choices without an order.</summary>
    public sealed class OfChoices : ParzenEstimator
    {
        private readonly double[] probabilities;

        /// <param name="choices">How many there are.</param>
        /// <param name="observed">The places of those observed, the oldest first.</param>
        public OfChoices(int choices, IReadOnlyList<int> observed)
            : base(observed.Count)
        {
            // A kernel gives each choice 1 / kernels, and its own 1 more; the last gives all the same.
            double each = 1.0 / Weights.Length,
                whole = 1 + choices * each;
            probabilities = new double[choices];
            Array.Fill(probabilities, Weights[^1] / choices + (1 - Weights[^1]) * each / whole);
            foreach (var (choice, weight) in observed.Zip(Weights))
                probabilities[choice] += weight / whole;
        }

        public override double Sample(SeededRandom random) => Pick(probabilities, random);

        public override double LogDensity(double value) => Math.Log(probabilities[(int)value]);
    }
}
