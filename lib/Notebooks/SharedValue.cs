using System.Collections.Concurrent;
using System.ComponentModel;

namespace Notebooks;

/// <summary>Hands values of other languages to the line of C# that declares a variable for them.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class SharedValue
{
    private static readonly ConcurrentDictionary<int, object> kept = [];
    private static int last;

    /// <summary>The value that was kept under a number, once.</summary>
    public static object Take(int number) =>
        kept.TryRemove(number, out object? value)
            ? value
            : throw new KeyNotFoundException($"nothing is kept under {number}");

    internal static int Keep(object value)
    {
        int number = Interlocked.Increment(ref last);
        kept[number] = value;
        return number;
    }
}
