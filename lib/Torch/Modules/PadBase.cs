using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>What is the same for all modules that pad.</summary>
public abstract class PadBase : nn.Module<Tensor, Tensor>
{
    private readonly PaddingModes mode;

    private protected PadBase(string name, PaddingModes mode, double value, params long[] padding) : base(name)
    {
        this.mode = mode;
        this.value = value;
        this.padding = padding;
    }

    /// <summary>Before and after the last dimension, then the one before it, and so on.</summary>
    public long[] padding { get; set; }

    /// <summary>What constant padding consists of.</summary>
    public double value { get; set; }

    public override Tensor forward(Tensor input) => nn.functional.pad(input, padding, mode, value);
}
