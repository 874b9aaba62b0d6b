using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>What is the same for all convolutions: weight [out, in / groups, kernel…] ([in, out / groups, kernel…] where transposed) and bias [out].</summary>
public abstract class Convolution : nn.Module<Tensor, Tensor>
{
    private readonly int dimensions;

    private protected Convolution(string name, long in_channels, long out_channels, long[] kernel_size, long[]? stride, long[]? padding, Padding? padding_type, long[]? dilation, bool transposed, long[]? output_padding, long groups, bool bias, PaddingModes padding_mode, Device? device, ScalarType? dtype)
        : base(name)
    {
        if (groups < 1 || in_channels % groups != 0 || out_channels % groups != 0)
            throw new ArgumentException($"{in_channels} channels in and {out_channels} out can't be cut into {groups} groups");
        dimensions = kernel_size.Length;
        this.in_channels = in_channels;
        this.out_channels = out_channels;
        this.kernel_size = kernel_size;
        this.stride = stride ?? Each(1);
        this.padding = padding ?? Each(0);
        this.padding_type = padding_type;
        this.dilation = dilation ?? Each(1);
        this.transposed = transposed;
        this.output_padding = output_padding ?? Each(0);
        this.groups = groups;
        this.padding_mode = padding_mode;
        if (padding_type == Padding.Same && this.stride.Any(s => s != 1)) throw new ArgumentException("Padding 'same' goes with stride 1 only");
        long[] ends = transposed ? [in_channels, out_channels / groups] : [out_channels, in_channels / groups];
        using Tensor weights = empty([.. ends, .. kernel_size], dtype, device);
        weight = new Parameter(weights);
        if (bias)
        {
            using Tensor biases = empty([out_channels], dtype, device);
            this.bias = new Parameter(biases);
        }
        reset_parameters();

        long[] Each(long value) => [.. Enumerable.Repeat(value, dimensions)];
    }

    public Parameter weight { get; set => Reregister("weight", field = value); }
    public Parameter? bias { get; set => Reregister("bias", field = value); }
    public long in_channels { get; }
    public long out_channels { get; }
    public long[] kernel_size { get; }
    public long[] stride { get; }
    public long[] padding { get; private set; }
    public Padding? padding_type { get; private set; }
    public long[] dilation { get; }
    public bool transposed { get; }
    public long[] output_padding { get; }
    public long groups { get; }
    public PaddingModes padding_mode { get; }

    public void SetPadding(long[] padding)
    {
        this.padding = padding;
        padding_type = null;
    }

    public void SetPadding(Padding padding) => padding_type = padding;

    public void reset_parameters()
    {
        nn.init.kaiming_uniform_(weight, Math.Sqrt(5));
        (long fanIn, _) = nn.init.CalculateFanInAndFanOut(weight);
        if (bias is null || fanIn == 0) return;
        double bound = 1 / Math.Sqrt(fanIn);
        nn.init.uniform_(bias, -bound, bound);
    }

    /// <summary>The convolution in as many dimensions as the kernel has, of the input padded as set.</summary>
    private protected Tensor Convolve(Tensor input)
    {
        if (padding_mode is PaddingModes.Zeros or PaddingModes.Constant)
        {
            if (padding_type is { } type)
            {
                string word = type == Padding.Same ? "same" : "valid";
                return dimensions switch
                {
                    1 => Aten.Call("conv1d.padding", input, weight, bias, stride, word, dilation, groups),
                    2 => Aten.Call("conv2d.padding", input, weight, bias, stride, word, dilation, groups),
                    _ => Aten.Call("conv3d.padding", input, weight, bias, stride, word, dilation, groups),
                };
            }
            return Plain(input, padding);
        }
        using Tensor padded = nn.functional.pad(input, Around(), padding_mode);
        return Plain(padded, [.. padding.Select(_ => 0L)]);
    }

    private Tensor Plain(Tensor input, long[] padding) => dimensions switch
    {
        1 => Aten.Call("conv1d", input, weight, bias, stride, padding, dilation, groups),
        2 => Aten.Call("conv2d", input, weight, bias, stride, padding, dilation, groups),
        _ => Aten.Call("conv3d", input, weight, bias, stride, padding, dilation, groups),
    };

    private protected static long[]? Triple((long, long, long)? triple) => triple is var (first, second, third) ? [first, second, third] : null;

    /// <summary>The padding before and after each dimension, the last dimension first.</summary>
    private long[] Around() =>
    [
        .. Enumerable.Range(0, dimensions).Reverse().SelectMany(d =>
        {
            long total = padding_type switch { Padding.Same => dilation[d] * (kernel_size[d] - 1), Padding.Valid => 0, _ => 2 * padding[d] };
            return new[] { total / 2, total - total / 2 };
        }),
    ];
}
