using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Notebooks;

/// <summary>
/// JSON as nbformat writes it (Python's <c>json.dumps(…, indent=1, sort_keys=True, ensure_ascii=False)</c>), to the
/// byte, so that a file that goes through this library and through Jupyter shows no differences that nobody made.
/// </summary>
internal static class NormalForm
{
    public static string Write(JsonNode root)
    {
        var text = new StringBuilder();
        Append(text, root, 0);
        return text.Append('\n').ToString();
    }

    private static void Append(StringBuilder text, JsonNode? node, int depth)
    {
        switch (node)
        {
            case null:
                text.Append("null");
                break;
            case JsonObject { Count: > 0 } map:
                char before = '{';
                foreach ((string key, JsonNode? value) in map.OrderBy(p => p.Key, StringComparer.Ordinal))
                {
                    NewLine(text.Append(before), depth + 1);
                    Append(text, key);
                    Append(text.Append(": "), value, depth + 1);
                    before = ',';
                }
                NewLine(text, depth).Append('}');
                break;
            case JsonArray { Count: > 0 } list:
                for (int i = 0; i < list.Count; i++)
                {
                    NewLine(text.Append(i == 0 ? '[' : ','), depth + 1);
                    Append(text, list[i], depth + 1);
                }
                NewLine(text, depth).Append(']');
                break;
            case JsonValue value when value.GetValueKind() == JsonValueKind.String:
                Append(text, (string)value!);
                break;
            default:
                text.Append(node.ToJsonString());
                break;
        }
    }

    private static StringBuilder NewLine(StringBuilder text, int depth) => text.Append('\n').Append(' ', depth);

    private static void Append(StringBuilder text, string value)
    {
        text.Append('"');
        foreach (char c in value)
        {
            switch (c)
            {
                case '"':
                    text.Append("\\\"");
                    break;
                case '\\':
                    text.Append("\\\\");
                    break;
                case '\n':
                    text.Append("\\n");
                    break;
                case '\r':
                    text.Append("\\r");
                    break;
                case '\t':
                    text.Append("\\t");
                    break;
                case '\f':
                    text.Append("\\f");
                    break;
                case '\b':
                    text.Append("\\b");
                    break;
                case < ' ':
                    text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
                    break;
                default:
                    text.Append(c);
                    break;
            }
        }
        text.Append('"');
    }
}
