using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Notebooks;

/// <summary>
/// Whether a notebook executed again says what it said. Compared are all texts, tables and charts, number by number and
/// word by word; pictures must be there, and no more is asked of them. Words and whole numbers must be equal, and other
/// numbers to a ten-thousandth (below 1, by 0.0001) or by one in the last digit that is printed: processors round
/// differently. In a cell tagged <c>trained</c>, whose figures come from a training, in which such differences grow,
/// whole numbers may differ by 5 or 10% and others by 0.05 or 10%, whichever is more: of 90 test songs four may turn.
/// Sentences made from such figures may then turn as well, so there words are not compared, only numbers, of which
/// there must be as many. That holds on the kind of processor that the notebook was saved on, which its metadata name;
/// on another kind, where a network of some epochs is another network, outputs of such a cell must be there, and no
/// more is asked of them. What in such a cell does not come from the training, such as counts of songs, stands in the
/// form <c>application/vnd.exact+json</c>, which is compared as in any other cell.
/// </summary>
public static partial class NotebookComparison
{
    private const string Tag = "trained",
        Exact = "application/vnd.exact+json";

    /// <summary>
    /// The differences, at most one for each form of an output, naming notebook, cell and both values; empty where
    /// there are none.
    /// </summary>
    /// <param name="committed">The notebook with its outputs, in the form of <see cref="CommittedNotebook"/>.</param>
    /// <param name="executed">The same notebook executed again, in the same form.</param>
    public static IReadOnlyList<string> Of(Notebook committed, Notebook executed)
    {
        var differences = new List<string>();
        bool isSameProcessor =
            (string?)committed.Metadata["processor"] is { } processor
            && processor == (string?)executed.Metadata["processor"];
        string name = Path.GetFileName(committed.Path) ?? "the notebook";
        if (committed.Cells.Count != executed.Cells.Count)
            return [$"{name}: {committed.Cells.Count} cells committed, {executed.Cells.Count} now"];
        foreach ((NotebookCell before, NotebookCell now) in committed.Cells.Zip(executed.Cells))
        {
            string place = $"{name}, cell {(now.ExecutionCount is { } count ? $"[{count}]" : now.Id)}";
            bool trained = before.HasTag(Tag);
            string hint = trained
                ? ""
                : $" (figures that come from a training are given room where the cell is tagged \"{Tag}\")";
            if (before.Source != now.Source)
                differences.Add($"{place}: the source is not the one committed");
            else if (before.Outputs.Count != now.Outputs.Count || before.ExecutionCount != now.ExecutionCount)
                differences.Add(
                    $"{place}: {before.Outputs.Count} outputs of run "
                        + $"{before.ExecutionCount?.ToString(CultureInfo.InvariantCulture) ?? "none"} "
                        + $"committed, {now.Outputs.Count} of run {now.ExecutionCount} now"
                );
            else
            {
                foreach ((JsonNode? output, JsonNode? again) in before.Outputs.Zip(now.Outputs))
                foreach (var (form, wanted, found) in Forms(output!.AsObject(), again!.AsObject()))
                {
                    bool isTrained = trained && form != Exact;
                    if (isTrained && !isSameProcessor && wanted is not null && found is not null)
                        continue;
                    if (Difference(wanted, found, isTrained) is { } words)
                        differences.Add($"{place}, {form}: {words}{hint}");
                }
            }
        }
        return differences;
    }

    private static IEnumerable<(string Form, JsonNode? Before, JsonNode? Now)> Forms(JsonObject before, JsonObject now)
    {
        if (before["data"] is not JsonObject bundle || now["data"] is not JsonObject again)
            return new[] { "output_type", "name", "text", "ename", "evalue" }.Select(key =>
                (key, before[key], now[key])
            );
        return bundle
            .Select(f => f.Key)
            .Union(again.Select(f => f.Key))
            .Where(form => !form.StartsWith("image/", StringComparison.Ordinal))
            .Select(form => (form, bundle[form], again[form]));
    }

    private static string? Difference(JsonNode? before, JsonNode? now, bool trained)
    {
        switch (before, now)
        {
            case (null, null):
                return null;
            case (JsonObject a, JsonObject b)
                when PlotlyArray.Unpack(a) is { } wanted && PlotlyArray.Unpack(b) is { } found:
                int length = wanted.Numbers.Length;
                if (length != found.Numbers.Length)
                    return $"{length} numbers committed, {found.Numbers.Length} now";
                // Whole numbers are packed where a chart rounds to them.
                int printed = wanted.AreWhole ? 1 : 0;
                int at = Enumerable
                    .Range(0, length)
                    .FirstOrDefault(i => !IsClose(wanted.Numbers[i], found.Numbers[i], printed, trained), -1);
                return at < 0
                    ? null
                    : FormattableString.Invariant(
                        $"committed {wanted.Numbers[at]:G7}, now {found.Numbers[at]:G7} (number {at + 1} of {length})"
                    );
            case (JsonObject a, JsonObject b):
                return a.Select(f => f.Key)
                    .Union(b.Select(f => f.Key))
                    .Select(key => Difference(a[key], b[key], trained) is { } words ? $"{key}: {words}" : null)
                    .FirstOrDefault(d => d is not null);
            case (JsonArray a, JsonArray b):
                return a.Count != b.Count
                    ? $"{a.Count} values committed, {b.Count} now"
                    : a.Zip(b, (x, y) => Difference(x, y, trained)).FirstOrDefault(d => d is not null);
            case (JsonValue a, JsonValue b)
                when a.GetValueKind() == JsonValueKind.Number && b.GetValueKind() == JsonValueKind.Number:
                return IsClose(a.GetValue<double>(), b.GetValue<double>(), 0, trained)
                    ? null
                    : $"committed {a.ToJsonString()}, now {b.ToJsonString()}";
            case (JsonValue a, JsonValue b)
                when a.GetValueKind() == JsonValueKind.String && b.GetValueKind() == JsonValueKind.String:
                return Difference((string)a!, (string)b!, trained);
            default:
                return before?.ToJsonString() == now?.ToJsonString()
                    ? null
                    : $"committed {Short(before)}, now {Short(now)}";
        }
    }

    private static string? Difference(string before, string now, bool trained)
    {
        Match[] Tokens(string text) =>
            [.. Token().Matches(text).Cast<Match>().Where(token => !trained || Number(token.Value) is not null)];
        Match[] wanted = Tokens(before),
            found = Tokens(now);
        if (trained && wanted.Length != found.Length)
            return $"committed {wanted.Length} numbers, now {found.Length}";
        for (int i = 0; i < Math.Max(wanted.Length, found.Length); i++)
        {
            string a = i < wanted.Length ? wanted[i].Value : "nothing",
                b = i < found.Length ? found[i].Value : "nothing";
            if (a == b)
                continue;
            double last = Math.Pow(10, -Math.Min(Decimals(a), Decimals(b)));
            if (Number(a) is { } x && Number(b) is { } y && IsClose(x, y, last < 1 ? last : 0, trained))
                continue;
            string context = i < wanted.Length ? Blanks().Replace(before[..wanted[i].Index], " ").Trim() : "";
            context = context[Math.Max(0, context.Length - 40)..];
            return $"committed {a}, now {b}" + (context == "" ? "" : $" after \"{context}\"");
        }
        return null;
    }

    // printed: one in the last digit, 0 for a number that is not rounded.
    private static bool IsClose(double a, double b, double printed, bool trained)
    {
        if (a.Equals(b))
            return true;
        double largest = Math.Max(Math.Abs(a), Math.Abs(b)),
            distance = Math.Abs(a - b);
        bool whole = a == Math.Floor(a) && b == Math.Floor(b) && printed == 0;
        double room = (whole, trained) switch
        {
            (true, false) => 0,
            (true, true) => Math.Max(5, 0.1 * largest),
            (false, false) => Math.Max(1e-4 * Math.Max(1, largest), 1.001 * printed),
            (false, true) => Math.Max(
                Math.Max(printed == 0 || largest <= 1 ? 0.05 : 5, 0.1 * largest),
                1.001 * printed
            ),
        };
        return distance <= room;
    }

    private static double? Number(string token) =>
        double.TryParse(
            token,
            NumberStyles.Float | NumberStyles.AllowThousands,
            CultureInfo.InvariantCulture,
            out double number
        )
            ? number
            : null;

    private static int Decimals(string token) =>
        token.IndexOf('.') is >= 0 and var point ? token.Length - point - 1 : 0;

    private static string Short(JsonNode? node) =>
        node?.ToJsonString() is not { } text ? "nothing"
        : text.Length <= 80 ? text
        : text[..79] + "…";

    // A run's name is one word: the date or the hash in it is no figure.
    private const string RunName = @"[a-z][a-z0-9-]*-(?:\d{8}-\d{6}(?:-\d+)?|[0-9a-f]{12}-\S*)",
        Grouped = @"\d{1,3}(?:,\d{3})+(?:\.\d+)?",
        Figure = @"\d+(?:\.\d+)?(?:[eE][+-]?\d+)?",
        Word = @"[^\s\d]+";

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();

    [GeneratedRegex($"{RunName}|{Grouped}|{Figure}|{Word}")]
    private static partial Regex Token();
}
