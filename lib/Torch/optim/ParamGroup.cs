using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>Parameters that share their settings.</summary>
public abstract class ParamGroup : optim.ILearningRateController
{
    internal ParamGroup(IEnumerable<Parameter> parameters, OptimizerOptions options)
    {
        List = [.. parameters];
        Options = options;
    }

    public IEnumerable<Parameter> Parameters => List;
    public OptimizerOptions Options { get; }

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

    internal Parameter[] List { get; }

    /// <summary>One for each parameter, once an optimizer has taken the group in.</summary>
    internal OptimizerState[] States { get; set; } = [];
}
