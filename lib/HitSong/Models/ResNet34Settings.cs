namespace HitSong.Models;

/// <summary>34 layers, those of <c>views-resnet</c>, or another number of blocks.</summary>
public sealed record ResNet34Settings : ResNetSettings
{
    /// <inheritdoc/>
    public override IReadOnlyList<int> Blocks { get; init; } = [3, 4, 6, 3];
}
