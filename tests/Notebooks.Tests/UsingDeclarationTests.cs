namespace Tests;

public sealed class UsingDeclarationTests : IDisposable
{
    private const string Types = """
        class Told(string name) : IDisposable
        {
            public string Name => name;
            public void Dispose() => Console.Write("-" + name);
        }
        class Later : IAsyncDisposable
        {
            public async ValueTask DisposeAsync() { await Task.Delay(5); Console.Write("-later"); }
        }
        """;

    private readonly Cells cells = new();

    public void Dispose() => cells.Dispose();

    [Fact]
    public async Task A_later_cell_finds_the_variable()
    {
        Assert.Equal(
            "42",
            await cells.Show(
                "using Tables.Database database = Tables.Database.InMemory();\n"
                    + "database.Query(\"SELECT 42 AS x\").Columns[0][0]"
            )
        );
        Assert.Equal("43", await cells.Show("database.Query(\"SELECT 43 AS x\").Columns[0][0]"));
    }

    [Fact]
    public async Task It_is_disposed_of_before_its_cell_runs_anew_and_when_it_is_shadowed()
    {
        await cells.Show(Types);
        await cells.Show("using Told told = new(\"a\");");
        Assert.Equal("", cells.Printed);
        await cells.Show("using var told = new Told(\"b\"); Console.Write(\"+b\");");
        Assert.Equal("-a+b", cells.Printed);
        await cells.Show("int told = 5;");
        Assert.Equal("-b", cells.Printed);
    }

    [Fact]
    public async Task It_is_disposed_of_when_its_cell_fails_the_last_first()
    {
        await cells.Show(Types);
        await cells.Fail("using Told a = new(\"a\"), b = new(\"b\"); throw new Exception();");
        Assert.Equal("-b-a", cells.Printed);
        Assert.Equal("CompilationError", (await cells.Fail("a")).Name);
    }

    [Fact]
    public async Task It_is_disposed_of_with_the_engine()
    {
        string file = Path.GetTempFileName();
        var own = new Cells();
        await own.Show($"using var writer = new StreamWriter(\"{file}\"); writer.Write(\"whole\");");
        own.Dispose();
        Assert.Equal("whole", File.ReadAllText(file));
        File.Delete(file);
    }

    [Fact]
    public async Task Await_using_disposes_asynchronously()
    {
        await cells.Show(Types);
        await cells.Show("await using Later later = new Later();");
        await cells.Show("await using (var other = new Later()) Console.Write(\"in\");\nint later = 1;");
        Assert.Equal("in-later-later", cells.Printed);
    }

    [Theory]
    [InlineData("using Numbers = System.Collections.Generic.List<int>; new Numbers { 1 }.Count", "1")]
    [InlineData("using static System.Math; Max(1, 2)", "2")]
    [InlineData("using (var reader = new StringReader(\"a\")) { } 3", "3")]
    [InlineData("{ using var reader = new StringReader(\"a\"); } 4", "4")]
    public async Task Other_usings_stay_what_they_are(string code, string result) =>
        Assert.Equal(result, await cells.Show(code));

    [Fact]
    public async Task What_cannot_be_disposed_of_is_refused() =>
        Assert.Contains("'System.IDisposable", (await cells.Fail("using int five = 5;")).Message);
}
