using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Notebooks.Jupyter;

/// <summary>The cells of the session, for <c>history_request</c>.</summary>
internal sealed class History
{
    private readonly List<Entry> entries = [];

    public void Add(int number, string code, string? output) => entries.Add(new Entry(number, code, output));

    /// <summary>The entries that a request asks for, as <c>[session, number, code]</c>, or with <c>output</c> as <c>[session, number, [code, output]]</c>.</summary>
    public JsonArray Find(JsonObject request)
    {
        int n = (int?)request["n"] ?? int.MaxValue;
        IEnumerable<Entry> found = entries;
        switch ((string?)request["hist_access_type"])
        {
            case "range":
                // Sessions before this one are not kept; 0 is this one.
                if (((int?)request["session"] ?? 0) is not (0 or 1)) return [];
                int start = (int?)request["start"] ?? 0, stop = (int?)request["stop"] ?? int.MaxValue;
                found = found.Where(e => e.Number >= start && e.Number < stop);
                n = int.MaxValue;
                break;
            case "search":
                var pattern = new Regex("^" + Regex.Escape((string?)request["pattern"] ?? "*").Replace("\\*", ".*").Replace("\\?", ".") + "$", RegexOptions.Singleline);
                found = found.Where(e => pattern.IsMatch(e.Code));
                if ((bool?)request["unique"] == true) found = found.Reverse().DistinctBy(e => e.Code).Reverse();
                break;
        }
        bool output = (bool?)request["output"] == true;
        return [.. found.TakeLast(n).Select(e => new JsonArray(1, e.Number, output ? new JsonArray(e.Code, e.Output) : e.Code))];
    }

    private sealed record Entry(int Number, string Code, string? Output);
}
