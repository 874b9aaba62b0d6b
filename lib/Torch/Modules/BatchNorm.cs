using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>Each channel less its mean and over its standard deviation: of the batch in training, of what was seen so far after it.</summary>
public abstract class BatchNorm : NormBase
{
    public BatchNorm(long num_features, double eps, double momentum, bool affine, bool track_running_stats, Device? device, ScalarType? dtype, string name)
        : base(num_features, eps, momentum, affine, track_running_stats, device, dtype, name) { }

    /// <summary>How many dimensions an input may have.</summary>
    private protected abstract (long least, long most) Dimensions { get; }

    public override Tensor forward(Tensor input)
    {
        if (input.dim() is var given && (given < Dimensions.least || given > Dimensions.most))
            throw new ArgumentException($"{GetName()} takes {(Dimensions.least == Dimensions.most ? "" : $"{Dimensions.least} or ")}{Dimensions.most} dimensions, and its input has the shape [{string.Join(", ", input.shape)}]");
        if (training) num_batches_tracked?.add_(1);
        return nn.functional.batch_norm(input, running_mean!, running_var!, weight, bias, training || !track_running_stats, momentum ?? 0, eps);
    }
}
