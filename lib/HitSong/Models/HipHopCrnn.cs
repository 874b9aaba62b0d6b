using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HitSong.Models;

/// <summary>
/// The network of the experiment <c>hiphop-crnn</c>: mel spectrogram [N, 128, 1292] → four convolutions 3×3 with ELU,
/// max pooling and dropout 0.1, which leave 80 steps of 128 channels, → two GRUs of 32 → probability of being popular
/// [N]. 391,585 parameters.
/// </summary>
/// <remarks>
/// Convolutions keep the size ("same" padding, as in Keras). The published GRUs have dropout 0.3, which in Keras is on
/// their input; it is so here, except that a new mask is drawn for every step.
/// </remarks>
public sealed class HipHopCrnn : ConvolutionalNetwork
{
    // A convolution, its ELU, its pooling and its dropout stand in a row, four times.
    private const int LastPool = 14;

    private readonly Sequential convolutions;
    private readonly Dropout dropout = nn.Dropout(0.3);
    private readonly GRU gru1;
    private readonly GRU gru2;
    private readonly Linear fc;

    /// <summary>Makes one, for 128 mel bands and any number of frames from 16.</summary>
    public HipHopCrnn()
        : base(nameof(HipHopCrnn))
    {
        convolutions = nn.Sequential();
        long channels = 1;
        (long, (long, long))[] blocks = [(64, (2, 2)), (128, (4, 2)), (128, (4, 2)), (128, (4, 2))];
        foreach (var (filters, pool) in blocks)
        {
            convolutions
                .append(nn.Conv2d(channels, filters, 3, Padding.Same))
                .append(nn.ELU())
                .append(nn.MaxPool2d(pool))
                .append(nn.Dropout(0.1));
            channels = filters;
        }
        gru1 = nn.GRU(128, 32, batchFirst: true);
        gru2 = nn.GRU(32, 32, batchFirst: true);
        fc = nn.Linear(32, 1);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor Activations(Tensor input)
    {
        using Tensor channel = input.unsqueeze(1),
            images = ChannelsLast(channel);
        return convolutions[..LastPool].call(images);
    }

    /// <inheritdoc/>
    public override Tensor Answer(Tensor activations)
    {
        using DisposeScope scope = NewDisposeScope();
        (_, Tensor last) = Recur(activations);
        return fc.call(last.squeeze(0)).squeeze(1).sigmoid().MoveToOuterDisposeScope();
    }

    /// <summary>
    /// What the network would answer if the clip ended after each of its steps; the last is its answer.
    /// </summary>
    /// <param name="input">[N, 128, frames].</param>
    /// <returns>Probabilities of being popular, [N, frames / 16].</returns>
    public Tensor AnswerOverTime(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor sequence, _) = Recur(Activations(input));
        return fc.call(sequence).squeeze(2).sigmoid().MoveToOuterDisposeScope();
    }

    // [N, steps, 32], and the last step's [1, N, 32].
    private (Tensor Sequence, Tensor Last) Recur(Tensor activations)
    {
        Tensor steps = convolutions[LastPool..].call(activations).squeeze(2).transpose(1, 2);
        (Tensor sequence, _) = gru1.call(dropout.call(steps));
        return gru2.call(dropout.call(sequence));
    }
}
