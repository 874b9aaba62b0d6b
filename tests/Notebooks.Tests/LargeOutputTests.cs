using Notebooks;

namespace Tests;

public sealed class LargeOutputTests : IDisposable
{
    private readonly TemporaryFolder folder = new("large");
    private readonly Cells cells;

    public LargeOutputTests() => cells = new Cells(new EngineOptions { WorkingDirectory = folder.Path });

    public void Dispose()
    {
        cells.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task What_a_cell_prints_is_cut_and_all_of_it_is_in_a_file_beside_the_notebook()
    {
        await cells.Run("1");
        await cells.Run("for (int i = 0; i < 1_000_000; i++) Console.WriteLine(i);\nConsole.Error.Write(\"end\");");
        Assert.Equal(1_000_000, cells.Printed.Length);
        OutputEvent.Display notice = Assert.Single(cells.Outputs.OfType<OutputEvent.Display>());
        Assert.Contains("<a href=\"cell-output-2.txt\"", (string)notice.Data["text/html"]!);
        Assert.Contains("cell-output-2.txt", (string)notice.Data["text/plain"]!);
        string[] lines = File.ReadAllLines(folder.At("cell-output-2.txt"));
        Assert.Equal(Enumerable.Range(0, 1_000_000).Select(i => $"{i}").Append("end"), lines);
        await cells.Run("Console.Write(1)");
        Assert.Equal("1", cells.Printed);
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public async Task The_file_has_an_end_too()
    {
        using var small = new Cells(new EngineOptions { WorkingDirectory = folder.Path, StreamLimit = 10 });
        await small.Run("for (int i = 0; i < 300; i++) Console.Write(\"0123456789\");");
        Assert.Equal("0123456789", small.Printed);
        string text = File.ReadAllText(folder.At("cell-output-1.txt"));
        Assert.StartsWith(string.Concat(Enumerable.Repeat("0123456789", 100)) + "\n[the rest is left out", text);
        Assert.InRange(text.Length, 1000, 1100);
    }

    [Fact]
    public async Task Where_no_file_can_be_written_that_is_said()
    {
        Directory.CreateDirectory(folder.At("cell-output-1.txt"));
        await cells.Run("Console.Write(new string('x', 2_000_000));");
        string notice = (string)cells.Outputs.OfType<OutputEvent.Display>().Single().Data["text/plain"]!;
        Assert.Contains("The rest is left out", notice);
        Assert.Contains(folder.At("cell-output-1.txt"), notice);
    }

    [Theory]
    [InlineData("new string('x', 100_000_000)", "the first 100,000 of 100,000,000 characters")]
    [InlineData(
        "HTML(new string('x', 100_000_000))",
        "text/html of 100,000,000 characters is more than a page can show"
    )]
    [InlineData("Enumerable.Range(0, 1_000_000).Select(i => new { i }).ToArray()", "(first 20 of 1000000 rows)")]
    [InlineData("Enumerable.Range(0, 1_000_000).ToArray()", "… (1000000 values)")]
    [InlineData(
        "System.Text.Json.JsonSerializer.SerializeToNode(Enumerable.Range(0, 1_000_000))",
        "the first 100,000 of"
    )]
    [InlineData(
        "new Microsoft.Data.Analysis.DataFrame(new Microsoft.Data.Analysis.Int32DataFrameColumn(\"n\", "
            + "Enumerable.Range(0, 1_000_000)))",
        "1,000,000 rows"
    )]
    public async Task A_large_value_is_shown_in_a_page_and_says_how_large_it_is(string code, string note)
    {
        Assert.Contains(note, await cells.Show(code));
        OutputEvent.Result shown = cells.Outputs.OfType<OutputEvent.Result>().Single();
        Assert.InRange(shown.Data.ToJsonString().Length, 100, 700_000);
    }

    [Fact]
    public async Task A_large_message_of_an_exception_is_cut() =>
        Assert.InRange(
            (await cells.Fail("throw new Exception(new string('x', 10_000_000));")).Message.Length,
            100_000,
            101_000
        );
}
