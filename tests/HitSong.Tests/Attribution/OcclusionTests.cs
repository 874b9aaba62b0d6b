using System.Text.Json;
using HitSong;
using HitSong.Attribution;
using HitSong.Features;
using HitSong.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Tests;

[Collection(DefaultGenerator.Name)]
public class OcclusionTests
{
    private const string Peer =
        PeerModelTests.Models
        + """
            import numpy as np
            torch.manual_seed(7)
            model = cnn1(128, 130).eval()
            x = torch.randn(128, 130)
            reference = torch.linspace(-1, 1, 128)[:, None]
            drops, covers = np.zeros((128, 130)), np.zeros((128, 130))
            with torch.no_grad():
                whole = model(x[None])[0].item()
                for b in range(0, 128, 24):
                    for t in range(0, 130, 32):
                        if (b and b - 24 + 48 >= 128) or (t and t - 32 + 50 >= 130): continue
                        covered = x.clone()
                        covered[b:b + 48, t:t + 50] = reference[b:b + 48]
                        drops[b:b + 48, t:t + 50] += whole - model(covered[None])[0].item()
                        covers[b:b + 48, t:t + 50] += 1
            print(json.dumps((drops / covers).flatten().tolist()))
            """;

    [Fact]
    public void DropsAreThoseOfPyTorchAndNumPy()
    {
        double[] expected = JsonSerializer.Deserialize<double[]>(Python.Run(Peer))!;
        using DisposeScope scope = NewDisposeScope();
        using IDisposable mode = no_grad();
        manual_seed(7);
        using HipHopCnn model = HipHopCnn.Cnn1(128, 130);
        float[] values = randn(128, 130).data<float>().ToArray();
        model.eval();
        FeatureMatrix drops = Occlusion.Drops(
            new(values, 128, 130),
            linspace(-1, 1, 128).data<float>().ToArray(),
            clips => Array.ConvertAll(model.call(clips).data<float>().ToArray(), p => (double)p),
            (48, 50),
            (24, 32)
        );
        Assert.All(expected.Zip(drops.Values), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
        Assert.True(expected.Max() - expected.Min() > 1e-4, "the network looks at nothing");
    }

    [Fact]
    public void OnlyPatchesOverWhatCountsDrop()
    {
        float[] values = new float[6 * 10];
        values[3 * 10 + 5] = 0.75f;
        FeatureMatrix drops = Occlusion.Drops(
            new(values, 6, 10),
            new float[6],
            clips =>
                Array.ConvertAll(clips.select(1, 3).select(1, 5).contiguous().data<float>().ToArray(), v => (double)v),
            (2, 3),
            (2, 3)
        );
        for (int band = 0; band < 6; band++)
        for (int frame = 0; frame < 10; frame++)
            Assert.Equal(band is 2 or 3 && frame is >= 3 and < 6 ? 0.75f : 0, drops[band, frame]);
    }

    [Theory]
    [InlineData(0, 3, 1, 1, 6)]
    [InlineData(7, 3, 1, 1, 6)]
    [InlineData(2, 3, 3, 1, 6)]
    [InlineData(2, 3, 1, 1, 5)]
    public void PatchesThatCannotCoverAClipAreRefused(
        int bands,
        int frames,
        int strideBands,
        int strideFrames,
        int references
    )
    {
        var clip = new FeatureMatrix(new float[60], 6, 10);
        Assert.Throws<HitSongException>(() =>
            Occlusion.Drops(clip, new float[references], _ => [0], (bands, frames), (strideBands, strideFrames))
        );
    }
}
