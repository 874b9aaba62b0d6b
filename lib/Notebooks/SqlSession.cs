using System.Text.RegularExpressions;
using Tables;

namespace Notebooks;

/// <summary>What <c>#!sql</c> asks: DuckDB, with the tables that earlier cells made; a file of DuckDB's, or CSV and Parquet files by their paths.</summary>
internal sealed partial class SqlSession : IDisposable
{
    private readonly Dictionary<string, Database> databases = [];

    /// <summary>Runs a part's SQL; the result, and the name of the variable that it becomes.</summary>
    /// <exception cref="NotebookException">The directive's arguments can't be read.</exception>
    /// <exception cref="TableException">The SQL is wrong.</exception>
    public (string Name, Table Result) Query(CellPart part)
    {
        Match arguments = Arguments().Match(part.Arguments);
        if (!arguments.Success) throw new NotebookException($"#!sql {part.Arguments} can't be followed. It takes --name VARIABLE for the result and --db FILE for a DuckDB file.");
        string file = arguments.Groups["db"].Value;
        if (!databases.TryGetValue(file, out Database? database)) databases[file] = database = file == "" ? Database.InMemory() : Database.Open(file);
        return (arguments.Groups["name"] is { Success: true } name ? name.Value : "result", database.Query(part.Code.Trim()));
    }

    public void Dispose()
    {
        foreach (Database database in databases.Values) database.Dispose();
    }

    [GeneratedRegex("""^(\s*--name\s+(?<name>[A-Za-z_]\w*)|\s*--db\s+("(?<db>[^"]+)"|(?<db>\S+)))*\s*$""")]
    private static partial Regex Arguments();
}
