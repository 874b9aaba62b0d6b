namespace TorchSharp.Modules;

/// <summary>Settings of a group of parameters; what is null is the optimizer's.</summary>
public abstract class OptimizerOptions
{
    public double? LearningRate { get; set; }
    public double InitialLearningRate { get; set; }

    /// <summary>The settings beside the learning rate, under torch.optim's names.</summary>
    internal abstract Setting[] Settings { get; }

    /// <summary>Settings that only Python knows, at their defaults; its optimizers want them in a state dict.</summary>
    internal virtual string[] PythonsOwn => ["differentiable"];

    /// <summary>Whether the state has a tensor of this name from the start.</summary>
    internal abstract bool Needs(string tensor);

    /// <summary>Takes what is null here from the optimizer's own settings.</summary>
    internal void Complete(OptimizerOptions defaults)
    {
        InitialLearningRate = (LearningRate ??= defaults.LearningRate)!.Value;
        foreach ((Setting own, Setting common) in Settings.Zip(defaults.Settings))
            if (own.Get() is null) own.Set(common.Get()!.Value);
    }

    public virtual void LoadStateDict(OptimizerOptions source)
    {
        if (source.GetType() != GetType()) throw new ArgumentException($"The settings of {source.GetType().DeclaringType?.Name} are none of {GetType().DeclaringType?.Name}");
        (InitialLearningRate, LearningRate) = (source.InitialLearningRate, source.LearningRate);
        foreach ((Setting own, Setting other) in Settings.Zip(source.Settings)) own.Set(other.Get()!.Value);
    }

    public virtual void SaveStateDict(BinaryWriter writer)
    {
        writer.Write(InitialLearningRate);
        writer.Write(LearningRate!.Value);
        foreach (Setting setting in Settings)
        {
            if (setting.IsTruth) writer.Write(setting.Get() != 0);
            else writer.Write(setting.Get()!.Value);
        }
    }

    public virtual void LoadStateDict(BinaryReader reader)
    {
        InitialLearningRate = reader.ReadDouble();
        LearningRate = reader.ReadDouble();
        foreach (Setting setting in Settings) setting.Set(setting.IsTruth ? reader.ReadBoolean() ? 1 : 0 : reader.ReadDouble());
    }

    /// <summary>A setting by name, as a number; a truth value is 0 or 1.</summary>
    internal sealed record Setting(string Name, Func<double?> Get, Action<double> Set, bool IsTruth = false)
    {
        public static Setting Truth(string name, Func<bool?> get, Action<bool> set) => new(name, () => get() is { } on ? on ? 1 : 0 : null, value => set(value != 0), true);
    }
}
