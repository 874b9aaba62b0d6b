using Microsoft.Data.Analysis;
using Tests;

namespace Tables.Tests;

public sealed class DataFrameTests : IDisposable
{
    private readonly TemporaryFolder folder = new("data frames");
    private readonly Database database = Database.InMemory();

    public void Dispose()
    {
        database.Dispose();
        folder.Dispose();
    }

    private enum State
    {
        Wanted,
        There,
    }

    private sealed record Song(
        string Title,
        long Plays,
        double? Popularity,
        int? Year,
        bool Live,
        State State,
        DateTimeOffset Collected,
        IReadOnlyList<string> Genres
    );

    [Fact]
    public void EveryTypeKeepsItsDigits()
    {
        DataFrame frame = database
            .Query(
                """
                SELECT true AS flag, -1::TINYINT AS i8, 200::UTINYINT AS u8, -2::SMALLINT AS i16,
                    60000::USMALLINT AS u16,
                    3::INTEGER AS i32, 4000000000::UINTEGER AS u32, 9007199254740993 AS i64,
                    18446744073709551615::UBIGINT AS u64, 0.1::FLOAT AS f, 0.1::DOUBLE AS d,
                    12.345::DECIMAL(9,3) AS dec,
                    '夜' AS text, TIMESTAMP '1969-12-31 23:59:59.5' AS time, DATE '2026-02-11' AS day,
                    sum(9007199254740993::BIGINT) AS huge, 'b'::ENUM('a', 'b') AS word
                """
            )
            .ToDataFrame();
        object[] expected =
        [
            true,
            (sbyte)-1,
            (byte)200,
            (short)-2,
            (ushort)60_000,
            3,
            4_000_000_000u,
            9_007_199_254_740_993L,
            ulong.MaxValue,
            0.1f,
            0.1,
            12.345m,
            "夜",
            new DateTime(1969, 12, 31, 23, 59, 59, 500, DateTimeKind.Utc),
            new DateTime(2026, 2, 11, 0, 0, 0, DateTimeKind.Utc),
            9_007_199_254_740_993L,
            "b",
        ];
        Assert.Equal(expected, frame.Columns.Select(column => column[0]));
        Assert.IsType<Int64DataFrameColumn>(frame["i64"]);
        Assert.Equal(0.1, frame.Columns.GetDoubleColumn("d").Max());
        DataFrame large = database.Query("SELECT 100000000000000000000::HUGEINT AS n").ToDataFrame();
        Assert.Equal(100_000_000_000_000_000_000m, large["n"][0]);
        Assert.Contains(
            "column b is of type Byte[]",
            Assert.Throws<TableException>(() => database.Query("SELECT '\\x01'::BLOB AS b").ToDataFrame()).Reason
        );
    }

    [Fact]
    public void NullsStayNulls()
    {
        DataFrame frame = database
            .Query(
                "SELECT CASE WHEN i % 1000 <> 7 THEN i END AS n, CASE WHEN i % 2 = 0 THEN 's' || i END AS text "
                    + "FROM range(10000) t(i) ORDER BY i"
            )
            .ToDataFrame();
        Assert.Equal((10_000, 10, 5_000), (frame.Rows.Count, frame["n"].NullCount, frame["text"].NullCount));
        Assert.Null(frame["n"][4007]);
        Assert.Equal(4008L, frame["n"][4008]);
        Assert.Null(frame["text"][4007]);
        Assert.Equal("s4008", frame["text"][4008]);
        Assert.Equal(0, database.Query("SELECT 1 AS n WHERE false").ToDataFrame().Rows.Count);
    }

    [Fact]
    public void RecordsBecomeRows()
    {
        var time = new DateTimeOffset(2026, 11, 29, 12, 0, 0, TimeSpan.FromHours(2));
        DataFrame frame = new Song[]
        {
            new("夜", 5, 50.5, 2020, true, State.There, time, []),
            new("B", 6, null, null, false, State.Wanted, time, ["pop"]),
        }.ToDataFrame();
        Assert.Equal(
            ["Title", "Plays", "Popularity", "Year", "Live", "State", "Collected"],
            frame.Columns.Select(column => column.Name)
        );
        Assert.Equal(["夜", 5L, 50.5, 2020, true, "There", time.UtcDateTime], frame.Rows[0]);
        Assert.Equal(["B", 6L, null, null, false, "Wanted", time.UtcDateTime], frame.Rows[1]);
        Assert.Equal(0, Array.Empty<Song>().ToDataFrame().Rows.Count);
        Assert.Equal(["n", "Twice"], Numbered([1, 2]).Columns.Select(column => column.Name));
        Assert.Contains(
            "no property",
            Assert.Throws<TableException>(() => new[] { new object() }.ToDataFrame()).Reason
        );

        static DataFrame Numbered(int[] numbers) => numbers.Select(n => new { n, Twice = 2.0 * n }).ToDataFrame();
    }

    [Fact]
    public void AFrameGoesIntoATableAndBack()
    {
        const string Every = """
            SELECT * FROM (VALUES
                (true, -1::TINYINT, 200::UTINYINT, -2::SMALLINT, 60000::USMALLINT, 3, 4000000000::UINTEGER,
                    9007199254740993, 18446744073709551615::UBIGINT, 0.1::FLOAT, 0.1::DOUBLE, 12.345::DECIMAL(9, 3),
                    'it''s 夜', TIMESTAMP '2026-02-11 01:02:03.5'),
                (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)
            ) t(flag, i8, u8, i16, u16, i32, u32, i64, u64, f, d, "de c", text, time)
            """;
        Table first = database.Query(Every);
        database.Import(first.ToDataFrame(), "a \"table\"");
        Table second = database.Query("FROM \"a \"\"table\"\"\"");
        Assert.Equal(first.Columns.Select(c => (c.Name, c.Type)), second.Columns.Select(c => (c.Name, c.Type)));
        for (int row = 0; row < 2; row++)
            Assert.Equal(first.Columns.Select(c => c[row]), second.Columns.Select(c => c[row]));
        Assert.Equal(1, database.Query("SHOW TABLES").Count);

        var nul = new DataFrame(new StringDataFrameColumn("title", ["a", "b\0c"]));
        Assert.Contains(
            "column 1 of row 1",
            Assert.Throws<TableException>(() => database.Import(nul, "a \"table\"")).Reason
        );
        Assert.Equal(2, database.Query("FROM \"a \"\"table\"\"\"").Count);
        Assert.Contains(
            "column c is of type Char",
            Assert
                .Throws<TableException>(() => database.Import(new DataFrame(new CharDataFrameColumn("c", 1)), "t"))
                .Reason
        );
    }

    [Fact]
    public void GroupsHavePandasMeans()
    {
        database.Execute(
            "CREATE TABLE songs AS SELECT 'genre ' || (i % 7) AS genre, (i * 7919) % 101 / 3.0 AS tempo "
                + "FROM range(1000) t(i)"
        );
        string csv = folder.At("songs.csv");
        database.Export("FROM songs", csv);
        DataFrame means = database.Query("FROM songs").ToDataFrame().GroupBy("genre").Mean("tempo");
        string[] expected = Python
            .Run(
                """
                import sys, pandas
                for genre, tempo in pandas.read_csv(sys.argv[1]).groupby('genre').tempo.mean().items():
                    print(genre, tempo, sep=',')
                """,
                csv
            )
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(7, expected.Length);
        foreach (string[] line in expected.Select(line => line.Split(',')))
        {
            DataFrameRow row = means.Rows.Single(row => (string)row[0] == line[0]);
            Assert.Equal(double.Parse(line[1]), (double)row[1], 9);
        }
    }
}
