using TorchSharp;
using static TorchSharp.torch;

namespace HitSong.Models;

/// <summary>What of <see cref="DescriptorMlp"/> can be chosen.</summary>
public sealed record DescriptorMlpSettings : ModelSettings
{
    /// <summary>Units of the dense layers between the descriptors and the last.</summary>
    public IReadOnlyList<int> Units { get; init; } = [16];

    /// <summary>Share of the descriptors that is dropped in training, so that no song is known by a few.</summary>
    public double InputDropout { get; init; } = 0.4;

    /// <summary>After each of them.</summary>
    public Activation Activation { get; init; } = Activation.GELU;

    /// <summary>Share that is dropped after each of them in training.</summary>
    public double Dropout { get; init; } = 0.2;

    /// <inheritdoc/>
    protected override string InWords =>
        (InputDropout > 0 ? FormattableString.Invariant($"descriptors, dropout {InputDropout}; ") : "descriptors; ")
        + $"{Layers.InWords(Units, Activation, Dropout)}; a logit for each class";

    /// <inheritdoc/>
    protected override string Takes => "takes descriptors, which have no frames (Features.Descriptors)";

    /// <inheritdoc/>
    protected override bool Fits(int bands, int frames, int classes) => frames == 1;

    /// <inheritdoc/>
    protected override string? Fault(int bands, int frames) =>
        InputDropout is >= 0 and < 1
            ? Layers.FaultOfDense(Units, Dropout)
            : "the share of descriptors that is dropped must be at least 0 and below 1";

    /// <inheritdoc/>
    protected override nn.Module<Tensor, Tensor> Build(int bands, int frames, int classes) =>
        new DescriptorMlp(this, bands, classes);
}
