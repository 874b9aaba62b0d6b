using System.Runtime.CompilerServices;
using static TorchSharp.torch.nn;

namespace TorchSharp.Modules;

/// <summary>Modules of any kind under numbers or names of their own; how they follow each other, a class derived from it says in <c>forward</c>.</summary>
public abstract class Sequential<T, TResult> : Module<T, TResult>
{
    protected Sequential(params (string name, Module module)[] modules) : base(nameof(Sequential))
    {
        foreach ((string name, Module module) in modules) append(name, module);
    }

    protected Sequential(params Module[] modules) : base(nameof(Sequential))
    {
        foreach (Module module in modules) append(module);
    }

    public int Count => children().Count();

    [IndexerName("SequentialItems")]
    public Module this[int index] => children().ElementAt(index);

    public Sequential<T, TResult> append(string name, Module module)
    {
        register_module(name, module);
        return this;
    }

    public Sequential<T, TResult> append(Module module) => append(Count.ToString(), module);
}

/// <summary>Modules of any kind under numbers or names of their own; how they follow each other, a class derived from it says in <c>forward</c>.</summary>
public abstract class Sequential<T1, T2, TResult> : Module<T1, T2, TResult>
{
    protected Sequential(params (string name, Module module)[] modules) : base(nameof(Sequential))
    {
        foreach ((string name, Module module) in modules) append(name, module);
    }

    protected Sequential(params Module[] modules) : base(nameof(Sequential))
    {
        foreach (Module module in modules) append(module);
    }

    public int Count => children().Count();

    [IndexerName("SequentialItems")]
    public Module this[int index] => children().ElementAt(index);

    public Sequential<T1, T2, TResult> append(string name, Module module)
    {
        register_module(name, module);
        return this;
    }

    public Sequential<T1, T2, TResult> append(Module module) => append(Count.ToString(), module);
}

/// <summary>Modules of any kind under numbers or names of their own; how they follow each other, a class derived from it says in <c>forward</c>.</summary>
public abstract class Sequential<T1, T2, T3, TResult> : Module<T1, T2, T3, TResult>
{
    protected Sequential(params (string name, Module module)[] modules) : base(nameof(Sequential))
    {
        foreach ((string name, Module module) in modules) append(name, module);
    }

    protected Sequential(params Module[] modules) : base(nameof(Sequential))
    {
        foreach (Module module in modules) append(module);
    }

    public int Count => children().Count();

    [IndexerName("SequentialItems")]
    public Module this[int index] => children().ElementAt(index);

    public Sequential<T1, T2, T3, TResult> append(string name, Module module)
    {
        register_module(name, module);
        return this;
    }

    public Sequential<T1, T2, T3, TResult> append(Module module) => append(Count.ToString(), module);
}

/// <summary>Modules of any kind under numbers or names of their own; how they follow each other, a class derived from it says in <c>forward</c>.</summary>
public abstract class Sequential<T1, T2, T3, T4, TResult> : Module<T1, T2, T3, T4, TResult>
{
    protected Sequential(params (string name, Module module)[] modules) : base(nameof(Sequential))
    {
        foreach ((string name, Module module) in modules) append(name, module);
    }

    protected Sequential(params Module[] modules) : base(nameof(Sequential))
    {
        foreach (Module module in modules) append(module);
    }

    public int Count => children().Count();

    [IndexerName("SequentialItems")]
    public Module this[int index] => children().ElementAt(index);

    public Sequential<T1, T2, T3, T4, TResult> append(string name, Module module)
    {
        register_module(name, module);
        return this;
    }

    public Sequential<T1, T2, T3, T4, TResult> append(Module module) => append(Count.ToString(), module);
}

/// <summary>Modules of any kind under numbers or names of their own; how they follow each other, a class derived from it says in <c>forward</c>.</summary>
public abstract class Sequential<T1, T2, T3, T4, T5, TResult> : Module<T1, T2, T3, T4, T5, TResult>
{
    protected Sequential(params (string name, Module module)[] modules) : base(nameof(Sequential))
    {
        foreach ((string name, Module module) in modules) append(name, module);
    }

    protected Sequential(params Module[] modules) : base(nameof(Sequential))
    {
        foreach (Module module in modules) append(module);
    }

    public int Count => children().Count();

    [IndexerName("SequentialItems")]
    public Module this[int index] => children().ElementAt(index);

    public Sequential<T1, T2, T3, T4, T5, TResult> append(string name, Module module)
    {
        register_module(name, module);
        return this;
    }

    public Sequential<T1, T2, T3, T4, T5, TResult> append(Module module) => append(Count.ToString(), module);
}

/// <summary>Modules of any kind under numbers or names of their own; how they follow each other, a class derived from it says in <c>forward</c>.</summary>
public abstract class Sequential<T1, T2, T3, T4, T5, T6, TResult> : Module<T1, T2, T3, T4, T5, T6, TResult>
{
    protected Sequential(params (string name, Module module)[] modules) : base(nameof(Sequential))
    {
        foreach ((string name, Module module) in modules) append(name, module);
    }

    protected Sequential(params Module[] modules) : base(nameof(Sequential))
    {
        foreach (Module module in modules) append(module);
    }

    public int Count => children().Count();

    [IndexerName("SequentialItems")]
    public Module this[int index] => children().ElementAt(index);

    public Sequential<T1, T2, T3, T4, T5, T6, TResult> append(string name, Module module)
    {
        register_module(name, module);
        return this;
    }

    public Sequential<T1, T2, T3, T4, T5, T6, TResult> append(Module module) => append(Count.ToString(), module);
}
