using System.Collections.Concurrent;

namespace Notebooks.Interactive;

/// <summary>How values of types that don't say it themselves are shown, as .NET Interactive has it.</summary>
public static class Formatter
{
    private static readonly ConcurrentDictionary<
        Type,
        Func<object, IEnumerable<KeyValuePair<string, object>>>
    > formats = [];

    /// <summary>
    /// From here on, values of type <typeparamref name="T"/> and of types derived from it are shown so:
    /// <c>Formatter.Register&lt;Song&gt;(s => $"&lt;b&gt;{s.Title}&lt;/b&gt;", "text/html")</c>. A later one for the
    /// same type replaces it.
    /// </summary>
    /// <param name="format">Gives a value's form.</param>
    /// <param name="mimeType">What the form is.</param>
    public static void Register<T>(Func<T, string> format, string mimeType = "text/plain") =>
        formats[typeof(T)] = value => [KeyValuePair.Create(mimeType, (object)format((T)value))];

    /// <summary>The same for values of several forms.</summary>
    /// <param name="format">Gives a value's forms by MIME type, as a value's own <c>ToMimeBundle()</c> does.</param>
    public static void Register<T>(Func<T, IReadOnlyDictionary<string, object>> format) =>
        formats[typeof(T)] = value => format((T)value);

    internal static bool IsRegistered(Type type) => Find(type) is not null;

    internal static IEnumerable<KeyValuePair<string, object>>? Format(object value) =>
        Find(value.GetType())?.Invoke(value);

    private static Func<object, IEnumerable<KeyValuePair<string, object>>>? Find(Type type)
    {
        if (formats.IsEmpty)
            return null;
        for (Type? t = type; t is not null; t = t.BaseType)
            if (formats.TryGetValue(t, out var own))
                return own;
        foreach (Type t in type.GetInterfaces())
            if (formats.TryGetValue(t, out var own))
                return own;
        return null;
    }
}
