using System.Data;
using System.Globalization;
using System.Text.RegularExpressions;
using DuckDB.NET.Data;
using DuckDB.NET.Native;
using Microsoft.Data.Analysis;
using static DuckDB.NET.Native.NativeMethods;

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
public sealed partial class Database : IDisposable
{
    private readonly Lock busy = new();
    private readonly DuckDBConnection connection;

    private Database(string path)
    {
        // What a file holds, or what it is called, must not make DuckDB fetch and load an extension.
        var settings = new DuckDBConnectionStringBuilder
        {
            DataSource = path,
            AutoinstallKnownExtensions = false,
            AutoloadKnownExtensions = false,
            AllowCommunityExtensions = false,
        };
        connection = new DuckDBConnection(settings.ConnectionString);
        try
        {
            connection.Open();
        }
        catch (DuckDBException e)
        {
            connection.Dispose();
            throw new TableException($"{path} cannot be opened: {e.Message}");
        }
    }

    /// <summary>
    /// Opens the database in a file, which is made where it is missing. One process at a time may have it open.
    /// </summary>
    /// <exception cref="TableException">The file is no database, is in use, or cannot be made.</exception>
    public static Database Open(string path) => new(Path.GetFullPath(path));

    /// <summary>An empty database in memory.</summary>
    public static Database InMemory() => new(DuckDBConnectionStringBuilder.InMemoryDataSource);

    /// <summary>Executes SQL that gives no rows; without parameters it may be several statements.</summary>
    /// <param name="sql">
    /// The SQL, with <c>?</c> for each parameter. A quoted path in it is DuckDB's pattern; <see cref="FileName"/> gives
    /// a file's name, and <see cref="SqlFiles"/> finds those that a person wrote.
    /// </param>
    /// <param name="parameters">bool, a whole number, float, double, string, DateTime (UTC) or null.</param>
    /// <returns>How many rows it inserted, changed or deleted.</returns>
    /// <exception cref="TableException">DuckDB refuses.</exception>
    public long Execute(string sql, params ReadOnlySpan<object?> parameters) =>
        Run(sql, parameters, (ref DuckDBResult result) => NativeMethods.Query.DuckDBRowsChanged(ref result));

    /// <summary>The rows that SQL gives, column by column.</summary>
    /// <inheritdoc cref="Execute"/>
    public Table Query(string sql, params ReadOnlySpan<object?> parameters) =>
        Run(sql, parameters, (ref DuckDBResult result) => Table.Fetch(ref result, sql));

    /// <summary>
    /// Ends the query that runs now, from another thread: it fails, and the tables are as they were before it. Nothing
    /// happens where none runs.
    /// </summary>
    public void Interrupt()
    {
        if (connection.State == ConnectionState.Open)
            Startup.DuckDBInterrupt(connection.NativeConnection);
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
    /// The file is missing or malformed, or a row has more or fewer columns than the header; DuckDB's words name file
    /// and line.
    /// </exception>
    public void Import(string path, string table)
    {
        string source = IsParquet(path)
            ? $"read_parquet({FileName(path)}, hive_partitioning = false)"
            : CsvFile.Open(path).ToTypedSql(this);
        Execute($"CREATE OR REPLACE TABLE {Name(table)} AS FROM {source}");
    }

    /// <summary>Makes a table of a DataFrame, which replaces one of that name.</summary>
    /// <exception cref="TableException">
    /// A column is of a type that DuckDB has no other name for here, or a text has the character NUL; the message names
    /// the column, and the row from 0.
    /// </exception>
    public void Import(DataFrame frame, string table)
    {
        // Row by row into a table of its own, so that the one of that name is whole or as it was.
        string arriving = $"{table}, arriving";
        string columns = string.Join(", ", frame.Columns.Select(c => $"{Name(c.Name)} {SqlType(c)}"));
        Execute($"CREATE OR REPLACE TEMP TABLE {Name(arriving)} ({columns})");
        using (Appender rows = Append(arriving))
        {
            for (long row = 0; row < frame.Rows.Count; row++)
            {
                foreach (DataFrameColumn column in frame.Columns)
                    Add(rows, column[row]);
                rows.EndRow();
            }
            rows.Close();
        }
        Execute($"CREATE OR REPLACE TABLE {Name(table)} AS FROM {Name(arriving)}; DROP TABLE {Name(arriving)}");
    }

    /// <summary>
    /// Writes what SQL gives to a CSV (with a header) or Parquet file, by its extension; the file is whole or as it
    /// was.
    /// </summary>
    /// <exception cref="TableException">DuckDB refuses the SQL or cannot write.</exception>
    public void Export(string sql, string path)
    {
        string part = Path.GetFullPath(path) + ".part",
            format = IsParquet(path) ? "FORMAT parquet" : "FORMAT csv, HEADER";
        Execute($"COPY ({sql}) TO {Text(part)} ({format})");
        File.Move(part, path, overwrite: true);
    }

    /// <summary>Adds rows to a table, fast. Nothing else may use the database until it is disposed.</summary>
    /// <exception cref="TableException">There is no such table.</exception>
    public Appender Append(string table) =>
        table.Contains('\0')
            ? throw new TableException("a table's name has no character NUL")
            : new(connection.NativeConnection, table);

    /// <summary>A name as SQL takes it, whatever is in it.</summary>
    public static string Name(string name) => $"\"{name.Replace("\"", "\"\"")}\"";

    /// <summary>A text as SQL takes it, whatever is in it.</summary>
    public static string Text(string text) => $"'{text.Replace("'", "''")}'";

    /// <summary>
    /// A file as SQL's readers (<c>read_csv</c>, <c>read_parquet</c> …) take it: that file and no other, whatever its
    /// name.
    /// </summary>
    /// <exception cref="TableException">There is no such file, or DuckDB cannot be told of it.</exception>
    public static string FileName(string path)
    {
        if (!File.Exists(path))
            throw new TableException($"there is no file {path}");
        // From the root on, it is neither an address nor in the home folder.
        string full = Path.GetFullPath(path);
        bool isPattern = PatternSigns().IsMatch(full);
        if (isPattern && Path.DirectorySeparatorChar != '\\' && full.Contains('\\'))
            throw new TableException(
                $"{path} cannot be read by DuckDB: it has a backslash beside *, ? or [. Rename it"
            );
        return Text(Literal(full));
    }

    /// <summary>A path within a pattern of DuckDB's: its own *, ? and [ stand for themselves.</summary>
    public static string Literal(string path) => PatternSigns().Replace(path, "[$0]");

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (busy)
            connection.Dispose();
    }

    /// <summary>A time as DuckDB keeps a TIMESTAMP: microseconds since 1970.</summary>
    internal static DuckDBTimestampStruct Timestamp(DateTime time)
    {
        DateTime utc = time.Kind == DateTimeKind.Local ? time.ToUniversalTime() : time;
        return new() { Micros = (utc - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond };
    }

    private delegate T Taker<T>(ref DuckDBResult result);

    [GeneratedRegex(@"[*?\[]")]
    private static partial Regex PatternSigns();

    private static string SqlType(DataFrameColumn column) =>
        Type.GetTypeCode(column.DataType) switch
        {
            TypeCode.Boolean => "BOOLEAN",
            TypeCode.SByte => "TINYINT",
            TypeCode.Byte => "UTINYINT",
            TypeCode.Int16 => "SMALLINT",
            TypeCode.UInt16 => "USMALLINT",
            TypeCode.Int32 => "INTEGER",
            TypeCode.UInt32 => "UINTEGER",
            TypeCode.Int64 => "BIGINT",
            TypeCode.UInt64 => "UBIGINT",
            TypeCode.Single => "FLOAT",
            TypeCode.Double => "DOUBLE",
            TypeCode.Decimal => $"DECIMAL(38, {column.Cast<decimal?>().Max(value => value?.Scale ?? 0)})",
            TypeCode.DateTime => "TIMESTAMP",
            TypeCode.String => "VARCHAR",
            _ => throw new TableException(
                $"column {column.Name} is of type {column.DataType.Name}, which no column of a table takes"
            ),
        };

    private static Appender Add(Appender rows, object? value) =>
        value switch
        {
            null => rows.Add((string?)null),
            bool flag => rows.Add(flag),
            sbyte or byte or short or ushort or int or uint or long => rows.Add(Convert.ToInt64(value)),
            float or double => rows.Add(Convert.ToDouble(value)),
            DateTime time => rows.Add(time),
            // DuckDB makes decimals and the largest whole numbers of their digits.
            _ => rows.Add(Convert.ToString(value, CultureInfo.InvariantCulture)),
        };

    private static bool IsParquet(string path) => path.EndsWith(".parquet", StringComparison.OrdinalIgnoreCase);

    // DuckDB.NET's commands read row by row; the functions that they stand on give columns.
    private T Run<T>(string sql, ReadOnlySpan<object?> parameters, Taker<T> take)
    {
        if (sql.Contains('\0'))
            throw new TableException("the SQL has the character NUL, where DuckDB would take it to end", sql);
        lock (busy)
        {
            ObjectDisposedException.ThrowIf(connection.State != ConnectionState.Open, this);
            DuckDBResult result = default;
            try
            {
                DuckDBState state =
                    parameters.Length == 0
                        ? NativeMethods.Query.DuckDBQuery(connection.NativeConnection, sql, out result)
                        : ExecutePrepared(sql, parameters, out result);
                if (!state.IsSuccess())
                    throw new TableException(NativeMethods.Query.DuckDBResultError(ref result), sql);
                return take(ref result);
            }
            finally
            {
                NativeMethods.Query.DuckDBDestroyResult(ref result);
            }
        }
    }

    private DuckDBState ExecutePrepared(string sql, ReadOnlySpan<object?> parameters, out DuckDBResult result)
    {
        DuckDBState state = PreparedStatements.DuckDBPrepare(connection.NativeConnection, sql, out var statement);
        using (statement)
        {
            if (!state.IsSuccess())
                throw new TableException(PreparedStatements.DuckDBPrepareError(statement), sql);
            long wanted = PreparedStatements.DuckDBParams(statement);
            if (wanted != parameters.Length)
                throw new TableException($"{parameters.Length} parameters were given, {wanted} are asked for", sql);
            for (int i = 0; i < parameters.Length; i++)
                if (!Bind(statement, i + 1, parameters[i], sql).IsSuccess())
                    throw new TableException(
                        $"parameter {i + 1} cannot be bound: {PreparedStatements.DuckDBPrepareError(statement)}",
                        sql
                    );
            return PreparedStatements.DuckDBExecutePrepared(statement, out result);
        }
    }

    private static DuckDBState Bind(DuckDBPreparedStatement statement, long index, object? value, string sql) =>
        value switch
        {
            null => PreparedStatements.DuckDBBindNull(statement, index),
            bool flag => PreparedStatements.DuckDBBindBoolean(statement, index, flag),
            byte or short or int or long or uint => PreparedStatements.DuckDBBindInt64(
                statement,
                index,
                Convert.ToInt64(value)
            ),
            float or double => PreparedStatements.DuckDBBindDouble(statement, index, Convert.ToDouble(value)),
            DateTime time => PreparedStatements.DuckDBBindTimestamp(statement, index, Timestamp(time)),
            string text when text.Contains('\0') => throw new TableException(
                $"parameter {index} has the character NUL, where DuckDB.NET would cut it",
                sql
            ),
            string text => PreparedStatements.DuckDBBindVarchar(statement, index, text),
            _ => throw new TableException(
                $"parameter {index} is a {value.GetType().Name}; bool, whole numbers, float, double, string, "
                    + "DateTime and null are possible",
                sql
            ),
        };
}
