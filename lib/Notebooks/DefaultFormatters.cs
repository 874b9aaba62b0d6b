using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Reflection;
using System.Text.Json.Nodes;
using Microsoft.DotNet.Interactive.Formatting;
using Microsoft.DotNet.Interactive.Formatting.TabularData;

namespace Notebooks;

/// <summary>
/// How values look where nobody says otherwise: formatters of .NET Interactive's, below those that a cell or an
/// extension package registers, that a type names by <c>[TypeFormatterSource]</c>, and that are of
/// <see cref="Formatter"/>'s own types.
/// </summary>
/// <remarks>
/// <see cref="Formatter"/> takes default formatters from the source that a type names, and from nowhere else; so this
/// one names itself.
/// </remarks>
[TypeFormatterSource(typeof(DefaultFormatters), PreferredMimeTypes = [PlainTextFormatter.MimeType])]
internal sealed class DefaultFormatters : ITypeFormatterSource
{
    // Ids that outputs have been displayed with.
    private static readonly ConcurrentDictionary<string, bool> displayed = [];

    static DefaultFormatters() => ShowDisplayed();

    /// <summary>
    /// Puts them in place, at first and after <see cref="Formatter.ResetToDefault"/>; else it does nothing.
    /// </summary>
    public static void Install() => Formatter.GetPreferredMimeTypesFor(typeof(DefaultFormatters));

    /// <summary>
    /// Has <c>value.Display()</c> and its like, in a cell, show there: nowhere else, though the static constructor of
    /// .NET Interactive's <c>Kernel</c> has put a handler of its own beside, which prints where none of its kernels
    /// runs a cell.
    /// </summary>
    public static void ShowDisplayed() =>
        typeof(Formatter)
            .GetField("OnFormatterEvent", BindingFlags.NonPublic | BindingFlags.Static)!
            .SetValue(null, (Action<DisplayedValue>)Display);

    /// <summary>Rows that a table shows, values that a line of text does.</summary>
    /// <param name="otherwise">Where no cell has set <see cref="Formatter.ListExpansionLimit"/>.</param>
    public static int ListExpansionLimit(int otherwise) =>
        Formatter.ListExpansionLimit is var limit and not 20 ? limit : otherwise;

    /// <summary>Whether a cell or an extension package has said how a type's values are to be shown.</summary>
    public static bool IsReplaced(Type type)
    {
        Install();
        return !Formatter.GetPreferredMimeTypesFor(type).SequenceEqual([HtmlFormatter.MimeType])
            || IsRegistered(type, HtmlFormatter.MimeType)
            || IsRegistered(type, PlainTextFormatter.MimeType);
    }

    /// <summary>Whether a cell or an extension package has registered a form of a type's values.</summary>
    public static bool IsRegistered(Type type, string mimeType = HtmlFormatter.MimeType) =>
        Formatter
            .RegisteredFormatters(includeDefaults: false)
            .Any(formatter => formatter.MimeType == mimeType && IsFor(formatter, type));

    /// <summary>
    /// Whether a type names a source of formatters, or is one of those of .NET Interactive's own.
    /// </summary>
    public static bool IsKnown(Type type) =>
        Formatter
            .RegisteredFormatters()
            .Any(formatter =>
                formatter.MimeType is HtmlFormatter.MimeType or PlainTextFormatter.MimeType
                && !IsOfSystem(formatter)
                && IsFor(formatter, type)
            );

    /// <summary>A value's forms in the MIME types that are preferred for its type, and its text.</summary>
    public static IEnumerable<KeyValuePair<string, object>> Forms(object value) =>
        Formatter
            .GetPreferredMimeTypesFor(value.GetType())
            .Append(PlainTextFormatter.MimeType)
            .Distinct()
            .Select(mimeType => KeyValuePair.Create(mimeType, (object)Format(value, mimeType)))
            .Where(form => form.Value is not "" || form.Key == PlainTextFormatter.MimeType);

    /// <summary>A value's HTML within another's.</summary>
    public static string Html(object value) => value.ToDisplayString(HtmlFormatter.MimeType);

    /// <summary>Ours in the place of each that <see cref="Formatter"/> has for .NET's own types.</summary>
    public IEnumerable<ITypeFormatter> CreateTypeFormatters() =>
        [
            .. Formatter
                .RegisteredFormatters()
                .Where(IsOfSystem)
                .Select(formatter => (formatter.Type, formatter.MimeType))
                .Distinct()
                .Where(kind => kind.MimeType is HtmlFormatter.MimeType or PlainTextFormatter.MimeType)
                .Select(kind => new Default(kind.Type, kind.MimeType)),
            new TableText(),
        ];

    /// <summary>A value that .NET Interactive's own ways display, as a cell's output.</summary>
    public static OutputEvent Shown(
        object? value,
        IReadOnlyCollection<FormattedValue> formatted,
        string id,
        CellRun run
    )
    {
        var forms = formatted.ToDictionary(form => form.MimeType, object (form) => form.Value);
        if (!forms.ContainsKey(PlainTextFormatter.MimeType))
            forms[PlainTextFormatter.MimeType] = value.ToDisplayString(PlainTextFormatter.MimeType);
        JsonObject bundle = MimeBundle.Of(value, forms, run.Scripts);
        // .NET Interactive's Display gives its caller another DisplayedValue than it has shown: of an id, the first
        // update is the first that is seen.
        return displayed.TryAdd(id, true) ? new OutputEvent.Display(bundle, id) : new OutputEvent.Update(bundle, id);
    }

    private static bool IsOfSystem(ITypeFormatter formatter) =>
        formatter.Type.Namespace is { } name
        && (name == "System" || name.StartsWith("System.", StringComparison.Ordinal));

    private static bool IsFor(ITypeFormatter formatter, Type type)
    {
        if (!formatter.Type.IsGenericTypeDefinition)
            return formatter.Type.IsAssignableFrom(type);
        IEnumerable<Type> types = type.GetInterfaces();
        for (Type? one = type; one is not null; one = one.BaseType)
            types = types.Append(one);
        return types.Any(one => one.IsGenericType && one.GetGenericTypeDefinition() == formatter.Type);
    }

    private static string Format(object value, string mimeType)
    {
        using var form = new Form();
        using (var context = new FormatContext(form))
            value.FormatTo(context, mimeType);
        return form.ToString();
    }

    private static void Display(DisplayedValue shown)
    {
        if (CellRun.Current is not { } run)
        {
            Formatter.WriteToConsole(shown);
            return;
        }
        run.CheckOutput();
        run.Emit(Shown(shown.Value, shown.FormattedValues, shown.DisplayId, run));
    }

    /// <summary>One form of a value on its own, not of one within another.</summary>
    private sealed class Form() : StringWriter(CultureInfo.InvariantCulture);

    /// <summary>What <c>DisplayTable</c> shows, where there is no HTML.</summary>
    private sealed class TableText : TypeFormatter<TabularDataResource>
    {
        public override string MimeType => PlainTextFormatter.MimeType;

        public override bool Format(TabularDataResource table, FormatContext context)
        {
            context.Writer.Write(ValueTable.OfRows([.. table.Data]).ToText());
            return true;
        }
    }

    private sealed class Default(Type type, string mimeType) : TypeFormatter<object>(type)
    {
        public override string MimeType => mimeType;

        public override bool Format(object? value, FormatContext context)
        {
            string? form = mimeType == HtmlFormatter.MimeType ? MimeBundle.Html(value) : MimeBundle.PlainText(value);
            bool isAlone = context.Writer is Form started && started.GetStringBuilder().Length == 0;
            if (form is null && !isAlone)
                form = WebUtility.HtmlEncode(MimeBundle.PlainText(value));
            context.Writer.Write(form);
            return true;
        }
    }
}
