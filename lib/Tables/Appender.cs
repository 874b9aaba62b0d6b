using System.Text;
using DuckDB.NET.Native;
using static DuckDB.NET.Native.NativeMethods.Appender;

namespace Tables;

/// <summary>
/// Adds rows to a table, value by value in the order of its columns, without SQL. They are there after
/// <see cref="Close"/>.
/// </summary>
/// <remarks>
/// DuckDB.NET's own appender takes a value only where its type is the column's; DuckDB's, of which this makes use,
/// converts it.
/// </remarks>
/// <example><code>
/// using Appender rows = database.Append("tracks");
/// foreach (Track track in tracks) rows.Add(track.Id).Add(track.Title).Add(track.Popularity).EndRow();
/// rows.Close();
/// </code></example>
public sealed class Appender : IDisposable
{
    private readonly string table;
    private readonly DuckDBAppender appender;
    private long row;
    private int column;

    internal Appender(DuckDBNativeConnection connection, string table)
    {
        this.table = table;
        DuckDBState state = DuckDBAppenderCreate(connection, null!, table, out appender);
        if (state.IsSuccess())
            return;
        string reason = Reason();
        appender.Dispose();
        throw new TableException(reason);
    }

    /// <summary>The next value of the row.</summary>
    /// <exception cref="TableException">
    /// The column takes no such value, the row is full, or a text has the character NUL.
    /// </exception>
    public Appender Add(string? value)
    {
        if (value is null)
            return Added(DuckDBAppendNull(appender));
        if (value.Contains('\0'))
            throw new TableException(
                $"{table} takes no text with the character NUL: column {column + 1} of row {row} has one"
            );
        return Added(DuckDBAppendVarchar(appender, value, Encoding.UTF8.GetByteCount(value)));
    }

    /// <inheritdoc cref="Add(string?)"/>
    public Appender Add(long? value) =>
        Added(value is long number ? DuckDBAppendInt64(appender, number) : DuckDBAppendNull(appender));

    /// <inheritdoc cref="Add(string?)"/>
    public Appender Add(double? value) =>
        Added(value is double number ? DuckDBAppendDouble(appender, number) : DuckDBAppendNull(appender));

    /// <inheritdoc cref="Add(string?)"/>
    public Appender Add(bool? value) =>
        Added(value is bool flag ? DuckDBAppendBool(appender, flag) : DuckDBAppendNull(appender));

    /// <summary>The next value of the row, UTC.</summary>
    /// <inheritdoc cref="Add(string?)"/>
    public Appender Add(DateTime? value) =>
        Added(
            value is DateTime time
                ? DuckDBAppendTimestamp(appender, Database.Timestamp(time))
                : DuckDBAppendNull(appender)
        );

    /// <summary>Ends the row.</summary>
    /// <exception cref="TableException">The row has too few values.</exception>
    public void EndRow()
    {
        Check(DuckDBAppenderEndRow(appender));
        row++;
        column = 0;
    }

    /// <summary>Writes what was added.</summary>
    /// <exception cref="TableException">A constraint of the table is violated; nothing was added.</exception>
    public void Close() => Check(DuckDBAppenderClose(appender));

    /// <summary>Lets go of the table; what was not written by <see cref="Close"/> may be lost.</summary>
    public void Dispose() => appender.Dispose();

    private Appender Added(DuckDBState state)
    {
        Check(state);
        column++;
        return this;
    }

    private void Check(DuckDBState state)
    {
        if (!state.IsSuccess())
            throw new TableException($"row {row} cannot be added to {table}: {Reason()}");
    }

    private string Reason()
    {
        using DuckDBErrorData error = DuckDBAppenderErrorData(appender);
        return NativeMethods.ErrorData.DuckDBErrorDataMessage(error);
    }
}
