using HitSong.Numerics;
using static TorchSharp.torch;

namespace HitSong.Training;

/// <summary>
/// Masks bands and stretches of time of training spectrograms, so that a network does not lean on any of them (Park et
/// al., "SpecAugment", 2019): each mask's width is uniform up to the widest, its place uniform where it fits, for every
/// clip its own; what it covers becomes the clip's mean.
/// </summary>
/// <param name="BandMasks">Masks over bands, a clip.</param>
/// <param name="MaxBands">Most bands that one covers, the paper's F.</param>
/// <param name="TimeMasks">Masks over frames, a clip.</param>
/// <param name="MaxFrames">Most frames that one covers, the paper's T.</param>
/// <example><code>
/// using static TorchSharp.torch;
/// var masked = new SpecAugment(BandMasks: 1, MaxBands: 8).Apply(rand(8, 128, 44), new SeededRandom(42, "mask"));
/// masked.shape // [8, 128, 44]
/// </code></example>
public sealed record SpecAugment(int BandMasks = 2, int MaxBands = 27, int TimeMasks = 2, int MaxFrames = 100)
{
    /// <summary>A masked copy of a batch.</summary>
    /// <param name="batch">[N, bands, frames].</param>
    /// <param name="random">Decides the masks.</param>
    public Tensor Apply(Tensor batch, SeededRandom random)
    {
        Tensor masked = batch.clone();
        for (long clip = 0; clip < batch.shape[0]; clip++)
        {
            using Tensor features = masked.select(0, clip);
            float mean = features.mean().item<float>();
            for (int i = 0; i < BandMasks; i++)
                Mask(features, 0, MaxBands, mean, random);
            for (int i = 0; i < TimeMasks; i++)
                Mask(features, 1, MaxFrames, mean, random);
        }
        return masked;
    }

    private static void Mask(Tensor features, long dimension, int widest, float value, SeededRandom random)
    {
        int size = (int)features.shape[dimension],
            width = random.Below(Math.Min(widest, size) + 1);
        using Tensor covered = features.narrow(dimension, random.Below(size - width + 1), width);
        covered.fill_(value);
    }
}
