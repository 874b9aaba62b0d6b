using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Notebooks.Jupyter;

/// <summary>
/// The cells of this session and of those before it, for <c>history_request</c>: <c>jupyter console</c> fetches them
/// when it starts.
/// </summary>
internal sealed class History
{
    private const int Most = 10_000;

    private readonly List<Entry> entries = [];
    private readonly string file;
    private readonly int session;

    /// <param name="file">
    /// Where sessions are kept, a JSON array <c>[session, number, code]</c> a line. A line that is none is left out.
    /// </param>
    public History(string file)
    {
        this.file = file;
        try
        {
            foreach (string line in File.Exists(file) ? File.ReadLines(file) : [])
                if (Entry.Read(line) is { } entry)
                    entries.Add(entry);
            session = entries.Count == 0 ? 1 : entries[^1].Session + 1;
            if (entries.Count <= Most)
                return;
            entries.RemoveRange(0, entries.Count - Most / 2);
            Write(file + ".new", FileMode.Create, entries);
            File.Move(file + ".new", file, overwrite: true);
        }
        // No cell fails because of its history.
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { }
    }

    /// <summary>Adds a cell of this session.</summary>
    /// <param name="number">Its execution count.</param>
    /// <param name="code">What was executed.</param>
    /// <param name="output">Its result as text; null where it has none.</param>
    /// <param name="kept">Whether later sessions find it.</param>
    public void Add(int number, string code, string? output, bool kept)
    {
        entries.Add(new Entry(session, number, code, output));
        if (!kept)
            return;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            Write(file, FileMode.Append, [entries[^1]]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { }
    }

    /// <summary>
    /// The entries that a request asks for, as <c>[session, number, code]</c>, or with <c>output</c> as <c>[session,
    /// number, [code, output]]</c>.
    /// </summary>
    public JsonArray Find(JsonObject request)
    {
        int n = (int?)request["n"] ?? int.MaxValue;
        IEnumerable<Entry> found = entries;
        switch ((string?)request["hist_access_type"])
        {
            case "range":
                // 0 is this session, -1 the one before it.
                int wanted = (int?)request["session"] ?? 0,
                    start = (int?)request["start"] ?? 0,
                    stop = (int?)request["stop"] ?? int.MaxValue;
                if (wanted <= 0)
                    wanted += session;
                found = found.Where(e => e.Session == wanted && e.Number >= start && e.Number < stop);
                n = int.MaxValue;
                break;
            case "search":
                var pattern = new Regex(
                    "^"
                        + Regex.Escape((string?)request["pattern"] ?? "*").Replace("\\*", ".*").Replace("\\?", ".")
                        + "$",
                    RegexOptions.Singleline
                );
                found = found.Where(e => pattern.IsMatch(e.Code));
                if ((bool?)request["unique"] == true)
                    found = found.Reverse().DistinctBy(e => e.Code).Reverse();
                break;
        }
        bool output = (bool?)request["output"] == true;
        return
        [
            .. found
                .TakeLast(n)
                .Select(e => new JsonArray(e.Session, e.Number, output ? new JsonArray(e.Code, e.Output) : e.Code)),
        ];
    }

    // For its user alone: what is typed into cells may be secret.
    private static void Write(string path, FileMode mode, IEnumerable<Entry> entries)
    {
        var options = new FileStreamOptions
        {
            Mode = mode,
            Access = FileAccess.Write,
            Share = FileShare.ReadWrite,
        };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var writer = new StreamWriter(new FileStream(path, options));
        foreach (Entry entry in entries)
            writer.WriteLine(new JsonArray(entry.Session, entry.Number, entry.Code).ToJsonString());
    }

    private sealed record Entry(int Session, int Number, string Code, string? Output)
    {
        public static Entry? Read(string line)
        {
            try
            {
                return JsonNode.Parse(line) is JsonArray { Count: 3 } parts && !parts.Contains(null)
                    ? new Entry((int)parts[0]!, (int)parts[1]!, (string)parts[2]!, null)
                    : null;
            }
            catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
            {
                return null;
            }
        }
    }
}
