using System.Security.Cryptography;
using System.Text.Json;
using HitSong.Models;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.PyBridge;
using static TorchSharp.torch;
using Make = System.Func<TorchSharp.torch.nn.Module<TorchSharp.torch.Tensor, TorchSharp.torch.Tensor>>;

namespace Tests;

/// <summary>
/// The models against the same models in PyTorch and torchvision: parameters, initial weights to the bit, 8 training
/// losses.
/// </summary>
[Collection(DefaultGenerator.Name)]
public sealed class PeerModelTests : IDisposable
{
    private readonly int threads = get_num_threads();

    // As many as Python has here.
    public PeerModelTests() => set_num_threads(1);

    public void Dispose() => set_num_threads(threads);

    /// <summary>
    /// The models in Python: to each name a constructor, an input's shape, and the classes (0: a probability).
    /// </summary>
    internal const string Models =
        """
            import os, sys, json, hashlib
            os.environ["OPENBLAS_NUM_THREADS"] = "1"
            import torch
            torch.set_num_threads(1)

            """
        + PythonModels.Source
        + """
            models = {
                "resnet18": (lambda: resnet("resnet18", 3), (2, 3, 48, 64), 2),
                "resnet34": (lambda: resnet("resnet34", 1), (2, 1, 48, 64), 2),
                "mlp": (lambda: mlp(128, 320), (8, 128, 320), 0),
                "cnn1": (lambda: cnn1(128, 128), (4, 128, 128), 0),
                "cnn2": (lambda: cnn2(128, 128), (4, 128, 128), 0),
                "crnn": (Crnn, (2, 128, 64), 0),
                "spectrogram": (spectrogram, (8, 3, 32, 40), 3),
                "spotify": (spotify, (32, 96), 4),
            }

            """;

    private const string Peer =
        Models
        + """
            def train(name, make, size, classes, dtype):
                torch.manual_seed(7)
                model = make()
                def digest(v): return hashlib.sha256(v.contiguous().numpy().tobytes()).hexdigest()
                weights = {n: digest(v) for n, v in model.state_dict().items()}
                x = torch.randn(*size).to(dtype)
                y = torch.randint(0, classes, (size[0],)) if classes else (torch.rand(size[0]) < 0.5).to(dtype)
                model.to(dtype)
                for m in model.modules():
                    if isinstance(m, nn.Dropout): m.eval()
                optimizer = torch.optim.Adam(model.parameters(), lr=1e-4)
                losses = []
                for step in range(8):
                    optimizer.zero_grad()
                    loss_of = nn.functional.cross_entropy if classes else nn.functional.binary_cross_entropy
                    loss = loss_of(model(x), y)
                    loss.backward()
                    optimizer.step()
                    losses.append(loss.item())
                return weights, losses
            answers = {}
            for name, (make, size, classes) in models.items():
                weights, single = train(name, make, size, classes, torch.float32)
                _, twice = train(name, make, size, classes, torch.float64)
                answers[name] = {"weights": weights, "float32": single, "float64": twice}
            print(json.dumps(answers))
            """;

    /// <summary>Smaller inputs than published where a step is slow; the layers are the same.</summary>
    internal static readonly (string name, Make make, long[] input, long classes)[] models =
    [
        ("resnet18", () => ResNet.ResNet18(channels: 3), [2, 3, 48, 64], 2),
        ("resnet34", () => ResNet.ResNet34(), [2, 1, 48, 64], 2),
        ("mlp", () => new HipHopMlp(128, 320), [8, 128, 320], 0),
        ("cnn1", () => HipHopCnn.Cnn1(128, 128), [4, 128, 128], 0),
        ("cnn2", () => HipHopCnn.Cnn2(128, 128), [4, 128, 128], 0),
        ("crnn", () => new HipHopCrnn(), [2, 128, 64], 0),
        ("spectrogram", () => new SpectrogramCnn(3, 32, 40), [8, 3, 32, 40], 3),
        ("spotify", () => new SpotifyMlp(), [32, 96], 4),
    ];

    [Fact]
    public void HaveThePublishedParametersAndShapes()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable mode = no_grad();
        AssertModel(ResNet.ResNet34(), 21_279_426, [1, 1, 128, 1292], [1, 2]);
        AssertModel(new HipHopMlp(), 21_176_577, [2, 128, 1292], [2]);
        AssertModel(HipHopCnn.Cnn1(), 2_718_849, [2, 128, 1292], [2]);
        AssertModel(HipHopCnn.Cnn2(), 2_831_137, [2, 128, 1292], [2]);
        AssertModel(new HipHopCrnn(), 391_585, [1, 128, 1292], [1]);
        AssertModel(new TikTokLstm(batchFirst: true), 139_950, [3, 44, 13], [3]);
        AssertModel(new SpotifyMlp(), 21_044, [3, 96], [3, 4]);
        AssertModel(new SpectrogramCnn(), null, [1, 3, 128, 128], [1, 3]);

        static void AssertModel(nn.Module<Tensor, Tensor> model, long? parameters, long[] input, long[] output)
        {
            using (model)
            {
                if (parameters is not null)
                    Assert.Equal(parameters, model.parameters().Sum(p => p.numel()));
                model.eval();
                Assert.Equal(output, model.call(randn(input)).shape);
            }
        }
    }

    /// <remarks>
    /// In float64 all losses agree to 1e-9 (they differ by 3e-13 at most). In float32 two versions of libtorch round
    /// otherwise, and where a value crosses a ReLU's or a pooling's edge, or Adam divides a small gradient by its own
    /// size, a step makes more of that: over 50 steps Python's float32 leaves its own float64 by 2e-4 (cnn2) and 1e-4
    /// (crnn). So float32's losses are compared, to 1e-5, as far as Python's two precisions agree to 1e-6, and for 8
    /// steps: in the tenth crnn's differ by 1.03e-5 on one processor (AMD, family 26).
    /// Without dropout: a mask is the processor's (see <see cref="TikTokLstmTests"/>).
    /// </remarks>
    [Fact]
    public void StartAndLearnAsInPython()
    {
        JsonElement peer = JsonDocument.Parse(Python.Run(Peer)).RootElement;
        foreach ((string name, Make make, long[] input, long classes) in models)
            Compare(name, peer.GetProperty(name), make, input, classes);
    }

    /// <summary>
    /// Why no ResNet trains above on pictures of 32 × 32: its last maps are 1 × 1, and of two values of a channel batch
    /// normalization makes −1 and 1 whatever they are. Their gradients are next to nothing, much of it rounding, and
    /// Adam makes whole steps of it. A change of 1e-15 in the input stays small in larger pictures, and in these it
    /// grows by some three orders of magnitude a step.
    /// </summary>
    [Fact]
    public void RoundingDecidesWhereTwoValuesAreNormalized()
    {
        Assert.InRange(Change(32, 32), 1e-6, 10);
        Assert.InRange(Change(48, 64), 0, 1e-9);

        static double Change(long height, long width)
        {
            Make make = () => ResNet.ResNet18(channels: 3);
            double[] plain = Train(make, [2, 3, height, width], 2, float64, out _, steps: 5);
            double[] changed = Train(make, [2, 3, height, width], 2, float64, out _, steps: 5, noise: 1e-15);
            return plain.Zip(changed, (p, c) => Math.Abs(p - c)).Max();
        }
    }

    [SkippableFact]
    public void TrainOnCuda()
    {
        Skip.IfNot(cuda.is_available(), "This libtorch finds no GPU; TorchFlavour=cuda-linux takes one for CUDA");
        (string, Make, long[], long) lstm = ("lstm", () => new TikTokLstm(batchFirst: true), [8, 44, 13], 0);
        foreach ((string name, Make make, long[] input, long classes) in models.Append(lstm))
        {
            using DisposeScope scope = NewDisposeScope();
            manual_seed(7);
            using nn.Module<Tensor, Tensor> model = make();
            model.to(CUDA);
            Tensor x = randn(input, device: CUDA),
                y = classes > 0
                    ? randint(0, classes, [input[0]], device: CUDA)
                    : (rand([input[0]], device: CUDA) < 0.5).to(float32);
            using optim.Optimizer optimizer = optim.Adam(model.parameters(), 1e-3);
            Tensor first = model.parameters().First().detach().clone();
            for (int step = 0; step < 5; step++)
            {
                optimizer.zero_grad();
                Tensor loss = Loss(model.call(x), y, classes);
                loss.backward();
                optimizer.step();
                Assert.True(
                    double.IsFinite(loss.item<float>()),
                    $"{name}: a loss of {loss.item<float>()} in step {step}"
                );
            }
            Assert.All(model.parameters(), p => Assert.Equal(DeviceType.CUDA, p.device_type));
            Assert.False(model.parameters().First().Equals(first), $"{name} does not change");
            model.eval();
            Tensor there = model.call(x).cpu();
            model.to(CPU);
            // Convolutions may compute in TF32 there.
            Assert.True(model.call(x.cpu()).allclose(there, 1e-2, 1e-2), $"{name} answers otherwise than on the CPU");
        }
    }

    [Fact]
    public void TorchvisionsWeightsComeAndGo()
    {
        using TemporaryFolder folder = new();
        using DisposeScope scope = NewDisposeScope();
        using IDisposable mode = no_grad();
        string theirs = folder.At("theirs.pth"),
            ours = folder.At("ours.pth");
        const string Logits = """
            import sys, json, torch, torchvision
            m = torchvision.models.resnet34(num_classes=5)
            torch.manual_seed(3)
            x = torch.randn(2, 3, 64, 64)
            def logits(): print(json.dumps(m.eval().double()(x.double()).flatten().tolist()))
            """;
        double[] expected = JsonSerializer.Deserialize<double[]>(
            Python.Run(
                Logits
                    + """

                    for _ in range(2): m(x)
                    torch.save(m.state_dict(), sys.argv[1])
                    logits()
                    """,
                theirs
            )
        )!;
        manual_seed(3);
        Tensor x = randn(2, 3, 64, 64);
        using ResNet model = ResNet.ResNet34(3, 5),
            other = ResNet.ResNet34(3, 5);
        model.load_py(theirs);
        AssertAnswers(expected, model);
        other.save_py(ours);
        double[] back = JsonSerializer.Deserialize<double[]>(
            Python.Run(
                Logits
                    + """

                    m.load_state_dict(torch.load(sys.argv[1], weights_only=True), strict=True)
                    logits()
                    """,
                ours
            )
        )!;
        AssertAnswers(back, other);

        // In float64, where rounding is out of the way: the weights are as they were saved, in float32.
        void AssertAnswers(double[] logits, ResNet network)
        {
            network.eval();
            network.to(float64);
            Assert.All(
                logits.Zip(network.call(x.to(float64)).data<double>()),
                p => Assert.Equal(p.First, p.Second, 1e-9)
            );
        }
    }

    private static void Compare(string name, JsonElement peer, Make make, long[] input, long classes)
    {
        double[] single = Losses("float32"),
            twice = Losses("float64");
        AssertClose("float64", twice, Train(make, input, classes, float64, out _), 1e-9);

        int comparable = single.Zip(twice).TakeWhile(pair => Math.Abs(pair.First - pair.Second) < 1e-6).Count();
        Assert.True(comparable > 0, $"{name}: Python itself rounds by {single[0] - twice[0]}");
        AssertClose("float32", single, Train(make, input, classes, float32, out string[] weights, comparable), 1e-5);
        IEnumerable<string> theirs = peer.GetProperty("weights").EnumerateObject().Select(w => $"{w.Name} {w.Value}");
        Assert.Equal(theirs.Order(), weights.Order());

        double[] Losses(string dtype) => peer.GetProperty(dtype).Deserialize<double[]>()!;

        void AssertClose(string dtype, double[] expected, double[] actual, double tolerance)
        {
            foreach ((int step, (double e, double a)) in expected.Zip(actual).Index())
                Assert.True(
                    Math.Abs(e - a) <= tolerance,
                    $"{name}, {dtype}: a loss of {a} in step {step}, {e} in Python"
                );
        }
    }

    /// <summary>
    /// The losses of training without dropout from weights that are drawn in float32, and a hash of each weight behind
    /// its name.
    /// </summary>
    private static double[] Train(
        Make make,
        long[] input,
        long classes,
        ScalarType dtype,
        out string[] weights,
        int steps = 8,
        double noise = 0
    )
    {
        using DisposeScope all = NewDisposeScope();
        manual_seed(7);
        using nn.Module<Tensor, Tensor> model = make();
        weights = [.. model.state_dict().Select(s => $"{s.Key} {Hash(s.Value)}")];
        Tensor x = randn(input).to(dtype);
        Tensor y = classes > 0 ? randint(0, classes, [input[0]]) : (rand(input[0]) < 0.5).to(dtype);
        x.add_(randn(input), alpha: noise);
        model.to(dtype);
        foreach (Dropout dropout in model.modules().OfType<Dropout>())
            dropout.eval();
        using optim.Optimizer optimizer = optim.Adam(model.parameters(), 1e-4);
        double[] losses = new double[steps];
        for (int step = 0; step < losses.Length; step++)
        {
            using DisposeScope scope = NewDisposeScope();
            optimizer.zero_grad();
            Tensor loss = Loss(model.call(x), y, classes);
            loss.backward();
            optimizer.step();
            losses[step] = loss.to(float64).item<double>();
        }
        return losses;
    }

    private static string Hash(Tensor tensor) => Convert.ToHexStringLower(SHA256.HashData(tensor.detach().bytes));

    private static Tensor Loss(Tensor answer, Tensor y, long classes) =>
        classes > 0 ? nn.functional.cross_entropy(answer, y) : nn.functional.binary_cross_entropy(answer, y);
}
