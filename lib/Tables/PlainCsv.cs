using System.Buffers;
using System.Collections.Concurrent;
using System.IO.Compression;
using System.Text;
using System.Text.Unicode;

namespace Tables;

/// <summary>
/// A CSV file as DuckDB's reader wants it: UTF-8, lines that all end alike, as many columns in each row as the header
/// has. A file that spreadsheets and people write otherwise is copied so, into the system's temporary folder, where the
/// copy lies as long as this process: UTF-16 and UTF-32 with a byte order mark, lines that end now with CR, now with
/// LF, now with both, separators at the end of lines with nothing behind them. What a text within quotes holds stays.
/// </summary>
/// <param name="Path">The file, or its copy.</param>
/// <param name="Separator">What parts its columns: a comma, a semicolon or a tab, as the header has it.</param>
/// <param name="IsCopy">Whether it is a copy.</param>
internal sealed record PlainCsv(string Path, char Separator, bool IsCopy)
{
    private const int MostOfALine = 2_000_000; // bytes, DuckDB's max_line_size
    private const int AtOnce = 1 << 20;

    private static readonly ConcurrentDictionary<string, (long Length, DateTime Modified, PlainCsv Plain)> known =
        new();

    private static readonly Lazy<string> copies = new(() =>
    {
        string folder = Directory.CreateTempSubdirectory("hit-song-csv-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            try
            {
                Directory.Delete(folder, recursive: true);
            }
            catch (IOException)
            {
                // The system empties its temporary folder itself.
            }
        };
        return folder;
    });

    /// <summary>A file as it can be read.</summary>
    /// <exception cref="TableException">It is missing, or in another encoding; the message names the line.</exception>
    public static PlainCsv Of(string path)
    {
        if (!File.Exists(path))
            throw new TableException($"there is no file {path}");
        var file = new FileInfo(path);
        if (
            known.TryGetValue(file.FullName, out var before)
            && (before.Length, before.Modified) == (file.Length, file.LastWriteTimeUtc)
            && File.Exists(before.Plain.Path)
        )
            return before.Plain;

        try
        {
            if (before.Plain is { IsCopy: true })
                File.Delete(before.Plain.Path);
            PlainCsv plain = Made(path);
            known[file.FullName] = (file.Length, file.LastWriteTimeUtc, plain);
            return plain;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new TableException($"{path} cannot be read: {e.Message}");
        }
    }

    private static PlainCsv Made(string path)
    {
        Encoding? encoding = EncodingOf(path);
        bool endsAlike;
        using (Stream text = Text(path, encoding))
            endsAlike = Check(text, path);
        byte separator;
        int columns,
            named;
        bool endsInNothing;
        using (Stream text = Text(path, encoding))
            (separator, columns, named, endsInNothing) = Look(text);
        if (encoding is null && endsAlike && !endsInNothing)
            return new(path, (char)separator, false);

        string copy = System.IO.Path.Combine(copies.Value, $"{Guid.NewGuid():N}.csv");
        bool isWhole;
        using (Stream text = Text(path, encoding))
            isWhole = Copy(text, copy, separator, named, columns);
        if (!isWhole)
            using (Stream text = Text(path, encoding))
                Copy(text, copy, separator, columns, columns);
        return new(copy, (char)separator, true);
    }

    private static Encoding? EncodingOf(string path)
    {
        Span<byte> start = stackalloc byte[64];
        using Stream text = Bytes(path);
        start = start[..text.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
        if (start.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE, 0, 0]))
            return new UTF32Encoding(bigEndian: false, byteOrderMark: true);
        if (start.StartsWith((ReadOnlySpan<byte>)[0, 0, 0xFE, 0xFF]))
            return new UTF32Encoding(bigEndian: true, byteOrderMark: true);
        if (start.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]))
            return Encoding.Unicode;
        if (start.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]))
            return Encoding.BigEndianUnicode;
        bool isWide = start.Length >= 4 && (start[0] == 0) != (start[1] == 0) && (start[2] == 0) != (start[3] == 0);
        return isWide
            ? throw new TableException(
                $"{path} looks like UTF-16 without a byte order mark: save it as UTF-8, for example by "
                    + $"iconv -f UTF-16{(start[0] == 0 ? "BE" : "LE")} -t UTF-8"
            )
            : null;
    }

    private static Stream Bytes(string path)
    {
        FileStream file = File.OpenRead(path);
        bool isCompressed = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);
        return isCompressed ? new GZipStream(file, CompressionMode.Decompress) : file;
    }

    private static Stream Text(string path, Encoding? encoding) =>
        encoding is null ? Bytes(path) : Encoding.CreateTranscodingStream(Bytes(path), encoding, Encoding.UTF8);

    // Whether all lines end alike; refuses what is not UTF-8.
    private static bool Check(Stream text, string path)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(AtOnce);
        try
        {
            long line = 1,
                both = 0,
                returns = 0,
                feeds = 0;
            int kept = 0;
            bool afterReturn = false;
            while (text.Read(buffer, kept, buffer.Length - kept) is var read)
            {
                ReadOnlySpan<byte> bytes = buffer.AsSpan(0, kept + read);
                int whole = read == 0 ? bytes.Length : bytes.Length - Unfinished(bytes);
                ReadOnlySpan<byte> part = bytes[..whole];
                if (!Utf8.IsValid(part))
                    throw NoUtf8(path, line, part);

                long returnsHere = part.Count((byte)'\r'),
                    feedsHere = part.Count((byte)'\n');
                if (returnsHere > 0 || afterReturn)
                    both += part.Count("\r\n"u8) + (afterReturn && part.Length > 0 && part[0] == '\n' ? 1 : 0);
                if (part.Length > 0)
                    afterReturn = part[^1] == '\r';
                returns += returnsHere;
                feeds += feedsHere;
                line += feedsHere;
                if (read == 0)
                    break;
                bytes[whole..].CopyTo(buffer);
                kept = bytes.Length - whole;
            }
            return returns == 0 || (both == returns && both == feeds);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // How many bytes at the end begin a character that goes on.
    private static int Unfinished(ReadOnlySpan<byte> bytes)
    {
        for (int back = 1; back <= Math.Min(3, bytes.Length); back++)
        {
            byte lead = bytes[^back];
            int needed =
                lead >= 0xF0 ? 4
                : lead >= 0xE0 ? 3
                : lead >= 0xC0 ? 2
                : 1;
            bool goesOn = (lead & 0xC0) == 0x80;
            if (!goesOn)
                return needed > back ? back : 0;
        }
        return 0;
    }

    private static TableException NoUtf8(string path, long line, ReadOnlySpan<byte> part)
    {
        int at = 0;
        while (Rune.DecodeFromUtf8(part[at..], out _, out int length) == OperationStatus.Done)
            at += length;
        line += part[..at].Count((byte)'\n');
        return new(
            FormattableString.Invariant(
                $"line {line} of {path} is not UTF-8: it has the byte 0x{part[at]:X2}. Perhaps it is Latin-1 "
            ) + "(Windows-1252): save it as UTF-8, for example by iconv -f WINDOWS-1252 -t UTF-8"
        );
    }

    // What parts the columns; how many there are, and how many up to the last that has a name; whether the header or
    // the first row ends in separators with nothing behind them.
    private static (byte Separator, int Columns, int Named, bool EndsInNothing) Look(Stream text)
    {
        byte[] start = new byte[256 * 1024];
        int read = text.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        byte[] candidates = [(byte)',', (byte)';', (byte)'\t'];
        byte separator = candidates.MaxBy(candidate => RowAt(0, candidate).Fields);
        Row header = RowAt(0, separator);
        int next = header.Length;
        while (next < read && start[next] is (byte)'\r' or (byte)'\n')
            next++;
        Row first = RowAt(next, separator);
        bool hasNameless = header.Filled > 0 && header.Filled < header.Fields,
            hasSurplus = first.Fields > header.Fields && first.Filled <= header.Fields;
        return (separator, header.Fields, hasNameless ? header.Filled : header.Fields, hasNameless || hasSurplus);

        Row RowAt(int place, byte separator)
        {
            var row = new Row(separator, int.MaxValue);
            while (place < read && row.Takes(start[place]))
                place++;
            return row;
        }
    }

    // Copies it with lines that end in LF, and without what stands behind the columns. False where something stands in
    // a column of the header that has no name: it would be lost.
    private static bool Copy(Stream source, string copy, byte separator, int columns, int ofHeader)
    {
        using var text = new BufferedStream(source, AtOnce);
        using var target = new BufferedStream(File.Create(copy), AtOnce);
        var line = new ArrayBufferWriter<byte>();
        var row = new Row(separator, columns);
        int before = 0;
        for (int next = AfterMark(text); next >= 0; before = next, next = text.ReadByte())
        {
            bool isRestOfLineEnd = before == '\r' && next == '\n' && row.Length == 0;
            if (isRestOfLineEnd)
                continue;
            if (row.Takes((byte)next))
            {
                line.Write([(byte)next]);
                // A line without end is refused by whoever reads it.
                if (line.WrittenCount > MostOfALine)
                    Flush(line.WrittenCount);
                continue;
            }
            if (!EndRow())
                return false;
            target.WriteByte((byte)'\n');
        }
        return EndRow();

        bool EndRow()
        {
            bool hasSurplus = row.Fields > columns;
            if (hasSurplus && row.Filled > columns && row.Fields <= ofHeader)
                return false;
            bool isWhole = line.WrittenCount == row.Length;
            Flush(hasSurplus && row.Filled <= columns && isWhole ? row.CutAt : line.WrittenCount);
            row = new Row(separator, columns);
            return true;
        }

        void Flush(int length)
        {
            target.Write(line.WrittenSpan[..length]);
            line.ResetWrittenCount();
        }
    }

    // The first byte of the text, which a byte order mark of UTF-8 is not.
    private static int AfterMark(BufferedStream text)
    {
        int first = text.ReadByte();
        if (first != 0xEF)
            return first;
        text.ReadByte();
        text.ReadByte();
        return text.ReadByte();
    }

    // A row as its bytes come.
    private sealed class Row(byte separator, int columns)
    {
        private bool isQuoted,
            isAfterQuote,
            isInField;

        /// <summary>Fields so far.</summary>
        public int Fields { get; private set; } = 1;

        /// <summary>How many there are up to the last that is not empty.</summary>
        public int Filled { get; private set; }

        /// <summary>Bytes so far.</summary>
        public int Length { get; private set; }

        /// <summary>How many bytes the columns take.</summary>
        public int CutAt { get; private set; }

        /// <summary>Whether a byte is still of it; else its line ends there.</summary>
        public bool Takes(byte next)
        {
            bool isQuote = next == '"';
            bool isLineEnd = next is (byte)'\r' or (byte)'\n';
            if (isLineEnd && !isQuoted)
                return false;
            if (isQuoted)
            {
                isQuoted = !isQuote;
                isAfterQuote = isQuote;
                Filled = Fields;
            }
            else if (next == separator)
            {
                if (Fields == columns)
                    CutAt = Length;
                Fields++;
                isInField = isAfterQuote = false;
            }
            else
            {
                // Within a text without quotes, one is a letter like others; two in a row within quotes stand for one.
                isQuoted = isQuote && (!isInField || isAfterQuote);
                isAfterQuote = false;
                isInField = true;
                if (next != ' ')
                    Filled = Fields;
            }
            Length++;
            return true;
        }
    }
}
