using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HitSong.Models;

/// <summary>
/// Our own baseline, for the few hundred songs of a small corpus: mel spectrogram in dB, [N, bands, frames], absolute
/// so that loudness is in it → nine descriptors of the sound → batch norm → 16, GELU, dropout → logits [N, classes].
/// </summary>
/// <remarks>
/// The descriptors (Peeters 2004 has their definitions): loudness; spectral centroid of the power and of the decibels,
/// as a place among the mel bands; onset strength (the mean rise over bands from frame to frame), its mean and
/// deviation over time, over all bands, the lowest sixth (kick, bass) and the highest third (hi-hat). With 216 songs to
/// learn from, a network that must find these by itself mostly learns the songs.
/// </remarks>
public sealed class DescriptorMlp : nn.Module<Tensor, Tensor>
{
    /// <summary>Number of descriptors.</summary>
    public const int Descriptors = 9;

    private readonly Sequential layers;

    /// <param name="classes">Classes to tell apart.</param>
    public DescriptorMlp(long classes = 2)
        : this(new(), classes) { }

    /// <param name="settings">Its layers.</param>
    /// <param name="classes">Classes to tell apart.</param>
    public DescriptorMlp(DescriptorMlpSettings settings, long classes)
        : base(nameof(DescriptorMlp))
    {
        layers = nn.Sequential(nn.BatchNorm1d(Descriptors));
        long units = layers.AppendDense(Descriptors, settings.Units, settings.Activation, settings.Dropout);
        layers.append(nn.Linear(units, classes));
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        return layers.call(Describe(input)).MoveToOuterDisposeScope();
    }

    /// <summary>The descriptors of each clip, [N, 9].</summary>
    /// <param name="decibels">[N, bands, frames] dB; two frames or more.</param>
    public static Tensor Describe(Tensor decibels)
    {
        using DisposeScope scope = NewDisposeScope();
        long bands = decibels.shape[1],
            frames = decibels.shape[2];
        Tensor places = linspace(0, 1, bands, device: decibels.device).unsqueeze(1);
        Tensor power = (decibels * (Math.Log(10) / 10)).exp(),
            total = power.sum(1);
        Tensor heights = (decibels + 100).clamp_min(0);
        Tensor rises = (decibels.narrow(2, 1, frames - 1) - decibels.narrow(2, 0, frames - 1)).clamp_min(0);
        Tensor low = rises.narrow(1, 0, bands / 6).mean([1L]),
            high = rises.narrow(1, bands - bands / 3, bands / 3).mean([1L]),
            all = rises.mean([1L]);
        return stack(
                [
                    total.mean([1L]).log10() * 10,
                    ((power * places).sum(1) / total.clamp_min(1e-10)).mean([1L]),
                    ((heights * places).sum(1) / heights.sum(1).clamp_min(1e-6)).mean([1L]),
                    .. new[] { all, high, low }.SelectMany(strength =>
                        new[] { strength.mean([1L]), strength.std(1, unbiased: false) }
                    ),
                ],
                1
            )
            .MoveToOuterDisposeScope();
    }
}
