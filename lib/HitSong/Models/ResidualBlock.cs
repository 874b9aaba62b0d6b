using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HitSong.Models;

/// <summary>
/// A block of a <see cref="ResNet"/>: two convolutions 3×3, or as a bottleneck 1×1, 3×3 and 1×1 with four times the channels,
/// added to the block's input. The input goes through a convolution 1×1 where its shape is another than the output's.
/// </summary>
internal sealed class ResidualBlock : nn.Module<Tensor, Tensor>
{
    private readonly Conv2d conv1;
    private readonly BatchNorm2d bn1;
    private readonly Conv2d conv2;
    private readonly BatchNorm2d bn2;
    private readonly Conv2d? conv3;
    private readonly BatchNorm2d? bn3;
    private readonly Sequential? downsample;

    public ResidualBlock(bool bottleneck, long channels, long width, long stride) : base(nameof(ResidualBlock))
    {
        OutputChannels = bottleneck ? 4 * width : width;
        // Made first, since torchvision draws its weights first.
        if (stride != 1 || channels != OutputChannels)
            downsample = nn.Sequential(nn.Conv2d(channels, OutputChannels, 1, stride, bias: false), nn.BatchNorm2d(OutputChannels));
        conv1 = bottleneck ? nn.Conv2d(channels, width, 1, bias: false) : nn.Conv2d(channels, width, 3, stride, 1, bias: false);
        bn1 = nn.BatchNorm2d(width);
        conv2 = nn.Conv2d(width, width, 3, bottleneck ? stride : 1, 1, bias: false);
        bn2 = nn.BatchNorm2d(width);
        if (bottleneck)
        {
            conv3 = nn.Conv2d(width, OutputChannels, 1, bias: false);
            bn3 = nn.BatchNorm2d(OutputChannels);
        }
        RegisterComponents();
    }

    public long OutputChannels { get; }

    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = bn2.call(conv2.call(bn1.call(conv1.call(input)).relu_()));
        if (conv3 is not null) x = bn3!.call(conv3.call(x.relu_()));
        x.add_(downsample is null ? input : downsample.call(input));
        return x.relu_().MoveToOuterDisposeScope();
    }
}
