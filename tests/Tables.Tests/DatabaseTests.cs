using Tests;

namespace Tables.Tests;

public sealed class DatabaseTests : IDisposable
{
    private readonly TemporaryFolder folder = new("tables mit Pause 音");
    private readonly Database database = Database.InMemory();

    public void Dispose()
    {
        database.Dispose();
        folder.Dispose();
    }

    private sealed record Song(string Title, long PlayCount, double? Tempo, bool Live);

    [Fact]
    public void EveryTypeComesBackAsItWentIn()
    {
        Table table = database.Query(
            """
            SELECT true AS flag, 1::TINYINT AS i8, -2::SMALLINT AS i16, 3::INTEGER AS i32, -4::BIGINT AS i64,
                   5::UTINYINT AS u8, 6::USMALLINT AS u16, 7::UINTEGER AS u32,
                   18446744073709551615::UBIGINT AS u64, sum(9::BIGINT) AS huge, 1.5::FLOAT AS f, 2.25::DOUBLE AS d,
                   12.345::DECIMAL(9,3) AS small, -0.5::DECIMAL(30,2) AS wide,
                   '夜' AS short, repeat('夜の歌', 10) AS long, 'b'::ENUM('a', 'b') AS word, '\x01\x02'::BLOB AS bytes,
                   TIMESTAMP '1969-12-31 23:59:59.5' AS time, DATE '2026-02-11' AS day
            """
        );
        object[] expected =
        [
            true,
            (sbyte)1,
            (short)-2,
            3,
            -4L,
            (byte)5,
            (ushort)6,
            7u,
            ulong.MaxValue,
            (Int128)9,
            1.5f,
            2.25,
            12.345m,
            -0.5m,
            "夜",
            string.Concat(Enumerable.Repeat("夜の歌", 10)),
            "b",
            new byte[] { 1, 2 },
            new DateTime(1969, 12, 31, 23, 59, 59, 500, DateTimeKind.Utc),
            new DateOnly(2026, 2, 11),
        ];
        Assert.Equal(expected, table.Columns.Select(column => column[0]!));
    }

    [Fact]
    public void ColumnsOfManyChunksKeepOrderAndNulls()
    {
        Table table = database.Query(
            "SELECT i::DOUBLE AS value, CASE WHEN i % 1000 = 7 THEN NULL ELSE 's' || i END AS text "
                + "FROM range(10000) t(i) ORDER BY i"
        );
        Assert.Equal(Enumerable.Range(0, 10_000).Select(i => (double)i), table.Values<double>("value").ToArray());
        Assert.Equal(Enumerable.Range(0, 10).Select(i => i * 1000 + 7), table["text"].Nulls);
        Assert.Null(table["text"][4007]);
        Assert.Equal("s9999", table["text"][9999]);
    }

    [Fact]
    public void ParametersAreValuesAndNeverSql()
    {
        const string Evil = "'; DROP TABLE songs; -- 夜";
        database.Execute("CREATE TABLE songs(title VARCHAR, time TIMESTAMP, n BIGINT, x DOUBLE, b BOOLEAN)");
        var time = new DateTime(2026, 11, 20, 1, 2, 3, DateTimeKind.Utc);
        Assert.Equal(1, database.Execute("INSERT INTO songs VALUES (?, ?, ?, ?, ?)", Evil, time, 5, null, true));
        Table table = database.Query("SELECT * FROM songs WHERE title = ? AND time = ?", Evil, time);
        Assert.Equal([Evil, time, 5L, null, true], table.Columns.Select(c => c[0]));
        Assert.Contains(
            "1 parameters were given, 2 are asked for",
            Assert.Throws<TableException>(() => database.Query("SELECT ? + ?", 1)).Message
        );
    }

    [Fact]
    public void RowsBecomeRecordsByName()
    {
        database.Execute("CREATE TABLE songs(live BOOLEAN, title VARCHAR, play_count INTEGER, tempo DOUBLE)");
        using (Appender rows = database.Append("songs"))
        {
            rows.Add(false).Add("One").Add(5).Add(120.5).EndRow();
            rows.Add(true).Add("Zwei").Add(6).Add((double?)null).EndRow();
            rows.Close();
        }
        Assert.Equal(
            [new Song("One", 5, 120.5, false), new Song("Zwei", 6, null, true)],
            database.Query("FROM songs").Rows<Song>()
        );
        Table untitled = database.Query("SELECT NULL::VARCHAR AS title, 1 AS play_count, 1 AS tempo, true AS live");
        Assert.Contains(
            "title is NULL in row 0",
            Assert.Throws<TableException>(() => untitled.Rows<Song>().ToList()).Message
        );
        Assert.Contains(
            "no column for Live",
            Assert
                .Throws<TableException>(() =>
                    database.Query("SELECT 'a' AS title, 1 AS play_count, 1 AS tempo").Rows<Song>().ToList()
                )
                .Message
        );
    }

    [Fact]
    public void AppendedRowsThatDoNotFitAreRefused()
    {
        database.Execute("CREATE TABLE songs(title VARCHAR PRIMARY KEY, n INTEGER)");
        using Appender rows = database.Append("songs");
        rows.Add("a");
        Assert.Contains("songs", Assert.Throws<TableException>(rows.EndRow).Message);
        Assert.Contains("nowhere", Assert.Throws<TableException>(() => database.Append("nowhere")).Message);
    }

    [Fact]
    public void ErrorsSayWhatDuckDbSaidAndTheSql()
    {
        var error = Assert.Throws<TableException>(() => database.Query("SELECT tempo FROM nowhere"));
        Assert.Contains("nowhere", error.Reason);
        Assert.Equal("SELECT tempo FROM nowhere", error.Sql);
        Assert.Contains(
            "there is no column x; there are a, b",
            Assert.Throws<TableException>(() => database.Query("SELECT 1 AS a, 2 AS b").Values<int>("x").Length).Message
        );
        Assert.Contains(
            "Int32, not Double",
            Assert.Throws<TableException>(() => database.Query("SELECT 1 AS a").Values<double>("a").Length).Message
        );
        Assert.Contains("CAST", Assert.Throws<TableException>(() => database.Query("SELECT [1, 2] AS a")).Message);
    }

    [Fact]
    public async Task AQueryThatIsInterruptedEndsAndTheNextOneRuns()
    {
        database.Interrupt();
        Task running = Task.Run(() => database.Query("SELECT count(*) FROM range(10000000000) a, range(1000) b"));
        while (!running.IsCompleted)
        {
            await Task.Delay(100);
            database.Interrupt();
        }
        Assert.Contains("Interrupted", (await Assert.ThrowsAsync<TableException>(() => running)).Message);
        Assert.Equal([1], database.Query("SELECT 1 AS n").Values<int>("n").ToArray());
    }

    [Fact]
    public void ATransactionHappensWhollyOrNotAtAll()
    {
        database.Execute("CREATE TABLE songs(n INTEGER)");
        Assert.Throws<TableException>(() =>
            database.Transaction(() =>
            {
                database.Execute("INSERT INTO songs VALUES (1)");
                database.Execute("INSERT INTO songs VALUES ('no number')");
            })
        );
        database.Transaction(() => database.Execute("INSERT INTO songs VALUES (2)"));
        Assert.Equal([2], database.Query("FROM songs").Values<int>("n").ToArray());
    }

    [Fact]
    public void PandasReadsWhatIsExportedAndTheReverse()
    {
        string parquet = folder.At("it's.parquet"),
            csv = folder.At("songs.csv"),
            back = folder.At("back.csv");
        database.Execute(
            """
            CREATE TABLE songs AS SELECT * FROM (
                VALUES (1, 'a "quoted"' || chr(10) || 'name, with comma', 1.5), (2, '夜', NULL)
            ) t(id, title, tempo)
            """
        );
        database.Export("FROM songs ORDER BY id", csv);
        database.Export("FROM songs ORDER BY id", parquet);
        Python.Run(
            """
            import sys, pandas
            a = pandas.read_csv(sys.argv[1])
            titles = ['a "quoted"\nname, with comma', '夜']
            assert list(a.id) == [1, 2] and list(a.title) == titles and a.tempo.isna().tolist() == [False, True], a
            a.to_csv(sys.argv[2], index=False)
            """,
            csv,
            back
        );
        foreach (string path in new[] { back, parquet })
        {
            database.Import(path, "read");
            Assert.Equal(
                ["a \"quoted\"\nname, with comma", "夜"],
                database.Query("FROM read ORDER BY id").Values<string>("title").ToArray()
            );
        }
        Assert.Equal(
            ["back.csv", "it's.parquet", "songs.csv"],
            Directory.GetFiles(folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void BadFilesAreNamedWithTheirLine()
    {
        string ragged = folder.At("ragged.csv"),
            missing = folder.At("missing.csv");
        File.WriteAllText(ragged, "a,b\n1,2\n" + string.Concat(Enumerable.Repeat("3,4\n", 50)) + "\"5,6\n");
        Assert.Contains("ragged.csv", Assert.Throws<TableException>(() => database.Import(ragged, "t")).Message);
        Assert.Contains("missing.csv", Assert.Throws<TableException>(() => database.Import(missing, "t")).Message);
        File.WriteAllText(folder.At("no.duckdb"), "no database at all, but long enough to be looked at");
        Assert.Contains(
            "no.duckdb",
            Assert.Throws<TableException>(() => Database.Open(folder.At("no.duckdb"))).Message
        );
    }

    [Fact]
    public void WhatWasExecutedIsThereWhenTheFileIsOpenedAgain()
    {
        string path = folder.At("a;b=1 'c' \"d\" [1]?.duckdb");
        using (Database first = Database.Open(path))
            first.Execute("CREATE TABLE t AS SELECT 7 AS n");
        Assert.Equal([path], Directory.GetFiles(folder.Path));
        using Database second = Database.Open(path);
        Assert.Equal(7, second.Query("FROM t").Values<int>("n")[0]);
    }
}
