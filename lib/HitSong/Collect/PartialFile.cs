using System.Net;
using System.Net.Http.Headers;

namespace HitSong.Collect;

/// <summary>
/// A file on its way. What came of it lies beside it as <c>.part</c>, and as <c>.part.tag</c> the mark by which its
/// server knows it again: its ETag, or when it was last modified.
/// </summary>
/// <param name="path">Where the file is to lie once whole.</param>
internal sealed class PartialFile(string path)
{
    private readonly string part = $"{path}.part";
    private readonly string tag = $"{path}.part.tag";

    // Without its mark, a part could be joined to another file's rest: it counts as nothing.
    private long Length => File.Exists(part) && File.Exists(tag) ? new FileInfo(part).Length : 0;

    /// <summary>Asks for what is missing, or for the whole file where it is no longer the same.</summary>
    public void AskForTheRest(HttpRequestMessage request)
    {
        if (Length == 0)
            return;
        request.Headers.Range = new RangeHeaderValue(from: Length, to: null);
        request.Headers.TryAddWithoutValidation("If-Range", File.ReadAllText(tag));
    }

    /// <summary>Opens the part for an answer's body: to append a rest, else anew.</summary>
    /// <exception cref="IOException">
    /// The answer is another part than was asked for; the next one will be whole.
    /// </exception>
    public FileStream Open(HttpResponseMessage response)
    {
        bool isRest = response.StatusCode == HttpStatusCode.PartialContent;
        if (isRest && response.Content.Headers.ContentRange?.From != Length)
            throw Misfit("the server sent another part than was asked for");

        // First: a new mark must never lie beside an old part, also where the process is killed in between.
        if (!isRest)
            File.Delete(part);
        if (MarkOf(response) is string mark)
            File.WriteAllText(tag, mark);
        else
            File.Delete(tag);
        return new FileStream(part, FileMode.Append, FileAccess.Write, FileShare.Read);
    }

    /// <summary>Takes the answer that there is no rest (status 416): what lies there should be whole.</summary>
    /// <exception cref="IOException">It is longer than the file; the next answer will be whole.</exception>
    public void EndWithoutRest(HttpResponseMessage response)
    {
        if (response.Content.Headers.ContentRange?.Length != Length)
            throw Misfit("the part that was there does not fit");
    }

    /// <summary>Renames it into place.</summary>
    public void Complete()
    {
        File.Move(part, path, overwrite: true);
        File.Delete(tag);
    }

    private IOException Misfit(string reason)
    {
        File.Delete(part);
        return new IOException(reason);
    }

    private static string? MarkOf(HttpResponseMessage response) =>
        response.Headers.ETag is { IsWeak: false } etag
            ? etag.ToString()
            : response.Content.Headers.LastModified?.ToString("r");
}
