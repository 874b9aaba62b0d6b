using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>Parameters that share their settings.</summary>
public abstract class ParamGroup : optim.ILearningRateController
{
    private protected ParamGroup(IEnumerable<Parameter> parameters, OptimizerOptions options)
    {
        List = [.. parameters];
        Options = options;
    }

    /// <exception cref="InvalidOperationException">It is set once an optimizer has taken the group in.</exception>
    public IEnumerable<Parameter> Parameters
    {
        get => List;
        set => List = States.Length == 0 ? [.. value] : throw new InvalidOperationException("An optimizer has the group's parameters already");
    }

    public OptimizerOptions Options { get; private protected set; }

    public double LearningRate
    {
        get => Options.LearningRate!.Value;
        set => Options.LearningRate = value;
    }

    public double InitialLearningRate
    {
        get => Options.InitialLearningRate;
        set => Options.InitialLearningRate = value;
    }

    /// <summary>Whether a scheduler has noted the initial learning rate.</summary>
    internal bool Scheduled { get; set; }

    internal Parameter[] List { get; private set; }

    /// <summary>One for each parameter, once an optimizer has taken the group in.</summary>
    internal OptimizerState[] States { get; set; } = [];
}
