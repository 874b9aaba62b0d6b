namespace Tables;

/// <summary>SQL, a file or a column that cannot be had as asked for: what DuckDB said, and the SQL it said it of.</summary>
/// <param name="reason">What is wrong, in DuckDB's words where it was DuckDB that refused.</param>
/// <param name="sql">The SQL; null where there was none.</param>
public sealed class TableException(string reason, string? sql = null) : Exception(sql is null ? Shortened(reason) : $"{Shortened(reason)}\nin: {sql}")
{
    /// <summary>What is wrong, without the SQL; lines of a file that it quotes are cut after 300 characters.</summary>
    public string Reason { get; } = Shortened(reason);

    /// <summary>The SQL.</summary>
    public string? Sql { get; } = sql;

    // DuckDB quotes the line of a file that it cannot read, were it 32 MB long.
    private static string Shortened(string reason)
    {
        const int MostOfALine = 300;
        return reason.Length <= MostOfALine ? reason : string.Join('\n', reason.Split('\n').Select(line => line.Length <= MostOfALine ? line : $"{line[..MostOfALine]}…"));
    }
}
