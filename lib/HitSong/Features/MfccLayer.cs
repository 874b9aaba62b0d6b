using TorchSharp;
using static TorchSharp.torch;

namespace HitSong.Features;

/// <summary>
/// <see cref="Mfcc"/> as a module, for many clips at once, as <see cref="MelLayer"/> is for mel spectrograms.
/// </summary>
/// <example><code>
/// using static TorchSharp.torch;
/// using var layer = new MfccLayer(MfccSettings.Librosa with { Coefficients = 13 });
/// layer.call(randn(2, 22_050)).shape // [2, 13, 44]
/// </code></example>
public sealed class MfccLayer : nn.Module<Tensor, Tensor>
{
    private readonly MelLayer mel;

    /// <summary>Prepares the layer.</summary>
    /// <exception cref="FeatureException">A setting out of its range.</exception>
    public MfccLayer(MfccSettings settings)
        : base(nameof(MfccLayer))
    {
        mel = new MelLayer(settings.Mel, new DecibelSettings());
        register_module(nameof(mel), mel);
        register_buffer(
            "dct",
            tensor(Mfcc.Transform(settings), [settings.Coefficients, settings.Mel.Bands]),
            persistent: false
        );
    }

    /// <param name="input">Amplitudes at the mel settings' sample rate, [N, samples].</param>
    /// <returns>[N, coefficients, frames].</returns>
    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        return get_buffer("dct")!.matmul(mel.call(input)).MoveToOuterDisposeScope();
    }
}
