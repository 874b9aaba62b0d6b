using System.Text;
using Tests;

namespace Tables.Tests;

/// <summary>CSV as spreadsheets and people write it gives what pandas reads of it, or the line and a way out.</summary>
public sealed class CsvFormTests : IDisposable
{
    private readonly TemporaryFolder folder = new("forms");
    private readonly Database database = Database.InMemory();

    public void Dispose()
    {
        database.Dispose();
        folder.Dispose();
    }

    private string Write(string text, Encoding? encoding = null)
    {
        string path = folder.At("songs.csv");
        File.WriteAllText(path, text, encoding ?? new UTF8Encoding(false));
        return path;
    }

    // Each value in brackets, a gap as ␀, a row a line.
    private string Read(string path)
    {
        CsvFile csv = CsvFile.Open(path);
        Table table = database.Query($"FROM {csv.ToSql()}");
        IEnumerable<string> rows = Enumerable
            .Range(0, table.Count)
            .Select(row => string.Concat(table.Columns.Select(column => $"[{column[row] ?? "␀"}]")));
        return string.Join('\n', rows.Prepend(string.Concat(csv.Columns.Select(name => $"[{name}]"))));
    }

    private static string Pandas(string path, string options) =>
        Python.Run(
            "import sys, pandas\n"
                + $"t = pandas.read_csv(sys.argv[1], dtype=str, {options})\n"
                + "t = t.loc[:, [n for n in t.columns if not n.startswith('Unnamed')]]\n"
                + "sys.stdout.reconfigure(newline='')\n"
                + "rows = [list(t.columns)] + [['␀' if v != v else v for v in r] for r in t.values.tolist()]\n"
                + "print('\\n'.join(''.join(f'[{v}]' for v in row) for row in rows), end='')\n",
            path
        );

    [Theory]
    [InlineData("a,b\n1,x\r\n2,y\r\n3,z\n", "")]
    [InlineData("a,b\r\n1,x\n2,y\r3,z\r\n", "")]
    [InlineData("a,b\r1,x\r2,y", "")]
    [InlineData("a,b\r\n1,x\r\n2,y", "")]
    [InlineData("a,b\n1,\"x\ny\"\n2,\"\"\"q\"\", r\"\n", "")]
    [InlineData("a,b\r\n1,\"x\ny\"\r\n2,\"u\r\nv\"\r\n3,\"p\rq\"\n", "")]
    [InlineData("a,b\n1,5\" nail\r\n2,y\n", "")]
    [InlineData("a,b,\n1,x,\n2,y,\n", "")]
    [InlineData("a,b,,\n1,x,,\n2,y,,\n", "")]
    [InlineData("a,b\n1,x,\n2,y,\n", "index_col=False")]
    [InlineData("a,b\r\n1,x,,\r\n2,,,\r\n", "index_col=False")]
    [InlineData("a;b\n1;x, y\n2;\"p;q\"\n", "sep=';'")]
    [InlineData("a\tb\r\n1\tx y\n2\tÄ\n", "sep='\\t'")]
    [InlineData("\uFEFFa,b\r\n1,x\n", "")]
    [InlineData("\uFEFFa,b\n1,夜\n", "")]
    public void IsReadAsByPandas(string text, string options)
    {
        string path = Write(text);
        string expected = Pandas(path, options);
        Assert.Equal(expected, Read(path));
        // Once more, as what is known of the file is kept; and of the types that DuckDB finds.
        Assert.Equal(expected, Read(path));
        database.Import(path, "songs");
        Assert.Equal(CsvFile.Open(path).Columns, database.Query("FROM songs").Columns.Select(column => column.Name));
        string named = SqlFiles.Named($"SELECT count(*) AS n FROM '{path}'", database);
        Assert.Equal(Read(path).Split("\n[").Length - 1, database.Query(named).Values<long>("n")[0]);
    }

    [Theory]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    [InlineData("utf-32")]
    public void AnEncodingWithAMarkIsRead(string encoding)
    {
        string path = Write("a,b\r\n1,\"Ärger\r\n夜 🎵\"\r\n2,y\r\n", Encoding.GetEncoding(encoding));
        Assert.Equal(Pandas(path, $"encoding='{(encoding == "utf-32" ? "utf-32" : "utf-16")}'"), Read(path));
    }

    [Fact]
    public void AnotherEncodingIsNamedWithItsLineAndTheWayOut()
    {
        string[] rows = [.. Enumerable.Range(1, 300_000).Select(i => i == 250_000 ? "1,Ärger" : "1,plain")];
        string path = Write($"a,b\n{string.Join('\n', rows)}\n", Encoding.Latin1);
        string reason = Assert.Throws<TableException>(() => CsvFile.Open(path)).Reason;
        Assert.Contains("line 250001 of", reason);
        Assert.Contains("0xC4. Perhaps it is Latin-1", reason);
        Assert.Contains("iconv -f WINDOWS-1252 -t UTF-8", reason);
        path = Write("a,b\n1,x\n", new UnicodeEncoding(bigEndian: false, byteOrderMark: false));
        Assert.Contains(
            "UTF-16 without a byte order mark",
            Assert.Throws<TableException>(() => CsvFile.Open(path)).Reason
        );
    }

    [Fact]
    public void ALongFileOfMixedLineEndsIsReadWhole()
    {
        string[] ends = ["\n", "\r\n", "\r"];
        var text = new StringBuilder("number,words\r\n");
        for (int i = 0; i < 100_000; i++)
            text.Append(i).Append(i % 7 == 0 ? ",\"夜,\r\n and\"" : ",ä").Append(ends[i % 3]);
        string path = Write(text.ToString());
        Table table = database.Query(
            $"FROM {CsvFile.Open(path).ToSql(name => name == "number" ? "BIGINT" : "VARCHAR")}"
        );
        Assert.Equal(Enumerable.Range(0, 100_000).Select(i => (long)i), table.Values<long>("number").ToArray());
        Assert.Equal(14_286, table.Values<string>("words").ToArray().Count(words => words == "夜,\r\n and"));
    }

    [Theory]
    [InlineData("a,b\n1,2\n1,2,3\n", "Line: 3")]
    [InlineData("a,b\r\n1,2\n1\r\n", "Line: 3")]
    [InlineData("a,b,\n1,2,\n1,2,3,4\n", "Line: 3")]
    [InlineData("a,b\n1,2\n1,\"2\n", "Line: 3")]
    public void WhatCannotBeReadHasItsLineAndNoAdviceThatNobodyCanFollow(string text, string line)
    {
        string path = Write(text);
        string reason = Assert
            .Throws<TableException>(() => database.Query($"FROM {CsvFile.Open(path).ToSql(_ => "DOUBLE")}"))
            .Reason;
        Assert.Contains(line, reason);
        string[] options =
        [
            "strict_mode",
            "ignore_errors",
            "sample_size",
            "all_varchar",
            "null_padding",
            "max_line_size",
            "auto_detect",
            "Select a different type",
        ];
        Assert.All(options, option => Assert.DoesNotContain(option, reason));
    }
}
