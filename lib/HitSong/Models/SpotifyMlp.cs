using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HitSong.Models;

/// <summary>
/// The tabular network of the experiment <c>spotify-mlp</c>: standardized columns [N, inputs] → 80 → 80 → 80, ReLU
/// after each, → logits of the popularity bins [N, bins], for cross entropy. 21,044 parameters with 96 inputs and 4
/// bins.
/// </summary>
/// <example><code>
/// using static TorchSharp.torch;
/// using var network = new SpotifyMlp(inputs: 96, bins: 4);
/// network.call(randn(8, 96)).shape // [8, 4]
/// </code></example>
public sealed class SpotifyMlp : nn.Module<Tensor, Tensor>
{
    private readonly Sequential layers;

    /// <param name="inputs">Columns: 14 numbers and 82 genres as published last.</param>
    /// <param name="bins">Popularity bins.</param>
    public SpotifyMlp(long inputs = 96, long bins = 4)
        : this(new(), inputs, bins) { }

    /// <param name="settings">Its layers.</param>
    /// <param name="inputs">Columns.</param>
    /// <param name="bins">Popularity bins.</param>
    public SpotifyMlp(SpotifyMlpSettings settings, long inputs, long bins)
        : base(nameof(SpotifyMlp))
    {
        layers = nn.Sequential();
        long units = layers.AppendDense(inputs, settings.Units, settings.Activation, settings.Dropout);
        layers.append(nn.Linear(units, bins));
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => layers.call(input);
}
