using System.Text.Json;
using HitSong.Attribution;
using HitSong.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Tests;

/// <summary>
/// Maps against those of hooks in PyTorch, on the same models with the same weights; in float64, since in float32 a
/// value at a ReLU's edge falls to one side or the other by processor.
/// </summary>
[Collection(DefaultGenerator.Name)]
public class GradCamTests
{
    private const string Hooks =
        PeerModelTests.Models
        + """
            layers = {
                "resnet18": lambda m: m.layer4, "resnet34": lambda m: m.layer4,
                "cnn1": lambda m: m.layers[10], "cnn2": lambda m: m.layers[10],
                "crnn": lambda m: m.convolutions[13], "spectrogram": lambda m: m.layers[1],
            }
            answers = {}
            for name, layer in layers.items():
                make, size, classes = models[name]
                torch.manual_seed(7)
                model = make().double()
                x = torch.randn(*size).double()
                model.eval()
                kept = {}
                def forward(module, args, output):
                    kept["activations"] = output
                    output.register_hook(lambda gradient: kept.update(gradient=gradient))
                layer(model).register_forward_hook(forward)
                answers[name] = []
                for target in range(max(2, classes)):
                    y = model(x)
                    # The logit of a class, as the paper has it.
                    score = y[:, target] if classes else torch.logit(y.double()) * (1 if target else -1)
                    score.sum().backward()
                    weights = kept["gradient"].mean((2, 3), keepdim=True)
                    cam = torch.relu((weights * kept["activations"]).sum(1, keepdim=True))
                    size = tuple(x.shape[-2:])
                    cam = nn.functional.interpolate(cam, size=size, mode="bilinear", align_corners=False)[:, 0]
                    answers[name].append((cam / cam.amax((1, 2), keepdim=True).clamp_min(1e-30)).flatten().tolist())
            print(json.dumps(answers))
            """;

    [Fact]
    public void AreThoseOfPyTorch()
    {
        JsonElement peer = JsonDocument.Parse(Python.Run(Hooks)).RootElement;
        foreach (JsonProperty expected in peer.EnumerateObject())
        {
            var (_, make, input, _) = PeerModelTests.models.Single(model => model.name == expected.Name);
            using DisposeScope scope = NewDisposeScope();
            manual_seed(7);
            using var model = (ConvolutionalNetwork)make().to(float64);
            Tensor x = randn(input).to(float64);
            model.eval();
            int seen = 0;
            foreach (var (map, target) in expected.Value.EnumerateArray().Select((map, target) => (map, target)))
            {
                Tensor maps = GradCam.Maps(model, x, target, (int)input[^2], (int)input[^1]);
                Assert.Equal([input[0], input[^2], input[^1]], maps.shape);
                Assert.All(
                    map.EnumerateArray().Select(value => value.GetDouble()).Zip(maps.data<double>().ToArray()),
                    pair => Assert.Equal(pair.First, pair.Second, 1e-9)
                );
                seen += maps.amax([1L, 2L]).data<double>().ToArray().Count(greatest => greatest > 0.9999);
            }
            Assert.True(seen >= input[0], $"{expected.Name}: only {seen} maps show anything");
        }
    }

    [Fact]
    public void WhatCannotBeLookedIntoIsRefused()
    {
        using HipHopCrnn model = new();
        using Tensor clips = zeros(1, 128, 32);
        Assert.Contains(
            "eval()",
            Assert.Throws<HitSong.HitSongException>(() => GradCam.Maps(model, clips, 1, 128, 32)).Message
        );
        model.eval();
        Assert.Contains(
            "classes 0 to 1",
            Assert.Throws<HitSong.HitSongException>(() => GradCam.Maps(model, clips, 2, 128, 32)).Message
        );
        Assert.Null(model.parameters().First().grad);
    }

    [Fact]
    public void TheCrnnsAnswerOverTimeEndsInItsAnswer()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable mode = no_grad();
        manual_seed(7);
        using HipHopCrnn model = new();
        model.eval();
        Tensor clips = randn(3, 128, 83),
            over = model.AnswerOverTime(clips);
        Assert.Equal([3, 5], over.shape);
        Assert.True(over.select(1, 4).allclose(model.call(clips), 1e-6, 1e-7));
        // What is heard until a step decides alone, but for the convolutions' reach beyond it.
        Assert.True(over.select(1, 0).allclose(model.AnswerOverTime(clips.narrow(2, 0, 40)).select(1, 0), 1e-6, 1e-7));
    }
}
