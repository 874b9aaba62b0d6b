namespace HitSong.Models;

/// <summary>The second convolutional network: its published values, to be changed.</summary>
public sealed record HipHopCnn2Settings : HipHopCnnSettings
{
    /// <inheritdoc/>
    public override IReadOnlyList<int> Filters { get; init; } = [32, 64, 128, 128];

    /// <inheritdoc/>
    public override IReadOnlyList<int[]> Kernels { get; init; } =
    [
        [2, 3],
        [2, 3],
        [2, 3],
        [3, 3],
    ];

    /// <inheritdoc/>
    public override double Dropout { get; init; }
}
