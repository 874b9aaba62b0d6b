using HitSong.Corpus;
using Microsoft.Data.Analysis;
using Tables;
using TorchSharp;
using static TorchSharp.torch;

namespace HitSong.Tests.Corpus;

public sealed class DataFrameTensorsTests : IDisposable
{
    private readonly Database database = Database.InMemory();
    private readonly DisposeScope scope = NewDisposeScope();

    public void Dispose()
    {
        scope.Dispose();
        database.Dispose();
    }

    [Fact]
    public void EveryNumberBecomesAnEntryOfItsRowAndColumn()
    {
        DataFrame frame = database
            .Query(
                """
                SELECT i::DOUBLE / 3 AS d, i AS n, i % 2 = 0 AS flag, i::UTINYINT AS b, (i / 4)::FLOAT AS f,
                    (i / 8)::DECIMAL(9, 3) AS dec, 'song ' || i AS title
                FROM range(5) t(i) ORDER BY i
                """
            )
            .ToDataFrame();
        string[] numbers = ["d", "n", "flag", "b", "f", "dec"];
        Tensor x = frame.ToTensor(ScalarType.Float64, numbers);
        Assert.Equal([5L, 6L], x.shape);
        double[] expected =
        [
            .. Enumerable.Range(0, 5).SelectMany(i => new[] { i / 3.0, i, i % 2 == 0 ? 1 : 0, i, i / 4.0, i / 8.0 }),
        ];
        Assert.Equal(expected, x.data<double>().ToArray());
        Tensor single = frame.ToTensor(columns: ["f", "n"]);
        Assert.Equal((ScalarType.Float32, 5L, 2L), (single.dtype, single.shape[0], single.shape[1]));
        Assert.Equal([0f, 0, 0.25f, 1, 0.5f, 2, 0.75f, 3, 1, 4], single.data<float>().ToArray());
    }

    [Fact]
    public void WhatIsNoNumberIsNamed()
    {
        DataFrame frame = database
            .Query("SELECT CASE WHEN i = 3 THEN NULL ELSE i END AS n, 'a' AS title FROM range(5) t(i) ORDER BY i")
            .ToDataFrame();
        string Refused(params string[] columns) =>
            Assert.Throws<CorpusException>(() => frame.ToTensor(columns: columns)).Message;
        Assert.Contains("column n is NULL in row 3", Refused("n"));
        Assert.Contains("column title holds String", Refused("title"));
        Assert.Contains("column n is NULL in row 3", Refused());
        Assert.Contains("there is no column plays; there are n, title", Refused("plays"));
        Assert.Throws<ArgumentException>(() => frame.ToTensor(ScalarType.Int64, "n"));
    }
}
