using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>What is the same for all transposed convolutions.</summary>
public abstract class ConvolutionTranspose : Convolution
{
    private protected ConvolutionTranspose(string name, long in_channels, long out_channels, long[] kernel_size, long[]? stride, long[]? padding, long[]? dilation, long[]? output_padding, long groups, bool bias, PaddingModes padding_mode, Device? device, ScalarType? dtype)
        : base(name, in_channels, out_channels, kernel_size, stride, padding, null, dilation, true, output_padding, groups, bias, padding_mode, device, dtype) { }

    public override Tensor forward(Tensor input) => forward(input, null);

    /// <param name="output_size">The spatial size of the output, where the stride leaves open which.</param>
    public abstract Tensor forward(Tensor input, long[]? output_size);
}
