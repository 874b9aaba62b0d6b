using System.Text.Json;

namespace Notebooks.Jupyter;

/// <summary>
/// The cell that runs, in a file beside the connection file while it does: should it end the process, the next kernel
/// of the same session tells.
/// </summary>
/// <remarks>
/// A session is known by its connection file, which Jupyter keeps at a restart; by the notebook that Jupyter's server
/// names (<c>JPY_SESSION_NAME</c>); in VS Code, which does neither, by the process that starts the kernels and the
/// folder. Of its last words as much is told as the dying kernel could still read.
/// </remarks>
internal sealed class RunningCell
{
    private const string Ending = ".running",
        Beside = ".new";
    private const int FirstWords = 500,
        LastWords = 1500;
    private static readonly TimeSpan kept = TimeSpan.FromDays(7);

    private static readonly EnumerationOptions readable = new() { IgnoreInaccessible = true };

    private readonly Lock gate = new();
    private readonly string file;
    private readonly Session session;
    private string words = "";
    private Cell? cell;

    /// <param name="connectionFile">This kernel's.</param>
    /// <param name="parent">The process that started it.</param>
    public RunningCell(string connectionFile, int parent)
    {
        connectionFile = Path.GetFullPath(connectionFile);
        file = Path.Combine(
            Path.GetDirectoryName(connectionFile)!,
            $"csharp-{Environment.ProcessId}-{Started(Environment.ProcessId)}{Ending}"
        );
        bool inCode = Environment
            .GetEnvironmentVariables()
            .Keys.Cast<string>()
            .Any(name => name.StartsWith("VSCODE_", StringComparison.Ordinal));
        session = new Session(
            connectionFile,
            Environment.GetEnvironmentVariable("JPY_SESSION_NAME"),
            inCode ? $"{parent} {Environment.CurrentDirectory}" : null
        );
    }

    /// <summary>The end of a kernel of the same session that died in a cell, in words; told once.</summary>
    public string? Before()
    {
        string? told = null;
        foreach (string path in Directory.EnumerateFiles(Path.GetDirectoryName(file)!, $"csharp-*{Ending}", readable))
            try
            {
                string[] name = Path.GetFileName(path)[..^Ending.Length].Split('-');
                if (Started(int.Parse(name[1])) == name[2])
                    continue;
                Cell dead = JsonSerializer.Deserialize<Cell>(File.ReadAllText(path))!;
                bool isOurs = dead.Session.IsSameAs(session);
                if (isOurs)
                    told = Tell(dead);
                if (isOurs || DateTime.UtcNow - File.GetLastWriteTimeUtc(path) > kept)
                {
                    File.Delete(path);
                    File.Delete(path + Beside);
                }
            }
            // Not a file of ours, or another kernel has just removed it.
            catch (Exception e)
                when (e
                        is IOException
                            or UnauthorizedAccessException
                            or JsonException
                            or FormatException
                            or IndexOutOfRangeException
                ) { }
        return told;
    }

    /// <summary>A cell begins.</summary>
    public void Begin(int number, string code)
    {
        lock (gate)
        {
            words = "";
            cell = new Cell(session, number, code.Trim().Split('\n')[0].Trim(), "");
            Write();
        }
    }

    /// <summary>The cell has ended, or the process ends for another reason.</summary>
    public void End()
    {
        lock (gate)
        {
            cell = null;
            try
            {
                File.Delete(file);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException) { }
        }
    }

    /// <summary>What is written to stderr may be the last that is heard.</summary>
    public void Hear(string text)
    {
        lock (gate)
        {
            words += text;
            if (words.Length > FirstWords + LastWords)
                words = words[..FirstWords] + words[^LastWords..];
            if (cell is not null)
                Write();
        }
    }

    private void Write()
    {
        try
        {
            // The process may end while it writes.
            File.WriteAllText(file + Beside, JsonSerializer.Serialize(cell! with { Words = words }));
            File.Move(file + Beside, file, overwrite: true);
        }
        // Without the file a cell runs as well.
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { }
    }

    // When a process that lives was started, in the kernel's own units; null where it lives no more.
    private static string? Started(int process)
    {
        try
        {
            string[] fields = File.ReadAllText($"/proc/{process}/stat").Split(')')[^1].Split(' ');
            return fields[1] == "Z" ? null : fields[20];
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static string Tell(Cell dead)
    {
        // Frames of the runtime's say nothing to who wrote the cell.
        string last = string.Join(
            " ",
            dead.Words.Split('\n').Select(line => line.Trim()).Where(line => line != "" && !line.StartsWith("at "))
        );
        string why =
            last.Contains("Stack overflow", StringComparison.Ordinal)
                ? "a stack overflow: a method calls itself without end, which no .NET program survives"
            : last.Length > 0 ? $"its last words: {last}"
            : "without a word: native code crashed, the cell ended the process, or the system killed it, as it does "
                + "where memory runs out";
        return $"The kernel before this one ended in cell [{dead.Number}], which begins with {dead.Line} ({why}). "
            + "Its variables are gone: run the cells above once more.\n";
    }

    private sealed record Session(string ConnectionFile, string? Name, string? Parent)
    {
        public bool IsSameAs(Session other) =>
            ConnectionFile == other.ConnectionFile
            || (Name is { Length: > 0 } && Name == other.Name)
            || (Parent is not null && Parent == other.Parent);
    }

    private sealed record Cell(Session Session, int Number, string Line, string Words);
}
