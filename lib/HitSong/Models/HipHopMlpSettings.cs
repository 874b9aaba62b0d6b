using TorchSharp;
using static TorchSharp.torch;

namespace HitSong.Models;

/// <summary>What of <see cref="HipHopMlp"/> can be chosen.</summary>
public sealed record HipHopMlpSettings : ModelSettings
{
    /// <summary>Units of the dense layers before the last.</summary>
    public IReadOnlyList<int> Units { get; init; } = [128, 64];

    /// <summary>After each of them.</summary>
    public Activation Activation { get; init; } = Activation.ReLU;

    /// <summary>Share that is dropped after each of them in training.</summary>
    public double Dropout { get; init; }

    /// <inheritdoc/>
    protected override string InWords =>
        $"flatten → {string.Join(" → ", Units.Append(1))}, {Activation}{Layers.InWords(Dropout)}; sigmoid";

    /// <inheritdoc/>
    protected override bool Fits(int bands, int frames, int classes) => classes == 2;

    /// <inheritdoc/>
    protected override string? Fault(int bands, int frames) => Layers.FaultOfDense(Units, Dropout);

    /// <inheritdoc/>
    protected override nn.Module<Tensor, Tensor> Build(int bands, int frames, int classes) =>
        new HipHopMlp(this, bands, frames);
}
