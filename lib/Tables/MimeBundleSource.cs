using System.Net;
using System.Reflection;

namespace Tables;

/// <summary>
/// How .NET Interactive's kernel shows a value that says by <c>ToMimeBundle()</c> how it looks: as our own kernel does,
/// where its type carries <c>[TypeFormatterSource(typeof(MimeBundleSource))]</c>, or <see cref="Register"/> names it.
/// </summary>
internal sealed class MimeBundleSource
{
    private const string Html = "text/html",
        Text = "text/plain";

    private static readonly string[] mimeTypes = [Html, Text];

    /// <summary>The formatters; .NET Interactive calls it by this name.</summary>
    public IEnumerable<object> CreateTypeFormatters() => mimeTypes.Select(mimeType => new Formed(mimeType));

    /// <summary>
    /// From here on .NET Interactive's kernel, where it is what runs, shows values of a type of others' so, in the
    /// place of what their own extension says.
    /// </summary>
    /// <param name="toMimeBundle">Gives a value's forms by MIME type.</param>
    public static void Register<T>(Func<T, IReadOnlyDictionary<string, object>> toMimeBundle)
    {
        Assembly[] loaded = AppDomain.CurrentDomain.GetAssemblies();
        if (Find("CSharp") is null || Find("Formatting") is not { } formatting)
            return;
        MethodInfo register = formatting
            .GetType("Microsoft.DotNet.Interactive.Formatting.Formatter", throwOnError: true)!
            .GetMethod("Register", [typeof(Type), typeof(Action<object, TextWriter>), typeof(string)])!;
        foreach (string mimeType in mimeTypes)
        {
            Action<object, TextWriter> write = (value, writer) => writer.Write(Form(toMimeBundle((T)value), mimeType));
            register.Invoke(null, [typeof(T), write, mimeType]);
        }

        Assembly? Find(string part) =>
            loaded.FirstOrDefault(assembly => assembly.GetName().Name == $"Microsoft.DotNet.Interactive.{part}");
    }

    // Its front ends ask for HTML first, and a value without any would be taken apart into its properties.
    private static object Form(IReadOnlyDictionary<string, object> forms, string mimeType) =>
        forms.TryGetValue(mimeType, out object? form) ? form
        : mimeType == Text ? ""
        : forms.TryGetValue("image/png", out object? png) ? $"""<img src="data:image/png;base64,{png}">"""
        : $"<pre>{WebUtility.HtmlEncode((string)forms[Text])}</pre>";

    // Its members, too, are found by their names.
    private sealed class Formed(string mimeType)
    {
        public string MimeType => mimeType;

        public bool Format(object value, TextWriter writer)
        {
            // Once one of ours is shown, .NET Interactive asks this of values of any type.
            if (value.GetType().GetMethod("ToMimeBundle", Type.EmptyTypes) is not { } toMimeBundle)
                return false;
            object forms = toMimeBundle.Invoke(value, null)!;
            writer.Write(Form((IReadOnlyDictionary<string, object>)forms, mimeType));
            return true;
        }
    }
}
