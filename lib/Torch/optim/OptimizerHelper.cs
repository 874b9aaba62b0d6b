using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>What is the same for all optimizers.</summary>
public abstract class OptimizerHelper : optim.Optimizer
{
    public override IEnumerable<Parameter> parameters() => Groups.SelectMany(g => g.List);

    public override void zero_grad()
    {
        foreach (ParamGroup group in Groups) ZeroGrad(group);
    }

    /// <summary>Completes the group's settings with the optimizer's own and takes it in.</summary>
    public override void add_param_group(ParamGroup param_group)
    {
        var own = new HashSet<Parameter>(parameters(), ReferenceEqualityComparer.Instance);
        if (param_group.List.Any(p => !own.Add(p))) throw new ArgumentException("A parameter stands in two groups of the optimizer, or twice in one");
        if (param_group.List.Any(p => !p.is_leaf)) throw new ArgumentException("An optimizer takes leaves of the graph alone");
        Groups.Add(param_group);
    }

    private static unsafe void ZeroGrad(ParamGroup group)
    {
        nint* handles = stackalloc nint[group.List.Length];
        Handles(group.List, handles);
        Library.Check(Library.torch_zero_grad(handles, group.List.Length));
        GC.KeepAlive(group);
    }

    private protected static unsafe void Handles(Tensor?[] tensors, nint* handles)
    {
        for (int i = 0; i < tensors.Length; i++) handles[i] = tensors[i]?.Handle ?? 0;
    }

    private protected static double Checked(double value, string name) => value >= 0 ? value : throw new ArgumentException($"Invalid {name}: {value}");
}
