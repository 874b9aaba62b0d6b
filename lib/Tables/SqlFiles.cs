using System.Text.RegularExpressions;

namespace Tables;

/// <summary>Paths in a person's SQL.</summary>
public static partial class SqlFiles
{
    /// <summary>
    /// The SQL with each quoted path that names a file standing for that file alone, after <c>FROM</c> and <c>JOIN</c>
    /// and as the first argument of <c>read_csv</c>, <c>read_parquet</c> and their like. After <c>FROM</c> and
    /// <c>JOIN</c> a folder named <c>key=value</c> adds no column, and a CSV file whose first row has another number of
    /// columns than those that DuckDB finds is refused with the line. What names no file stays what DuckDB takes it
    /// for: a pattern such as <c>'charts/*.csv'</c>.
    /// </summary>
    /// <exception cref="TableException">DuckDB cannot be told of a file.</exception>
    public static string Named(string sql, Database database) =>
        Paths()
            .Replace(
                sql,
                match =>
                {
                    string path = match.Groups["path"].Value.Replace("''", "'");
                    if (!match.Groups["path"].Success || !File.Exists(path))
                        return match.Value;
                    string before = match.Groups["before"].Value,
                        after = match.Groups["after"].Value;
                    if (!match.Groups["table"].Success)
                        return $"{before}{Database.FileName(path)}{after}";
                    string alias = IsAlias(after, database) ? "" : $" AS {Database.Name(AliasOf(path))}";
                    return $"{before}{Source(path, database)}{alias}{after}";
                }
            );

    private static string Source(string path, Database database)
    {
        string name = Path.GetFileName(path).ToLowerInvariant();
        if (name.EndsWith(".parquet", StringComparison.Ordinal))
            return $"read_parquet({Database.FileName(path)}, hive_partitioning = false)";
        bool isCsv = CsvNames().IsMatch(name);
        return isCsv ? CsvFile.FoundSql(path, database) : Database.FileName(path);
    }

    // As DuckDB names the table of a file.
    private static string AliasOf(string path) => Path.GetFileName(path).Split('.')[0];

    private static bool IsAlias(string after, Database database)
    {
        string word = after.Trim();
        if (word.Length == 0)
            return false;
        const string Keywords =
            "SELECT 1 FROM duckdb_keywords() WHERE keyword_category IN ('reserved', 'type_function')";
        bool isKeyword = database.Query($"{Keywords} AND keyword_name = ?", word.ToLowerInvariant()).Count > 0;
        return word.Equals("AS", StringComparison.OrdinalIgnoreCase) || !isKeyword;
    }

    // Comments, names in quotes and other texts are passed over, lest something in them be taken for a path.
    [GeneratedRegex(
        """
            --[^\n]* | /\*.*?\*/ | \$(?<tag>\w*)\$.*?\$\k<tag>\$ | "(?:[^"]|"")*"
            | (?<before>
                (?<table>\b(?:FROM|JOIN)\s+)
                | \bread_\w+\s*\(\s*
                | \bCOPY\s+ (?:"(?:[^"]|"")*"|[\w.])+ \s* (?:\([^)]*\)\s*)? \bFROM\s+
            )
            '(?<path>(?:[^']|'')*)' (?<after>\s+(?:"|\w+))?
            | '(?:[^']|'')*'
            """,
        RegexOptions.IgnoreCase | RegexOptions.Singleline | RegexOptions.IgnorePatternWhitespace
    )]
    private static partial Regex Paths();

    [GeneratedRegex(@"\.[ct]sv(\.gz|\.zst)?$")]
    private static partial Regex CsvNames();
}
