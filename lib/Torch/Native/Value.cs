using System.Runtime.InteropServices;

namespace TorchSharp;

/// <summary>What a <see cref="Value"/> holds; the order is that of Kind in lib/native/torch/torch.cpp.</summary>
internal enum Kind { Default, None, Tensor, Int, Double, Bool, Ints, Doubles, Tensors, OptionalTensors, String, Device, Generator, Complex }

/// <summary>An operator's argument or result as it crosses to native code.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Value
{
    public Kind Kind;
    /// <summary>The elements of a list; of a resulting tensor, the KiB it holds.</summary>
    public int Count;
    public long Bits;
}
