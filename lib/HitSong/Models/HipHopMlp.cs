using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HitSong.Models;

/// <summary>
/// The network of the experiment <c>hiphop-mlp</c>: mel spectrogram [N, 128, 1292], flattened, → 128 → 64 → 1, ReLU
/// between, sigmoid; probability of being popular [N]. 21,176,577 parameters.
/// </summary>
/// <example><code>
/// using var network = new HipHopMlp(bands: 128, frames: 1292);
/// network.parameters().Sum(values => values.numel()) // 21176577
/// </code></example>
public sealed class HipHopMlp : nn.Module<Tensor, Tensor>
{
    private readonly Sequential layers;

    /// <param name="bands">Mel bands.</param>
    /// <param name="frames">Time frames.</param>
    public HipHopMlp(long bands = 128, long frames = 1292)
        : this(new(), bands, frames) { }

    /// <param name="settings">Its layers.</param>
    /// <param name="bands">Mel bands.</param>
    /// <param name="frames">Time frames.</param>
    public HipHopMlp(HipHopMlpSettings settings, long bands, long frames)
        : base(nameof(HipHopMlp))
    {
        layers = nn.Sequential(nn.Flatten());
        long units = layers.AppendDense(bands * frames, settings.Units, settings.Activation, settings.Dropout);
        layers.append(nn.Linear(units, 1)).append(nn.Flatten(0)).append(nn.Sigmoid());
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => layers.call(input);
}
