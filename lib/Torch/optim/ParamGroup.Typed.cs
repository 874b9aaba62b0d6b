namespace TorchSharp.Modules;

/// <summary>Parameters that share the settings of one kind of optimizer.</summary>
public class ParamGroup<TOptions>(IEnumerable<Parameter> parameters, TOptions? options = null) : ParamGroup(parameters, options ?? new TOptions())
    where TOptions : OptimizerOptions, new()
{
    /// <summary>For an initializer that names parameters and options.</summary>
    public ParamGroup() : this([]) { }

    public new TOptions Options
    {
        get => (TOptions)base.Options;
        set => base.Options = value;
    }
}
