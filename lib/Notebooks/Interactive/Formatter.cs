using System.Collections.Concurrent;

namespace Notebooks.Interactive;

/// <summary>How values of types that don't say it themselves are shown, as .NET Interactive has it.</summary>
public static class Formatter
{
    private static readonly ConcurrentDictionary<Type, (string MimeType, Func<object, string> Format)> formats = [];

    /// <summary>
    /// From here on, values of type <typeparamref name="T"/> and of types derived from it are shown so:
    /// <c>Formatter.Register&lt;Song&gt;(s => $"&lt;b&gt;{s.Title}&lt;/b&gt;", "text/html")</c>. A later one for the
    /// same type replaces it.
    /// </summary>
    /// <param name="format">Gives a value's form.</param>
    /// <param name="mimeType">What the form is.</param>
    public static void Register<T>(Func<T, string> format, string mimeType = "text/plain") =>
        formats[typeof(T)] = (mimeType, value => format((T)value));

    internal static bool IsRegistered(Type type) => Find(type) is not null;

    internal static MimeContent? Format(object value) =>
        Find(value.GetType()) is { } own ? new MimeContent(own.MimeType, own.Format(value)) : null;

    private static (string MimeType, Func<object, string> Format)? Find(Type type)
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
