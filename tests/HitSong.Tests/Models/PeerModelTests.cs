using System.Security.Cryptography;
using System.Text.Json;
using HitSong.Models;
using TorchSharp;
using TorchSharp.PyBridge;
using static TorchSharp.torch;

namespace Tests;

/// <summary>The models against the same models in PyTorch and torchvision: parameters, initial weights to the bit, 50 training losses (3 of the ResNets that no experiment uses).</summary>
[Collection(DefaultGenerator.Name)]
public class PeerModelTests
{
    /// <summary>The models in Python: to each name a constructor, an input's shape, and the classes (0: a probability).</summary>
    internal const string Models = """
        import os, sys, json, hashlib
        os.environ["OPENBLAS_NUM_THREADS"] = "1"
        import torch
        torch.set_num_threads(1)

        """ + PythonModels.Source + """
        models = {
            "resnet18": (lambda: resnet("resnet18", 3), (2, 3, 32, 32), 2),
            "resnet34": (lambda: resnet("resnet34", 1), (2, 1, 48, 64), 2),
            "resnet50": (lambda: resnet("resnet50", 1), (2, 1, 32, 32), 2),
            "mlp": (lambda: mlp(128, 320), (8, 128, 320), 0),
            "cnn1": (lambda: cnn1(128, 128), (4, 128, 128), 0),
            "cnn2": (lambda: cnn2(128, 128), (4, 128, 128), 0),
            "crnn": (Crnn, (2, 128, 64), 0),
            "spectrogram": (spectrogram, (8, 3, 32, 40), 3),
            "spotify": (spotify, (32, 96), 4),
        }

        """;

    private const string Peer = Models + """
        answers = {}
        for name, (make, size, classes) in models.items():
            torch.manual_seed(7)
            model = make()
            weights = {n: hashlib.sha256(v.contiguous().numpy().tobytes()).hexdigest() for n, v in model.state_dict().items()}
            x = torch.randn(*size)
            y = torch.randint(0, classes, (size[0],)) if classes else (torch.rand(size[0]) < 0.5).float()
            optimizer = torch.optim.Adam(model.parameters(), lr=1e-4)
            losses = []
            for step in range(3 if name in ("resnet18", "resnet50") else 50):
                optimizer.zero_grad()
                loss = nn.functional.cross_entropy(model(x), y) if classes else nn.functional.binary_cross_entropy(model(x), y)
                loss.backward()
                optimizer.step()
                losses.append(loss.item())
            answers[name] = {"weights": weights, "losses": losses}
        print(json.dumps(answers))
        """;

    /// <summary>Smaller inputs than published where a step is slow; the layers are the same.</summary>
    internal static readonly (string name, Func<nn.Module<Tensor, Tensor>> make, long[] input, long classes)[] models =
    [
        ("resnet18", () => ResNet.ResNet18(channels: 3), [2, 3, 32, 32], 2),
        ("resnet34", () => ResNet.ResNet34(), [2, 1, 48, 64], 2),
        ("resnet50", () => ResNet.ResNet50(), [2, 1, 32, 32], 2),
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
                if (parameters is not null) Assert.Equal(parameters, model.parameters().Sum(p => p.numel()));
                model.eval();
                Assert.Equal(output, model.call(randn(input)).shape);
            }
        }
    }

    [Fact]
    public void StartAndLearnAsInPython()
    {
        JsonElement peer = JsonDocument.Parse(Python.Run(Peer)).RootElement;
        int threads = get_num_threads();
        set_num_threads(1);
        try
        {
            foreach ((string name, Func<nn.Module<Tensor, Tensor>> make, long[] input, long classes) in models) Compare(name, peer.GetProperty(name), make, input, classes);
        }
        finally
        {
            set_num_threads(threads);
        }
    }

    [SkippableFact]
    public void TrainOnCuda()
    {
        Skip.IfNot(cuda.is_available(), "Not seen on a GPU: this libtorch finds none (HITSONG_LIBTORCH names a CUDA build)");
        foreach ((string name, Func<nn.Module<Tensor, Tensor>> make, long[] input, long classes) in models.Append(("lstm", () => new TikTokLstm(batchFirst: true), [8, 44, 13], 0)))
        {
            using DisposeScope scope = NewDisposeScope();
            manual_seed(7);
            using nn.Module<Tensor, Tensor> model = make();
            model.to(CUDA);
            Tensor x = randn(input, device: CUDA), y = classes > 0 ? randint(0, classes, [input[0]], device: CUDA) : (rand([input[0]], device: CUDA) < 0.5).to(float32);
            using optim.Optimizer optimizer = optim.Adam(model.parameters(), 1e-3);
            Tensor first = model.parameters().First().detach().clone();
            for (int step = 0; step < 5; step++)
            {
                optimizer.zero_grad();
                Tensor answer = model.call(x), loss = classes > 0 ? nn.functional.cross_entropy(answer, y) : nn.functional.binary_cross_entropy(answer, y);
                loss.backward();
                optimizer.step();
                Assert.True(double.IsFinite(loss.item<double>()), $"{name}: a loss of {loss.item<double>()} in step {step}");
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
        string theirs = folder.At("theirs.pth"), ours = folder.At("ours.pth");
        const string Logits = """
            import sys, json, torch, torchvision
            m = torchvision.models.resnet34(num_classes=5)
            torch.manual_seed(3)
            x = torch.randn(2, 3, 64, 64)
            """;
        double[] expected = JsonSerializer.Deserialize<double[]>(Python.Run(Logits + """

            for _ in range(2): m(x)
            m.eval()
            torch.save(m.state_dict(), sys.argv[1])
            print(json.dumps(m(x).flatten().tolist()))
            """, theirs))!;
        manual_seed(3);
        Tensor x = randn(2, 3, 64, 64);
        using ResNet model = ResNet.ResNet34(3, 5), other = ResNet.ResNet34(3, 5);
        model.load_py(theirs);
        model.eval();
        foreach ((double e, double a) in expected.Zip(model.call(x).to(float64).data<double>())) Assert.Equal(e, a, 1e-5);
        other.eval();
        other.save_py(ours);
        double[] back = JsonSerializer.Deserialize<double[]>(Python.Run(Logits + """

            m.load_state_dict(torch.load(sys.argv[1], weights_only=True), strict=True)
            m.eval()
            print(json.dumps(m(x).flatten().tolist()))
            """, ours))!;
        foreach ((double e, double a) in back.Zip(other.call(x).to(float64).data<double>())) Assert.Equal(e, a, 1e-5);
    }

    private static void Compare(string name, JsonElement peer, Func<nn.Module<Tensor, Tensor>> make, long[] input, long classes)
    {
        using DisposeScope all = NewDisposeScope();
        manual_seed(7);
        using nn.Module<Tensor, Tensor> model = make();
        Assert.Equal(peer.GetProperty("weights").EnumerateObject().Select(w => $"{w.Name} {w.Value.GetString()}"), model.state_dict().Select(s => $"{s.Key} {Convert.ToHexStringLower(SHA256.HashData(s.Value.detach().bytes))}"));

        Tensor x = randn(input), y = classes > 0 ? randint(0, classes, [input[0]]) : (rand(input[0]) < 0.5).to(float32);
        using optim.Optimizer optimizer = optim.Adam(model.parameters(), 1e-4);
        int step = 0;
        foreach (JsonElement expected in peer.GetProperty("losses").EnumerateArray())
        {
            using DisposeScope scope = NewDisposeScope();
            optimizer.zero_grad();
            Tensor answer = model.call(x), loss = classes > 0 ? nn.functional.cross_entropy(answer, y) : nn.functional.binary_cross_entropy(answer, y);
            loss.backward();
            optimizer.step();
            Assert.True(Math.Abs(expected.GetDouble() - loss.item<double>()) <= 1e-5, $"{name}: a loss of {loss.item<double>()} in step {step}, {expected.GetDouble()} in Python");
            step++;
        }
    }
}
