using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HitSong.Models;

/// <summary>
/// The networks of the experiments <c>hiphop-cnn1</c> and <c>hiphop-cnn2</c>: mel spectrogram [N, 128, 1292] → four
/// convolutions, each with ReLU and max pooling, → 128 → probability of being popular [N]. Convolutions keep the size
/// ("same" padding, as in Keras).
/// </summary>
public sealed class HipHopCnn : ConvolutionalNetwork
{
    private static readonly (long, long)[] pools = [(2, 4), (2, 4), (2, 2), (2, 2)];

    // A convolution, its ReLU and its pooling stand in a row, four times.
    private const int LastPool = 11;

    private readonly Sequential layers;

    private HipHopCnn((long filters, (long, long) kernel)[] convolutions, double? dropout, long bands, long frames)
        : base(nameof(HipHopCnn))
    {
        layers = nn.Sequential();
        long channels = 1;
        foreach (((long filters, (long, long) kernel), (long, long) pool) in convolutions.Zip(pools))
        {
            layers
                .append(nn.Conv2d(channels, filters, kernel, Padding.Same))
                .append(nn.ReLU())
                .append(nn.MaxPool2d(pool));
            (channels, bands, frames) = (filters, bands / pool.Item1, frames / pool.Item2);
        }
        layers.append(nn.Flatten()).append(nn.Linear(channels * bands * frames, 128)).append(nn.ReLU());
        if (dropout is { } p)
            layers.append(nn.Dropout(p));
        layers.append(nn.Linear(128, 1)).append(nn.Flatten(0)).append(nn.Sigmoid());
        RegisterComponents();
    }

    /// <summary>16, 32, 64 and 128 filters of 3×3, dropout 0.3; 2,718,849 parameters.</summary>
    /// <param name="bands">Mel bands.</param>
    /// <param name="frames">Time frames.</param>
    /// <remarks>
    /// The published text gives the dropout without its place; after the layer of 128 is our reading.
    /// </remarks>
    public static HipHopCnn Cnn1(long bands = 128, long frames = 1292) =>
        new([(16, (3, 3)), (32, (3, 3)), (64, (3, 3)), (128, (3, 3))], 0.3, bands, frames);

    /// <summary>32, 64 and 128 filters of 2×3 (frequency × time) and 128 of 3×3; 2,831,137 parameters.</summary>
    /// <param name="bands">Mel bands.</param>
    /// <param name="frames">Time frames.</param>
    public static HipHopCnn Cnn2(long bands = 128, long frames = 1292) =>
        new([(32, (2, 3)), (64, (2, 3)), (128, (2, 3)), (128, (3, 3))], null, bands, frames);

    /// <inheritdoc/>
    public override Tensor Activations(Tensor input)
    {
        using Tensor channel = input.unsqueeze(1),
            images = ChannelsLast(channel);
        return layers[..LastPool].call(images);
    }

    /// <inheritdoc/>
    public override Tensor Answer(Tensor activations) => layers[LastPool..].call(activations);
}
