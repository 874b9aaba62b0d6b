using HitSong;
using HitSong.Features;
using HitSong.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Tests;

/// <summary>Each network's answers in ONNX Runtime beside its own.</summary>
public sealed class OnnxFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly DisposeScope scope = NewDisposeScope();

    public static TheoryData<ModelSettings, int, int, int> Networks { get; } =
        new()
        {
            {
                new SpotifyMlpSettings { Dropout = 0.3 },
                9,
                1,
                4
            },
            { new DescriptorMlpSettings(), 7, 1, 2 },
            { new HipHopMlpSettings(), 16, 20, 2 },
            { new HipHopCnn1Settings(), 32, 70, 2 },
            // Kernels of an even height.
            { new HipHopCnn2Settings(), 33, 70, 2 },
            {
                new SpectrogramCnnSettings { Pixels = 40 },
                40,
                40,
                3
            },
            { new ResNet18Settings(), 33, 40, 2 },
            { new ResNet34Settings(), 32, 47, 2 },
        };

    public static TheoryData<Activation> Activations { get; } = [.. Enum.GetValues<Activation>()];

    public void Dispose()
    {
        scope.Dispose();
        folder.Dispose();
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void A_network_answers_in_onnx_runtime_as_it_does_here(
        ModelSettings settings,
        int bands,
        int frames,
        int classes
    )
    {
        AssertAlike(settings, bands, frames, classes);
    }

    [Theory]
    [MemberData(nameof(Activations))]
    public void So_does_each_activation(Activation activation)
    {
        AssertAlike(new SpotifyMlpSettings { Units = [12], Activation = activation }, 9, 1, 4);
    }

    [Fact]
    public void What_recurs_or_is_not_known_is_refused_by_name_and_leaves_no_file()
    {
        using var crnn = new HipHopCrnnSettings().Create(128, 160, 2);
        using TikTokLstm lstm = new(batchFirst: true);
        using var unknown = nn.Sequential(nn.Flatten(), nn.Linear(6, 4), nn.Softplus());
        Refused(crnn, "HipHopCrnn recurs");
        Refused(lstm, "TikTokLstm recurs");
        Refused(unknown, "Softplus is no layer");
        Assert.Empty(Directory.GetFiles(folder.Path));

        void Refused(nn.Module<Tensor, Tensor> model, string words) =>
            Assert.Contains(
                words,
                Assert.Throws<HitSongException>(() => OnnxFile.Save(model, [2, 3], folder.At("model.onnx"))).Message
            );
    }

    private void AssertAlike(ModelSettings settings, int bands, int frames, int classes)
    {
        manual_seed(4);
        using nn.Module<Tensor, Tensor> model = settings.Create(bands, frames, classes);
        Tensor clips = randn(5, bands, frames) * 3 + 1;
        Scaler scaler = new(
            [.. Enumerable.Range(0, bands).Select(band => 0.1f * band)],
            [.. Enumerable.Range(0, bands).Select(band => 2 + 0.1f * band)]
        );
        bool isPicture = settings is SpectrogramCnnSettings;
        Tensor arranged = settings.Arrange(isPicture ? clips * 8 - 40 : scaler.Apply(clips));
        // So that batch normalization has means and variances of its own.
        using (no_grad())
            model.call(arranged);
        model.eval();
        Tensor answer = model.call(arranged);
        bool isProbability = answer.dim() == 1;
        float[] expected = (isProbability ? answer : answer.softmax(1)).data<float>().ToArray();
        Tensor input =
            isPicture ? arranged
            : frames == 1 && settings is SpotifyMlpSettings ? clips.squeeze(2)
            : clips;

        string path = folder.At("model.onnx");
        OnnxFile.Save(
            model,
            input.shape[1..],
            path,
            isPicture ? null : (scaler.Offset, scaler.Scale),
            isProbability,
            new Dictionary<string, string> { ["run"] = "this" }
        );

        Assert.Equal("this", OnnxPeer.Metadata(path, "run"));
        (float[] values, long[] shape) = OnnxPeer.Ask(path, input.contiguous().data<float>().ToArray(), input.shape);
        Assert.Equal(answer.shape, shape);
        Assert.True(expected.Distinct().Count() > 4);
        Assert.All(expected.Zip(values), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
    }
}
