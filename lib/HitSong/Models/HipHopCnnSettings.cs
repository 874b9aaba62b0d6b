using TorchSharp;
using static TorchSharp.torch;

namespace HitSong.Models;

/// <summary>What of a <see cref="HipHopCnn"/> can be chosen.</summary>
public abstract record HipHopCnnSettings : ModelSettings
{
    /// <summary>Filters of each convolution.</summary>
    public abstract IReadOnlyList<int> Filters { get; init; }

    /// <summary>Height (bands) and width (frames) of each convolution's kernel.</summary>
    public abstract IReadOnlyList<int[]> Kernels { get; init; }

    /// <summary>Height and width of the max pooling after each convolution.</summary>
    public IReadOnlyList<int[]> Pools { get; init; } =
    [
        [2, 4],
        [2, 4],
        [2, 2],
        [2, 2],
    ];

    /// <summary>Units of the dense layers between the convolutions and the last.</summary>
    public IReadOnlyList<int> Units { get; init; } = [128];

    /// <summary>After each convolution and each dense layer.</summary>
    public Activation Activation { get; init; } = Activation.ReLU;

    /// <summary>Share that is dropped after each dense layer in training.</summary>
    public abstract double Dropout { get; init; }

    /// <inheritdoc/>
    protected override string InWords =>
        $"{Layers.InWords(Filters, Kernels)}, {Activation}, max pooling; "
        + $"{string.Join(", ", Units)}{Layers.InWords(Dropout)}; 1, sigmoid";

    /// <inheritdoc/>
    protected override bool Fits(int bands, int frames, int classes) => classes == 2;

    /// <inheritdoc/>
    protected override string? Fault(int bands, int frames) =>
        Layers.FaultOfConvolutions(Filters, Kernels, Pools, bands, frames, same: true)
        ?? Layers.FaultOfDense(Units, Dropout);

    /// <inheritdoc/>
    protected override nn.Module<Tensor, Tensor> Build(int bands, int frames, int classes) =>
        new HipHopCnn(this, bands, frames);
}
