using System.Text;

namespace Tables;

/// <summary>
/// Adds rows to a table, value by value in the order of its columns, without SQL. They are there after
/// <see cref="Close"/>.
/// </summary>
/// <example><code>
/// using Appender rows = database.Append("tracks");
/// foreach (Track track in tracks) rows.Add(track.Id).Add(track.Title).Add(track.Popularity).EndRow();
/// rows.Close();
/// </code></example>
public sealed unsafe class Appender : IDisposable
{
    private readonly string table;
    private nint appender;

    internal Appender(nint connection, string table)
    {
        this.table = table;
        if (DuckDb.duckdb_appender_create(connection, null, table, out appender) == 0)
            return;
        string reason = DuckDb.Text(DuckDb.duckdb_appender_error(appender));
        _ = DuckDb.duckdb_appender_destroy(ref appender);
        throw new TableException(reason);
    }

    /// <summary>The next value of the row.</summary>
    /// <exception cref="TableException">The column takes no such value, or the row is full.</exception>
    public Appender Add(string? value)
    {
        if (value is null)
            return Check(DuckDb.duckdb_append_null(appender));
        byte[] bytes = Encoding.UTF8.GetBytes(value);
        fixed (byte* pointer = bytes)
            return Check(DuckDb.duckdb_append_varchar_length(appender, pointer, (ulong)bytes.Length));
    }

    /// <inheritdoc cref="Add(string?)"/>
    public Appender Add(long? value) =>
        Check(
            value is long number ? DuckDb.duckdb_append_int64(appender, number) : DuckDb.duckdb_append_null(appender)
        );

    /// <inheritdoc cref="Add(string?)"/>
    public Appender Add(double? value) =>
        Check(
            value is double number ? DuckDb.duckdb_append_double(appender, number) : DuckDb.duckdb_append_null(appender)
        );

    /// <inheritdoc cref="Add(string?)"/>
    public Appender Add(bool? value) =>
        Check(
            value is bool flag
                ? DuckDb.duckdb_append_bool(appender, flag ? (byte)1 : (byte)0)
                : DuckDb.duckdb_append_null(appender)
        );

    /// <summary>The next value of the row, UTC.</summary>
    /// <inheritdoc cref="Add(string?)"/>
    public Appender Add(DateTime? value) =>
        Check(
            value is DateTime time
                ? DuckDb.duckdb_append_timestamp(appender, DuckDb.Microseconds(time))
                : DuckDb.duckdb_append_null(appender)
        );

    /// <summary>Ends the row.</summary>
    /// <exception cref="TableException">The row has too few values.</exception>
    public void EndRow() => Check(DuckDb.duckdb_appender_end_row(appender));

    /// <summary>Writes what was added.</summary>
    /// <exception cref="TableException">A constraint of the table is violated; nothing was added.</exception>
    public void Close() => Check(DuckDb.duckdb_appender_close(appender));

    /// <summary>Lets go of the table; what was not written by <see cref="Close"/> may be lost.</summary>
    public void Dispose()
    {
        if (appender != 0)
            _ = DuckDb.duckdb_appender_destroy(ref appender);
    }

    private Appender Check(int state) =>
        state == 0
            ? this
            : throw new TableException(
                $"a row cannot be added to {table}: {DuckDb.Text(DuckDb.duckdb_appender_error(appender))}"
            );
}
