using System.Text.Json;
using HitSong;
using HitSong.Experiments;
using HitSong.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Tests;

/// <summary>What of the networks can be chosen, and what becomes of it.</summary>
[Collection(DefaultGenerator.Name)]
public class ModelSettingsTests
{
    /// <summary>A network by its name, with what was published.</summary>
    internal static ModelSettings Published(string network) =>
        (ModelSettings)Activator.CreateInstance(ModelSettings.Networks[network])!;

    // Each counted by hand: weights and biases, layer by layer.
    public static TheoryData<ModelSettings, int, int, int, long> Changed =>
        new()
        {
            // 5·10 + 10, 10·3 + 3
            {
                new SpotifyMlpSettings { Units = [10] },
                5,
                1,
                3,
                93
            },
            // 5·3 + 3: logistic regression
            {
                new SpotifyMlpSettings { Units = [] },
                5,
                1,
                3,
                18
            },
            // 8·10·7 + 7, 7·1 + 1
            {
                new HipHopMlpSettings { Units = [7] },
                8,
                10,
                2,
                575
            },
            // 2·3·3 + 2; of 8×10 pooled by 2×5 are left 4×2, so 16·6 + 6, 6 + 1
            {
                new HipHopCnn1Settings
                {
                    Filters = [2],
                    Kernels =
                    [
                        [3, 3],
                    ],
                    Pools =
                    [
                        [2, 5],
                    ],
                    Units = [6],
                },
                8,
                10,
                2,
                129
            },
            // 4·9 + 4; of 8 bands pooled by 2 are left 4·4 channels: 3 gates of 16·5 + 5·5 and two biases, in two
            // directions; 10 + 1
            {
                new HipHopCrnnSettings
                {
                    Filters = [4],
                    Kernels =
                    [
                        [3, 3],
                    ],
                    Pools =
                    [
                        [2, 2],
                    ],
                    RecurrentUnits = [5],
                    Bidirectional = true,
                },
                8,
                10,
                2,
                40 + 2 * 3 * (80 + 25 + 10) + 11
            },
            // 4 gates of 13·3 + 3·3 and two biases; 3 + 1; 44 + 1
            {
                new TikTokLstmSettings
                {
                    HiddenUnits = 3,
                    RecurrentLayers = 1,
                    Bidirectional = false,
                },
                13,
                44,
                2,
                4 * (39 + 9 + 6) + 4 + 45
            },
            // 2·27 + 2; 16 − 2 pooled by 2 is 7: 98·5 + 5; 5·3 + 3
            {
                new SpectrogramCnnSettings
                {
                    Pixels = 16,
                    Filters = [2],
                    Units = [5],
                },
                128,
                40,
                3,
                56 + 495 + 18
            },
            // 9·4 + 4; 4·2 + 2
            {
                new DescriptorMlpSettings { Units = [4] },
                9,
                1,
                2,
                40 + 10
            },
            // torchvision's 18 layers have 11,689,512; its first layer has 3 channels (9,408 weights, not 3,136) and
            // its last 1,000 classes (513,000 weights and biases, not 1,026)
            {
                new ResNet34Settings { Blocks = [2, 2, 2, 2] },
                64,
                64,
                2,
                11_689_512 - 6_272 - 511_974
            },
        };

    [Theory]
    [MemberData(nameof(Changed))]
    public void Layers_are_as_many_and_as_wide_as_asked(
        ModelSettings settings,
        int bands,
        int frames,
        int classes,
        long parameters
    )
    {
        using DisposeScope scope = NewDisposeScope();
        using nn.Module<Tensor, Tensor> model = settings.Create(bands, frames, classes);
        Assert.Equal(parameters, model.parameters().Sum(p => p.numel()));

        model.eval();
        Tensor answer = model.call(settings.Arrange(rand(3, bands, frames)));
        Assert.Equal(3, answer.shape[0]);
        Assert.True(answer.isfinite().all().item<bool>());
    }

    [Theory]
    [InlineData("hiphop-cnn1", "Model.Filters", "[16,32]", "2 numbers of filters, 4 kernels and 4 poolings")]
    [InlineData("hiphop-cnn1", "Model.Kernels", "[[3,3],[3,3],[3,3],[300,3]]", "convolution 4 has a kernel of 300×3")]
    [InlineData("hiphop-crnn", "Model.Pools", "[[2,2],[4,2],[4,2],[8,2]]", "pooling of 8×2 after convolution 4")]
    [InlineData("hiphop-crnn", "Model.Pools", "[[2],[4,2],[4,2],[4,2]]", "convolution 1")]
    [InlineData("hiphop-crnn", "Model.RecurrentUnits", "[]", "one GRU at least")]
    [InlineData("hiphop-mlp", "Model.Units", "[128,0]", "layer 2 of Units has 0 units")]
    [InlineData("hiphop-mlp", "Model.Dropout", "1", "Dropout is 1")]
    [InlineData("tiktok-lstm", "Model.RecurrentLayers", "0", "RecurrentLayers is 0")]
    [InlineData("spectrogram-cnn", "Model.Pixels", "2", "Pixels is 2")]
    [InlineData("views-resnet", "Model.Blocks", "[3,4,6]", "Blocks are [3, 4, 6]")]
    [InlineData("spotify-mlp-bins4", "Model.Activation", "Relu6", "The nearest: ReLU, ")]
    [InlineData("spotify-mlp-bins4", "Model.Filters", "[3]", "no field Model.Filters")]
    public void What_no_network_has_is_refused_with_the_layer(
        string experiment,
        string field,
        string value,
        string named
    )
    {
        Recipe recipe = Recipes.Find(experiment, "published");
        Assert.Contains(named, Assert.Throws<HitSongException>(() => recipe.With(field, value)).Message);
    }

    [Fact]
    public void Every_field_is_reached_by_its_name_and_stands_in_the_words()
    {
        Recipe recipe = Recipes
            .Find("hiphop-cnn2", "published")
            .With("model.filters", "[8,8,8,8]")
            .With("Model.Kernels", "[[5,5],[3,3],[3,3],[3,3]]")
            .With("Model.Activation", "SiLU")
            .With("Model.Units", "[32,16]")
            .With("Model.Dropout", "0.25");
        Assert.StartsWith(
            "convolutions 5×5 with 8 filters and 3×3 with 8, 8, 8, SiLU, max pooling; 32, 16, dropout 0.25; 1, sigmoid",
            $"{recipe.Model}"
        );
        Assert.Contains("Model.Units [32,16] instead of [128]", recipe.Ours);
    }

    [Fact]
    public void Another_network_has_its_own_fields()
    {
        Recipe recipe = Recipes
            .Find("hiphop-mlp", "published")
            .With("Model.Units", "[7]")
            .With("Model.Network", "HipHopCnn1");
        Assert.Equal([128], Assert.IsType<HipHopCnn1Settings>(recipe.Model).Units);
        Assert.Equal(Initialization.Keras, recipe.Model.Initialization);
        Assert.Contains("Model.Pools", recipe.ToFields().Keys);
    }

    [Fact]
    public void Settings_are_the_same_again_from_json_also_where_the_file_is_older_than_the_fields()
    {
        foreach (Recipe recipe in Recipes.All)
        {
            string json = JsonSerializer.Serialize(recipe.Model, RunFiles.Json);
            Assert.Equal(
                json,
                JsonSerializer.Serialize(JsonSerializer.Deserialize<ModelSettings>(json, RunFiles.Json), RunFiles.Json)
            );
        }
        const string old = """{ "network": "TikTokLstm", "recurOverTime": true, "openRelu": true, "weights": null }""";
        var settings = (TikTokLstmSettings)JsonSerializer.Deserialize<ModelSettings>(old, RunFiles.Json)!;
        Assert.Equal(
            (true, true, 64, 0.5),
            (settings.RecurOverTime, settings.OpenRelu, settings.HiddenUnits, settings.Dropout)
        );
        Assert.Throws<JsonException>(() =>
            JsonSerializer.Deserialize<ModelSettings>("""{ "units": 3 }""", RunFiles.Json)
        );
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<ModelSettings>("[]", RunFiles.Json));
    }
}
