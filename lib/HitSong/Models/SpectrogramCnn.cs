using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HitSong.Models;

/// <summary>
/// The network of the experiment <c>spectrogram-cnn</c>: picture [N, channels, height, width] → 32 filters of 3×3,
/// ReLU, max pooling 2×2 → 64, ReLU, dropout 0.5 → logits of low, medium and high [N, 3], for cross entropy.
/// </summary>
/// <remarks>The published text gives no size of the pictures; 128 × 128 in three colours is ours.</remarks>
/// <example><code>
/// using static TorchSharp.torch;
/// // Clips in dB become the pictures that the network looks at.
/// using var network = new SpectrogramCnn();
/// network.call(SpectrogramCnn.Picture(randn(2, 128, 216))).shape // [2, 3]
/// </code></example>
public sealed class SpectrogramCnn : ConvolutionalNetwork
{
    /// <summary>Height and width of its pictures, where nothing else is said.</summary>
    public const int Pixels = 128;

    // matplotlib's viridis at ten places. The charts' colours may change; what a trained network has seen may not.
    private static readonly string[] Viridis =
    [
        "440154",
        "482878",
        "3e4989",
        "31688e",
        "26828e",
        "1f9e89",
        "35b779",
        "6ece58",
        "b5de2b",
        "fde725",
    ];

    private static readonly float[] Colors = Lookup();

    private readonly Sequential layers;

    // A convolution, its activation and its pooling stand in a row, again and again.
    private readonly int lastPool;

    /// <param name="channels">3 for a coloured picture, 1 for the spectrogram itself.</param>
    /// <param name="height">In pixels.</param>
    /// <param name="width">In pixels.</param>
    public SpectrogramCnn(long channels = 3, long height = Pixels, long width = Pixels)
        : this(new(), channels, height, width) { }

    /// <param name="settings">Its layers.</param>
    /// <param name="channels">3 for a coloured picture, 1 for the spectrogram itself.</param>
    /// <param name="height">In pixels.</param>
    /// <param name="width">In pixels.</param>
    public SpectrogramCnn(SpectrogramCnnSettings settings, long channels, long height, long width)
        : base(nameof(SpectrogramCnn))
    {
        layers = nn.Sequential();
        foreach (var (filters, kernel, pool) in settings.Filters.Zip(settings.Kernels, settings.Pools))
        {
            layers
                .append(nn.Conv2d(channels, filters, Layers.Size(kernel)))
                .append(Layers.Of(settings.Activation))
                .append(nn.MaxPool2d(Layers.Size(pool)));
            channels = filters;
            height = (height - kernel[0] + 1) / pool[0];
            width = (width - kernel[1] + 1) / pool[1];
        }
        lastPool = 3 * settings.Filters.Count - 1;
        layers.append(nn.Flatten());
        long units = layers.AppendDense(
            channels * height * width,
            settings.Units,
            settings.Activation,
            settings.Dropout
        );
        layers.append(nn.Linear(units, 3));
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor Activations(Tensor input)
    {
        using Tensor picture = ChannelsLast(input);
        return layers[..lastPool].call(picture);
    }

    /// <inheritdoc/>
    public override Tensor Answer(Tensor activations) => layers[lastPool..].call(activations);

    /// <summary>
    /// Spectrograms as coloured pictures (viridis), as <c>spectrogram-cnn</c> looks at them; a longer or taller one is
    /// averaged down.
    /// </summary>
    /// <param name="decibels">[N, bands, frames], −80…0 dB.</param>
    /// <param name="size">Height and width of the pictures, in pixels.</param>
    /// <returns>[N, 3, size, size], 0…1.</returns>
    public static Tensor Picture(Tensor decibels, int size = Pixels)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor pixels = nn.functional.adaptive_avg_pool2d(decibels.unsqueeze(1), [size, size]).squeeze(1);
        Tensor places = ((pixels + 80) * (255 / 80.0)).clamp(0, 255).round().to(ScalarType.Int64);
        Tensor colors = tensor(Colors, [256, 3], device: decibels.device);
        return colors
            .index_select(0, places.flatten())
            .reshape(decibels.shape[0], size, size, 3)
            .permute(0, 3, 1, 2)
            .MoveToOuterDisposeScope();
    }

    private static float[] Lookup()
    {
        float[][] anchors = [.. Viridis.Select(color => Convert.FromHexString(color).Select(b => b / 255f).ToArray())];
        return
        [
            .. Enumerable
                .Range(0, 256)
                .SelectMany(level =>
                {
                    float place = level / 255f * (anchors.Length - 1);
                    int below = Math.Min((int)place, anchors.Length - 2);
                    return anchors[below].Zip(anchors[below + 1], (a, b) => a + (place - below) * (b - a));
                }),
        ];
    }
}
