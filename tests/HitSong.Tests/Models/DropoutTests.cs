using HitSong.Models;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Tests;

/// <summary>
/// What holds of the networks' dropout on any processor: how much it drops, and what the rest becomes.
/// </summary>
[Collection(DefaultGenerator.Name)]
public class DropoutTests
{
    public static TheoryData<string, int, int, double[]> Networks =>
        new()
        {
            { "HipHopCnn1", 128, 64, [0.3] },
            { "HipHopCrnn", 128, 64, [0.1, 0.1, 0.1, 0.1, 0.3] },
            { "TikTokLstm", 13, 44, [0.5] },
            { "SpectrogramCnn", 128, 128, [0.5] },
            { "DescriptorMlp", 26, 1, [0.4, 0.2] },
        };

    [Theory]
    [MemberData(nameof(Networks))]
    public void DropsItsShareAndRaisesTheRest(string network, int bands, int frames, double[] shares)
    {
        using DisposeScope scope = NewDisposeScope();
        using var model = ModelSettingsTests
            .Published(network)
            .Create(bands, frames, network == "SpectrogramCnn" ? 3 : 2);
        Dropout[] dropouts = [.. model.modules().OfType<Dropout>()];
        Assert.Equal(shares.Order(), dropouts.Select(d => d.p).Order());
        manual_seed(11);
        // In memory as an LSTM's answers over time lie there, and as most things do.
        foreach (Tensor input in new[] { ones(44, 48, 128).transpose(0, 1), ones(48, 44, 128) })
        {
            foreach (Dropout dropout in dropouts)
            {
                dropout.train();
                float[] answer = dropout.call(input).contiguous().data<float>().ToArray();
                double dropped = answer.Count(value => value == 0) / (double)answer.Length;
                Assert.Equal(dropout.p, dropped, 5 * Math.Sqrt(dropout.p * (1 - dropout.p) / answer.Length));
                Assert.All(
                    answer.Where(value => value != 0).Distinct(),
                    value => Assert.Equal(1 / (1 - dropout.p), value, 1e-6)
                );
                dropout.eval();
                Assert.True(dropout.call(input).Equals(input));
            }
        }
    }
}
