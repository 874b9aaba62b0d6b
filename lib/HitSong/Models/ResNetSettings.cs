using TorchSharp;
using static TorchSharp.torch;

namespace HitSong.Models;

/// <summary>What of a <see cref="ResNet"/> can be chosen.</summary>
public abstract record ResNetSettings : ModelSettings
{
    /// <summary>Residual blocks of each of the four stages; a network has two layers a block, and two more.</summary>
    public abstract IReadOnlyList<int> Blocks { get; init; }

    /// <summary>Spectrograms as pictures of one channel.</summary>
    /// <param name="clips">[N, bands, frames].</param>
    /// <returns>[N, 1, bands, frames].</returns>
    public override Tensor Arrange(Tensor clips) => clips.unsqueeze(1);

    /// <inheritdoc/>
    protected override string InWords =>
        $"ResNet{2 * Blocks.Sum() + 2}, one channel"
        + (Weights is null ? ", fresh weights" : $", weights from {Path.GetFileName(Weights)}");

    // Of other shapes than torchvision's.
    /// <inheritdoc/>
    protected override string[] FreshLayers => ["conv1.weight", "fc.weight", "fc.bias"];

    /// <inheritdoc/>
    protected override string? Fault(int bands, int frames) =>
        Blocks.Count == 4 && Blocks.All(count => count is >= 1 and <= 64)
            ? null
            : $"Blocks are [{string.Join(", ", Blocks)}]; of each of the four stages 1 to 64";

    /// <inheritdoc/>
    protected override nn.Module<Tensor, Tensor> Build(int bands, int frames, int classes) =>
        new ResNet(Blocks, 1, classes);
}
