namespace HitSong.Models;

/// <summary>The first convolutional network: its published values, to be changed.</summary>
public sealed record HipHopCnn1Settings : HipHopCnnSettings
{
    /// <inheritdoc/>
    public override IReadOnlyList<int> Filters { get; init; } = [16, 32, 64, 128];

    /// <inheritdoc/>
    public override IReadOnlyList<int[]> Kernels { get; init; } =
    [
        [3, 3],
        [3, 3],
        [3, 3],
        [3, 3],
    ];

    /// <inheritdoc/>
    public override double Dropout { get; init; } = 0.3;
}
