using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HitSong.Models;

/// <summary>
/// The network of the experiment <c>spectrogram-cnn</c>: picture [N, channels, height, width] → 32 filters of 3×3,
/// ReLU, max pooling 2×2 → 64, ReLU, dropout 0.5 → logits of low, medium and high [N, 3], for cross entropy.
/// </summary>
/// <remarks>The published text gives no size of the pictures; 128 × 128 in three colours is ours.</remarks>
public sealed class SpectrogramCnn : ConvolutionalNetwork
{
    /// <summary>Height and width of its pictures.</summary>
    public const int Pixels = 128;

    private static readonly float[] Colors = Lookup();

    private readonly Sequential layers;

    /// <param name="channels">3 for a coloured picture, 1 for the spectrogram itself.</param>
    /// <param name="height">In pixels.</param>
    /// <param name="width">In pixels.</param>
    public SpectrogramCnn(long channels = 3, long height = 128, long width = 128)
        : base(nameof(SpectrogramCnn))
    {
        layers = nn.Sequential(
            nn.Conv2d(channels, 32, 3),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Linear(32 * ((height - 2) / 2) * ((width - 2) / 2), 64),
            nn.ReLU(),
            nn.Dropout(0.5),
            nn.Linear(64, 3)
        );
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor Activations(Tensor input)
    {
        using Tensor picture = ChannelsLast(input);
        return layers[..2].call(picture);
    }

    /// <inheritdoc/>
    public override Tensor Answer(Tensor activations) => layers[2..].call(activations);

    /// <summary>
    /// Spectrograms as coloured pictures (viridis), as <c>spectrogram-cnn</c> looks at them; a longer or taller one is
    /// averaged down.
    /// </summary>
    /// <param name="decibels">[N, bands, frames], −80…0 dB.</param>
    /// <returns>[N, 3, 128, 128], 0…1.</returns>
    public static Tensor Picture(Tensor decibels)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor pixels = nn.functional.adaptive_avg_pool2d(decibels.unsqueeze(1), [Pixels, Pixels]).squeeze(1);
        Tensor places = ((pixels + 80) * (255 / 80.0)).clamp(0, 255).round().to(ScalarType.Int64);
        Tensor colors = tensor(Colors, [256, 3], device: decibels.device);
        return colors
            .index_select(0, places.flatten())
            .reshape(decibels.shape[0], Pixels, Pixels, 3)
            .permute(0, 3, 1, 2)
            .MoveToOuterDisposeScope();
    }

    private static float[] Lookup()
    {
        float[][] anchors =
        [
            .. Charts.ColorScale.Viridis.Colors.Select(color =>
                Convert.FromHexString(color.AsSpan(1)).Select(b => b / 255f).ToArray()
            ),
        ];
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
