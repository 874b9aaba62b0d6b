using TorchSharp;
using static TorchSharp.torch;

namespace HitSong.Models;

/// <summary>What of <see cref="DescriptorMlp"/> can be chosen.</summary>
public sealed record DescriptorMlpSettings : ModelSettings
{
    /// <summary>Units of the dense layers between the descriptors and the last.</summary>
    public IReadOnlyList<int> Units { get; init; } = [16];

    /// <summary>After each of them.</summary>
    public Activation Activation { get; init; } = Activation.GELU;

    /// <summary>Share that is dropped after each of them in training.</summary>
    public double Dropout { get; init; } = 0.2;

    /// <inheritdoc/>
    protected override string InWords =>
        "nine descriptors (loudness, centroids, onset strengths), batch norm; "
        + $"{Layers.InWords(Units, Activation, Dropout)}; "
        + "a logit for each class";

    /// <inheritdoc/>
    protected override string Takes => "takes a mel spectrogram of six bands and two frames and more";

    /// <inheritdoc/>
    protected override bool Fits(int bands, int frames, int classes) => bands >= 6 && frames >= 2;

    /// <inheritdoc/>
    protected override string? Fault(int bands, int frames) => Layers.FaultOfDense(Units, Dropout);

    /// <inheritdoc/>
    protected override nn.Module<Tensor, Tensor> Build(int bands, int frames, int classes) =>
        new DescriptorMlp(this, classes);
}
