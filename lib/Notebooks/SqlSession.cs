using System.Collections;
using System.Text.RegularExpressions;
using Tables;

namespace Notebooks;

/// <summary>
/// What <c>#!sql</c> asks: DuckDB, with the tables that earlier cells made; a file of DuckDB's, or CSV and Parquet
/// files by their paths, each of which is a file's name where there is such a file.
/// </summary>
internal sealed partial class SqlSession : IDisposable
{
    private readonly Dictionary<string, Database> databases = [];

    // Where others take values from.
    private Database? last;

    /// <summary>Runs a part's SQL; the result, and the name of the variable that it becomes.</summary>
    /// <exception cref="NotebookException">The directive's arguments can't be read.</exception>
    /// <exception cref="TableException">The SQL is wrong.</exception>
    public (string Name, Table Result) Query(CellPart part, CancellationToken interrupt)
    {
        Database database = Of(part);
        string name = Read(part).Groups["name"] is { Success: true } given ? given.Value : "result";
        return (name, Query(database, part.Code.Trim(), interrupt));
    }

    /// <summary>A table, or the value of a variable of DuckDB's.</summary>
    /// <exception cref="TableException">There is neither.</exception>
    public object? Get(string name, CancellationToken interrupt)
    {
        Database database = last ??= Of("");
        return database.Query("SELECT 1 FROM duckdb_variables() WHERE name = ?", name).Count > 0
            ? database.Query($"SELECT getvariable({Database.Text(name)})").Columns[0][0]
            : Query(database, $"FROM {Database.Name(name)}", interrupt);
    }

    /// <summary>
    /// Makes a table of a table or a sequence, and of a number or a text a variable, which SQL reads by
    /// <c>getvariable('name')</c>.
    /// </summary>
    /// <exception cref="NotebookException">It is neither.</exception>
    public void Set(CellPart part, string name, object? value)
    {
        Database database = Of(part);
        if ((value as SharedTable ?? SharedTable.Of(value)) is { } table)
            Fill(database, name, table);
        else if (value is IEnumerable items and not string and not Array { Rank: > 1 })
            Fill(database, name, SharedTable.OfValues(name, items.Cast<object?>()));
        else
            database.Execute(
                $"SET VARIABLE {Database.Name(name)} = ?",
                SharedTable.OfValues(name, [value]).Columns[0].Values[0]
            );
    }

    /// <summary>A table in the form that SQL's results have.</summary>
    public static Table Table(SharedTable table)
    {
        using Database database = Database.InMemory();
        Fill(database, "shared", table);
        return database.Query("FROM shared");
    }

    public void Dispose()
    {
        foreach (Database database in databases.Values)
            database.Dispose();
    }

    private static Match Read(CellPart part) =>
        Arguments().Match(part.Options) is { Success: true } arguments
            ? arguments
            : throw new NotebookException(
                $"#!sql {part.Options} can't be followed. It takes --name VARIABLE for the result and "
                    + "--db FILE for a DuckDB file."
            );

    private Database Of(CellPart part) => last = Of(Read(part).Groups["db"].Value);

    private Database Of(string file)
    {
        if (!databases.TryGetValue(file, out Database? database))
            databases[file] = database = file == "" ? Database.InMemory() : Database.Open(file);
        return database;
    }

    // What follows an interrupt finds all tables as they were before the statement.
    private static Table Query(Database database, string text, CancellationToken interrupt)
    {
        using CancellationTokenRegistration stop = interrupt.Register(database.Interrupt);
        string named = SqlFiles.Named(text, database);
        // Looking at a file may be what was interrupted.
        interrupt.ThrowIfCancellationRequested();
        return database.Query(named);
    }

    private static string SqlType(Type type) =>
        type == typeof(bool) ? "BOOLEAN"
        : type == typeof(long) ? "BIGINT"
        : type == typeof(double) ? "DOUBLE"
        : type == typeof(DateTime) ? "TIMESTAMP"
        : "VARCHAR";

    // Temporary: what a cell shares is not written into a file of the user's.
    private static void Fill(Database database, string name, SharedTable table)
    {
        string columns = string.Join(", ", table.Columns.Select(c => $"{Database.Name(c.Name)} {SqlType(c.Type)}"));
        database.Execute($"CREATE OR REPLACE TEMP TABLE {Database.Name(name)} ({columns})");
        using Appender rows = database.Append(name);
        for (int row = 0; row < table.Columns[0].Values.Length; row++)
        {
            foreach (SharedTable.Column column in table.Columns)
                _ = column.Values[row] switch
                {
                    bool flag => rows.Add(flag),
                    long whole => rows.Add(whole),
                    double number => rows.Add(number),
                    DateTime time => rows.Add(time),
                    var text => rows.Add((string?)text),
                };
            rows.EndRow();
        }
        rows.Close();
    }

    [GeneratedRegex("""^(\s*--name\s+(?<name>[A-Za-z_]\w*)|\s*--db\s+("(?<db>[^"]+)"|(?<db>\S+)))*\s*$""")]
    private static partial Regex Arguments();
}
