using HitSong.Corpus;
using HitSong.Training;
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
        int widestBands = 0, widestFrames = 0;
        for (ulong seed = 0; seed < 40; seed++)
        {
            Tensor masked = augment.Apply(batch, new SeededRandom(seed, "mask"));
            for (int clip = 0; clip < 2; clip++)
            {
                float[] before = batch[clip].contiguous().data<float>().ToArray(), after = masked[clip].contiguous().data<float>().ToArray();
                bool[] changed = [.. before.Zip(after, (b, a) => b != a)];
                int bands = Enumerable.Range(0, 10).Count(band => Enumerable.Range(0, 20).All(frame => changed[band * 20 + frame]));
                int frames = Enumerable.Range(0, 20).Count(frame => Enumerable.Range(0, 10).All(band => changed[band * 20 + frame]));
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
        Tensor batch = eye(8), labels = arange(0f, 8);
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
    public void A_range_scales_to_zero_and_one_as_scikit_learn_does()
    {
        float[] values = [1, 5, 3, 5, 2, 5];
        HitSong.Features.MinMaxScaler scaler = HitSong.Features.MinMaxScaler.Fit(values, 2), one = HitSong.Features.MinMaxScaler.Fit(values, 1);
        Assert.Equal([0, 0, 1, 0, 0.5f, 0], scaler.Apply(values));
        Assert.Equal([0, 1, 0.5f, 1, 0.25f, 1], one.Apply(values));
        Assert.Equal([2, 1], scaler.Apply([5, 6]));
    }
}
