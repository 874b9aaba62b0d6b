using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HitSong.Training;

/// <summary>
/// Stochastic gradient descent without momentum, whose step is one call of libtorch's fused kernel for all parameters;
/// TorchSharp's own makes several for each. State, groups and schedules are the base's. Steps are equal but for
/// rounding.
/// </summary>
/// <param name="parameters">What is learnt.</param>
/// <param name="lr">Step size.</param>
/// <param name="weight_decay">λ of an L2 penalty, added to the gradients.</param>
/// <example><code>
/// using static TorchSharp.torch;
/// using var network = nn.Linear(2, 1);
/// using var optimizer = new FusedSgd(network.parameters(), lr: 0.01);
/// optimizer.zero_grad();
/// network.call(ones(8, 2)).sum().backward();
/// optimizer.step();
/// </code></example>
public sealed class FusedSgd(IEnumerable<Parameter> parameters, double lr, double weight_decay = 0)
    : SGD(parameters, lr, weight_decay: weight_decay)
{
    /// <inheritdoc/>
    public override void zero_grad() => FusedKernels.ForgetGradients(parameters());

    /// <inheritdoc/>
    public override Tensor step(Func<Tensor>? closure = null) => _step<ParamGroup>(Step, closure)!;

    private static void Step(ParamGroup group)
    {
        Options options = (Options)group.Options;
        FusedKernels.Sgd(group.Parameters, options.LearningRate!.Value, options.weight_decay!.Value);
    }
}
