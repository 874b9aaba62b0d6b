using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>What an optimizer remembers of one parameter: the number of steps, and tensors under torch.optim's names.</summary>
public abstract class OptimizerState
{
    private readonly Parameter parameter;

    private protected OptimizerState(Parameter parameter, params string[] names)
    {
        this.parameter = parameter;
        Names = names;
        Slots = new Tensor?[names.Length];
    }

    internal string[] Names { get; }

    /// <summary>The tensors in the order of their names; none where the optimizer has none yet, or by its settings needs none.</summary>
    internal Tensor?[] Slots { get; }

    internal long Steps;

    /// <summary>What beside the count of steps is a number, in the order of <see cref="FirstNumbers"/>.</summary>
    internal double[] Numbers = [];

    /// <summary>The names of the numbers under torch.optim, and what they are before the first step.</summary>
    internal virtual (string name, double value)[] FirstNumbers(OptimizerOptions options) => [];

    /// <summary>A tensor by its place. The settings may ask for it by now: a scheduler sets a momentum, say.</summary>
    internal Tensor? Slot(int slot, OptimizerOptions options)
    {
        if (Slots[slot] is null && options.Needs(Names[slot])) Replace(slot, zeros_like(parameter));
        return Slots[slot];
    }

    /// <summary>Makes the tensors that the settings ask for, as they are before the first step.</summary>
    public virtual void Initialize(OptimizerOptions options)
    {
        Numbers = [.. FirstNumbers(options).Select(n => n.value)];
        for (int i = 0; i < Slots.Length; i++)
            Replace(i, options.Needs(Names[i]) ? zeros_like(parameter) : null);
    }

    /// <summary>Forgets all steps.</summary>
    internal void Reset(OptimizerOptions options)
    {
        Steps = 0;
        Initialize(options);
    }

    public virtual void LoadStateDict(OptimizerState source)
    {
        if (source.GetType() != GetType()) throw new ArgumentException($"The state of {source.GetType().DeclaringType?.Name} is none of {GetType().DeclaringType?.Name}");
        Steps = source.Steps;
        Numbers = [.. source.Numbers];
        for (int i = 0; i < Slots.Length; i++) Set(i, source.Slots[i]);
    }

    public virtual void SaveStateDict(BinaryWriter writer)
    {
        writer.Write(Steps);
        foreach (double number in Numbers) writer.Write(number);
        foreach (Tensor? slot in Slots)
        {
            writer.Write(slot is not null);
            slot?.Save(writer);
        }
    }

    public virtual void LoadStateDict(BinaryReader reader)
    {
        Steps = reader.ReadInt64();
        for (int i = 0; i < Numbers.Length; i++) Numbers[i] = reader.ReadDouble();
        for (int i = 0; i < Slots.Length; i++)
        {
            using Tensor? read = reader.ReadBoolean() ? TensorExtensionMethods.Load(reader) : null;
            Set(i, read);
        }
    }

    public virtual void to(Device device)
    {
        for (int i = 0; i < Slots.Length; i++)
            if (Slots[i] is { } slot) Replace(i, slot.to(device));
    }

    public virtual bool ApproximatelyEquals(OptimizerState other) =>
        other.GetType() == GetType() && other.Steps == Steps && other.Numbers.AsSpan().SequenceEqual(Numbers) && Slots.Zip(other.Slots).All(pair => pair.First is null ? pair.Second is null : pair.Second is not null && pair.First.allclose(pair.Second));

    /// <summary>Takes a copy of a tensor, which is shaped as the parameter.</summary>
    internal void Set(int slot, Tensor? value)
    {
        if (value is not null) Check(slot, value.shape);
        Replace(slot, value?.to(parameter.dtype, parameter.device, copy: true));
    }

    internal void Check(int slot, long[] shape)
    {
        if (!shape.SequenceEqual(parameter.shape))
            throw new InvalidOperationException($"{Names[slot]} has the shape [{string.Join(", ", shape)}], and its parameter [{string.Join(", ", parameter.shape)}]");
    }

    internal void Replace(int slot, Tensor? value)
    {
        Slots[slot]?.Dispose();
        Slots[slot] = value?.DetachFromDisposeScope();
    }

    private protected void DisposeSlots()
    {
        foreach (Tensor? slot in Slots) slot?.Dispose();
    }
}
