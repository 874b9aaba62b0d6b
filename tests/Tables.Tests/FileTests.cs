using System.IO.Compression;
using System.Text;
using Tests;

namespace Tables.Tests;

/// <summary>What a file is called and holds never changes which file is read, nor how much of it.</summary>
public sealed class FileTests : IDisposable
{
    private readonly TemporaryFolder folder = new("files mit Pause 音");
    private readonly Database database = Database.InMemory();

    public void Dispose()
    {
        database.Dispose();
        folder.Dispose();
    }

    private string Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(folder.At(name))!);
        File.WriteAllText(folder.At(name), text);
        return folder.At(name);
    }

    private string Refused(string name) =>
        Assert.Throws<TableException>(() => database.Import(folder.At(name), "t")).Reason;

    [Theory]
    [InlineData("list[1].csv", "list1.csv")]
    [InlineData("list[[]1].csv", "list[1].csv")]
    [InlineData("a*.csv", "ab.csv")]
    [InlineData("**.csv", "ab.csv")]
    [InlineData("what?.csv", "whatX.csv")]
    [InlineData("[!a].csv", "b.csv")]
    [InlineData("{a,b}.csv", "a.csv")]
    [InlineData("~.csv", "b.csv")]
    [InlineData("back\\slash.csv", "backslash.csv")]
    [InlineData("it's \"夜の歌\" ñ.csv", "b.csv")]
    [InlineData("two\nlines.csv", "b.csv")]
    [InlineData("year=2020/songs.csv", "year=2021/songs.csv")]
    [InlineData("album[1]/[2].csv", "album1/2.csv")]
    [InlineData("http:/x.csv", "b.csv")]
    public void ANameIsAFileAndNoPattern(string name, string other)
    {
        Write(other, "n\n2\n");
        string path = Write(name, "n\n1\n");
        database.Import(path, "csv");
        database.Export("FROM csv", Path.ChangeExtension(path, ".parquet"));
        database.Export("SELECT 2 AS n", Path.ChangeExtension(folder.At(other), ".parquet"));
        database.Import(Path.ChangeExtension(path, ".parquet"), "parquet");
        foreach (Table read in new[] { database.Query("FROM csv"), database.Query("FROM parquet") })
        {
            Assert.Equal("n", Assert.Single(read.Columns).Name);
            Assert.Equal([1L], read.Values<long>("n").ToArray());
        }
    }

    [Theory]
    [InlineData("list[1].csv")]
    [InlineData("*.csv")]
    [InlineData("~/songs.csv")]
    [InlineData("https://example.org/songs.csv")]
    [InlineData("s3://bucket/songs.parquet")]
    [InlineData("nul\0.csv")]
    public void AFileThatIsMissingIsNamed(string name)
    {
        Write("list1.csv", "n\n2\n");
        Assert.Equal(
            $"there is no file {name}",
            Assert.Throws<TableException>(() => database.Import(name, "t")).Reason
        );
        string here = folder.At(name);
        Assert.Contains("there is no file", Assert.Throws<TableException>(() => database.Import(here, "t")).Reason);
    }

    [Fact]
    public void WhatDuckDBCannotBeToldIsRefused()
    {
        Write("a\\b[1].csv", "n\n1\n");
        Assert.Contains("Rename it", Refused("a\\b[1].csv"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5_000)]
    [InlineData(50_000)]
    public void ARowOfAnotherNumberOfColumnsIsAnErrorThatNamesItsLine(int bad)
    {
        foreach (string line in new[] { "1", "1,2,3", "1,2,3,4" })
        {
            string[] rows = [.. Enumerable.Range(1, 50_000).Select(i => i == bad ? line : $"{i},text")];
            Write("ragged.csv", $"a,b\n{string.Join('\n', rows)}\n");
            Assert.Contains($"Line: {bad + 1}\n", Refused("ragged.csv"));
        }
        Write("ragged.csv", $"a,b\n1,2\n{string.Concat(Enumerable.Repeat("1,2,3\n", bad))}");
        Assert.Contains("Line: 3\n", Refused("ragged.csv"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(40_000)]
    public void ALineWithoutEndIsAnErrorThatNamesIt(int bad)
    {
        string[] rows =
        [
            .. Enumerable.Range(1, 50_000).Select(i => i == bad ? $"{i},{new string('x', 2_100_000)}" : "1,2"),
        ];
        Write("long.csv", $"a,b\n{string.Join('\n', rows)}\n");
        Assert.Contains($"Line: {bad + 1}\n", Refused("long.csv"));
        Write("open.csv", $"a,b\n{string.Join('\n', rows.Select((row, i) => i == bad - 1 ? "1,\"2" : "1,2"))}\n");
        Assert.Contains($"Line: {bad + 1}\n", Refused("open.csv"));
        Write("header.csv", $"a,b{new string('x', 2_100_000)}");
        Assert.Contains("row 1 of", Refused("header.csv"));
    }

    // DuckDB alone would leave the last line out.
    [Theory]
    [InlineData("x", "x\n")]
    [InlineData("1,2\n1,x", "x\n\n")]
    public void ALastLineLargerThanDuckDBsBufferIsAnErrorThatNamesIt(string before, string after)
    {
        using (var file = new StreamWriter(File.Create(folder.At("last.csv"))))
        {
            file.Write($"a,b\n{before}");
            char[] megabyte = [.. Enumerable.Repeat('x', 1 << 20)];
            for (int i = 0; i < 40; i++)
                file.Write(megabyte);
            file.Write(after);
        }
        Assert.Contains($"Line: {before.Split('\n').Length + 1}\n", Refused("last.csv"));
    }

    [Fact]
    public void TypesAreFoundOverTheWholeFile()
    {
        string[] rows = [.. Enumerable.Range(1, 50_000).Select(i => $"{i},{i},31/12/2025,{i}")];
        rows[^1] = "50000,1.5,30/11/2025,x";
        database.Import(Write("types.csv", $"whole,number,day,text\n{string.Join('\n', rows)}\n"), "t");
        Table table = database.Query("FROM t");
        Assert.Equal(
            [typeof(long), typeof(double), typeof(DateOnly), typeof(string)],
            table.Columns.Select(column => column.Type)
        );
        Assert.Equal([50_000L, 1.5, new DateOnly(2025, 11, 30), "x"], table.Columns.Select(column => column[49_999]));
    }

    [Fact]
    public void NamesOfColumnsAreTakenAsTheyAre()
    {
        CsvFile csv = CsvFile.Open(
            Write("names.csv", "\uFEFFa,\"b \"\"c\"\", d\",,a,A,it's\r\n1,\"x\r\ny\",3,4,5,6\r\n")
        );
        Assert.Equal(["a", "b \"c\", d", "column2", "a_1", "A_2", "it's"], csv.Columns);
        Table table = database.Query($"FROM {csv.ToSql()}");
        Assert.Equal(csv.Columns, table.Columns.Select(column => column.Name));
        Assert.Equal(["1", "x\r\ny", "3", "4", "5", "6"], table.Columns.Select(column => column[0]));
        database.Import(csv.Path, "t");
        Assert.Equal(csv.Columns, database.Query("FROM t").Columns.Select(column => column.Name));
        Assert.Contains("has 0 rows", Refused(Path.GetFileName(Write("empty.csv", ""))));
        database.Import(Write("header.csv", "a,b\n"), "t");
        Assert.Equal(0, database.Query("FROM t").Count);
    }

    [Fact]
    public void ACompressedFileIsReadAsItIs()
    {
        using (
            var text = new StreamWriter(new GZipStream(File.Create(folder.At("a.csv.gz")), CompressionLevel.Fastest))
        )
            text.Write("n\n1\n");
        database.Import(folder.At("a.csv.gz"), "t");
        Assert.Equal([1L], database.Query("FROM t").Values<long>("n").ToArray());
        File.WriteAllText(folder.At("b.csv.gz"), "n\n1\n");
        Assert.Contains("b.csv.gz", Refused("b.csv.gz"));
    }

    [Fact]
    public void NulIsKeptFromFilesAndRefusedFromTheProgram()
    {
        database.Import(Write("nul.csv", "a,b\nx\0y,1\n"), "t");
        Assert.Equal("x\0y", database.Query("FROM t")["a"][0]);
        Assert.Contains(
            "parameter 2 has the character NUL",
            Assert.Throws<TableException>(() => database.Query("SELECT ?, ?", "a", "b\0c")).Reason
        );
        Assert.Contains(
            "the SQL has the character NUL",
            Assert.Throws<TableException>(() => database.Execute("CREATE TABLE u AS SELECT 'a\0b' AS c")).Reason
        );
        database.Execute("CREATE TABLE songs(id BIGINT, title VARCHAR)");
        using Appender rows = database.Append("songs");
        rows.Add(1).Add("a").EndRow();
        rows.Add(2);
        Assert.Contains("column 2 of row 1", Assert.Throws<TableException>(() => rows.Add("b\0c")).Reason);
        Assert.Contains("NUL", Assert.Throws<TableException>(() => database.Append("songs\0")).Reason);
    }

    [Fact]
    public void NothingIsLoadedFromTheNetwork()
    {
        Table settings = database.Query(
            "SELECT name, value FROM duckdb_settings() WHERE name IN "
                + "('autoinstall_known_extensions', 'autoload_known_extensions', 'allow_community_extensions')"
        );
        Assert.Equal(["false", "false", "false"], settings.Column<string>("value").Span.ToArray());
        Assert.Throws<TableException>(() => database.Query("FROM read_csv('http://127.0.0.1:1/songs.csv')"));
    }
}
