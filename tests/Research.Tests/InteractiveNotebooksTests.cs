using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Notebooks;
using Tests;

namespace Research.Tests;

/// <summary>
/// The notebooks as they stand in two C# kernels, asked by Jupyter's nbclient: in .NET Interactive's they run whole,
/// and say the figures that they say in ours.
/// </summary>
// Trainings of two threads run beside no other.
[CollectionDefinition(nameof(InteractiveNotebooksTests), DisableParallelization = true)]
[Collection(nameof(InteractiveNotebooksTests))]
public sealed partial class InteractiveNotebooksTests(KernelClients clients) : IClassFixture<KernelClients>, IDisposable
{
    private const string Ours = "csharp",
        Theirs = ".net-csharp";

    // Parameters with which a notebook ends within seconds.
    private static readonly Dictionary<string, string> quick = new() { ["Epochs"] = "1", ["Trials"] = "2" };

    private static readonly string[] always = ["01", "03", "08"];

    private readonly TemporaryFolder folder = new("both");

    public static TheoryData<string> All =>
        [
            .. Directory
                .GetFiles(Path.Combine(Repository.Root, "notebooks"), "*.ipynb")
                .Select(path => Path.GetFileName(path))
                // In languages that .NET Interactive's tool needs other kernels for.
                .Where(name => !name.StartsWith("16", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal),
        ];

    public void Dispose() => folder.Dispose();

    [SkippableTheory]
    [MemberData(nameof(All))]
    public void A_notebook_says_the_same_in_both_kernels(string name)
    {
        Skip.If(
            !always.Contains(name[..2]) && Environment.GetEnvironmentVariable("HITSONG_ALL_NOTEBOOKS") is null,
            "takes a minute; HITSONG_ALL_NOTEBOOKS=1 has it executed"
        );
        ExecutedNotebooks.SkipWithoutData(name);
        InstallTheirs();
        Notebook notebook = Notebook.Load(Path.Combine(Repository.Root, "notebooks", name));
        IReadOnlyDictionary<string, string> own = NotebookParameters.Of(notebook);
        notebook = NotebookParameters.Inject(notebook, quick.Where(p => own.ContainsKey(p.Key)).ToDictionary());

        Notebook ours = Execute(notebook, Ours),
            theirs = Execute(notebook, Theirs);

        int compared = 0;
        foreach ((NotebookCell cell, NotebookCell other) in ours.Cells.Zip(theirs.Cells))
        {
            string place = $"{name}, cell {cell.Id}: ";
            Assert.Equal(place + Printed(cell), place + Printed(other));
            string[] charts = Charts(cell),
                figures = [.. Tables(cell).SelectMany(Figures)],
                found = [.. Texts(other).SelectMany(Figures)];
            Assert.True(charts.SequenceEqual(Charts(other)), place + "other charts");
            Assert.True(
                AreAmong(figures, found),
                $"{place}ours has {string.Join(' ', figures)}\ntheirs {string.Join(' ', found)}"
            );
            compared += charts.Length + figures.Length + Figures(Printed(cell)).Count();
        }
        Assert.True(compared >= 20, $"{name} has {compared} figures");
    }

    [SkippableFact]
    public void Their_kernel_says_what_to_do_where_nothing_is_built()
    {
        InstallTheirs();
        var notebook = new Notebook();
        notebook.Cells.Add(new NotebookCell(CellKind.Code, "#!import hitsong.csx\nusing HitSong.Charts;", "opening"));
        JsonArray outputs = Execute(notebook, Theirs, isBuilt: false).Cells[0].Outputs;
        JsonNode error = Assert.Single(outputs, output => (string?)output!["output_type"] == "error")!;
        Assert.Contains("run ./research setup", (string)error["evalue"]!);
    }

    private void InstallTheirs()
    {
        string specs = Path.Combine(clients.Prefix, "share", "jupyter", "kernels");
        if (Directory.Exists(Path.Combine(specs, Theirs)))
            return;
        foreach (
            string[] command in (string[][])
                [
                    ["tool", "restore"],
                    ["dotnet-interactive", "jupyter", "install", "--path", specs],
                ]
        )
        {
            (int exitCode, string output, string errors) = Command.InRoot("dotnet", command);
            Skip.If(exitCode != 0, $"dotnet {string.Join(' ', command)} cannot install it: {output}{errors}");
        }
    }

    // A workspace of its own for each kernel: the runs go elsewhere than a user's, songs and features are the same.
    private Notebook Execute(Notebook notebook, string kernel, bool isBuilt = true)
    {
        string workspace = folder.At(kernel.TrimStart('.')),
            notebooks = Path.Combine(workspace, "notebooks"),
            path = Path.Combine(notebooks, "notebook.ipynb"),
            features = Path.Combine("artifacts", "features");
        foreach (string made in new[] { notebooks, Path.Combine(workspace, "artifacts"), AtRoot(features) })
            Directory.CreateDirectory(made);
        // The tool is found by its manifest.
        foreach (string shared in new[] { "data", ".config", features }.Concat(isBuilt ? ["lib"] : []))
            Directory.CreateSymbolicLink(Path.Combine(workspace, shared), AtRoot(shared));
        File.Copy(AtRoot("notebooks/hitsong.csx"), Path.Combine(notebooks, "hitsong.csx"));
        notebook.Save(path);
        clients.Run(
            """
            import nbformat, nbclient
            # As research.dll is compiled: else songs take their tool a quarter of a minute before its loops are quick.
            os.environ.update(DOTNET_INTERACTIVE_CLI_TELEMETRY_OPTOUT='1', DOTNET_TC_QuickJitForLoops='0',
                              DOTNET_TieredPGO='0')
            path, kernel, may_fail = sys.argv[2:]
            notebook = nbformat.read(path, 4)
            resources = {'metadata': {'path': os.path.dirname(path)}}
            nbclient.NotebookClient(notebook, kernel_name=kernel, timeout=600, resources=resources,
                                    allow_errors=may_fail == 'True').execute()
            nbformat.write(notebook, path)
            """,
            path,
            kernel,
            $"{!isBuilt}"
        );
        return Notebook.Load(path);
    }

    private static string AtRoot(string path) => Path.Combine(Repository.Root, path);

    private static string Printed(NotebookCell cell)
    {
        IEnumerable<string> printed = cell
            .Outputs.Where(output => (string?)output!["name"] == "stdout")
            .Select(output => Text(output!["text"]));
        return string.Concat(printed).Trim().ReplaceLineEndings("\n");
    }

    // What plotly.js is given to draw. An update of a display, as of a curve while it grows, gets lost in Jupyter from
    // .NET Interactive's kernel: it names another display.
    private static string[] Charts(NotebookCell cell) =>
        [
            .. Forms(cell, "text/html")
                .Select(html => Chart().Match(html))
                .Where(m => m.Success)
                .Select(m => m.Value)
                .Where(chart => !Growing().IsMatch(chart)),
        ];

    // Lines of text, and tables: those of a kernel's own have other words around their figures.
    private static IEnumerable<string> Tables(NotebookCell cell) =>
        Forms(cell, "text/html")
            .SelectMany(html => TableCell().Matches(html).Select(cell => cell.Value))
            .Select(WithoutTags)
            .Concat(cell.Outputs.Where(IsTextAlone).Select(output => Text(output!["data"]!["text/plain"])));

    private static bool IsTextAlone(JsonNode? output) =>
        output!["data"] is JsonObject { Count: 1 } forms
        && forms.ContainsKey("text/plain")
        // Of a tensor each kernel says what it finds telling; how far a sweep is, is an update (see Charts).
        && !OtherText().IsMatch(Text(forms["text/plain"]));

    private static IEnumerable<string> Texts(NotebookCell cell) =>
        Forms(cell, "text/html")
            .Where(html => !Chart().IsMatch(html))
            .Select(WithoutTags)
            .Concat(Forms(cell, "text/plain"));

    private static IEnumerable<string> Forms(NotebookCell cell, string mimeType) =>
        cell.Outputs.Select(output => output!["data"]?[mimeType]).OfType<JsonNode>().Select(Text);

    // When a run began is part of its name; of a sweep's, what its recipe is, with an own network's code in ours alone.
    private static string Text(JsonNode? text) =>
        RunMark()
            .Replace(
                text is JsonArray lines ? string.Concat(lines.Select(line => (string?)line)) : (string?)text ?? "",
                "RUN"
            );

    private static string WithoutTags(string html) => WebUtility.HtmlDecode(Tag().Replace(html, " "));

    private static IEnumerable<string> Figures(string text) => Figure().Matches(text).Select(figure => figure.Value);

    // Whether all are there in their order, whatever stands between.
    private static bool AreAmong(string[] figures, string[] found)
    {
        int next = 0;
        foreach (string one in found)
            if (next < figures.Length && one == figures[next])
                next++;
        return next == figures.Length;
    }

    [GeneratedRegex("""(?<=Plotly\.newPlot\("[^"]+", )\{.*\}(?=\);</script>)""")]
    private static partial Regex Chart();

    [GeneratedRegex(@": epoch \d+ of \d+""")]
    private static partial Regex Growing();

    [GeneratedRegex(@"^Tensor|^\d+%: ")]
    private static partial Regex OtherText();

    [GeneratedRegex(@"\d{8}-\d{6}|(?<=-)[0-9a-f]{12}(?=-)")]
    private static partial Regex RunMark();

    [GeneratedRegex("<td.*?</td>", RegexOptions.Singleline)]
    private static partial Regex TableCell();

    [GeneratedRegex("<style.*?</style>|<script.*?</script>|<[^>]*>", RegexOptions.Singleline)]
    private static partial Regex Tag();

    [GeneratedRegex(@"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")]
    private static partial Regex Figure();
}
