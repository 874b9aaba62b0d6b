using HitSong.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Tests;

/// <summary>
/// The networks' first losses, to the bit; compiled here, and by <c>BareProject</c> without the rest.
/// </summary>
public static class SomeLosses
{
    private static readonly (string Name, Func<nn.Module<Tensor, Tensor>> Make, long[] Input)[] networks =
    [
        (nameof(HipHopMlp), () => new HipHopMlp(64, 32), [8, 64, 32]),
        (nameof(HipHopCnn), () => HipHopCnn.Cnn1(64, 64), [4, 64, 64]),
        (nameof(HipHopCrnn), () => new HipHopCrnn(), [2, 128, 32]),
        (nameof(TikTokLstm), () => new TikTokLstm(batchFirst: true), [8, TikTokLstm.Frames, TikTokLstm.Coefficients]),
        (nameof(ResNet), () => ResNet.ResNet18(), [2, 1, 48, 64]),
        (nameof(SpectrogramCnn), () => new SpectrogramCnn(3, 32, 32), [4, 3, 32, 32]),
        (nameof(SpotifyMlp), () => new SpotifyMlp(), [32, 96]),
        (nameof(DescriptorMlp), () => new DescriptorMlp(26), [8, 26, 1]),
    ];

    /// <summary>A line a network: its name, and the bits of its losses in five steps.</summary>
    public static IEnumerable<string> All() =>
        networks.Select(network => Train(network.Name, network.Make, network.Input));

    private static string Train(string name, Func<nn.Module<Tensor, Tensor>> make, long[] input)
    {
        using DisposeScope scope = NewDisposeScope();
        set_num_threads(1);
        manual_seed(5);
        using nn.Module<Tensor, Tensor> model = make();
        using optim.Optimizer optimizer = optim.Adam(model.parameters());
        Tensor x = randn(input),
            y = randint(0, 2, [input[0]]);
        string line = name;
        for (int step = 0; step < 5; step++)
        {
            optimizer.zero_grad();
            Tensor answer = model.call(x);
            Tensor loss =
                answer.dim() == 1
                    ? nn.functional.binary_cross_entropy(answer, y.to(float32))
                    : nn.functional.cross_entropy(answer, y);
            loss.backward();
            optimizer.step();
            line += $" {BitConverter.SingleToUInt32Bits(loss.item<float>()):x8}";
        }
        return line;
    }
}
