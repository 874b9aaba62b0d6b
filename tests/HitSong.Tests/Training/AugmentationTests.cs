using HitSong.Corpus;
using HitSong.Numerics;
using HitSong.Training;
using Tests;
using TorchSharp;
using static TorchSharp.torch;

namespace HitSong.Tests.Training;

public class AugmentationTests
{
    [Fact]
    public void Masks_cover_bands_and_frames_with_the_mean_and_leave_the_rest()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor batch = arange(0f, 2 * 10 * 20).view(2, 10, 20);
        SpecAugment augment = new(BandMasks: 1, MaxBands: 3, TimeMasks: 1, MaxFrames: 5);
        int widestBands = 0,
            widestFrames = 0;
        for (ulong seed = 0; seed < 40; seed++)
        {
            Tensor masked = augment.Apply(batch, new SeededRandom(seed, "mask"));
            for (int clip = 0; clip < 2; clip++)
            {
                float[] before = batch[clip].contiguous().data<float>().ToArray(),
                    after = masked[clip].contiguous().data<float>().ToArray();
                bool[] changed = [.. before.Zip(after, (b, a) => b != a)];
                int bands = Enumerable
                    .Range(0, 10)
                    .Count(band => Enumerable.Range(0, 20).All(frame => changed[band * 20 + frame]));
                int frames = Enumerable
                    .Range(0, 20)
                    .Count(frame => Enumerable.Range(0, 10).All(band => changed[band * 20 + frame]));
                Assert.Equal(10 * 20 - (10 - bands) * (20 - frames), changed.Count(c => c));
                Assert.All(after.Where((_, i) => changed[i]), value => Assert.Equal(before.Average(), value, 0.01));
                (widestBands, widestFrames) = (Math.Max(widestBands, bands), Math.Max(widestFrames, frames));
            }
        }
        Assert.Equal((3, 5), (widestBands, widestFrames));
        Assert.True(augment.Apply(batch, new(1, "mask")).allclose(augment.Apply(batch, new(1, "mask")), 0, 0));
    }

    [Fact]
    public void Blends_are_shares_of_two_clips_and_of_their_labels()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor batch = eye(8),
            labels = arange(0f, 8);
        List<double> shares = [];
        for (ulong seed = 0; seed < 400; seed++)
        {
            (Tensor blended, Tensor targets) = new Mixup(0.4).Apply(batch, labels, new SeededRandom(seed, "mixup"));
            Assert.Equal(8, blended.sum().item<float>(), 1e-4);
            // Each row's shares, weighted with the labels, give its label.
            Assert.True(blended.matmul(labels).allclose(targets, 1e-4, 1e-4));
            shares.Add(blended.diagonal().min().item<float>());
        }
        // Beta(0.4, 0.4) has mean 1/2 and variance 1 / (4 · 1.8).
        Assert.InRange(shares.Average(), 0.42, 0.58);
        Assert.InRange(shares.Average(s => Math.Pow(s - 0.5, 2)), 0.11, 0.17);
        Assert.Throws<HitSongException>(() => new Mixup(0).Apply(batch, labels, new(1, "mixup")));
    }

    [Fact]
    public void Scalers_are_scikit_learns_over_the_frames_of_all_clips()
    {
        // Two clips of 2 bands × 3 frames; by band: 1 3 2 7 5 6 and 5 5 5 5 5 5.
        HitSong.Features.FeatureMatrix[] clips = [new([1, 3, 2, 5, 5, 5], 2, 3), new([7, 5, 6, 5, 5, 5], 2, 3)];
        double[] expected =
        [
            .. Python
                .Run(
                    """
                    import numpy as np
                    from sklearn.preprocessing import StandardScaler, MinMaxScaler
                    x = np.array([[1, 5], [3, 5], [2, 5], [7, 5], [5, 5], [6, 5]], float)
                    s, m, one = StandardScaler().fit(x), MinMaxScaler().fit(x), MinMaxScaler().fit(x.reshape(-1, 1))
                    data_range = np.maximum(m.data_range_, [0, 1])
                    print(*s.mean_, *s.scale_, *m.data_min_, *data_range, *one.data_min_, *one.data_range_)
                    """
                )
                .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
                .Select(word => double.Parse(word, System.Globalization.CultureInfo.InvariantCulture)),
        ];
        HitSong.Features.Scaler standard = HitSong.Features.Scaler.Standard(clips),
            byBand = HitSong.Features.Scaler.MinMax(clips, byBand: true),
            one = HitSong.Features.Scaler.MinMax(clips);
        float[] actual =
        [
            .. standard.Offset,
            .. standard.Scale,
            .. byBand.Offset,
            .. byBand.Scale,
            .. one.Offset,
            .. one.Scale,
        ];
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
        using Tensor scaled = one.Apply(tensor(clips[1].Values, [1L, 2, 3]));
        Assert.Equal([1, 2 / 3f, 5 / 6f, 2 / 3f, 2 / 3f, 2 / 3f], scaled.data<float>().ToArray());
    }
}
