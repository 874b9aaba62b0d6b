using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Research.Serve;

/// <summary>Receives files into a private folder, each under a name of our own.</summary>
/// <param name="limit">Largest file, bytes.</param>
internal sealed class Uploads(long limit) : IDisposable
{
    /// <summary>Bytes of a request beside its file.</summary>
    public const int Envelope = 64 * 1024;

    private const int BufferSize = 64 * 1024; // bytes

    // Only its owner may look into it (mode 0700).
    private readonly string folder = Directory.CreateTempSubdirectory("hitsong-serve-").FullName;

    /// <summary>
    /// The one file of a <c>multipart/form-data</c> request. What was written is gone where anything fails, also when
    /// the sender vanishes.
    /// </summary>
    /// <exception cref="ProblemException">
    /// No such request, no file, several, one over the limit, which is told while it arrives, or one that the machine
    /// has no room for (<see cref="MachineProblem"/>).
    /// </exception>
    public async Task<Upload> ReceiveAsync(HttpRequest request)
    {
        if (
            !MediaTypeHeaderValue.TryParse(request.ContentType, out MediaTypeHeaderValue? type)
            || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase)
        )
            throw new ProblemException(
                StatusCodes.Status415UnsupportedMediaType,
                "No form with a file",
                "Send multipart/form-data with one file, as in: curl -F file=@song.mp3 …"
            );
        string boundary = HeaderUtilities.RemoveQuotes(type.Boundary).ToString();
        if (boundary is "" or { Length: > 200 })
            throw Damaged("its boundary is missing or too long");
        if (request.ContentLength > limit + Envelope)
            throw TooLarge();

        Upload? upload = null;
        try
        {
            var parts = new MultipartReader(boundary, request.Body, BufferSize)
            {
                HeadersCountLimit = 16,
                HeadersLengthLimit = 16 * 1024,
            };
            while (await parts.ReadNextSectionAsync(request.HttpContext.RequestAborted) is { } part)
            {
                if (!ContentDispositionHeaderValue.TryParse(part.ContentDisposition, out var disposition))
                    continue;
                if (!disposition.IsFileDisposition())
                    continue;
                if (upload is not null)
                    throw new ProblemException(
                        StatusCodes.Status400BadRequest,
                        "Several files",
                        "A request carries one file; send the next in a request of its own."
                    );
                string name = HeaderUtilities
                    .RemoveQuotes(disposition.FileNameStar.HasValue ? disposition.FileNameStar : disposition.FileName)
                    .ToString();
                upload = new(Text(name), Path.Combine(folder, Path.GetRandomFileName()));
                await CopyAsync(part.Body, upload.Path, request.HttpContext.RequestAborted);
            }
            return upload
                ?? throw new ProblemException(
                    StatusCodes.Status400BadRequest,
                    "No file",
                    "The form holds no file; send one, as in: curl -F file=@song.mp3 …"
                );
        }
        catch (Exception e)
        {
            upload?.Dispose();
            throw e switch
            {
                BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => TooLarge(),
                InvalidDataException or FormatException => Damaged(e.Message),
                IOException
                    when e is not BadHttpRequestException
                        && !request.HttpContext.RequestAborted.IsCancellationRequested => Damaged(
                    "it ends before its last boundary"
                ),
                _ => e,
            };
        }
    }

    /// <summary>A WAV file of silence, such as the first to be decoded.</summary>
    public Upload Silence(int seconds)
    {
        var upload = new Upload("silence", Path.Combine(folder, Path.GetRandomFileName()));
        try
        {
            WriteSilence(upload.Path, seconds);
            return upload;
        }
        catch
        {
            upload.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }

    private static void WriteSilence(string path, int seconds)
    {
        const int Rate = 8000;
        using var writer = new BinaryWriter(File.Create(path));
        int bytes = seconds * Rate;
        object[] sizes = ["RIFF", 36 + bytes];
        object[] format = ["WAVEfmt ", 16, (short)1, (short)1, Rate, Rate, (short)1, (short)8];
        object[] data = ["data", bytes];
        foreach (object value in sizes.Concat(format).Concat(data))
        {
            if (value is string name)
                writer.Write(Encoding.ASCII.GetBytes(name));
            else if (value is int number)
                writer.Write(number);
            else
                writer.Write((short)value);
        }
        byte[] samples = new byte[bytes];
        Array.Fill(samples, (byte)128);
        writer.Write(samples);
    }

    private async Task CopyAsync(Stream body, string path, CancellationToken cancellation)
    {
        try
        {
            await WriteAsync(body, path, cancellation);
        }
        catch (Exception e) when (MachineProblem.Of(e) is { } problem)
        {
            throw problem;
        }
    }

    private async Task WriteAsync(Stream body, string path, CancellationToken cancellation)
    {
        await using var file = new FileStream(
            path,
            new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                Options = FileOptions.Asynchronous,
            }
        );
        byte[] buffer = new byte[BufferSize];
        long length = 0;
        while (await body.ReadAsync(buffer, cancellation) is > 0 and var read)
        {
            length += read;
            if (length > limit)
                throw TooLarge();
            await file.WriteAsync(buffer.AsMemory(0, read), cancellation);
        }
    }

    // The last part of a path, without what a terminal or a right-to-left mark could make of it.
    private static string Text(string name)
    {
        string last = name[(name.LastIndexOfAny(['/', '\\']) + 1)..];
        string text = string.Concat(
                last.Where(letter =>
                    char.GetUnicodeCategory(letter) is not (UnicodeCategory.Control or UnicodeCategory.Format)
                )
            )
            .Trim();
        return text == "" ? "nameless"
            : text.Length > 200 ? text[..200] + "…"
            : text;
    }

    private ProblemException TooLarge() =>
        new(
            StatusCodes.Status413PayloadTooLarge,
            "Too large",
            $"The file is larger than {limit / 1_000_000:N0} MB, the most that is taken here; ./research "
                + "serve --limit-mb takes larger ones."
        );

    private static ProblemException Damaged(string why) =>
        new(StatusCodes.Status400BadRequest, "Damaged form", $"The form cannot be read: {why}");
}
