using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HitSong.Models;

/// <summary>
/// The network of the experiment <c>spectrogram-cnn</c>: picture [N, channels, height, width] → 32 filters of 3×3, ReLU, max pooling 2×2
/// → 64, ReLU, dropout 0.5 → logits of low, medium and high [N, 3], for cross entropy.
/// </summary>
/// <remarks>The published text gives no size of the pictures; 128 × 128 in three colours is ours.</remarks>
public sealed class SpectrogramCnn : nn.Module<Tensor, Tensor>
{
    private readonly Sequential layers;

    /// <param name="channels">3 for a coloured picture, 1 for the spectrogram itself.</param>
    /// <param name="height">In pixels.</param>
    /// <param name="width">In pixels.</param>
    public SpectrogramCnn(long channels = 3, long height = 128, long width = 128) : base(nameof(SpectrogramCnn))
    {
        layers = nn.Sequential(nn.Conv2d(channels, 32, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
            nn.Linear(32 * ((height - 2) / 2) * ((width - 2) / 2), 64), nn.ReLU(), nn.Dropout(0.5), nn.Linear(64, 3));
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => layers.call(input);
}
