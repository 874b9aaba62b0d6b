using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HitSong.Models;

/// <summary>
/// Our own baseline, for the few hundred songs of a small corpus: standard scores of a song's descriptors, [N,
/// descriptors, 1] → some are dropped → 16, GELU, dropout → logits [N, classes].
/// </summary>
/// <remarks>
/// With 216 songs to learn from, a network that must find out by itself what counts in a spectrogram mostly learns the
/// songs; this one is given what musicians would name.
/// </remarks>
/// <example><code>
/// using static TorchSharp.torch;
/// using var network = new DescriptorMlp(descriptors: 26);
/// network.call(randn(8, 26)).shape // [8, 2]
/// </code></example>
public sealed class DescriptorMlp : nn.Module<Tensor, Tensor>
{
    private readonly Sequential layers;

    /// <param name="descriptors">How many descriptors.</param>
    /// <param name="classes">Classes to tell apart.</param>
    public DescriptorMlp(long descriptors, long classes = 2)
        : this(new(), descriptors, classes) { }

    /// <param name="settings">Its layers.</param>
    /// <param name="descriptors">How many descriptors.</param>
    /// <param name="classes">Classes to tell apart.</param>
    public DescriptorMlp(DescriptorMlpSettings settings, long descriptors, long classes)
        : base(nameof(DescriptorMlp))
    {
        layers = nn.Sequential(nn.Flatten());
        if (settings.InputDropout > 0)
            layers.append(nn.Dropout(settings.InputDropout));
        long units = layers.AppendDense(descriptors, settings.Units, settings.Activation, settings.Dropout);
        layers.append(nn.Linear(units, classes));
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => layers.call(input);
}
