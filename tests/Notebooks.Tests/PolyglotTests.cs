using Notebooks;

namespace Tests;

public sealed class PolyglotTests : IDisposable
{
    private readonly TemporaryFolder folder = new("notebook");
    private readonly Cells cells;

    public PolyglotTests() => cells = new Cells(new EngineOptions { WorkingDirectory = folder.Path });

    public void Dispose()
    {
        cells.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task Python_keeps_its_names_and_passes_values_both_ways()
    {
        await cells.Show("var rates = new[] { 0.5, 0.25 }; var grid = new float[,] { { 1, 2 }, { 3, 4 } }; string word = \"hé\";");
        await cells.Show("#!python\nimport numpy\n#!share --from csharp rates\n#!share --from csharp grid --as g\n#!set --name w --value @csharp:word\ntotal = float(rates.sum())\nprint(w, g.dtype, g.shape)");
        Assert.Equal("hé float32 (2, 2)\n", cells.Printed);
        Assert.Equal("0.75", await cells.Show("#!python\ntotal"));
        Assert.Equal("0.75 System.Double", await cells.Show("#!share --from python total\n$\"{total} {total.GetType()}\""));
        Assert.Equal("Int64[,] 6", await cells.Show("#!python\nm = numpy.arange(6).reshape(2, 3)\nnames = ['a', 'b']\n#!csharp\n#!share --from python m --as matrix\n$\"{matrix.GetType().Name} {matrix.Length}\""));
        Assert.Equal("[a, b]", await cells.Show("#!set --name labels --value @python:names\nlabels"));
        OutputEvent.Error error = await cells.Fail("#!python\ndef half(n):\n    return n / 0\nhalf(1)");
        Assert.Equal(("ZeroDivisionError", "division by zero"), (error.Name, error.Message));
        Assert.Contains("  File \"cell\", line 3, in half", error.Traceback);
        Assert.Contains("no variable nothing", (await cells.Fail("#!python\n#!share --from csharp nothing")).Message);
        Assert.Contains("None", (await cells.Fail("#!python\nn = None\n#!csharp\n#!share --from python n")).Message);
    }

    [Theory]
    [InlineData("#!python\nwhile True: pass")]
    [InlineData("#!sh\nsleep 60")]
    public async Task Other_languages_are_interrupted_and_go_on(string code)
    {
        await cells.Show("#!python\nkept = 7");
        using var interrupt = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        Assert.Equal("Interrupted", (await cells.Fail(code, interrupt.Token)).Name);
        Assert.Equal("7", await cells.Show("#!python\nkept"));
    }

    [Fact]
    public async Task Sql_gives_a_table_and_a_variable()
    {
        File.WriteAllText(folder.At("songs.csv"), "title,plays\nA,10\nB,20\n");
        await cells.Show("#!sql\nCREATE TABLE songs AS SELECT * FROM 'songs.csv'");
        Assert.Contains("B", await cells.Show("#!sql --name top\nSELECT * FROM songs ORDER BY plays DESC"));
        Assert.Equal("2 20", await cells.Show("$\"{top.Count} {top[\"plays\"][0]}\""));
        Assert.Contains("nothing", (await cells.Fail("#!sql\nSELECT * FROM nothing")).Message);
        Assert.Contains("--name VARIABLE", (await cells.Fail("#!sql --nam x\nSELECT 1")).Message);
    }

    [Fact]
    public async Task Sh_prints_and_its_failure_is_the_cells()
    {
        Assert.Contains("exit code 3", (await cells.Fail("#!sh\necho out; echo err >&2; pwd; exit 3")).Message);
        Assert.Contains("out", cells.Printed);
        Assert.Contains(folder.Path, cells.Printed);
    }

    [Theory]
    [InlineData("html", "text/html")]
    [InlineData("javascript", "application/javascript")]
    [InlineData("markdown", "text/markdown")]
    [InlineData("mermaid", "text/vnd.mermaid")]
    public async Task What_frontends_draw_is_passed_on(string language, string mimeType) => Assert.Equal("a\nb", await cells.Show($"#!{language}\na\nb", mimeType));

    [Fact]
    public async Task Files_are_imported()
    {
        File.WriteAllText(folder.At("a.cs"), "record Song(string Title);\nint Twice(int n) => 2 * n;");
        File.WriteAllText(folder.At("b.dib"), "#!meta\n\n{\"kernelInfo\":{}}\n\n#!csharp\n\nint fromDib = 3;\n\n#!markdown\n\ntext");
        new Notebook { Cells = { new NotebookCell(CellKind.Code, "int fromNotebook = 4;", "c1"), new NotebookCell(CellKind.Markdown, "# no code", "c2") } }.Save(folder.At("c.ipynb"));
        Assert.Equal("text", await cells.Show("#!import a.cs\n#!import b.dib\n#!import \"c.ipynb\"", "text/markdown"));
        Assert.Equal("14", await cells.Show("Twice(fromDib + fromNotebook)"));
    }

    [Fact]
    public async Task Variables_are_listed_and_time_is_taken()
    {
        await cells.Show("int x = 1; string y = \"two\";\nint z = 3;");
        await cells.Show("double x = 0.5;");
        Assert.Equal("y, z, x", await cells.Show("#!who"));
        Assert.Equal("Variable  Type    Value\ny         String  two\nz         Int32   3\nx         Double  0.5\n(3 rows)", await cells.Show("#!whos"));
        Assert.StartsWith("Wall time: ", await cells.Show("#!time\nThread.Sleep(5);"));
        Assert.Contains(".NET", await cells.Show("#!about", "text/html"));
    }

    [Fact]
    public async Task Packages_are_restored_and_a_missing_one_is_named()
    {
        Assert.Equal("Restoring CsvHelper 34.0.0 …", await cells.Show("#r \"nuget: CsvHelper, 34.0.0\"\nusing CsvHelper;"));
        Assert.Equal("CsvHelper", await cells.Show("typeof(CsvReader).Assembly.GetName().Name"));
        Assert.StartsWith("No.Such.Package.Hit.Song 1.0 can't be restored: error NU1101", (await cells.Fail("#r \"nuget: No.Such.Package.Hit.Song, 1.0\"")).Message);
        Assert.Equal("1", await cells.Show("1"));
    }
}
