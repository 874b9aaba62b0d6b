using System.Diagnostics.CodeAnalysis;
using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>
/// Disposes, when it is disposed itself, every tensor made on its thread while it was the innermost scope,
/// but for those that were moved to another scope or detached.
/// </summary>
public sealed class DisposeScope : IDisposable
{
    // A tensor remembers its place in the list, so that it leaves without a search.
    private readonly List<IDisposable> disposables = [];

    internal DisposeScope(DisposeScope? outer) => Outer = outer;

    internal DisposeScope? Outer { get; set; }

    public int DisposablesCount => disposables.Count;
    public IReadOnlyList<IDisposable> DisposablesView => disposables;

    public bool Contains(IDisposable disposable) => IndexOf(disposable) >= 0;

    public void Attach(IDisposable disposable)
    {
        if (disposable is Tensor tensor)
        {
            if (tensor.Scope == this) return;
            tensor.Scope?.Remove(tensor);
        }
        else if (Contains(disposable))
        {
            return;
        }
        DisposeScopeManager.Statistics.TensorStatistics.AttachedToScopeCount++;
        Add(disposable);
    }

    public void Attach(params IDisposable[] disposables)
    {
        foreach (IDisposable disposable in disposables) Attach(disposable);
    }

    public IReadOnlyList<IDisposable> Attach(IEnumerable<IDisposable> disposables)
    {
        IDisposable[] list = [.. disposables];
        Attach(list);
        return list;
    }

    [return: NotNullIfNotNull(nameof(disposable))]
    public T? Detach<T>(T? disposable) where T : IDisposable => MoveToOther(null, disposable);

    public (T1 first, T2 second) Detach<T1, T2>(T1 first, T2 second) where T1 : IDisposable where T2 : IDisposable =>
        MoveToOther(null, first, second);

    public (T1 first, T2 second, T3 third) Detach<T1, T2, T3>(T1 first, T2 second, T3 third)
        where T1 : IDisposable where T2 : IDisposable where T3 : IDisposable => MoveToOther(null, first, second, third);

    public void Detach(params IDisposable[] disposables) => MoveToOther(null, disposables);
    public void Detach(IEnumerable<IDisposable> disposables) => MoveToOther(null, disposables);

    [return: NotNullIfNotNull(nameof(disposable))]
    public T? MoveToOuter<T>(T? disposable) where T : IDisposable => MoveToOther(Outer, disposable);

    public (T1 first, T2 second) MoveToOuter<T1, T2>(T1 first, T2 second) where T1 : IDisposable where T2 : IDisposable =>
        MoveToOther(Outer, first, second);

    public (T1 first, T2 second, T3 third) MoveToOuter<T1, T2, T3>(T1 first, T2 second, T3 third)
        where T1 : IDisposable where T2 : IDisposable where T3 : IDisposable => MoveToOther(Outer, first, second, third);

    public void MoveToOuter(params IDisposable[] disposables) => MoveToOther(Outer, disposables);
    public void MoveToOuter(IEnumerable<IDisposable> disposables) => MoveToOther(Outer, disposables);

    [return: NotNullIfNotNull(nameof(disposable))]
    public T? MoveToOther<T>(DisposeScope? scope, T? disposable) where T : IDisposable
    {
        if (disposable is not null && scope != this && IndexOf(disposable) is >= 0 and int index)
        {
            RemoveAt(index);
            if (scope is not null) scope.Add(disposable);
            else DisposeScopeManager.Statistics.TensorStatistics.DetachedFromScopeCount++;
        }
        return disposable;
    }

    public (T1 first, T2 second) MoveToOther<T1, T2>(DisposeScope? scope, T1 first, T2 second) where T1 : IDisposable where T2 : IDisposable =>
        (MoveToOther(scope, first), MoveToOther(scope, second));

    public (T1 first, T2 second, T3 third) MoveToOther<T1, T2, T3>(DisposeScope? scope, T1 first, T2 second, T3 third)
        where T1 : IDisposable where T2 : IDisposable where T3 : IDisposable =>
        (MoveToOther(scope, first), MoveToOther(scope, second), MoveToOther(scope, third));

    public void MoveToOther(DisposeScope? scope, params IDisposable[] disposables)
    {
        foreach (IDisposable disposable in disposables) MoveToOther<IDisposable>(scope, disposable);
    }

    public void MoveToOther(DisposeScope? scope, IEnumerable<IDisposable> disposables) => MoveToOther(scope, [.. disposables]);

    public void DisposeEverything()
    {
        // From the end, so that a tensor that leaves the list moves no other.
        for (int i = disposables.Count - 1; i >= 0; i = Math.Min(i, disposables.Count) - 1)
        {
            IDisposable disposable = disposables[i];
            disposable.Dispose();
            if (disposable is not Tensor) disposables.Remove(disposable);
        }
    }

    public void DisposeEverythingBut(params IDisposable[] keep) => DisposeEverythingBut((IEnumerable<IDisposable>)keep);

    public void DisposeEverythingBut(IEnumerable<IDisposable> inKeep)
    {
        IDisposable[] kept = [.. inKeep.Where(Contains)];
        foreach (IDisposable disposable in kept) RemoveAt(IndexOf(disposable));
        DisposeEverything();
        foreach (IDisposable disposable in kept) Add(disposable);
    }

    public T DisposeEverythingBut<T>(T keep) where T : IDisposable
    {
        DisposeEverythingBut([keep]);
        return keep;
    }

    public (T1 first, T2 second) DisposeEverythingBut<T1, T2>(T1 first, T2 second) where T1 : IDisposable where T2 : IDisposable
    {
        DisposeEverythingBut([first, second]);
        return (first, second);
    }

    public (T1 first, T2 second, T3 third) DisposeEverythingBut<T1, T2, T3>(T1 first, T2 second, T3 third)
        where T1 : IDisposable where T2 : IDisposable where T3 : IDisposable
    {
        DisposeEverythingBut([first, second, third]);
        return (first, second, third);
    }

    /// <summary>Says that something of this scope was disposed by other means.</summary>
    public void MarkAsDisposed(IDisposable disposable)
    {
        if (IndexOf(disposable) is >= 0 and int index) RemoveAt(index);
    }

    public void Dispose()
    {
        DisposeScopeManager.Close(this);
        DisposeEverything();
    }

    internal void Add(IDisposable disposable)
    {
        if (disposable is Tensor tensor)
        {
            tensor.Scope = this;
            tensor.ScopeIndex = disposables.Count;
        }
        disposables.Add(disposable);
    }

    internal void Remove(Tensor tensor) => RemoveAt(tensor.ScopeIndex);

    private int IndexOf(IDisposable disposable) =>
        disposable is not Tensor tensor ? disposables.FindIndex(d => ReferenceEquals(d, disposable))
        : tensor.Scope == this ? tensor.ScopeIndex : -1;

    private void RemoveAt(int index)
    {
        if (disposables[index] is Tensor leaving) leaving.Scope = null;
        IDisposable last = disposables[^1];
        disposables[index] = last;
        if (last is Tensor moved) moved.ScopeIndex = index;
        disposables.RemoveAt(disposables.Count - 1);
    }
}
