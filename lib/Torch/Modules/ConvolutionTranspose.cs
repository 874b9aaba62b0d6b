using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>What is the same for all transposed convolutions.</summary>
public abstract class ConvolutionTranspose : Convolution
{
    private protected ConvolutionTranspose(string name, long in_channels, long out_channels, long[] kernel_size, long[]? stride, long[]? padding, long[]? dilation, long[]? output_padding, long groups, bool bias, PaddingModes padding_mode, Device? device, ScalarType? dtype)
        : base(name, in_channels, out_channels, kernel_size, stride, padding, null, dilation, true, output_padding, groups, bias, padding_mode, device, dtype)
    {
        if (padding_mode != PaddingModes.Zeros) throw new ArgumentException("A transposed convolution pads with zeros only");
    }

    public override Tensor forward(Tensor input) => forward(input, null);

    /// <param name="output_size">The spatial size of the output, where the stride leaves open which.</param>
    public abstract Tensor forward(Tensor input, long[]? output_size);

    /// <summary>What is to be added at the end of each dimension for the output to have a size.</summary>
    private protected long[] OutputPadding(Tensor input, long[]? output_size)
    {
        long[] shape = input.shape;
        return output_size is null ? output_padding : [.. output_size.Select((size, d) => size - ((shape[^(kernel_size.Length - d)] - 1) * stride[d] - 2 * padding[d] + dilation[d] * (kernel_size[d] - 1) + 1))];
    }
}
