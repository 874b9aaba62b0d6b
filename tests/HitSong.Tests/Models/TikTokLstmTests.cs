using System.Globalization;
using System.Text.Json;
using HitSong.Models;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Tests;

[Collection(DefaultGenerator.Name)]
public class TikTokLstmTests
{
    /// <summary>The same model and training in Python; prints the weights' bits by name, then the losses.</summary>
    private const string Peer =
        """
            import os, sys, json
            os.environ["OPENBLAS_NUM_THREADS"] = "1"
            import torch
            torch.set_num_threads(1)

            """
        + PythonModels.Source
        + """
            torch.manual_seed(7)
            model = Lstm(sys.argv[1] == "True")
            weights = {name: value.view(torch.int32).flatten().tolist() for name, value in model.state_dict().items()}
            x = torch.randn(48, 44, 13)
            y = (torch.rand(48) < 0.25).float()
            model.dropout.eval()
            optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
            losses = []
            for epoch in range(50):
                optimizer.zero_grad()
                loss = nn.functional.binary_cross_entropy(model(x), y)
                loss.backward()
                optimizer.step()
                losses.append(loss.item())
            print(json.dumps({"weights": weights, "losses": losses}))
            """;

    private static readonly string[] Names =
    [
        .. from layer in new[] { 0, 1 }
        from direction in new[] { "", "_reverse" }
        from kind in new[] { "weight_ih", "weight_hh", "bias_ih", "bias_hh" }
        select $"lstm1.{kind}_l{layer}{direction}",
        "fc.weight",
        "fc.bias",
        "fc2.weight",
        "fc2.bias",
    ];

    [Fact]
    public void HasThePublishedParameters()
    {
        using var model = new TikTokLstm(batchFirst: false);
        Assert.Equal(139_950, model.parameters().Sum(p => p.numel()));
        Assert.Equal(Names, model.state_dict().Keys);
    }

    /// <remarks>
    /// Without dropout, since a seed's mask is not the same everywhere. Over time the LSTM's answer is a transposed
    /// tensor, of which libtorch 1.13 draws the mask in the order of its indices and 2.10 in that of its memory
    /// (<c>empty_like(input, LEGACY_CONTIGUOUS_MEMORY_FORMAT)</c> became <c>empty_like(input)</c>); and a libtorch with
    /// MKL takes MKL's generator on Intel's processors. What holds anywhere, <see cref="DropoutTests"/> say.
    /// </remarks>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void LearnsAsInPython(bool batchFirst)
    {
        JsonElement peer = JsonDocument
            .Parse(Python.Run(Peer, batchFirst.ToString(CultureInfo.InvariantCulture)))
            .RootElement;
        int threads = get_num_threads();
        set_num_threads(1);
        try
        {
            manual_seed(7);
            using var model = new TikTokLstm(batchFirst);
            foreach ((string name, Tensor value) in model.state_dict())
            {
                int[] expected =
                [
                    .. peer.GetProperty("weights").GetProperty(name).EnumerateArray().Select(w => w.GetInt32()),
                ];
                Assert.Equal(expected, value.data<float>().Select(BitConverter.SingleToInt32Bits));
            }

            using Tensor x = randn(48, 44, 13),
                y = (rand(48) < 0.25).to(float32);
            using SGD optimizer = optim.SGD(model.parameters(), 0.01);
            model.modules().OfType<Dropout>().Single().eval();
            BCELoss criterion = nn.BCELoss();
            foreach (JsonElement expected in peer.GetProperty("losses").EnumerateArray())
            {
                using DisposeScope scope = NewDisposeScope();
                optimizer.zero_grad();
                Tensor loss = criterion.call(model.call(x), y);
                loss.backward();
                optimizer.step();
                Assert.Equal(expected.GetDouble(), loss.item<float>(), 1e-5);
            }
        }
        finally
        {
            set_num_threads(threads);
        }
    }

    [Fact]
    public void PredictsAProbabilityForEachClip()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable mode = no_grad();
        foreach (bool batchFirst in new[] { false, true })
        {
            using var model = new TikTokLstm(batchFirst);
            model.eval();
            foreach (long clips in new[] { 1L, 3L })
            {
                Tensor probabilities = model.call(randn(clips, TikTokLstm.Frames, TikTokLstm.Coefficients));
                Assert.Equal([clips], probabilities.shape);
                Assert.All(probabilities.data<float>(), p => Assert.InRange(p, 0, 1));
            }
        }
    }
}
