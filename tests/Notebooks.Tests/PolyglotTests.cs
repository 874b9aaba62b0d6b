using System.IO.Compression;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
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
        await cells.Show(
            "var rates = new[] { 0.5, 0.25 }; var grid = new float[,] { { 1, 2 }, { 3, 4 } }; string word = \"hé\";"
        );
        await cells.Show(
            "#!python\n"
                + "import numpy\n"
                + "#!share --from csharp rates\n"
                + "#!share --from csharp grid --as g\n"
                + "#!set --name w --value @csharp:word\n"
                + "total = float(rates.sum())\n"
                + "print(w, g.dtype, g.shape)"
        );
        Assert.Equal("hé float32 (2, 2)\n", cells.Printed);
        Assert.Equal("0.75", await cells.Show("#!python\ntotal"));
        Assert.Equal(
            "0.75 System.Double",
            await cells.Show("#!share --from python total\n$\"{total} {total.GetType()}\"")
        );
        Assert.Equal(
            "Int64[,] 6",
            await cells.Show(
                "#!python\n"
                    + "m = numpy.arange(6).reshape(2, 3)\n"
                    + "names = ['a', 'b']\n"
                    + "#!csharp\n"
                    + "#!share --from python m --as matrix\n"
                    + "$\"{matrix.GetType().Name} {matrix.Length}\""
            )
        );
        Assert.Equal("[a, b]", await cells.Show("#!set --name labels --value @python:names\nlabels"));
        OutputEvent.Error error = await cells.Fail("#!python\ndef half(n):\n    return n / 0\nhalf(1)");
        Assert.Equal(("ZeroDivisionError", "division by zero"), (error.Name, error.Message));
        Assert.Contains("  File \"cell\", line 3, in half", error.Traceback);
        Assert.Contains("no variable nothing", (await cells.Fail("#!python\n#!share --from csharp nothing")).Message);
        Assert.Contains("None", (await cells.Fail("#!python\nn = None\n#!csharp\n#!share --from python n")).Message);
    }

    [Fact]
    public async Task Tables_go_round_through_all_languages()
    {
        await cells.Show(
            "record Song(string Title, int Plays, float? Tempo, bool Live, DateTime Day, DayOfWeek Week);\n"
                + "var songs = new[] { "
                + "new Song(\"a'b\", 1, 120.5f, true, new DateTime(2026, 2, 3, 4, 5, 6), DayOfWeek.Monday), "
                + "new Song(\"é\", 20, null, false, new DateTime(2026, 1, 1), DayOfWeek.Friday) "
                + "}.ToList();"
        );
        await cells.Show("#!sql\n#!share --from csharp songs\nSELECT * FROM songs WHERE plays > 5");
        Assert.Equal(
            "é 20  False 2026-01-01 Friday",
            await cells.Show(
                "string.Join(' ', result.Columns.Select(c => c[0] is DateTime d ? d.ToString(\"yyyy-MM-dd\") : c[0]))"
            )
        );
        // from SQL into Python, from there into C# and SQL
        await cells.Show(
            "#!python\n"
                + "#!share --from sql songs\n"
                + "print(type(songs).__module__.split('.')[0], list(songs.columns), songs.Plays.sum(), "
                + "songs.Tempo.isna().tolist(), songs.Live.tolist(), songs.Day[0].isoformat(), songs.Title[0])\n"
                + "best = songs.assign(score=songs.Plays / 2)[songs.Plays > 1]"
        );
        Assert.Equal(
            "pandas ['Title', 'Plays', 'Tempo', 'Live', 'Day', 'Week'] 21 [False, True] [True, False] "
                + "2026-02-03T04:05:06 a'b\n",
            cells.Printed
        );
        Assert.Equal(
            "Table 1 é 10 Friday",
            await cells.Show(
                "#!share --from python best\n"
                    + "$\"{best.GetType().Name} {best.Count} {best[\"title\"][0]} "
                    + "{best[\"score\"][0]} {best[\"Week\"][0]}\""
            )
        );
        await cells.Show(
            "#!sql --name both\n"
                + "#!set --name top --value @python:best\n"
                + "SELECT score, s.title FROM top JOIN songs s USING (plays)"
        );
        Assert.Equal("10 é", await cells.Show("$\"{both[\"score\"][0]} {both[\"Title\"][0]}\""));
        Assert.Equal("2", await cells.Show("#!share --from sql songs --as again\nagain.Count"));
        // a result of SQL, as C# has it, in Python; an empty list; plain lists and values in SQL
        Assert.Equal("20", await cells.Show("#!python\n#!share --from csharp result\nresult.Plays[0]"));
        await cells.Show(
            "var none = new List<Song>(); var limit = 3; var word = \"it's\"; var numbers = new[] { 1.5, 2.5 };"
        );
        await cells.Show(
            "#!sql --name sums\n"
                + "#!share --from csharp none\n"
                + "#!share --from csharp limit\n"
                + "#!share --from csharp word\n"
                + "#!share --from csharp numbers\n"
                + "SELECT getvariable('limit') + 1 AS a, getvariable('word') AS b, (SELECT count(*) FROM none) AS c, "
                + "(SELECT sum(value) FROM numbers) AS d"
        );
        Assert.Equal("4 it's 0 4", await cells.Show("string.Join(' ', sums.Columns.Select(c => c[0]))"));
        Assert.Equal("3", await cells.Show("#!python\n#!share --from sql limit\nlimit"));
        Assert.Contains(
            "no counterpart in SQL",
            (await cells.Fail("var grid = new double[2, 2, 2];\n#!sql\n#!share --from csharp grid")).Message
        );
        Assert.Contains("nowhere", (await cells.Fail("#!share --from sql nowhere")).Message);
        // a file of the user's doesn't get what is shared
        await cells.Show(
            "#!sql --db own.duckdb\n#!share --from csharp songs\nCREATE TABLE kept AS SELECT title FROM songs"
        );
        await cells.Show(
            "#!sql --db own.duckdb --name names\n"
                + "SELECT string_agg(table_name, ' ' ORDER BY table_name) AS names "
                + "FROM information_schema.tables WHERE table_type = 'BASE TABLE'"
        );
        Assert.Equal("kept", await cells.Show("names[\"names\"][0]"));
    }

    [Fact]
    public async Task Numbers_of_every_type_keep_their_bits()
    {
        await cells.Show(
            "var all = new Array[] { new[] { true, false }, new sbyte[] { -1, 127 }, new byte[] { 0, 255 }, "
                + "new short[] { -2, 3 }, new[] { 1, int.MinValue }, new[] { 1, long.MaxValue }, "
                + "new[] { (Half)1.5, Half.MaxValue }, new[] { float.NaN, 0.1f }, new[,] { { 0.1, 2 } } };\n"
                + "string seen = \"\";"
        );
        await cells.Show("#!python\nimport numpy\nseen = ''");
        for (int i = 0; i < 9; i++)
        {
            await cells.Show($"var one = all[{i}];");
            await cells.Show(
                "#!python\n"
                    + "#!share --from csharp one\n"
                    + "one[0] = one[0]\n"
                    + "seen += f'{one.dtype} '\n"
                    + "#!csharp\n"
                    + "#!share --from python one --as back\n"
                    + "seen += System.Linq.Enumerable.SequenceEqual(one.Cast<object>(), back.Cast<object>()) && "
                    + "back.Rank == one.Rank ? 1 : 0;"
            );
        }
        Assert.Equal("111111111", await cells.Show("seen"));
        Assert.Equal(
            "'bool int8 uint8 int16 int32 int64 float16 float32 float64 '",
            await cells.Show("#!python\nseen")
        );
    }

    [Fact]
    public async Task An_interrupted_query_leaves_its_tables()
    {
        await cells.Show("#!sql\nCREATE TABLE kept AS SELECT 7 AS seven");
        using var interrupt = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var error = await cells.Fail(
            "#!sql\n"
                + "CREATE OR REPLACE TABLE kept AS SELECT count(*) AS n FROM range(10000000) a, "
                + "range(10000000) b WHERE (a.range * b.range) % 7 = 1",
            interrupt.Token
        );
        Assert.Equal("Interrupted", error.Name);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), $"took {watch.Elapsed}");
        await cells.Show("#!sql\nFROM kept");
        Assert.Equal("7", await cells.Show("result[\"seven\"][0]"));
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
        Assert.Equal(
            "2 rows × 2 columns\ntitle   plays\nString  Int64\nB          20\nA          10",
            await cells.Show("#!sql --name top\nSELECT * FROM songs ORDER BY plays DESC")
        );
        Assert.Equal("2 20", await cells.Show("$\"{top.Count} {top[\"plays\"][0]}\""));
        Assert.Contains("nothing", (await cells.Fail("#!sql\nSELECT * FROM nothing")).Message);
        Assert.Contains("--name VARIABLE", (await cells.Fail("#!sql --nam x\nSELECT 1")).Message);
    }

    [Fact]
    public async Task A_path_in_sql_is_the_file_of_that_name()
    {
        Directory.CreateDirectory(folder.At("year=2020"));
        File.WriteAllText(folder.At("year=2020/list[1].csv"), "n\n1\n");
        File.WriteAllText(folder.At("year=2020/list1.csv"), "n\n2\n");
        await cells.Show("#!sql\nFROM 'year=2020/list[1].csv'");
        Assert.Equal("n 1", await cells.Show("$\"{result.Columns.Single().Name} {result[\"n\"][0]}\""));
        Assert.StartsWith("2 rows × 2 columns\n", await cells.Show("#!sql\nFROM 'year=2020/list*.csv'"));
        File.WriteAllText(folder.At("wide.csv"), "a,b\n1,2\n3,4,5\n");
        Assert.Contains("Line: 3", (await cells.Fail("#!sql\nFROM 'wide.csv'")).Message);
    }

    [Fact]
    public async Task A_data_frame_is_shown_and_shared()
    {
        await cells.Show(
            """
            using Microsoft.Data.Analysis;
            using Tables;
            var database = Database.InMemory();
            var songs = database.Query("SELECT 'Ü' AS title, 7 AS plays, NULL::DOUBLE AS tempo").ToDataFrame();
            """
        );
        Assert.Equal(
            "1 row × 3 columns\ntitle   plays   tempo\nString  Int32  Double\nÜ           7    NULL",
            await cells.Show("songs")
        );
        string html = (await cells.Show("songs", "text/html"))!;
        Assert.Contains("<caption>1 row &#215; 3 columns</caption>", html);
        Assert.Contains("plays<br><small>Int32</small></th>", html);
        Assert.Contains("<i>NULL</i>", html);
        await cells.Show("#!sql\n#!share --from csharp songs\nSELECT *, plays + 1 AS more FROM songs");
        Assert.Equal(
            "Ü 7 True 8",
            await cells.Show(
                "$\"{result[\"title\"][0]} {result[\"plays\"][0]} {result[\"tempo\"][0] is null} "
                    + "{result[\"more\"][0]}\""
            )
        );
        Assert.Equal(
            "'Ü7'",
            await cells.Show("#!python\n#!share --from csharp songs\nsongs.title[0] + str(songs.plays[0])")
        );
        Assert.Equal("8", await cells.Show("result.ToDataFrame()[\"more\"].Max()"));
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
    public async Task What_frontends_draw_is_passed_on(string language, string mimeType) =>
        Assert.Equal("a\nb", await cells.Show($"#!{language}\na\nb", mimeType));

    [Fact]
    public async Task Files_are_imported()
    {
        File.WriteAllText(folder.At("a.cs"), "record Song(string Title);\nint Twice(int n) => 2 * n;");
        File.WriteAllText(folder.At("more.csx"), "int fromScript = Twice(10);");
        File.WriteAllText(
            folder.At("b.dib"),
            "#!meta\n\n{\"kernelInfo\":{}}\n\n#!csharp\n\nint fromDib = 3;\n\n#!markdown\n\ntext"
        );
        new Notebook
        {
            Cells =
            {
                new NotebookCell(CellKind.Code, "int fromNotebook = 4;", "c1"),
                new NotebookCell(CellKind.Markdown, "# no code", "c2"),
            },
        }.Save(folder.At("c.ipynb"));
        Assert.Equal(
            "text",
            await cells.Show("#!import a.cs\n#!import more.csx\n#!import b.dib\n#!import \"c.ipynb\"", "text/markdown")
        );
        Assert.Equal("34", await cells.Show("Twice(fromDib + fromNotebook) + fromScript"));
    }

    [Fact]
    public async Task Variables_are_listed_and_time_is_taken()
    {
        await cells.Show("int x = 1; string y = \"two\";\nint z = 3;");
        await cells.Show("double x = 0.5;");
        Assert.Equal("y, z, x", await cells.Show("#!who"));
        Assert.Equal(
            "Variable  Type    Value\ny         String  two\nz         Int32   3\nx         Double  0.5\n(3 rows)",
            await cells.Show("#!whos")
        );
        Assert.StartsWith("Wall time: ", await cells.Show("#!time\nThread.Sleep(5);"));
        Assert.Contains(".NET", await cells.Show("#!about", "text/html"));
    }

    [Fact]
    public async Task Packages_are_restored_and_a_missing_one_is_named()
    {
        Assert.Equal(
            "Restoring CsvHelper 34.0.0 …",
            await cells.Show("#r \"nuget: CsvHelper, 34.0.0\"\nusing CsvHelper;")
        );
        Assert.Equal("CsvHelper", await cells.Show("typeof(CsvReader).Assembly.GetName().Name"));
        Assert.StartsWith(
            "No.Such.Package.Hit.Song 1.0 can't be restored: error NU1101",
            (await cells.Fail("#r \"nuget: No.Such.Package.Hit.Song, 1.0\"")).Message
        );
        Assert.Equal("1", await cells.Show("1"));
    }

    [Fact]
    public async Task A_package_comes_from_the_users_own_source_and_runs_nothing()
    {
        WriteSource();
        Pack("Own.Tunes", "1.2.3", "namespace Own; public static class Tunes { public static int Count => 12; }");
        Assert.Equal(
            "Restoring Own.Tunes 1.2.3 …",
            await cells.Show("#r \"nuget: Own.Tunes, 1.2.3\"\nint count = Own.Tunes.Count;")
        );
        Assert.Equal(
            "Restored Own.Tunes 1.2.3: 1 assembly added",
            (string)cells.Outputs.OfType<OutputEvent.Update>().Single().Data["text/plain"]!
        );
        Assert.Equal("12", await cells.Show("count"));
        Assert.False(File.Exists(folder.At("ran")));
    }

    [Fact]
    public async Task A_package_comes_from_a_source_that_a_cell_names()
    {
        WriteSource();
        Pack("Own.Chords", "1.0.0", "namespace Own; public static class Chords { public static int Count => 7; }");
        Directory.Move(folder.At("feed"), folder.At("other"));
        Directory.CreateDirectory(folder.At("feed"));
        Assert.Contains("NU1101", (await cells.Fail("#r \"nuget: Own.Chords, 1.0.0\"")).Message);
        await cells.Show("#i \"nuget: other\"\n#r \"nuget: Own.Chords, 1.0.0\"\nint count = Own.Chords.Count;");
        Assert.Equal("7", await cells.Show("#i \"nuget:other\"\ncount"));
    }

    [Fact]
    public async Task Another_version_of_a_loaded_package_asks_for_a_restart()
    {
        WriteSource();
        foreach (string version in (string[])["1.0.0", "2.0.0"])
            Pack(
                "Own.Tempo",
                version,
                $"namespace Own; public static class Tempo {{ public static string V => \"{version}\"; }}"
            );
        Pack("Own.Beats", "1.0.0", "namespace Own; public static class Beats { }", needs: ("Own.Tempo", "2.0.0"));
        Pack("Own.Bars", "1.0.0", "namespace Own; public static class Bars { }", needs: ("Own.Tempo", "1.0.0"));
        Assert.NotNull(await cells.Show("#r \"nuget: Own.Bars, 1.0.0\"\nvar before = Own.Tempo.V;"));
        foreach (string wanted in (string[])["Own.Tempo, 2.0.0", "Own.Beats, 1.0.0"])
        {
            string message = (await cells.Fail($"#r \"nuget: {wanted}\"\n1")).Message;
            Assert.StartsWith("Own.Tempo 1.0.0 is loaded, Own.Tempo 2.0.0 is wanted", message);
            Assert.Contains("Restart the kernel", message);
        }
        // The same once more, and the first version, are as they were.
        Assert.NotNull(await cells.Show("#r \"nuget: Own.Bars, 1.0.0\"\n1"));
        Assert.Equal("1.0.0 1.0.0", await cells.Show("$\"{before} {Own.Tempo.V}\""));
    }

    [Fact]
    public async Task A_package_that_the_host_has_in_another_version_says_so()
    {
        WriteSource();
        Pack("Markdig", "0.1.0", "namespace Markdig; public static class Own { }");
        await cells.Run("#r \"nuget: Markdig, 0.1.0\"");
        Assert.Contains("Markdig 0.1.0 is not loaded: the kernel itself stands on version", cells.Printed);
    }

    [Fact]
    public async Task An_assembly_is_referenced_by_its_path()
    {
        Compile("Own.Songs", "namespace Own; public static class Songs { public static int Count => 13; }");
        Assert.Equal("13", await cells.Show("#r \"Own.Songs.dll\"\nOwn.Songs.Count"));
        Assert.Contains("nothing.dll", (await cells.Fail("#r \"nothing.dll\"")).Message);
    }

    private void WriteSource()
    {
        File.WriteAllText(
            folder.At("nuget.config"),
            """
            <configuration>
              <config><add key="globalPackagesFolder" value="cache" /></config>
              <packageSources><clear /><add key="own" value="feed" /></packageSources>
            </configuration>
            """
        );
        Directory.CreateDirectory(folder.At("feed"));
    }

    // What runs a package's scripts and targets would leave the file "ran".
    private void Pack(string name, string version, string code, (string Name, string Version)? needs = null)
    {
        string assembly = Compile(name, code);
        using ZipArchive package = ZipFile.Open(folder.At($"feed/{name}.{version}.nupkg"), ZipArchiveMode.Create);
        string dependencies = needs is var (needed, least)
            ? $"<dependencies><dependency id=\"{needed}\" version=\"{least}\" /></dependencies>"
            : "";
        Add(
            $"{name}.nuspec",
            $"<package><metadata><id>{name}</id><version>{version}</version><authors>a</authors>"
                + $"<description>d</description>{dependencies}</metadata></package>"
        );
        Add(
            $"build/{name}.targets",
            "<Project InitialTargets=\"Run\"><Target Name=\"Run\">"
                + $"<WriteLinesToFile File=\"{folder.At("ran")}\" Lines=\"ran\" /></Target></Project>"
        );
        Add("tools/init.ps1", $"Set-Content {folder.At("ran")} ran");
        package.CreateEntryFromFile(assembly, $"lib/net8.0/{name}.dll");

        void Add(string entry, string text)
        {
            using var writer = new StreamWriter(package.CreateEntry(entry).Open());
            writer.Write(text);
        }
    }

    private string Compile(string name, string code)
    {
        string path = folder.At(name + ".dll");
        Assert.True(
            CSharpCompilation
                .Create(
                    name,
                    [CSharpSyntaxTree.ParseText(code)],
                    [MetadataReference.CreateFromFile(typeof(object).Assembly.Location)],
                    new(OutputKind.DynamicallyLinkedLibrary)
                )
                .Emit(path)
                .Success
        );
        return path;
    }
}
