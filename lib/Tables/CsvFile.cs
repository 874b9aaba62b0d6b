using System.IO.Compression;
using CsvHelper;

namespace Tables;

/// <summary>
/// A CSV file with a header as SQL reads it: RFC 4180, its columns parted by commas, semicolons or tabs, in UTF-8, or
/// in UTF-16 or UTF-32 with a byte order mark, its lines ended by LF, CR LF or CR, also now by one and now by another.
/// Every row has as many columns as the header, or reading it fails with the line; separators at the end of a line with
/// nothing behind them count for nothing.
/// </summary>
/// <remarks>
/// DuckDB's own search for a file's form takes the header and the first rows of some files for a preface, and leaves
/// them out, where later rows have more columns. So the columns are read here, and DuckDB is told.
/// </remarks>
/// <param name="Path">The file.</param>
/// <param name="Columns">Names of the columns.</param>
/// <param name="HeaderRows">Rows before the first of data.</param>
/// <example><code>
/// CsvFile songs = CsvFile.Open("songs.csv");
/// Table titles = database.Query($"SELECT title FROM {songs.ToSql()}");
/// </code></example>
public sealed record CsvFile(string Path, IReadOnlyList<string> Columns, int HeaderRows = 1)
{
    private const int MostOfALine = 2_000_000; // bytes, DuckDB's max_line_size

    private static string Form(char separator) =>
        $"header = true, delim = {Database.Text($"{separator}")}, quote = '\"', escape = '\"'";

    /// <summary>
    /// A file whose first row names the columns. A column without a name is called <c>column0</c>, <c>column1</c>, …,
    /// a name that is there already gets a number, as DuckDB does both.
    /// </summary>
    /// <exception cref="TableException">The file is missing or has no header.</exception>
    public static CsvFile Open(string path)
    {
        string[] header = Head(path, 1)[0];
        int digits = $"{header.Length - 1}".Length;
        var names = new List<string>(header.Length);
        for (int i = 0; i < header.Length; i++)
        {
            string name = header[i].Trim() is { Length: > 0 } given ? given : $"column{$"{i}".PadLeft(digits, '0')}";
            string free = name;
            for (int again = 1; names.Contains(free, StringComparer.OrdinalIgnoreCase); again++)
                free = $"{name}_{again}";
            names.Add(free);
        }
        return new(path, names);
    }

    /// <summary>The first rows of a file, each with its values.</summary>
    /// <exception cref="TableException">The file is missing, or has fewer rows or none that can be read.</exception>
    public static IReadOnlyList<string[]> Head(string path, int rows)
    {
        PlainCsv plain = PlainCsv.Of(path);
        try
        {
            return Head(plain.Path, rows, plain.Separator);
        }
        catch (TableException e) when (plain.IsCopy)
        {
            throw new TableException(e.Message.Replace(plain.Path, path));
        }
    }

    private static List<string[]> Head(string path, int rows, char separator)
    {
        if (!File.Exists(path))
            throw new TableException($"there is no file {path}");
        CsvReaderOptions options = CsvReaderOptions.Default with
        {
            HasHeader = false,
            Separator = separator,
            MalformedData = CsvMalformedDataHandling.Throw,
            // A line that never ends must not be read whole.
            MaxRecordSize = MostOfALine,
        };
        var head = new List<string[]>(rows);
        try
        {
            using FileStream file = File.OpenRead(path);
            bool isCompressed = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);
            Stream text = isCompressed ? new GZipStream(file, CompressionMode.Decompress) : file;
            using CsvReader reader = CsvReader.Create(text, options);
            while (head.Count < rows && reader.Read())
                head.Add([.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetString)]);
        }
        catch (Exception e)
            when (e is CsvFormatException or IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new TableException($"row {head.Count + 1} of {path} cannot be read: {e.Message}");
        }
        return head.Count == rows
            ? head
            : throw new TableException($"{path} has {head.Count} rows, where a header of {rows} is wanted");
    }

    /// <summary>The file as a table, for SQL's <c>FROM</c>.</summary>
    /// <param name="type">Each column's type in SQL by its name; null: all are VARCHAR.</param>
    /// <param name="gaps">What stands for NULL; null: nothing at all between two commas.</param>
    public string ToSql(Func<string, string>? type = null, IEnumerable<string>? gaps = null)
    {
        string nulls = gaps is null ? "" : $", nullstr = [{string.Join(", ", gaps.Select(Database.Text))}]";
        return ToSql(type ?? (_ => "VARCHAR"), nulls);
    }

    /// <summary>The file as a table of the types that DuckDB finds over the whole of it.</summary>
    internal string ToTypedSql(Database database)
    {
        PlainCsv plain = PlainCsv.Of(Path);
        Table found;
        try
        {
            found = database.Query(
                $"""
                SELECT unnest(Columns, recursive := true), DateFormat, TimestampFormat
                FROM sniff_csv({Database.FileName(plain.Path)}, sample_size = -1, {Form(plain.Separator)})
                """
            );
        }
        catch (TableException)
        {
            // It says nothing of the line that has too many columns; reading does.
            return ToSql();
        }
        var types = new Dictionary<string, string>();
        for (int row = 0; row < found.Count; row++)
            types[(string)found["name"][row]!] = (string)found["type"][row]!;
        if (types.Count != Columns.Count || !Columns.All(types.ContainsKey))
            return ToSql();
        return ToSql(
            name => types[name],
            Format("dateformat", "DateFormat") + Format("timestampformat", "TimestampFormat")
        );

        string Format(string option, string column) =>
            found[column][0] is string format ? $", {option} = {Database.Text(format)}" : "";
    }

    /// <summary>
    /// A file of the form that DuckDB finds, where it begins at the first row; else as one with a header, which names
    /// the line of the first row that has more or fewer columns.
    /// </summary>
    internal static string FoundSql(string path, Database database)
    {
        if (PlainCsv.Of(path).IsCopy)
            return Open(path).ToTypedSql(database);
        string file = Database.FileName(path);
        try
        {
            Table found = database.Query($"SELECT Delimiter, len(Columns) AS columns FROM sniff_csv({file})");
            char separator = found.Values<string>("Delimiter")[0][0];
            if (Head(path, 1, separator)[0].Length == found.Values<long>("columns")[0])
                return $"read_csv({file}, hive_partitioning = false)";
        }
        catch (TableException)
        {
            // It says nothing of the line that has too many columns; reading does.
        }
        return Open(path).ToSql();
    }

    // DuckDB's parallel reader leaves out a last line that is longer than its buffer, and says nothing.
    private static void CheckLastLine(string path)
    {
        using FileStream file = File.OpenRead(path);
        if (file.Length <= MostOfALine)
            return;
        byte[] end = new byte[MostOfALine];
        file.Seek(-MostOfALine, SeekOrigin.End);
        file.ReadExactly(end);
        bool isCompressed = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);
        if (isCompressed || end.AsSpan().TrimEnd("\r\n"u8).IndexOfAny((byte)'\r', (byte)'\n') >= 0)
            return;
        file.Position = 0;
        long line = 1;
        for (int read; (read = file.Read(end)) > 0 && file.Position < file.Length; )
            line += end.AsSpan(0, read).Count((byte)'\n');
        throw new TableException(
            FormattableString.Invariant(
                $"CSV Error on Line: {line}\nIt is longer than {MostOfALine:N0} bytes. Is a quote not closed?"
            )
        );
    }

    private string ToSql(Func<string, string> type, string options)
    {
        PlainCsv plain = PlainCsv.Of(Path);
        CheckLastLine(plain.Path);
        string types = string.Join(", ", Columns.Select(name => $"{Database.Text(name)}: {Database.Text(type(name))}"));
        return $"read_csv({Database.FileName(plain.Path)}, auto_detect = false, columns = {{{types}}}, "
            + $"skip = {HeaderRows - 1}, hive_partitioning = false, {Form(plain.Separator)}{options})";
    }
}
