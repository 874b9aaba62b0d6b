using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Notebooks;

/// <summary>What a cell prints, for a file of all of it where that is more than a page can show.</summary>
/// <param name="path">The file; beside the notebook, so that its page can link to it.</param>
/// <param name="most">Characters that the file may have.</param>
internal sealed class WholeOutput(Func<string> path, long most) : IDisposable
{
    private readonly StringBuilder first = new();
    private StreamWriter? file;
    private long left = most;
    private bool hasBegun;

    /// <summary>Keeps what is printed: in memory at first, in the file once it has begun.</summary>
    public void Add(ReadOnlySpan<char> text)
    {
        if (!hasBegun)
            first.Append(text);
        else if (file is not null)
            Write(text);
    }

    /// <summary>Begins the file; what is to be shown in the place of what it holds and the page doesn't.</summary>
    public JsonObject Begin()
    {
        hasBegun = true;
        string place = path(),
            name = Path.GetFileName(place);
        try
        {
            file = new StreamWriter(place);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            first.Clear();
            return Notice($"The rest is left out, since {place} can't be written: {e.Message}", null);
        }
        foreach (ReadOnlyMemory<char> chunk in first.GetChunks())
            Write(chunk.Span);
        first.Clear();
        return Notice("All of it is in ", name);
    }

    /// <summary>Ends the file.</summary>
    public void Dispose()
    {
        hasBegun = true;
        first.Clear();
        try
        {
            file?.Dispose();
        }
        // The last of it didn't find room.
        catch (IOException) { }
        file = null;
    }

    private void Write(ReadOnlySpan<char> text)
    {
        try
        {
            file!.Write(text[..(int)Math.Min(text.Length, left)]);
            left -= text.Length;
            if (left > 0)
                return;
            file.Write($"\n[the rest is left out: the file is as long as it may be]\n");
            Dispose();
        }
        catch (IOException)
        {
            Dispose();
        }
    }

    private static JsonObject Notice(string words, string? file)
    {
        const string Opening = "The cell prints more than is kept here. ";
        string html = WebUtility.HtmlEncode(Opening + words);
        if (file is not null)
            html += $"<a href=\"{file}\" target=\"_blank\">{file}</a>";
        return new JsonObject { ["text/html"] = $"<p>{html}</p>", ["text/plain"] = Opening + words + file };
    }
}
