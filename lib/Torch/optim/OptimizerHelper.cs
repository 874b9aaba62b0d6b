using System.Text;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>What is the same for all optimizers.</summary>
public abstract class OptimizerHelper : optim.Optimizer
{
    /// <summary>What a group that says nothing of a setting takes.</summary>
    private protected abstract OptimizerOptions Defaults { get; }

    private protected abstract OptimizerState NewState(Parameter parameter);

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
        param_group.Options.Complete(Defaults);
        param_group.States = Array.ConvertAll(param_group.List, NewState);
        foreach (OptimizerState state in param_group.States) state.Initialize(param_group.Options);
        Groups.Add(param_group);
    }

    /// <summary>The settings and states themselves, not copies.</summary>
    public virtual StateDictionary state_dict()
    {
        var dictionary = new StateDictionary();
        foreach (ParamGroup group in Groups)
        {
            dictionary.Options.Add(group.Options);
            dictionary.StateIndexRef.Add([.. Enumerable.Range(dictionary.State.Count, group.States.Length)]);
            dictionary.State.AddRange(group.States);
        }
        return dictionary;
    }

    /// <summary>Copies settings and states, group by group and parameter by parameter.</summary>
    /// <exception cref="InvalidOperationException">The groups are not as many or as long as here, or a state has another shape than its parameter.</exception>
    public virtual void load_state_dict(StateDictionary state_dict)
    {
        StateDictionary own = this.state_dict();
        int[] here = [.. own.StateIndexRef.Select(g => g.Count)], there = [.. state_dict.StateIndexRef.Select(g => g.Count)];
        if (!here.SequenceEqual(there))
            throw new InvalidOperationException($"The optimizer's groups have {string.Join(", ", here)} parameters, and those of the state {string.Join(", ", there)}");
        foreach ((OptimizerOptions options, OptimizerOptions source) in own.Options.Zip(state_dict.Options)) options.LoadStateDict(source);
        foreach ((OptimizerState state, OptimizerState source) in own.State.Zip(state_dict.State)) state.LoadStateDict(source);
    }

    public void save_state_dict(string location)
    {
        string beside = location + ".partial";
        using (var writer = new BinaryWriter(File.Create(beside), Encoding.UTF8)) save_state_dict(writer);
        File.Move(beside, location, overwrite: true);
    }

    public void save_state_dict(BinaryWriter writer)
    {
        StateDictionary own = state_dict();
        writer.Write(GetType().Name);
        writer.Write7BitEncodedInt64(own.Options.Count);
        writer.Write7BitEncodedInt64(own.State.Count);
        foreach (OptimizerOptions options in own.Options) options.SaveStateDict(writer);
        foreach (OptimizerState state in own.State) state.SaveStateDict(writer);
    }

    public void load_state_dict(string location)
    {
        using var reader = new BinaryReader(File.OpenRead(location), Encoding.UTF8);
        load_state_dict(reader);
    }

    /// <exception cref="InvalidDataException">It is no such file, a damaged one, or one of another optimizer.</exception>
    public void load_state_dict(BinaryReader reader)
    {
        StateDictionary own = state_dict();
        try
        {
            string kind = reader.ReadString();
            if (kind != GetType().Name) throw new InvalidDataException($"The file holds the state of {kind}, not of {GetType().Name}");
            (long groups, long states) = (reader.Read7BitEncodedInt64(), reader.Read7BitEncodedInt64());
            if (groups != own.Options.Count || states != own.State.Count)
                throw new InvalidDataException($"The file holds {groups} groups of {states} parameters together, and the optimizer has {own.Options.Count} of {own.State.Count}");
            foreach (OptimizerOptions options in own.Options) options.LoadStateDict(reader);
            foreach (OptimizerState state in own.State) state.LoadStateDict(reader);
        }
        catch (Exception e) when (e is IOException or FormatException)
        {
            throw new InvalidDataException($"Not a sound file of an optimizer's state: {e.Message}", e);
        }
    }

    public virtual void to(Device device)
    {
        foreach (OptimizerState state in Groups.SelectMany(g => g.States)) state.to(device);
    }

    protected override void Dispose(bool disposing)
    {
        foreach (OptimizerState state in Groups.SelectMany(g => g.States)) (state as IDisposable)?.Dispose();
    }

    /// <summary>Takes a step of each parameter that has a gradient, outside of autograd; weight decay is in the gradient that the step is given.</summary>
    /// <param name="maximize">Whether the loss is to grow.</param>
    private protected static void Each(ParamGroup group, double weight_decay, bool maximize, Action<Parameter, Tensor, OptimizerState> step)
    {
        using IDisposable mode = no_grad();
        foreach ((Parameter parameter, OptimizerState state) in group.List.Zip(group.States))
        {
            using DisposeScope scope = NewDisposeScope();
            if (parameter.grad is not { } gradient) continue;
            state.Steps++;
            if (maximize) gradient = -gradient;
            if (weight_decay != 0) gradient = gradient.add(parameter, weight_decay);
            step(parameter, gradient, state);
        }
    }

    private static unsafe void ZeroGrad(ParamGroup group)
    {
        fixed (nint* handles = Handles(group)) Library.Check(Library.torch_zero_grad(handles, group.List.Length));
        GC.KeepAlive(group);
    }

    // Not on the stack, which a group of many parameters would overflow.
    private protected static nint[] Handles(ParamGroup group) => Array.ConvertAll(group.List, p => p.Handle);

    /// <summary>The handles of one tensor of each parameter's state, none where it has none.</summary>
    private protected static nint[] Handles(ParamGroup group, int slot) => Array.ConvertAll(group.States, s => s.Slot(slot, group.Options)?.Handle ?? 0);

    private protected static long[] Steps(ParamGroup group) => Array.ConvertAll(group.States, s => s.Steps);

    /// <summary>Notes the steps that native code counted, before <paramref name="status"/> is looked at: where it failed, those before are taken.</summary>
    private protected static void Finish(ParamGroup group, long[] steps, int status)
    {
        for (int i = 0; i < steps.Length; i++) group.States[i].Steps = steps[i];
        Library.Check(status);
    }

    private protected static double Checked(double value, string name) => value >= 0 ? value : throw new ArgumentException($"Invalid {name}: {value}");
}
