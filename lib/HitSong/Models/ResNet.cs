using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HitSong.Models;

/// <summary>
/// Residual network (He et al. 2016) with torchvision's parameter names, so that its weights load. [N, channels,
/// height, width], height and width 32 or more, → logits [N, classes].
/// </summary>
/// <remarks>
/// The experiment <c>views-resnet</c> is <see cref="ResNet34"/> with one channel and two classes: 21,279,426
/// parameters.
/// </remarks>
/// <example><code>
/// using var network = ResNet.ResNet34(channels: 1, classes: 2);
/// network.parameters().Sum(values => values.numel()) // 21279426
/// </code></example>
public sealed class ResNet : ConvolutionalNetwork
{
    private readonly Conv2d conv1;
    private readonly BatchNorm2d bn1;
    private readonly MaxPool2d maxpool = nn.MaxPool2d(3, 2, 1);
    private readonly Sequential layer1;
    private readonly Sequential layer2;
    private readonly Sequential layer3;
    private readonly Sequential layer4;
    private readonly AdaptiveAvgPool2d avgpool = nn.AdaptiveAvgPool2d((1, 1));
    private readonly Linear fc;

    /// <param name="blocks">Of each of the four stages; two layers each, and two more in all.</param>
    /// <param name="channels">1 for a spectrogram, 3 for a picture.</param>
    /// <param name="classes">Of the last layer.</param>
    public ResNet(IReadOnlyList<int> blocks, long channels, long classes)
        : base(nameof(ResNet))
    {
        conv1 = nn.Conv2d(channels, 64, 7, stride: 2, padding: 3, bias: false);
        bn1 = nn.BatchNorm2d(64);
        layer1 = Layer(64, 64, blocks[0], 1);
        layer2 = Layer(64, 128, blocks[1], 2);
        layer3 = Layer(128, 256, blocks[2], 2);
        layer4 = Layer(256, 512, blocks[3], 2);
        fc = nn.Linear(512, classes);
        RegisterComponents();
        foreach (Conv2d convolution in modules().OfType<Conv2d>())
            nn.init.kaiming_normal_(
                convolution.weight,
                mode: nn.init.FanInOut.FanOut,
                nonlinearity: nn.init.NonlinearityType.ReLU
            );
    }

    private static Sequential Layer(long input, long output, int blocks, long stride)
    {
        Sequential layer = nn.Sequential(new ResidualBlock(input, output, stride));
        for (int i = 1; i < blocks; i++)
            layer.append(new ResidualBlock(output, output, 1));
        return layer;
    }

    /// <summary>18 layers.</summary>
    /// <param name="channels">1 for a spectrogram, 3 for a picture.</param>
    /// <param name="classes">Of the last layer.</param>
    public static ResNet ResNet18(long channels = 1, long classes = 2) => new([2, 2, 2, 2], channels, classes);

    /// <summary>34 layers.</summary>
    /// <inheritdoc cref="ResNet18"/>
    public static ResNet ResNet34(long channels = 1, long classes = 2) => new([3, 4, 6, 3], channels, classes);

    /// <inheritdoc/>
    public override Tensor Activations(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = maxpool.call(bn1.call(conv1.call(ChannelsLast(input))).relu_());
        return layer4.call(layer3.call(layer2.call(layer1.call(x)))).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override Tensor Answer(Tensor activations)
    {
        using DisposeScope scope = NewDisposeScope();
        return fc.call(avgpool.call(activations).flatten(1)).MoveToOuterDisposeScope();
    }
}
