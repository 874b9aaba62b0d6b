using System.Text.Json;
using System.Text.RegularExpressions;
using HitSong.Charts;
using HitSong.Experiments;
using Microsoft.Data.Analysis;
using Notebooks;
using Plotly.NET;
using Tables;
using Tests;

namespace Research.Tests;

/// <summary>What cells of .NET Interactive's own C# kernel show of ours, asked by Jupyter's nbclient.</summary>
public sealed class InteractiveToolTests : IDisposable
{
    private readonly TemporaryFolder folder = new("interactive");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void It_shows_tables_audits_recipes_and_charts_as_our_kernel_does()
    {
        string[] shown = Cells(
            References(typeof(Plot), typeof(Table), typeof(TorchSharp.torch), typeof(DataFrame), typeof(GenericChart)),
            "using HitSong.Charts; using HitSong.Corpus; using Tables;\n"
                + "var database = Database.InMemory();\n"
                + "var table = database.Query(\"SELECT 1 AS plays, 'x' AS title UNION ALL SELECT 2, '<b>'\");",
            "table",
            "table.ToDataFrame()",
            // By its whole name: the tool has a namespace that is called Recipes.
            "HitSong.Experiments.Recipes.Find(\"hiphop-mlp\", \"audited\")",
            "new HitSong.Audio.AudioInfo(3.5, 44_100, 2, \"mp3\", 128_000)",
            "Plot.Bins([1, 2, 3, 60, 70], Bins.Threshold(39), \"popularity\")",
            "new { Plays = 7 }"
        );
        using var database = Database.InMemory();
        Table table = database.Query("SELECT 1 AS plays, 'x' AS title UNION ALL SELECT 2, '<b>'");
        Assert.Equal(Html(table.ToMimeBundle()), shown[2]);
        Assert.Contains("2 rows &#215; 2 columns", shown[3]);
        Assert.Contains("<small>Int32</small>", shown[3]);
        Assert.Equal(Html(Recipes.Find("hiphop-mlp", "audited").ToMimeBundle()), shown[4]);
        Assert.Equal("<pre>3.50 s of mp3 at 128 kbit/s, 44,100 Hz, 2 channels</pre>", shown[5]);
        // Offline: plotly.js is in it, and nothing is fetched.
        Assert.Contains("Plotly.newPlot(", shown[6]);
        Assert.DoesNotContain("<script src", shown[6]);
        // What says nothing of itself is as it was.
        Assert.Contains("<td>Plays</td><td><div class=\"dni-plaintext\"><pre>7</pre></div></td>", shown[7]);
    }

    [Fact]
    public async Task Formatters_views_and_extension_packages_show_the_same_in_both()
    {
        string[] cells =
        [
            """
                using Microsoft.DotNet.Interactive.Formatting;
                using static Microsoft.DotNet.Interactive.Formatting.PocketViewTags;
                record Tune(string Title);
                Formatter.Register<Tune>(tune => $"<i>{tune.Title}</i>", "text/html");
                """,
            "new Tune(\"a\")",
            "div[style: \"color: red\"](h1(\"a<b\"), b(new Tune(\"c\")))",
            """
                class Source : ITypeFormatterSource
                {
                    public IEnumerable<ITypeFormatter> CreateTypeFormatters() =>
                    [new HtmlFormatter<Hit>(_ => "<b>hit</b>")];
                }
                [TypeFormatterSource(typeof(Source))] class Hit { }
                new Hit()
                """,
            """
                #r "nuget: Microsoft.Data.Analysis, 0.23.1"
                using Microsoft.Data.Analysis;
                new DataFrame(new StringDataFrameColumn("title", ["<a>"]), new Int32DataFrameColumn("plays", [7]))
                """,
            "#r \"nuget: SkiaSharp, 3.119.4\"\nusing SkiaSharp;\nSKColors.Red",
            // Not Plotly.NET.Interactive 6: the tool has an older FSharp.Core than it needs, and keeps to that.
        ];
        var ours = new List<string>();
        using (var engine = new Engine(new EngineOptions()))
            foreach (string cell in cells)
            {
                string html = "";
                CellResult ran = await engine.ExecuteAsync(
                    cell,
                    output => html = output is OutputEvent.Result result ? (string)result.Data["text/html"]! : html
                );
                Assert.True(ran.Error is null, ran.Error?.Message);
                ours.Add(html);
            }
        string[] theirs = Cells(cells);
        Assert.Equal("<i>a</i>", ours[1]);
        // Theirs begins with what it says of packages.
        Assert.All(ours.Zip(theirs), both => Assert.EndsWith(Plain(both.First), Plain(both.Second)));

        // An id is new each time; a number or a text within another value is by default each kernel's own.
        static string Plain(string html) =>
            Regex.Replace(
                html,
                "(?<=table_)[0-9]+|<div class=\"dni-plaintext\"><pre>|</pre></div>|<style>.*</style>",
                "",
                RegexOptions.Singleline
            );
    }

    private static object Html(IReadOnlyDictionary<string, object> forms) => forms["text/html"];

    private static string References(params Type[] types)
    {
        string built = Path.GetDirectoryName(Command.Program)!;
        return string.Join('\n', types.Select(type => $"#r \"{built}/{type.Assembly.GetName().Name}.dll\""));
    }

    // The HTML of each cell's value, "" where it has none.
    private string[] Cells(params string[] cells)
    {
        (int exitCode, string output, string errors) = Command.InRoot("dotnet", "tool", "restore");
        Assert.True(exitCode == 0, output + errors);
        string specs = folder.At("kernels");
        Directory.CreateDirectory(specs);
        (exitCode, output, errors) = Command.InRoot(
            "dotnet",
            ["dotnet-interactive", "jupyter", "install", "--path", specs]
        );
        Assert.True(exitCode == 0, output + errors);
        // Into a file: the tool's web server speaks on the output.
        Python.Run(
            """
            import json, os, sys
            folder, root, cells = sys.argv[1:]
            os.environ.update(JUPYTER_PATH=folder, DOTNET_INTERACTIVE_CLI_TELEMETRY_OPTOUT='1')
            os.chdir(root)
            import nbclient, nbformat.v4 as v4
            notebook = v4.new_notebook(cells=[v4.new_code_cell(cell) for cell in json.loads(cells)])
            nbclient.NotebookClient(notebook, kernel_name='.net-csharp', timeout=300).execute()
            shown = [''.join(o['data'].get('text/html', '') for o in cell.outputs if 'data' in o)
                     for cell in notebook.cells]
            json.dump(shown, open(os.path.join(folder, 'shown.json'), 'w'))
            """,
            folder.Path,
            Repository.Root,
            JsonSerializer.Serialize(cells)
        );
        return JsonSerializer.Deserialize<string[]>(File.ReadAllText(folder.At("shown.json")))!;
    }
}
