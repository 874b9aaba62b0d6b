using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Notebooks;

/// <summary>
/// Scripts that HTML outputs share: <c>&lt;script data-once="KEY"&gt;…&lt;/script&gt;</c>, such as a chart library of
/// megabytes. One copy is kept; the outputs hold an empty placeholder each, and in a document the first placeholder of
/// a key gets the script.
/// </summary>
public sealed partial class SharedScripts
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, string> scripts = [];
    private readonly Dictionary<string, string> carriers = [];

    /// <summary>
    /// Keeps the shared scripts of <paramref name="html"/> and returns it with placeholders in their place.
    /// </summary>
    public string TakeFrom(string html)
    {
        return html.Contains("data-once", StringComparison.Ordinal) ? Script().Replace(html, Placeholder) : html;

        string Placeholder(Match match)
        {
            string key = match.Groups["key"].Value;
            if (match.Groups["body"].Length > 0)
                lock (gate)
                    scripts.TryAdd(key, match.Value);
            return $"<script data-once=\"{key}\"></script>";
        }
    }

    /// <summary>
    /// Gives the placeholders in a bundle their script, in place, where the cell is the first to need it, or is that
    /// cell run again.
    /// </summary>
    internal JsonObject PutInto(JsonObject bundle, string cell)
    {
        if (bundle["text/html"] is { } html && ((string)html!).Contains("data-once", StringComparison.Ordinal))
            bundle["text/html"] = Script().Replace((string)html!, ScriptOrNothing);
        return bundle;

        string ScriptOrNothing(Match match)
        {
            string key = match.Groups["key"].Value;
            lock (gate)
            {
                carriers.TryAdd(key, cell);
                return carriers[key] == cell && scripts.TryGetValue(key, out string? script) ? script : "";
            }
        }
    }

    /// <summary>
    /// Gives the first placeholder of each key in a notebook its script and takes the others away, in place.
    /// </summary>
    public void PutInto(Notebook notebook)
    {
        var placed = new HashSet<string>();
        JsonObject[] bundles =
        [
            .. notebook
                .Cells.SelectMany(c => c.Outputs)
                .Select(o => o!["data"])
                .OfType<JsonObject>()
                .Where(b => b["text/html"] is not null),
        ];
        foreach (JsonObject bundle in bundles)
            bundle["text/html"] = TakeFrom((string)bundle["text/html"]!);
        foreach (JsonObject bundle in bundles)
            bundle["text/html"] = Script().Replace((string)bundle["text/html"]!, ScriptOrNothing);

        string ScriptOrNothing(Match match)
        {
            string key = match.Groups["key"].Value;
            lock (gate)
                return scripts.TryGetValue(key, out string? script) && placed.Add(key) ? script : "";
        }
    }

    [GeneratedRegex(
        """<script\b[^>]*\bdata-once\s*=\s*["'](?<key>[^"']+)["'][^>]*>(?<body>.*?)</script\s*>""",
        RegexOptions.Singleline | RegexOptions.IgnoreCase
    )]
    private static partial Regex Script();
}
