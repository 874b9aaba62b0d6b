using HitSong.Corpus;
using HitSong.Numerics;
using static TorchSharp.torch;

namespace HitSong.Training;

/// <summary>
/// Blends each training clip, and its label, with another of the batch (Zhang et al., "mixup", 2018): λ ~ Beta(α, α) of
/// one, 1 − λ of the other.
/// </summary>
/// <param name="Alpha">α, above 0: small, and one of the two prevails; 1, and every share is as likely.</param>
/// <example><code>
/// using static TorchSharp.torch;
/// var (batch, labels) = new Mixup(Alpha: 0.2).Apply(rand(8, 128, 44), rand(8, 2), new SeededRandom(42, "mixup"));
/// batch.shape // [8, 128, 44]
/// </code></example>
public sealed record Mixup(double Alpha = 0.2)
{
    /// <summary>A blended batch with its labels.</summary>
    /// <param name="batch">[N, …] features.</param>
    /// <param name="labels">[N, …] labels as numbers, such as 0 and 1 or one-hot.</param>
    /// <param name="random">Decides λ and who is blended with whom.</param>
    /// <exception cref="HitSongException">An α that is not above 0.</exception>
    public (Tensor Batch, Tensor Labels) Apply(Tensor batch, Tensor labels, SeededRandom random)
    {
        if (!(Alpha > 0))
            throw new HitSongException($"Alpha is {Alpha}; it is above 0");
        double first = Gamma(random),
            share = first / (first + Gamma(random));
        using Tensor others = tensor(
            Array.ConvertAll(random.Permutation((int)batch.shape[0]), i => (long)i),
            device: batch.device
        );
        return (Blend(batch), Blend(labels));

        Tensor Blend(Tensor own)
        {
            using Tensor other = own.index_select(0, others),
                part = own * share,
                rest = other * (1 - share);
            return part + rest;
        }
    }

    // Gamma(α, 1) by Marsaglia and Tsang 2000; below 1 from Gamma(α + 1), as they say.
    private double Gamma(SeededRandom random)
    {
        double d = (Alpha < 1 ? Alpha + 1 : Alpha) - 1.0 / 3,
            c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            double x = random.Normal(),
                v = Math.Pow(1 + c * x, 3);
            if (v > 0 && Math.Log(1 - random.Uniform()) < 0.5 * x * x + d - d * v + d * Math.Log(v))
                return Math.Max(double.Epsilon, d * v * (Alpha < 1 ? Math.Pow(1 - random.Uniform(), 1 / Alpha) : 1));
        }
    }
}
