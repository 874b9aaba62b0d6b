namespace Tables;

/// <summary>SQL, a file or a column that cannot be had as asked for: what DuckDB said, and the SQL it said it of.</summary>
/// <param name="reason">What is wrong, in DuckDB's words where it was DuckDB that refused.</param>
/// <param name="sql">The SQL; null where there was none.</param>
public sealed class TableException(string reason, string? sql = null) : Exception(sql is null ? reason : $"{reason}\nin: {sql}")
{
    /// <summary>What is wrong, without the SQL.</summary>
    public string Reason { get; } = reason;

    /// <summary>The SQL.</summary>
    public string? Sql { get; } = sql;
}
