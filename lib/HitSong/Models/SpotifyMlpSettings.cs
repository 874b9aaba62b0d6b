using TorchSharp;
using static TorchSharp.torch;

namespace HitSong.Models;

/// <summary>What of <see cref="SpotifyMlp"/> can be chosen.</summary>
public sealed record SpotifyMlpSettings : ModelSettings
{
    /// <summary>Units of the dense layers before the last.</summary>
    public IReadOnlyList<int> Units { get; init; } = [80, 80, 80];

    /// <summary>After each of them.</summary>
    public Activation Activation { get; init; } = Activation.ReLU;

    /// <summary>Share that is dropped after each of them in training.</summary>
    public double Dropout { get; init; }

    /// <summary>Rows as the network takes them.</summary>
    /// <param name="clips">[N, columns, 1].</param>
    /// <returns>[N, columns].</returns>
    public override Tensor Arrange(Tensor clips) => clips.flatten(1);

    /// <inheritdoc/>
    protected override string InWords => $"{Layers.InWords(Units, Activation, Dropout)}; " + "a logit for each class";

    /// <inheritdoc/>
    protected override string Takes => "takes the columns of a table";

    /// <inheritdoc/>
    protected override bool Fits(int bands, int frames, int classes) => frames == 1;

    /// <inheritdoc/>
    protected override string? Fault(int bands, int frames) => Layers.FaultOfDense(Units, Dropout);

    /// <inheritdoc/>
    protected override nn.Module<Tensor, Tensor> Build(int bands, int frames, int classes) =>
        new SpotifyMlp(this, bands, classes);
}
