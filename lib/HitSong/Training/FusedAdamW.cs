using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HitSong.Training;

/// <summary>
/// AdamW (Loshchilov and Hutter 2019) whose step is one call of libtorch's fused kernel for all parameters;
/// TorchSharp's own makes some ten calls for each. State, groups and schedules are the base's. Steps are equal but for
/// rounding.
/// </summary>
/// <param name="parameters">What is learnt.</param>
/// <param name="lr">Step size.</param>
/// <param name="weight_decay">Share of the learning rate by which each step shrinks the parameters.</param>
/// <param name="eps">Added to the root that a step is divided by.</param>
/// <example><code>
/// using static TorchSharp.torch;
/// using var network = nn.Linear(2, 1);
/// using var optimizer = new FusedAdamW(network.parameters(), lr: 0.01);
/// optimizer.zero_grad();
/// network.call(ones(8, 2)).sum().backward();
/// optimizer.step();
/// </code></example>
public sealed class FusedAdamW(
    IEnumerable<Parameter> parameters,
    double lr = 1e-3,
    double weight_decay = 0.01,
    double eps = 1e-8
) : AdamW(parameters, lr, eps: eps, weight_decay: weight_decay)
{
    /// <inheritdoc/>
    public override void zero_grad() => FusedKernels.ForgetGradients(parameters());

    /// <inheritdoc/>
    public override Tensor step(Func<Tensor>? closure = null) => _step<ParamGroup>(Step, closure)!;

    private void Step(ParamGroup group)
    {
        Options options = (Options)group.Options;
        FusedKernels.AdamBatch batch = new(_state.Count);
        foreach (Parameter parameter in group.Parameters)
        {
            if (parameter.grad is not { } gradient)
                continue;
            State state = (State)_state[parameter.Handle];
            batch.Add(parameter, gradient, state.exp_avg, state.exp_avg_sq, ++state.step);
        }
        batch.Step(
            "adamw",
            options.LearningRate!.Value,
            options.beta1!.Value,
            options.beta2!.Value,
            options.weight_decay!.Value,
            options.eps!.Value
        );
    }
}
