namespace TorchSharp;

/// <summary>The dispose scopes that are open on a thread, and what became of the tensors made there.</summary>
public class DisposeScopeManager
{
    [ThreadStatic] private static DisposeScope? current;
    [ThreadStatic] private static ThreadDisposeScopeStatistics? statistics;

    /// <summary>Of the calling thread.</summary>
    public static ThreadDisposeScopeStatistics Statistics => statistics ??= new();

    /// <summary>The innermost open scope of the calling thread.</summary>
    internal static DisposeScope? Current => current;

    internal static DisposeScope Open() => current = new DisposeScope(current);

    /// <summary>Takes a scope out of the chain, wherever in it it stands.</summary>
    internal static void Close(DisposeScope scope)
    {
        if (current == scope)
        {
            current = scope.Outer;
            return;
        }
        for (DisposeScope? inner = current; inner is not null; inner = inner.Outer)
            if (inner.Outer == scope) inner.Outer = scope.Outer;
    }
}
