using Tests;

namespace Tables.Tests;

public sealed class SqlFilesTests : IDisposable
{
    private readonly TemporaryFolder folder = new("sql files");
    private readonly Database database = Database.InMemory();

    public SqlFilesTests()
    {
        Directory.CreateDirectory(folder.At("year=2020"));
        foreach (string name in new[] { "list[1].csv", "list1.csv", "year=2020/it's.csv", "songs.csv" })
            File.WriteAllText(folder.At(name), $"n,name\n1,{name}\n");
        database.Execute($"COPY (SELECT 1 AS n) TO {Database.Text(folder.At("year=2020/a*.parquet"))}");
        database.Execute($"COPY (SELECT 2 AS n) TO {Database.Text(folder.At("year=2020/ab.parquet"))}");
    }

    public void Dispose()
    {
        database.Dispose();
        folder.Dispose();
    }

    // $ stands for the folder.
    private Table Ask(string sql) => database.Query(SqlFiles.Named(sql.Replace("$", folder.Path + "/"), database));

    [Theory]
    [InlineData("SELECT name FROM '$list[1].csv'", "list[1].csv")]
    [InlineData("select name from '$list[1].csv' WHERE n = 1", "list[1].csv")]
    [InlineData("SELECT x.name FROM '$list[1].csv' x WHERE x.n = 1", "list[1].csv")]
    [InlineData("SELECT x.name FROM '$list[1].csv' AS x", "list[1].csv")]
    [InlineData("SELECT x.name FROM '$list[1].csv' \"x\"", "list[1].csv")]
    [InlineData("SELECT songs.name FROM '$songs.csv'", "songs.csv")]
    [InlineData("SELECT songs.name FROM '$songs.csv' LEFT JOIN '$list[1].csv' USING (n)", "songs.csv")]
    [InlineData("SELECT s.name FROM '$songs.csv' s ASOF JOIN '$list[1].csv' l ON s.n >= l.n", "songs.csv")]
    [InlineData("SELECT b.name FROM '$songs.csv' a JOIN '$list[1].csv' b USING (n)", "list[1].csv")]
    [InlineData("SELECT name FROM '$year=2020/it''s.csv' LIMIT 1", "year=2020/it's.csv")]
    [InlineData("SELECT name FROM read_csv('$list[1].csv', header = true)", "list[1].csv")]
    [InlineData("SELECT name FROM read_csv_auto ( '$list[1].csv' )", "list[1].csv")]
    [InlineData("SELECT '$list[1].csv'[-11:] AS name", "list[1].csv")]
    [InlineData("SELECT name FROM '$songs.csv' -- FROM 'list[1].csv'", "songs.csv")]
    [InlineData("SELECT name /* FROM '$list1.csv' */ FROM '$songs.csv'", "songs.csv")]
    public void APathIsTheFileOfThatName(string sql, string name) =>
        Assert.Equal(name, Assert.Single(Ask(sql).Columns)[0]);

    [Fact]
    public void AFoldersNameIsNoColumn()
    {
        Assert.Equal(["n", "name"], Ask("FROM '$year=2020/it''s.csv'").Columns.Select(column => column.Name));
        Table parquet = Ask("FROM '$year=2020/a*.parquet'");
        Assert.Equal(["n"], parquet.Columns.Select(column => column.Name));
        Assert.Equal([1], parquet.Values<int>("n").ToArray());
    }

    [Fact]
    public void ATableIsFilledFromTheFileOfThatName()
    {
        database.Execute("CREATE TABLE t(n BIGINT, name VARCHAR)");
        Ask("COPY t FROM '$list[1].csv'");
        Ask("COPY t(n, name) FROM '$list[1].csv' (HEADER)");
        Assert.Equal(["list[1].csv", "list[1].csv"], database.Query("FROM t").Values<string>("name").ToArray());
    }

    [Fact]
    public void WhatNamesNoFileIsDuckDBsPattern() => Assert.Equal(2, Ask("FROM '$list*.csv'").Count);

    [Fact]
    public void AFileOfAnotherFormIsReadAsDuckDBFindsIt()
    {
        File.WriteAllText(folder.At("semicolons.csv"), "a;b\n1;x\n2;y\n");
        File.WriteAllText(folder.At("tabs.tsv"), "a\tb\n1\tx\n2\ty\n");
        foreach (string name in new[] { "semicolons.csv", "tabs.tsv" })
            Assert.Equal([1L, 2L], Ask($"FROM '${name}'").Values<long>("a").ToArray());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1_000)]
    [InlineData(50_000)]
    public void ARowOfMoreColumnsIsAnErrorThatNamesItsLine(int narrow)
    {
        string[] rows = [.. Enumerable.Repeat("1,2", narrow), .. Enumerable.Repeat("1,2,3", 30_000)];
        File.WriteAllText(folder.At("wide.csv"), $"a,b\n{string.Join('\n', rows)}\n");
        Assert.Contains($"Line: {narrow + 2}\n", Assert.Throws<TableException>(() => Ask("FROM '$wide.csv'")).Reason);
    }
}
