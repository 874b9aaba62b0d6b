using TorchSharp;
using static TorchSharp.torch;

namespace HitSong.Models;

/// <summary>What of <see cref="HipHopCrnn"/> can be chosen.</summary>
public sealed record HipHopCrnnSettings : ModelSettings
{
    /// <summary>Filters of each convolution.</summary>
    public IReadOnlyList<int> Filters { get; init; } = [64, 128, 128, 128];

    /// <summary>Height (bands) and width (frames) of each convolution's kernel.</summary>
    public IReadOnlyList<int[]> Kernels { get; init; } =
    [
        [3, 3],
        [3, 3],
        [3, 3],
        [3, 3],
    ];

    /// <summary>Height and width of the max pooling after each convolution.</summary>
    public IReadOnlyList<int[]> Pools { get; init; } =
    [
        [2, 2],
        [4, 2],
        [4, 2],
        [4, 2],
    ];

    /// <summary>After each convolution.</summary>
    public Activation Activation { get; init; } = Activation.ELU;

    /// <summary>Share that is dropped after each pooling in training.</summary>
    public double ConvolutionDropout { get; init; } = 0.1;

    /// <summary>Units of each GRU, in one direction.</summary>
    public IReadOnlyList<int> RecurrentUnits { get; init; } = [32, 32];

    /// <summary>Whether the GRUs also hear the clip from its end.</summary>
    public bool Bidirectional { get; init; }

    /// <summary>Share that is dropped before each GRU in training.</summary>
    public double Dropout { get; init; } = 0.3;

    /// <inheritdoc/>
    protected override string InWords =>
        $"{Layers.InWords(Filters, Kernels)}, {Activation}, max pooling{Layers.InWords(ConvolutionDropout)}; "
        + $"{string.Join(", ", RecurrentUnits.Select(units => $"GRU {units}"))}"
        + $"{(Bidirectional ? ", bidirectional" : "")}{Layers.InWords(Dropout)}; 1, sigmoid";

    /// <inheritdoc/>
    protected override bool IsRecurrent => true;

    /// <inheritdoc/>
    protected override bool Fits(int bands, int frames, int classes) => classes == 2;

    /// <inheritdoc/>
    protected override string? Fault(int bands, int frames) =>
        Layers.FaultOfConvolutions(Filters, Kernels, Pools, bands, frames, same: true)
        ?? (RecurrentUnits.Count == 0 ? "there is one GRU at least" : null)
        ?? Layers.FaultOfUnits(nameof(RecurrentUnits), RecurrentUnits)
        ?? Layers.FaultOfDropout(nameof(ConvolutionDropout), ConvolutionDropout)
        ?? Layers.FaultOfDropout(nameof(Dropout), Dropout);

    /// <inheritdoc/>
    protected override nn.Module<Tensor, Tensor> Build(int bands, int frames, int classes) =>
        new HipHopCrnn(this, bands);
}
