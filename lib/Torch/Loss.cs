using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchSharp;

public abstract class Loss<T1, T2, TResult>(Reduction reduction = Reduction.Mean) : Module<T1, T2, TResult>("Loss")
{
    public Reduction reduction { get; } = reduction;
}

/// <summary>A loss of three inputs.</summary>
public abstract class Loss<T1, T2, T3, TResult>(Reduction reduction = Reduction.Mean) : Module<T1, T2, T3, TResult>("Loss")
{
    public Reduction reduction { get; } = reduction;
}

/// <summary>A loss of four inputs.</summary>
public abstract class Loss<T1, T2, T3, T4, TResult>(Reduction reduction = Reduction.Mean) : Module<T1, T2, T3, T4, TResult>("Loss")
{
    public Reduction reduction { get; } = reduction;
}
