using System.Net;
using Microsoft.DotNet.Interactive.Formatting;

namespace Tables;

/// <summary>
/// How .NET Interactive shows a value that says by <c>ToMimeBundle()</c> how it looks: as our own kernel does, where
/// its type carries <c>[TypeFormatterSource(typeof(MimeBundleSource))]</c>, or <see cref="Register"/> names it.
/// </summary>
public sealed class MimeBundleSource : ITypeFormatterSource
{
    private static readonly string[] MimeTypes = [HtmlFormatter.MimeType, PlainTextFormatter.MimeType];

    /// <inheritdoc/>
    public IEnumerable<ITypeFormatter> CreateTypeFormatters() => MimeTypes.Select(mimeType => new Formed(mimeType));

    /// <summary>
    /// From here on .NET Interactive shows values of a type of others' so, in the place of what their own extension
    /// says.
    /// </summary>
    /// <param name="toMimeBundle">Gives a value's forms by MIME type.</param>
    public static void Register<T>(Func<T, IReadOnlyDictionary<string, object>> toMimeBundle)
    {
        foreach (string mimeType in MimeTypes)
            Formatter.Register<T>((value, writer) => writer.Write(Form(toMimeBundle(value), mimeType)), mimeType);
    }

    // Its front ends ask for HTML first, and a value without any would be taken apart into its properties.
    private static object Form(IReadOnlyDictionary<string, object> forms, string mimeType) =>
        forms.TryGetValue(mimeType, out object? form) ? form
        : mimeType == PlainTextFormatter.MimeType ? ""
        : forms.TryGetValue("image/png", out object? png) ? $"""<img src="data:image/png;base64,{png}">"""
        : $"<pre>{WebUtility.HtmlEncode((string)forms[PlainTextFormatter.MimeType])}</pre>";

    private sealed class Formed(string mimeType) : TypeFormatter<object>
    {
        public override string MimeType => mimeType;

        public override bool Format(object value, FormatContext context)
        {
            // Once one of ours is shown, .NET Interactive asks this of values of any type.
            if (value.GetType().GetMethod("ToMimeBundle", Type.EmptyTypes) is not { } toMimeBundle)
                return false;
            object forms = toMimeBundle.Invoke(value, null)!;
            context.Writer.Write(Form((IReadOnlyDictionary<string, object>)forms, mimeType));
            return true;
        }
    }
}
