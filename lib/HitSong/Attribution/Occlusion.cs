using HitSong.Features;
using TorchSharp;
using static TorchSharp.torch;

namespace HitSong.Attribution;

/// <summary>
/// Occlusion (Zeiler and Fergus 2014): by how much a class's probability drops where a patch of the clip is covered. It
/// asks nothing but the probability, so any network can be looked into.
/// </summary>
/// <example><code>
/// using static TorchSharp.torch;
/// // A probability that looks at the first band alone.
/// double[] Probability(Tensor clips) => [.. clips.select(1, 0).mean([1]).data&lt;float>().Select(v => (double)v)];
/// var clip = new FeatureMatrix([1, 1, 1, 1, 0, 0, 0, 0], Bands: 2, Frames: 4);
/// var drops = Occlusion.Drops(clip, reference: [0, 0], Probability, window: (1, 2), stride: (1, 2));
/// drops.Values // [0.5, 0.5, 0.5, 0.5, 0, 0, 0, 0]
/// </code></example>
public static class Occlusion
{
    private const int AtOnce = 32;

    /// <summary>
    /// The drop at each place, the mean over the patches that cover it (as Captum's <c>Occlusion</c>).
    /// </summary>
    /// <param name="clip">The clip.</param>
    /// <param name="reference">[bands] what a covered place becomes, such as the training clips' mean.</param>
    /// <param name="probability">The class's probability: [N, bands, frames] → [N].</param>
    /// <param name="window">Bands and frames of a patch; one that reaches beyond the clip's edge is cut there.</param>
    /// <param name="stride">Bands and frames from a patch to the next.</param>
    /// <returns>
    /// [bands, frames] probability; below 0 where the clip is likelier to be of the class without that place.
    /// </returns>
    /// <exception cref="HitSongException">
    /// A window or stride is below 1 or above the clip's size, a stride leaves gaps between patches, or there is not
    /// one reference a band.
    /// </exception>
    public static FeatureMatrix Drops(
        FeatureMatrix clip,
        IReadOnlyList<float> reference,
        Func<Tensor, double[]> probability,
        (int Bands, int Frames) window,
        (int Bands, int Frames) stride
    )
    {
        bool windowFits = Fits(window.Bands, clip.Bands) && Fits(window.Frames, clip.Frames);
        bool strideFits = Fits(stride.Bands, window.Bands) && Fits(stride.Frames, window.Frames);
        if (!windowFits || !strideFits)
            throw new HitSongException(
                $"A patch of {window.Bands} × {window.Frames} every {stride.Bands} × {stride.Frames} "
                    + $"cannot cover a clip of {clip.Bands} × {clip.Frames}: a patch must fit into the clip, "
                    + "and a stride into the patch."
            );
        if (reference.Count != clip.Bands)
            throw new HitSongException(
                $"There are {reference.Count} references for {clip.Bands} bands: give one for each."
            );
        using DisposeScope scope = NewDisposeScope();
        (int From, int To)[] heights = Places(clip.Bands, window.Bands, stride.Bands),
            widths = Places(clip.Frames, window.Frames, stride.Frames);
        var patches = heights.SelectMany(height => widths.Select(width => (Height: height, Width: width))).ToArray();
        Tensor whole = tensor(clip.Values, [1, clip.Bands, clip.Frames]),
            covering = tensor(reference.ToArray(), [clip.Bands, 1]);
        double untouched = probability(whole)[0];
        var drops = new double[clip.Values.Length];
        var covers = new int[clip.Values.Length];
        foreach (var batch in patches.Chunk(AtOnce))
        {
            using DisposeScope inner = NewDisposeScope();
            Tensor covered = whole.repeat(batch.Length, 1, 1);
            foreach (var (patch, i) in batch.Select((patch, i) => (patch, i)))
            {
                long bands = patch.Height.To - patch.Height.From,
                    frames = patch.Width.To - patch.Width.From;
                covered[i]
                    .narrow(0, patch.Height.From, bands)
                    .narrow(1, patch.Width.From, frames)
                    .copy_(covering.narrow(0, patch.Height.From, bands).expand(bands, frames));
            }
            foreach (var (patch, remaining) in batch.Zip(probability(covered)))
                for (int band = patch.Height.From; band < patch.Height.To; band++)
                for (int frame = patch.Width.From; frame < patch.Width.To; frame++)
                {
                    drops[band * clip.Frames + frame] += untouched - remaining;
                    covers[band * clip.Frames + frame]++;
                }
        }
        return new([.. drops.Zip(covers, (drop, count) => (float)(drop / count))], clip.Bands, clip.Frames);
    }

    private static bool Fits(int length, int into) => length >= 1 && length <= into;

    private static (int From, int To)[] Places(int size, int window, int stride) =>
        [
            .. Enumerable
                .Range(0, (size - window + stride - 1) / stride + 1)
                .Select(i => (i * stride, Math.Min(i * stride + window, size))),
        ];
}
