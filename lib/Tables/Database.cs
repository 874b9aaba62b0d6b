using System.Text;

namespace Tables;

/// <summary>
/// A DuckDB database, in a file or in memory. One query runs at a time; safe to call from many threads. What a
/// statement changed outside a transaction is on disk when the call returns.
/// </summary>
/// <example><code>
/// using Database database = Database.Open("tracks.duckdb");
/// database.Import("charts.csv", "charts");
/// double[] tempo = database.Query("SELECT tempo FROM charts WHERE year >= ?", 2020).Values&lt;double&gt;("tempo");
/// // record Hit(string Title, long Popularity)
/// foreach (Hit hit in database.Query("SELECT title, popularity FROM charts").Rows&lt;Hit&gt;()) …
/// </code></example>
public sealed unsafe class Database : IDisposable
{
    private readonly Lock busy = new();
    private nint database,
        connection;

    private Database(string? path)
    {
        if (DuckDb.duckdb_open_ext(path, out database, 0, out nint error) != 0)
        {
            string reason = DuckDb.Text(error);
            DuckDb.duckdb_free(error);
            throw new TableException($"{path ?? "a database in memory"} cannot be opened: {reason}");
        }
        if (DuckDb.duckdb_connect(database, out connection) != 0)
            throw new TableException($"{path ?? "a database in memory"} cannot be connected to");
    }

    /// <summary>
    /// Opens the database in a file, which is made where it is missing. One process at a time may have it open.
    /// </summary>
    /// <exception cref="TableException">The file is no database, is in use, or cannot be made.</exception>
    public static Database Open(string path) => new(Path.GetFullPath(path));

    /// <summary>An empty database in memory.</summary>
    public static Database InMemory() => new(null);

    /// <summary>Executes SQL that gives no rows; without parameters it may be several statements.</summary>
    /// <param name="sql">The SQL, with <c>?</c> for each parameter.</param>
    /// <param name="parameters">bool, a whole number, float, double, string, DateTime (UTC) or null.</param>
    /// <returns>How many rows it inserted, changed or deleted.</returns>
    /// <exception cref="TableException">DuckDB refuses.</exception>
    public long Execute(string sql, params ReadOnlySpan<object?> parameters) =>
        Run(sql, parameters, result => (long)DuckDb.duckdb_rows_changed((DuckDb.Result*)result));

    /// <summary>The rows that SQL gives, column by column.</summary>
    /// <inheritdoc cref="Execute"/>
    public Table Query(string sql, params ReadOnlySpan<object?> parameters) =>
        Run(sql, parameters, result => Table.Fetch((DuckDb.Result*)result, sql));

    /// <summary>
    /// Ends the query that runs now, from another thread: it fails, and the tables are as they were before it. Nothing
    /// happens where none runs.
    /// </summary>
    public void Interrupt()
    {
        nint now = connection;
        if (now != 0)
            DuckDb.duckdb_interrupt(now);
    }

    /// <summary>Does several things wholly or not at all.</summary>
    public void Transaction(Action work)
    {
        lock (busy)
        {
            Execute("BEGIN TRANSACTION");
            try
            {
                work();
                Execute("COMMIT");
            }
            catch
            {
                Execute("ROLLBACK");
                throw;
            }
        }
    }

    /// <summary>
    /// Reads a CSV or Parquet file (by its extension) into a new table, which replaces one of that name. CSV is RFC
    /// 4180 in UTF-8 with a header; DuckDB finds the types over the whole file.
    /// </summary>
    /// <exception cref="TableException">
    /// The file is missing or malformed; DuckDB's words name file and line.
    /// </exception>
    public void Import(string path, string table)
    {
        string reader = IsParquet(path)
            ? "read_parquet(?)"
            : "read_csv(?, delim = ',', quote = '\"', escape = '\"', header = true, sample_size = -1)";
        Execute($"CREATE OR REPLACE TABLE {Name(table)} AS FROM {reader}", path);
    }

    /// <summary>
    /// Writes what SQL gives to a CSV (with a header) or Parquet file, by its extension; the file is whole or as it
    /// was.
    /// </summary>
    /// <exception cref="TableException">DuckDB refuses the SQL or cannot write.</exception>
    public void Export(string sql, string path)
    {
        Execute(
            $"COPY ({sql}) TO {Text(path + ".part")} ({(IsParquet(path) ? "FORMAT parquet" : "FORMAT csv, HEADER")})"
        );
        File.Move(path + ".part", path, overwrite: true);
    }

    /// <summary>Adds rows to a table, fast. Nothing else may use the database until it is disposed.</summary>
    /// <exception cref="TableException">There is no such table.</exception>
    public Appender Append(string table) => new(connection, table);

    /// <summary>A name as SQL takes it, whatever is in it.</summary>
    public static string Name(string name) => $"\"{name.Replace("\"", "\"\"")}\"";

    /// <summary>A text as SQL takes it, whatever is in it.</summary>
    public static string Text(string text) => $"'{text.Replace("'", "''")}'";

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (busy)
        {
            if (connection != 0)
                DuckDb.duckdb_disconnect(ref connection);
            if (database != 0)
                DuckDb.duckdb_close(ref database);
        }
    }

    private static bool IsParquet(string path) => path.EndsWith(".parquet", StringComparison.OrdinalIgnoreCase);

    private T Run<T>(string sql, ReadOnlySpan<object?> parameters, Func<nint, T> take)
    {
        lock (busy)
        {
            ObjectDisposedException.ThrowIf(connection == 0, this);
            nint statement = 0;
            DuckDb.Result result = default;
            try
            {
                if (parameters.Length == 0)
                {
                    if (DuckDb.duckdb_query(connection, sql, &result) != 0)
                        throw new TableException(DuckDb.Text(DuckDb.duckdb_result_error(&result)), sql);
                }
                else
                {
                    if (DuckDb.duckdb_prepare(connection, sql, out statement) != 0)
                        throw new TableException(DuckDb.Text(DuckDb.duckdb_prepare_error(statement)), sql);
                    if (DuckDb.duckdb_nparams(statement) != (ulong)parameters.Length)
                        throw new TableException(
                            $"{parameters.Length} parameters were given, "
                                + $"{DuckDb.duckdb_nparams(statement)} are asked for",
                            sql
                        );
                    for (int i = 0; i < parameters.Length; i++)
                        Bind(statement, (ulong)i + 1, parameters[i], sql);
                    if (DuckDb.duckdb_execute_prepared(statement, &result) != 0)
                        throw new TableException(DuckDb.Text(DuckDb.duckdb_result_error(&result)), sql);
                }
                return take((nint)(&result));
            }
            finally
            {
                DuckDb.duckdb_destroy_result(&result);
                if (statement != 0)
                    DuckDb.duckdb_destroy_prepare(ref statement);
            }
        }
    }

    private static void Bind(nint statement, ulong index, object? value, string sql)
    {
        int state = value switch
        {
            null => DuckDb.duckdb_bind_null(statement, index),
            bool flag => DuckDb.duckdb_bind_boolean(statement, index, flag ? (byte)1 : (byte)0),
            byte or short or int or long or uint => DuckDb.duckdb_bind_int64(statement, index, Convert.ToInt64(value)),
            float or double => DuckDb.duckdb_bind_double(statement, index, Convert.ToDouble(value)),
            DateTime time => DuckDb.duckdb_bind_timestamp(statement, index, DuckDb.Microseconds(time)),
            string text => BindText(statement, index, text),
            _ => throw new TableException(
                $"parameter {index} is a {value.GetType().Name}; bool, whole numbers, float, double, "
                    + "string, DateTime and null are possible",
                sql
            ),
        };
        if (state != 0)
            throw new TableException(
                $"parameter {index} cannot be bound: {DuckDb.Text(DuckDb.duckdb_prepare_error(statement))}",
                sql
            );
    }

    private static int BindText(nint statement, ulong index, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        fixed (byte* pointer = bytes)
            return DuckDb.duckdb_bind_varchar_length(statement, index, pointer, (ulong)bytes.Length);
    }
}
