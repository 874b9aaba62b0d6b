using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HitSong.Models;

/// <summary>
/// The networks of the experiments <c>hiphop-cnn1</c> and <c>hiphop-cnn2</c>: mel spectrogram [N, 128, 1292] → four
/// convolutions, each with ReLU and max pooling, → 128 → probability of being popular [N]. Convolutions keep the size
/// ("same" padding, as in Keras).
/// </summary>
/// <example><code>
/// using static TorchSharp.torch;
/// using var network = HipHopCnn.Cnn1();
/// long parameters = network.parameters().Sum(values => values.numel()); // 2718849
/// network.call(randn(2, 128, 1292)).shape // [2]
/// </code></example>
public sealed class HipHopCnn : ConvolutionalNetwork
{
    private readonly Sequential layers;

    // Of the last pooling: a convolution, its activation and its pooling stand in a row, again and again.
    private readonly int lastPool;

    /// <param name="settings">Its layers.</param>
    /// <param name="bands">Mel bands.</param>
    /// <param name="frames">Time frames.</param>
    public HipHopCnn(HipHopCnnSettings settings, long bands, long frames)
        : base(nameof(HipHopCnn))
    {
        layers = nn.Sequential();
        long channels = 1;
        foreach (var (filters, kernel, pool) in settings.Filters.Zip(settings.Kernels, settings.Pools))
        {
            layers
                .append(nn.Conv2d(channels, filters, Layers.Size(kernel), Padding.Same))
                .append(Layers.Of(settings.Activation))
                .append(nn.MaxPool2d(Layers.Size(pool)));
            (channels, bands, frames) = (filters, bands / pool[0], frames / pool[1]);
        }
        lastPool = 3 * settings.Filters.Count - 1;
        layers.append(nn.Flatten());
        long units = layers.AppendDense(
            channels * bands * frames,
            settings.Units,
            settings.Activation,
            settings.Dropout
        );
        layers.append(nn.Linear(units, 1)).append(nn.Flatten(0)).append(nn.Sigmoid());
        RegisterComponents();
    }

    /// <summary>16, 32, 64 and 128 filters of 3×3, dropout 0.3; 2,718,849 parameters.</summary>
    /// <param name="bands">Mel bands.</param>
    /// <param name="frames">Time frames.</param>
    /// <remarks>
    /// The published text gives the dropout without its place; after the layer of 128 is our reading.
    /// </remarks>
    public static HipHopCnn Cnn1(long bands = 128, long frames = 1292) => new(new HipHopCnn1Settings(), bands, frames);

    /// <summary>32, 64 and 128 filters of 2×3 (frequency × time) and 128 of 3×3; 2,831,137 parameters.</summary>
    /// <param name="bands">Mel bands.</param>
    /// <param name="frames">Time frames.</param>
    public static HipHopCnn Cnn2(long bands = 128, long frames = 1292) => new(new HipHopCnn2Settings(), bands, frames);

    /// <inheritdoc/>
    public override Tensor Activations(Tensor input)
    {
        using Tensor channel = input.unsqueeze(1),
            images = ChannelsLast(channel);
        return layers[..lastPool].call(images);
    }

    /// <inheritdoc/>
    public override Tensor Answer(Tensor activations) => layers[lastPool..].call(activations);
}
