namespace TorchSharp.Modules;

/// <summary>Settings of a group of parameters; what is null is the optimizer's.</summary>
public abstract class OptimizerOptions
{
    public double? LearningRate { get; set; }
    public double InitialLearningRate { get; set; }
}
