using HitSong;
using HitSong.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Tests;

/// <summary>
/// The weights that networks published in Keras start from, against the formulas of its documentation: Glorot uniform
/// lies within ±√(6 / (fan in + fan out)), where a convolution's fans are its channels times the kernel's area.
/// </summary>
[Collection(DefaultGenerator.Name)]
public class InitializationTests
{
    // Limits by hand, such as √(6 / (128·1292 + 128)) of the first.
    [Theory]
    [InlineData("HipHopMlp", "layers.1.weight", 165_376, 128, 0.006021)]
    [InlineData("HipHopMlp", "layers.5.weight", 64, 1, 0.303822)]
    [InlineData("HipHopCnn1", "layers.0.weight", 1 * 9, 16 * 9, 0.198030)]
    [InlineData("HipHopCnn1", "layers.9.weight", 64 * 9, 128 * 9, 0.058926)]
    [InlineData("HipHopCnn2", "layers.0.weight", 1 * 6, 32 * 6, 0.174078)]
    [InlineData("HipHopCnn2", "layers.3.weight", 32 * 6, 64 * 6, 0.102062)]
    [InlineData("HipHopCrnn", "convolutions.4.weight", 64 * 9, 128 * 9, 0.058926)]
    [InlineData("HipHopCrnn", "gru1.weight_ih_l0", 128, 3 * 32, 0.163663)]
    [InlineData("HipHopCrnn", "gru2.weight_ih_l0", 32, 3 * 32, 0.216506)]
    [InlineData("SpectrogramCnn", "layers.0.weight", 3 * 9, 32 * 9, 0.138013)]
    [InlineData("SpotifyMlp", "layers.0.weight", 96, 80, 0.184637)]
    [InlineData("SpotifyMlp", "layers.6.weight", 80, 4, 0.267261)]
    public void Kernels_are_Glorot_uniform(string network, string name, int fanIn, int fanOut, double rounded)
    {
        double limit = Math.Sqrt(6.0 / (fanIn + fanOut));
        Assert.Equal(rounded, limit, 5e-7);
        using DisposeScope scope = NewDisposeScope();
        using var model = Made(network, frames: network == "HipHopMlp" ? 1292 : 64);
        Tensor weights = Weight(model, name).to(float64);
        long count = weights.numel();
        Assert.InRange(weights.abs().max().item<double>(), limit * (1 - 10.0 / count), limit * (1 + 1e-6));
        // Of n uniform draws the mean of the squares, in units of limit², has mean 1/3 and variance 4 / (45 n).
        double square = weights.square().mean().item<double>() / (limit * limit);
        Assert.Equal(1 / 3.0, square, 4 * Math.Sqrt(4 / (45.0 * count)));
        Assert.Equal(0, weights.mean().item<double>() / limit, 4 * Math.Sqrt(1 / (3.0 * count)));
    }

    [Fact]
    public void Recurrent_kernels_are_orthogonal_all_gates_as_one()
    {
        using DisposeScope scope = NewDisposeScope();
        using var model = Made("HipHopCrnn");
        foreach (string name in (string[])["gru1.weight_hh_l0", "gru2.weight_hh_l0"])
        {
            // PyTorch's [3 · 32, 32] is Keras' (32, 3 · 32) transposed.
            Tensor kernel = Weight(model, name).to(float64);
            Assert.Equal([96, 32], kernel.shape);
            Assert.Equal(0, (kernel.T.matmul(kernel) - eye(32, dtype: float64)).abs().max().item<double>(), 1e-5);
        }
    }

    [Theory]
    [InlineData("HipHopMlp")]
    [InlineData("HipHopCnn1")]
    [InlineData("HipHopCnn2")]
    [InlineData("HipHopCrnn")]
    [InlineData("SpectrogramCnn")]
    [InlineData("SpotifyMlp")]
    public void Biases_are_zero_and_the_same_seed_draws_the_same(string network)
    {
        using DisposeScope scope = NewDisposeScope();
        using var model = Made(network);
        using var again = Made(network);
        using var other = Made(network, seed: 2);
        foreach (var (name, weights) in model.named_parameters())
        {
            if (name.Contains("bias"))
                Assert.Equal(0, weights.abs().max().item<float>());
            else
                Assert.False(weights.Equals(Weight(other, name)), name);
            Assert.True(weights.Equals(Weight(again, name)), name);
        }
    }

    [Fact]
    public void What_was_published_in_PyTorch_starts_as_there()
    {
        using DisposeScope scope = NewDisposeScope();
        using var model = Made("HipHopMlp", initialization: Initialization.PyTorch);
        // nn.Linear's bias, within ±1/√64.
        Assert.InRange(Weight(model, "layers.5.bias").abs().item<float>(), 1e-9, 0.125);
        string refused = Assert.Throws<HitSongException>(() => Made("TikTokLstm")).Message;
        Assert.Contains("leave Model.Initialization at PyTorch", refused);
    }

    private static nn.Module<Tensor, Tensor> Made(
        string network,
        int seed = 1,
        int frames = 64,
        Initialization initialization = Initialization.Keras
    )
    {
        var (bands, length, classes) = network switch
        {
            "SpotifyMlp" => (96, 1, 4),
            "SpectrogramCnn" => (128, 128, 3),
            "TikTokLstm" => (13, 44, 2),
            _ => (128, frames, 2),
        };
        manual_seed(seed);
        return (ModelSettingsTests.Published(network) with { Initialization = initialization }).Create(
            bands,
            length,
            classes
        );
    }

    private static Tensor Weight(nn.Module model, string name) =>
        model.named_parameters().Single(parameter => parameter.name == name).parameter;
}
