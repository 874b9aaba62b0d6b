namespace HitSong.Models;

/// <summary>18 layers, or another number of blocks.</summary>
public sealed record ResNet18Settings : ResNetSettings
{
    /// <inheritdoc/>
    public override IReadOnlyList<int> Blocks { get; init; } = [2, 2, 2, 2];
}
