using TorchSharp;
using static TorchSharp.torch;

namespace HitSong.Models;

/// <summary>
/// A network in two parts, parted where its last convolution answers: what that sees, and what is made of it. Grad-CAM
/// looks in between.
/// </summary>
public abstract class ConvolutionalNetwork(string name) : nn.Module<Tensor, Tensor>(name)
{
    /// <summary>The last convolution's activations, after its nonlinearity.</summary>
    /// <param name="input">[N, …] as the network takes it.</param>
    /// <returns>[N, channels, height, width], height along the bands and width along the frames.</returns>
    public abstract Tensor Activations(Tensor input);

    /// <summary>What the network answers to activations.</summary>
    /// <param name="activations">[N, channels, height, width], as <see cref="Activations"/> gives them.</param>
    /// <returns>Probabilities of class 1, [N], or logits, [N, classes].</returns>
    public abstract Tensor Answer(Tensor activations);

    /// <summary>
    /// The same images with the channels of each pixel beside each other in memory. libtorch pools those by vectorized
    /// kernels, keeps the layout from layer to layer, and trains these networks up to twice as fast.
    /// </summary>
    /// <param name="images">[N, channels, height, width].</param>
    protected static Tensor ChannelsLast(Tensor images)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor last = images.shape[1] == 1 ? images.squeeze(1).unsqueeze(3) : images.permute(0, 2, 3, 1).contiguous();
        return last.permute(0, 3, 1, 2).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public sealed override Tensor forward(Tensor input)
    {
        using Tensor activations = Activations(input);
        return Answer(activations);
    }
}
