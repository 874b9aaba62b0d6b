using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;

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
    public static JsonObject Of(object? value, SharedScripts? scripts = null)
    {
        JsonObject bundle;
        try
        {
            bundle = Registered(value) ?? OwnForms(value) ?? BuiltInForms(value);
        }
        catch (Exception e)
        {
            Exception cause = e is TargetInvocationException { InnerException: { } inner } ? inner : e;
            bundle = Text(
                $"{ValueText.TypeName(value!.GetType())} can't be shown: {cause.GetType().Name}: {cause.Message}"
            );
        }
        if (scripts is not null && bundle["text/html"] is { } html)
            bundle["text/html"] = scripts.TakeFrom((string)html!);
        return LargeForms.Cut(bundle);
    }

    /// <summary>Whether a value says itself how it is shown, or its user has said it.</summary>
    public static bool IsOwn(object value) =>
        OwnMethod(value) is not null || Interactive.Formatter.IsRegistered(value.GetType());

    private static JsonObject? Registered(object? value) =>
        value is null || Interactive.Formatter.Format(value) is not { } forms
            ? null
            : Bundle(forms, () => ValueText.Of(value));

    private static JsonObject? OwnForms(object? value)
    {
        if (value is null || OwnMethod(value) is not { } method)
            return null;
        var forms = (IEnumerable<KeyValuePair<string, object>>)method.Invoke(value, null)!;
        return Bundle(forms, () => ValueText.TypeName(value.GetType()));
    }

    private static JsonObject Bundle(IEnumerable<KeyValuePair<string, object>> forms, Func<string> text)
    {
        var bundle = new JsonObject();
        foreach ((string mimeType, object form) in forms)
            bundle[mimeType] = Node(mimeType, form);
        if (!bundle.ContainsKey("text/plain"))
            bundle["text/plain"] = text();
        return bundle;
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
