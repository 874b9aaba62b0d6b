using TorchSharp;
using static TorchSharp.torch;

namespace HitSong.Models;

/// <summary>What of <see cref="TikTokLstm"/> can be chosen.</summary>
public sealed record TikTokLstmSettings : ModelSettings
{
    /// <summary>Whether it recurs over a clip's frames, or, as published, over the clips of a batch.</summary>
    public bool RecurOverTime { get; init; } = true;

    /// <summary>Whether the bias before its ReLU starts at 1, which keeps it from being shut from the start.</summary>
    public bool OpenRelu { get; init; }

    /// <summary>Units of the LSTM, in one direction.</summary>
    public int HiddenUnits { get; init; } = 64;

    /// <summary>LSTMs, one on the other.</summary>
    public int RecurrentLayers { get; init; } = 2;

    /// <summary>Whether the LSTM also hears the sequence from its end.</summary>
    public bool Bidirectional { get; init; } = true;

    /// <summary>Share that is dropped after the LSTM in training.</summary>
    public double Dropout { get; init; } = 0.5;

    /// <summary>Clips as the network takes them.</summary>
    /// <param name="clips">[N, coefficients, frames].</param>
    /// <returns>[N, frames, coefficients].</returns>
    public override Tensor Arrange(Tensor clips) => clips.transpose(1, 2).contiguous();

    /// <inheritdoc/>
    protected override string InWords =>
        $"LSTM {TikTokLstm.Coefficients}→{HiddenUnits}, {RecurrentLayers} layer{(RecurrentLayers == 1 ? "" : "s")}"
        + $"{(Bidirectional ? ", bidirectional" : "")}, over "
        + $"{(RecurOverTime ? "the frames of a clip" : "the clips of a batch")}; "
        + FormattableString.Invariant($"{(Dropout > 0 ? $"dropout {Dropout}; " : "")}")
        + $"{HiddenUnits * (Bidirectional ? 2 : 1)}→1, ReLU{(OpenRelu ? " with a bias of 1 at first" : "")}; "
        + $"{TikTokLstm.Frames}→1, sigmoid";

    /// <inheritdoc/>
    protected override string Takes => "takes 13 coefficients of 44 frames and tells two classes apart";

    /// <inheritdoc/>
    protected override bool IsRecurrent => true;

    /// <inheritdoc/>
    protected override bool Fits(int bands, int frames, int classes) =>
        (bands, frames, classes) == (TikTokLstm.Coefficients, TikTokLstm.Frames, 2);

    /// <inheritdoc/>
    protected override string? Fault(int bands, int frames) =>
        Layers.FaultOfUnits(nameof(HiddenUnits), [HiddenUnits])
        ?? (RecurrentLayers is >= 1 and <= 64 ? null : $"RecurrentLayers is {RecurrentLayers}, of 1 to 64")
        ?? Layers.FaultOfDropout(nameof(Dropout), Dropout);

    /// <inheritdoc/>
    protected override nn.Module<Tensor, Tensor> Build(int bands, int frames, int classes) => new TikTokLstm(this);
}
