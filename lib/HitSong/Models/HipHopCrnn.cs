using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HitSong.Models;

/// <summary>
/// The network of the experiment <c>hiphop-crnn</c>: mel spectrogram [N, 128, 1292] → four convolutions 3×3 with ELU, max pooling and
/// dropout 0.1, which leave 80 steps of 128 channels, → two GRUs of 32 → probability of being popular [N]. 391,585 parameters.
/// </summary>
/// <remarks>
/// Convolutions keep the size ("same" padding, as in Keras). The published GRUs have dropout 0.3, which in Keras is on their input;
/// it is so here, except that a new mask is drawn for every step.
/// </remarks>
public sealed class HipHopCrnn : nn.Module<Tensor, Tensor>
{
    private readonly Sequential convolutions;
    private readonly Dropout dropout = nn.Dropout(0.3);
    private readonly GRU gru1;
    private readonly GRU gru2;
    private readonly Linear fc;

    /// <summary>Makes one, for 128 mel bands and any number of frames from 16.</summary>
    public HipHopCrnn() : base(nameof(HipHopCrnn))
    {
        convolutions = nn.Sequential();
        long channels = 1;
        foreach ((long filters, (long, long) pool) in new (long, (long, long))[] { (64, (2, 2)), (128, (4, 2)), (128, (4, 2)), (128, (4, 2)) })
        {
            convolutions.append(nn.Conv2d(channels, filters, 3, Padding.Same)).append(nn.ELU()).append(nn.MaxPool2d(pool)).append(nn.Dropout(0.1));
            channels = filters;
        }
        gru1 = nn.GRU(128, 32, batchFirst: true);
        gru2 = nn.GRU(32, 32, batchFirst: true);
        fc = nn.Linear(32, 1);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor steps = convolutions.call(input.unsqueeze(1)).squeeze(2).transpose(1, 2);
        (Tensor sequence, _) = gru1.call(dropout.call(steps));
        (_, Tensor last) = gru2.call(dropout.call(sequence));
        return fc.call(last.squeeze(0)).squeeze(1).sigmoid().MoveToOuterDisposeScope();
    }
}
