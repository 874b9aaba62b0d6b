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
/// <example><code>
/// using var network = new HipHopCrnn();
/// network.parameters().Sum(values => values.numel()) // 391585
/// </code></example>
public sealed class HipHopCrnn : ConvolutionalNetwork
{
    private readonly Sequential convolutions;
    private readonly Dropout dropout;
    private readonly GRU[] grus;
    private readonly Linear fc;

    // Of the last pooling: a convolution, its activation, its pooling and its dropout stand in a row, again and again.
    private readonly int lastPool;

    /// <summary>Makes one as published, for 128 mel bands and any number of frames from 16.</summary>
    public HipHopCrnn()
        : this(new(), 128) { }

    /// <param name="settings">Its layers.</param>
    /// <param name="bands">Mel bands.</param>
    public HipHopCrnn(HipHopCrnnSettings settings, long bands)
        : base(nameof(HipHopCrnn))
    {
        convolutions = nn.Sequential();
        long channels = 1;
        foreach (var (filters, kernel, pool) in settings.Filters.Zip(settings.Kernels, settings.Pools))
        {
            convolutions
                .append(nn.Conv2d(channels, filters, Layers.Size(kernel), Padding.Same))
                .append(Layers.Of(settings.Activation))
                .append(nn.MaxPool2d(Layers.Size(pool)))
                .append(nn.Dropout(settings.ConvolutionDropout));
            (channels, bands) = (filters, bands / pool[0]);
        }
        lastPool = 4 * settings.Filters.Count - 2;
        dropout = nn.Dropout(settings.Dropout);

        long width = channels * bands;
        grus = new GRU[settings.RecurrentUnits.Count];
        foreach (var (i, units) in settings.RecurrentUnits.Index())
        {
            grus[i] = nn.GRU(width, units, batchFirst: true, bidirectional: settings.Bidirectional);
            width = settings.Bidirectional ? 2 * units : units;
        }
        fc = nn.Linear(width, 1);

        register_module(nameof(convolutions), convolutions);
        register_module(nameof(dropout), dropout);
        foreach (var (i, gru) in grus.Index())
            register_module($"gru{i + 1}", gru);
        register_module(nameof(fc), fc);
    }

    /// <inheritdoc/>
    public override Tensor Activations(Tensor input)
    {
        using Tensor channel = input.unsqueeze(1),
            images = ChannelsLast(channel);
        return convolutions[..lastPool].call(images);
    }

    /// <inheritdoc/>
    public override Tensor Answer(Tensor activations)
    {
        using DisposeScope scope = NewDisposeScope();
        (_, Tensor last) = Recur(activations);
        return fc.call(last.transpose(0, 1).flatten(1)).squeeze(1).sigmoid().MoveToOuterDisposeScope();
    }

    /// <summary>
    /// What the network would answer if the clip ended after each of its steps; the last is its answer. One that also
    /// hears the clip from its end has heard all of it at every step: then it is what each step says to it.
    /// </summary>
    /// <param name="input">[N, bands, frames].</param>
    /// <returns>Probabilities of being popular, [N, steps]; as published, frames / 16 steps.</returns>
    public Tensor AnswerOverTime(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor sequence, _) = Recur(Activations(input));
        return fc.call(sequence).squeeze(2).sigmoid().MoveToOuterDisposeScope();
    }

    // [N, steps, units], and what is left at the end of each direction, [directions, N, units].
    private (Tensor Sequence, Tensor Last) Recur(Tensor activations)
    {
        Tensor sequence = convolutions[lastPool..].call(activations).permute(0, 3, 1, 2).flatten(2);
        Tensor last = sequence;
        foreach (GRU gru in grus)
            (sequence, last) = gru.call(dropout.call(sequence));
        return (sequence, last);
    }
}
