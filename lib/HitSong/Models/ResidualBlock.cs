using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HitSong.Models;

/// <summary>
/// A block of a <see cref="ResNet"/>: two convolutions 3×3, added to the block's input, which goes through a
/// convolution 1×1 where its shape is another than the output's.
/// </summary>
internal sealed class ResidualBlock : nn.Module<Tensor, Tensor>
{
    private readonly Conv2d conv1;
    private readonly BatchNorm2d bn1;
    private readonly Conv2d conv2;
    private readonly BatchNorm2d bn2;
    private readonly Sequential? downsample;

    /// <param name="input">Channels that come in.</param>
    /// <param name="output">Channels that go out.</param>
    /// <param name="stride">Of the first convolution: 2 halves height and width.</param>
    public ResidualBlock(long input, long output, long stride)
        : base(nameof(ResidualBlock))
    {
        // Made first, since torchvision draws its weights first.
        if (stride != 1 || input != output)
            downsample = nn.Sequential(nn.Conv2d(input, output, 1, stride, bias: false), nn.BatchNorm2d(output));
        conv1 = nn.Conv2d(input, output, 3, stride, 1, bias: false);
        bn1 = nn.BatchNorm2d(output);
        conv2 = nn.Conv2d(output, output, 3, 1, 1, bias: false);
        bn2 = nn.BatchNorm2d(output);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = bn2.call(conv2.call(bn1.call(conv1.call(input)).relu_()));
        x.add_(downsample is null ? input : downsample.call(input));
        return x.relu_().MoveToOuterDisposeScope();
    }
}
