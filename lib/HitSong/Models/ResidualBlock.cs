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
    // On some processors oneDNN (of libtorch 2.10) answers wrongly to a convolution 1×1 with stride 2 of many channels
    // that lie side by side in memory.
    private static readonly Lazy<bool> isConvolutionRight = new(IsConvolutionRight);

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
        x.add_(Shortcut(input));
        return x.relu_().MoveToOuterDisposeScope();
    }

    private Tensor Shortcut(Tensor input)
    {
        if (downsample is null)
            return input;
        if (isConvolutionRight.Value)
            return downsample.call(input);
        var convolution = (Conv2d)downsample[0];
        return ((BatchNorm2d)downsample[1]).call(Linear(input, convolution.weight!, convolution.stride![0]));
    }

    // A convolution 1×1, as the linear layer of each pixel's channels that it is.
    private static Tensor Linear(Tensor input, Tensor weight, long stride)
    {
        Tensor pixels = input.slice(2, 0, input.shape[2], stride).slice(3, 0, input.shape[3], stride);
        return nn.functional.linear(pixels.permute(0, 2, 3, 1), weight.flatten(1)).permute(0, 3, 1, 2);
    }

    private static bool IsConvolutionRight()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable mode = no_grad();
        Tensor weight = arange(512 * 256).sin().reshape(512, 256, 1, 1),
            input = arange(2 * 12 * 16 * 256).cos().reshape(2, 12, 16, 256).permute(0, 3, 1, 2);
        Tensor convolved = nn.functional.conv2d(input, weight, strides: [2L, 2L]);
        return convolved.allclose(Linear(input, weight, 2), 1e-3, 1e-3);
    }
}
