namespace TorchSharp.Modules;

/// <summary>Parameters that share the settings of one kind of optimizer.</summary>
public class ParamGroup<TOptions>(IEnumerable<Parameter> parameters, TOptions? options = null) : ParamGroup(parameters, options ?? new TOptions())
    where TOptions : OptimizerOptions, new()
{
    public new TOptions Options => (TOptions)base.Options;
}
