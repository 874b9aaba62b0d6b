using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.PyBridge;

/// <summary>The state of an optimizer from and to files of torch.save, so that a training goes on in the other language.</summary>
public static class PyBridgeOptimizerExtensions
{
    /// <summary>Writes what Python's <c>optimizer.state_dict()</c> holds, beside <paramref name="location"/> first and then in its place.</summary>
    public static void save_py(this OptimizerHelper optimizer, string location)
    {
        optim.Optimizer.StateDictionary own = optimizer.state_dict();
        var state = new Dictionary<object, object?>();
        for (int i = 0; i < own.State.Count; i++)
            if (ToPython(own.State[i], own.Options[own.StateIndexRef.FindIndex(g => g.Contains(i))]) is { Count: > 0 } entries) state[(long)i] = entries;
        var groups = optimizer.ParamGroups.Cast<ParamGroup>().Zip(own.StateIndexRef, (group, indices) => (object?)ToPython(group, indices)).ToList();
        string beside = location + ".partial";
        using (FileStream stream = File.Create(beside)) Checkpoint.Write(stream, new Dictionary<object, object?> { ["state"] = state, ["param_groups"] = groups });
        File.Move(beside, location, overwrite: true);
    }

    /// <summary>Reads what Python's <c>torch.save(optimizer.state_dict(), location)</c> wrote.</summary>
    /// <exception cref="InvalidDataException">It is no such file, or a damaged one.</exception>
    /// <exception cref="InvalidOperationException">Its groups, parameters or shapes are not the optimizer's, which is as it was.</exception>
    public static void load_py(this OptimizerHelper optimizer, string location)
    {
        using DisposeScope scope = NewDisposeScope();
        using FileStream stream = File.OpenRead(location);
        if (Checkpoint.Read(stream) is not OrderedDictionary<object, object?> root || root.GetValueOrDefault("state") is not OrderedDictionary<object, object?> state || root.GetValueOrDefault("param_groups") is not List<object?> groups)
            throw Checkpoint.Damaged("it holds no optimizer's state");
        optim.Optimizer.StateDictionary own = optimizer.state_dict();
        OrderedDictionary<object, object?>[] theirs = [.. groups.Select(g => g as OrderedDictionary<object, object?> ?? throw Checkpoint.Damaged("a group of parameters is none"))];
        List<object?>[] members = [.. theirs.Select(g => g.GetValueOrDefault("params") as List<object?> ?? throw Checkpoint.Damaged("a group of parameters has no params"))];
        if (!members.Select(m => m.Count).SequenceEqual(own.StateIndexRef.Select(g => g.Count)))
            throw new InvalidOperationException($"The optimizer's groups have {string.Join(", ", own.StateIndexRef.Select(g => g.Count))} parameters, and those of the file {string.Join(", ", members.Select(m => m.Count))}");

        // Everything is looked at before anything is changed.
        var loads = new List<Action>();
        for (int g = 0; g < theirs.Length; g++)
        {
            (OptimizerOptions options, OrderedDictionary<object, object?> group) = (own.Options[g], theirs[g]);
            if (group.GetValueOrDefault("lr") is not (double or long)) throw Checkpoint.Damaged("a group of parameters has no learning rate");
            loads.Add(() => FromPython(options, group));
            foreach ((int index, object? id) in own.StateIndexRef[g].Zip(members[g]))
            {
                OptimizerState target = own.State[index];
                object? entries = id is long ? state.GetValueOrDefault(id) : throw Checkpoint.Damaged("a parameter's number is none");
                if (entries is not OrderedDictionary<object, object?> { Count: > 0 } stored)
                {
                    loads.Add(() => target.Reset(options));
                    continue;
                }
                for (int i = 0; i < target.Names.Length; i++)
                    if (stored.GetValueOrDefault(target.Names[i]) is StoredTensor tensor) target.Check(i, tensor.View().shape);
                loads.Add(() => FromPython(target, stored, options));
            }
        }
        foreach (Action load in loads) load();
    }

    private static Dictionary<object, object?> ToPython(OptimizerState state, OptimizerOptions options)
    {
        var entries = new Dictionary<object, object?>();
        // Python's SGD counts no steps, its Adagrad has a state before the first; some keep the count as a number, others as a tensor.
        bool stepped = state.Steps > 0 || state is SGD.State or Adagrad.State;
        if (stepped && state is not SGD.State) entries["step"] = state is RMSProp.State or Adadelta.State or Rprop.State ? state.Steps : tensor((float)state.Steps);
        if (stepped)
            foreach (((string name, _), double number) in state.FirstNumbers(options).Zip(state.Numbers)) entries[name] = tensor((float)number);
        if (stepped)
            foreach ((string name, Tensor? slot) in state.Names.Zip(state.Slots))
                if (slot is not null) entries[name] = slot;
        return entries;
    }

    private static void FromPython(OptimizerState state, OrderedDictionary<object, object?> entries, OptimizerOptions options)
    {
        state.Steps = entries.GetValueOrDefault("step") switch
        {
            long step => step,
            StoredTensor step => step.View().item<long>(),
            _ => 0,
        };
        state.Numbers = [.. state.FirstNumbers(options).Select(n => entries.GetValueOrDefault(n.name) is StoredTensor stored ? stored.View().item<float>() : n.value)];
        for (int i = 0; i < state.Names.Length; i++)
        {
            if (entries.GetValueOrDefault(state.Names[i]) is StoredTensor stored) state.Set(i, stored.View());
            else if (options.Needs(state.Names[i])) state.Slot(i, options)!.zero_();
            else state.Replace(i, null);
        }
    }

    private static OrderedDictionary<object, object?> ToPython(ParamGroup from, List<int> members)
    {
        OptimizerOptions options = from.Options;
        var group = new OrderedDictionary<object, object?> { ["lr"] = options.LearningRate };
        foreach (OptimizerOptions.Setting setting in options.Settings)
        {
            double value = setting.Get()!.Value;
            // Of a pair, such as betas.0 and betas.1, Python has a tuple.
            if (setting.Name.EndsWith(".0")) group[setting.Name[..^2]] = new object?[] { value, options.Settings.Single(s => s.Name == setting.Name[..^1] + "1").Get() };
            else if (!setting.Name.EndsWith(".1")) group[setting.Name] = setting.IsTruth ? value != 0 : value;
        }
        group["foreach"] = null;
        foreach (string name in options.PythonsOwn) group[name] = false;
        // A scheduler that goes on with the group asks for it, and one that starts anew takes it for its own.
        if (from.Scheduled || options.InitialLearningRate != options.LearningRate) group["initial_lr"] = options.InitialLearningRate;
        group["params"] = members.Select(m => (object?)(long)m).ToList();
        return group;
    }

    private static void FromPython(OptimizerOptions options, OrderedDictionary<object, object?> group)
    {
        options.LearningRate = Number("lr");
        options.InitialLearningRate = Number("initial_lr") ?? options.LearningRate!.Value;
        foreach (OptimizerOptions.Setting setting in options.Settings)
            if (Number(setting.Name) is { } value) setting.Set(value);

        double? Number(string name) => (name.Contains('.') ? (group.GetValueOrDefault(name[..^2]) as object?[])?.ElementAtOrDefault(name[^1] - '0') : group.GetValueOrDefault(name)) switch
        {
            double real => real,
            long whole => whole,
            bool truth => truth ? 1 : 0,
            _ => null,
        };
    }
}
