using TorchSharp;
using static TorchSharp.torch;

namespace HitSong.Features;

/// <summary>
/// <see cref="MelSpectrogram"/> as a module, for many clips at once: on a GPU the audio goes up and the features stay
/// there. Its values are the extractor's, within 1e-4 of the largest. It has no parameters, and a model that contains
/// it saves nothing of it.
/// </summary>
/// <example><code>
/// using static TorchSharp.torch;
/// // Two clips of a second, with gradients through the spectrogram.
/// using var layer = new MelLayer(MelSettings.Librosa, new DecibelSettings());
/// layer.call(randn(2, 22_050)).shape // [2, 128, 44]
/// </code></example>
public sealed class MelLayer : nn.Module<Tensor, Tensor>
{
    private readonly MelSettings settings;
    private readonly DecibelSettings? decibels;

    /// <summary>Prepares the layer.</summary>
    /// <param name="settings">The mel spectrogram.</param>
    /// <param name="decibels">How power becomes dB, clip by clip; null: it stays power.</param>
    /// <exception cref="FeatureException">A setting out of its range.</exception>
    public MelLayer(MelSettings settings, DecibelSettings? decibels = null)
        : base(nameof(MelLayer))
    {
        this.settings = settings;
        this.decibels = decibels;
        int length = settings.FftLength,
            bins = length / 2 + 1;
        float[] window = new FramedPower(settings.Stft, lanes: 1).Window;
        // The transform as a matrix: [samples, cosines and sines of each bin] under the window.
        float[] waves = new float[length * 2 * bins];
        for (int n = 0; n < length; n++)
        {
            for (int bin = 0; bin < bins; bin++)
            {
                (double sin, double cos) = Math.SinCos(2 * Math.PI * ((long)n * bin % length) / length);
                waves[n * 2 * bins + bin] = (float)(window[n] * cos);
                waves[n * 2 * bins + bins + bin] = (float)(window[n] * sin);
            }
        }
        MelFilterbank bank = new(settings);
        float[] filters = new float[bins * settings.Bands];
        for (int band = 0; band < settings.Bands; band++)
        for (int i = bank.Offset[band]; i < bank.Offset[band + 1]; i++)
            filters[(bank.FirstBin[band] + i - bank.Offset[band]) * settings.Bands + band] = bank.Weights[i];
        register_buffer("waves", tensor(waves, [length, 2 * bins]), persistent: false);
        register_buffer("filters", tensor(filters, [bins, settings.Bands]), persistent: false);
    }

    /// <param name="input">Amplitudes at the settings' sample rate, [N, samples].</param>
    /// <returns>[N, bands, frames].</returns>
    /// <exception cref="FeatureException">Fewer samples than the settings need.</exception>
    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        int length = settings.FftLength,
            bins = length / 2 + 1;
        Tensor waves = get_buffer("waves")!,
            filters = get_buffer("filters")!;
        Tensor spectrum = Padded(input).unfold(1, length, settings.HopLength).matmul(waves); // [N, frames, 2 bins]
        Tensor power = spectrum.narrow(2, 0, bins).square() + spectrum.narrow(2, bins, bins).square();
        Tensor mel = power.matmul(filters).transpose(1, 2).contiguous();
        return (decibels is null ? mel : ToDecibels(mel, decibels)).MoveToOuterDisposeScope();
    }

    private Tensor Padded(Tensor input)
    {
        int half = settings.FftLength / 2;
        long samples = input.shape[1];
        if (!settings.Centre)
            return samples >= settings.FftLength
                ? input
                : throw new FeatureException($"{samples} samples are fewer than a frame of {settings.FftLength}");
        if (settings.Padding == Padding.Zero)
        {
            Tensor silence = zeros(input.shape[0], half, device: input.device);
            return cat([silence, input, silence], 1);
        }
        if (samples <= half)
            throw new FeatureException($"{samples} samples are too few to mirror half a frame of {settings.FftLength}");
        return cat([input.narrow(1, 1, half).flip(1), input, input.narrow(1, samples - 1 - half, half).flip(1)], 1);
    }

    // As Decibel.FromPower, each clip with its own largest and least power.
    private static Tensor ToDecibels(Tensor power, DecibelSettings settings)
    {
        Tensor largest = power.amax(1, 2).view(-1, 1, 1).clamp_min(settings.MinPower);
        Tensor decibels = power.clamp_min(settings.MinPower).log10() * 10;
        if (settings.TopDb is { } top)
            decibels = decibels.maximum(largest.log10() * 10 - top);
        if (settings.Reference is { } reference)
            return decibels - 10 * Math.Log10(Math.Max(settings.MinPower, reference));
        Tensor ofClip = settings.IsRelativeToMin
            ? power.amin(1, 2).view(-1, 1, 1).clamp_min(settings.MinPower)
            : largest;
        return decibels - ofClip.log10() * 10;
    }
}
