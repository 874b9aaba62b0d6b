using System.Collections;
using System.Globalization;
using System.Net;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Data.Analysis;
using Tables;

namespace Notebooks;

/// <summary>A value's forms by MIME type, as nbformat stores them; <c>text/plain</c> always among them.</summary>
internal static class MimeBundle
{
    private static readonly JsonSerializerOptions indented = new()
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The forms of <paramref name="value"/>. What its own code throws is shown in its place.</summary>
    /// <param name="value">The value.</param>
    /// <param name="options">What the host says of its own types.</param>
    /// <param name="scripts">Where shared scripts are kept.</param>
    public static JsonObject Of(object? value, EngineOptions? options = null, SharedScripts? scripts = null)
    {
        try
        {
            if (value is null)
                return BuiltInForms(value);
            JsonObject? bundle = null;
            if (DefaultFormatters.IsReplaced(value.GetType()))
                bundle = Bundle(value, DefaultFormatters.Forms(value));
            else if (OwnForms(value, options) is { } own)
                bundle = Bundle(value, own);
            else if (DefaultFormatters.IsKnown(value.GetType()))
                bundle = Bundle(value, DefaultFormatters.Forms(value));
            return Shared(bundle ?? BuiltInForms(value), scripts);
        }
        catch (Exception e)
        {
            Exception cause = e is TargetInvocationException { InnerException: { } inner } ? inner : e;
            return Text(
                $"{ValueText.TypeName(value!.GetType())} can't be shown: {cause.GetType().Name}: {cause.Message}"
            );
        }
    }

    /// <summary>Forms that a value has got already, and its text where none is among them.</summary>
    public static JsonObject Of(
        object? value,
        IEnumerable<KeyValuePair<string, object>> forms,
        SharedScripts? scripts = null
    ) => Shared(Bundle(value, forms), scripts);

    /// <summary>Whether a value, or the host for it, says how it is shown.</summary>
    public static bool IsOwn(object value, EngineOptions? options) =>
        value is DataFrame || OwnMethod(value) is not null || options?.FormsOf(value.GetType()) is not null;

    /// <summary>The HTML that a value has by default; null where its text says all.</summary>
    public static string? Html(object? value) => (string?)Default(value)["text/html"];

    /// <summary>The text that a value has by default.</summary>
    public static string PlainText(object? value) => (string)Default(value)["text/plain"]!;

    private static JsonObject Default(object? value) =>
        value is not null && OwnForms(value, CellRun.Current?.Options) is { } own
            ? Bundle(value, own)
            : BuiltInForms(value);

    private static IEnumerable<KeyValuePair<string, object>>? OwnForms(object value, EngineOptions? options)
    {
        if (value is DataFrame frame)
            return frame.ToMimeBundle();
        return OwnMethod(value) is { } method && options?.FormsOf(value.GetType()) is null
            ? (IEnumerable<KeyValuePair<string, object>>)method.Invoke(value, null)!
            : options?.FormsOf(value.GetType())?.Invoke(value);
    }

    private static JsonObject Bundle(object? value, IEnumerable<KeyValuePair<string, object>> forms)
    {
        var bundle = new JsonObject();
        foreach ((string mimeType, object form) in forms)
            bundle[mimeType] = Node(mimeType, form);
        if (!bundle.ContainsKey("text/plain"))
            bundle["text/plain"] = value is null ? "null" : ValueText.TypeName(value.GetType());
        return bundle;
    }

    private static JsonObject Shared(JsonObject bundle, SharedScripts? scripts)
    {
        if (scripts is not null && bundle["text/html"] is { } html)
            bundle["text/html"] = scripts.TakeFrom((string)html!);
        return LargeForms.Cut(bundle);
    }

    private static MethodInfo? OwnMethod(object value) =>
        value.GetType().GetMethod("ToMimeBundle", BindingFlags.Public | BindingFlags.Instance, Type.EmptyTypes)
            is { } method
        && typeof(IEnumerable<KeyValuePair<string, object>>).IsAssignableFrom(method.ReturnType)
            ? method
            : null;

    private static JsonNode? Node(string mimeType, object form)
    {
        if (!Notebook.IsJson(mimeType))
            return form is byte[] bytes
                ? Convert.ToBase64String(bytes)
                : Convert.ToString(form, CultureInfo.InvariantCulture);
        return form switch
        {
            string text => JsonNode.Parse(text),
            JsonNode node => node.DeepClone(),
            _ => JsonSerializer.SerializeToNode(form),
        };
    }

    private static JsonObject BuiltInForms(object? value)
    {
        switch (value)
        {
            case JsonNode or JsonElement or JsonDocument:
                JsonNode? node = JsonSerializer.SerializeToNode(value);
                var json = new JsonObject
                {
                    ["application/json"] = node,
                    ["text/plain"] = node?.ToJsonString(indented) ?? "null",
                };
                // Not every frontend draws JSON.
                if (node is IEnumerable parts && ValueTable.OfSequence(parts) is { } tree)
                    json["text/html"] = tree.ToHtml();
                return json;
            case IEnumerable items and not string:
                if (ValueTable.OfSequence(items) is { } rows)
                    return Table(rows);
                return Text(ValueText.Of(value));
            default:
                if (
                    value is not null
                    && !ValueText.IsScalar(value.GetType())
                    && ValueTable.OfObject(value) is { } properties
                )
                    return Table(properties, properties.IsNested ? ValueTable.ToTree(value) : ValueText.Of(value));
                return Text(ValueText.Of(value));
        }
    }

    private static JsonObject Text(string text) => new() { ["text/plain"] = text };

    private static JsonObject Table(ValueTable table, string? text = null) =>
        new() { ["text/html"] = table.ToHtml(), ["text/plain"] = text ?? table.ToText() };
}
