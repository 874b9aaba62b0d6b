using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>Each channel of each item less its mean and over its standard deviation; with track_running_stats, of what was seen in training after it.</summary>
public abstract class InstanceNorm : NormBase
{
    public InstanceNorm(long num_features, double eps, double? momentum, bool affine, bool track_running_stats, Device? device, ScalarType? dtype, string name)
        : base(num_features, eps, momentum, affine, track_running_stats, device, dtype, name) { }

    /// <summary>How many dimensions a single item has.</summary>
    private protected abstract int Dimensions { get; }

    public override Tensor forward(Tensor input)
    {
        long given = input.dim();
        if (given != Dimensions && given != Dimensions + 1) throw new ArgumentException($"{GetName()} takes {Dimensions} or {Dimensions + 1} dimensions, and its input has the shape [{string.Join(", ", input.shape)}]");
        if (given > Dimensions) return Normalized(input);
        using Tensor batch = input.unsqueeze(0), normalized = Normalized(batch);
        return normalized.squeeze(0);
    }

    private Tensor Normalized(Tensor batch) => nn.functional.instance_norm(batch, running_mean, running_var, weight, bias, training || !track_running_stats, momentum ?? 0, eps);
}
