namespace Tables;

/// <summary>SQL, a file or a column that cannot be had as asked for: what DuckDB said, and the SQL it said it of.</summary>
/// <param name="reason">What is wrong, in DuckDB's words where it was DuckDB that refused.</param>
/// <param name="sql">The SQL; null where there was none.</param>
public sealed class TableException(string reason, string? sql = null) : Exception(sql is null ? Shortened(reason) : $"{Shortened(reason)}\nin: {sql}")
{
    /// <summary>What is wrong, without the SQL; lines of a file that it quotes are cut after 300 characters.</summary>
    public string Reason { get; } = Shortened(reason);

    /// <summary>What is wrong with a CSV file. Where it is a line that is too long near its beginning, DuckDB, which still looks for the columns then, names line 1 whichever it is; here it is counted.</summary>
    public string ReasonOf(string csv)
    {
        const int MostOfALine = 2_000_000; // bytes, DuckDB's max_line_size
        if (!Reason.Contains("Maximum line size", StringComparison.Ordinal)) return Reason;
        using FileStream file = File.OpenRead(csv);
        byte[] buffer = new byte[1 << 16];
        long line = 1, length = 0;
        for (int read; (read = file.Read(buffer)) > 0 && length <= MostOfALine;)
        {
            foreach (byte letter in buffer.AsSpan(0, read))
            {
                if (letter != '\n') length++;
                else if (length > MostOfALine) break;
                else (line, length) = (line + 1, 0);
            }
        }
        return length > MostOfALine ? FormattableString.Invariant($"line {line} is longer than {MostOfALine:N0} bytes. Is a quote not closed?") : Reason;
    }

    /// <summary>The SQL.</summary>
    public string? Sql { get; } = sql;

    // DuckDB quotes the line of a file that it cannot read, were it 32 MB long.
    private static string Shortened(string reason)
    {
        const int MostOfALine = 300;
        return reason.Length <= MostOfALine ? reason : string.Join('\n', reason.Split('\n').Select(line => line.Length <= MostOfALine ? line : $"{line[..MostOfALine]}…"));
    }
}
