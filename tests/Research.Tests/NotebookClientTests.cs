using Notebooks;
using Tests;

namespace Research.Tests;

/// <summary>
/// The notebooks, executed on our kernel by Jupyter's own nbclient and nbconvert, as VS Code does it cell by cell.
/// </summary>
[Collection(nameof(ExecutedNotebooks))]
public sealed class NotebookClientTests : IClassFixture<KernelClients>, IDisposable
{
    // Parameters with which a notebook ends within seconds.
    private static readonly Dictionary<string, string> quick = new() { ["Epochs"] = "1" };

    private static readonly string[] takeMinutes = ["01", "04", "05", "07", "08", "09", "10", "11", "12", "13", "15"];

    private readonly ExecutedNotebooks executed;
    private readonly KernelClients clients;
    private readonly TemporaryFolder folder = new("workspace");

    public NotebookClientTests(ExecutedNotebooks executed, KernelClients clients)
    {
        (this.executed, this.clients) = (executed, clients);
        // The runs go elsewhere than a user's; the songs and their features are the same.
        string features = Path.Combine(Repository.Root, "artifacts", "features");
        foreach (string made in new[] { features, folder.At("notebooks"), folder.At("artifacts") })
            Directory.CreateDirectory(made);
        Directory.CreateSymbolicLink(folder.At("data"), Path.Combine(Repository.Root, "data"));
        Directory.CreateSymbolicLink(folder.At("artifacts/features"), features);
        const string Opening = "notebooks/hitsong.csx";
        File.Copy(Path.Combine(Repository.Root, Opening), folder.At(Opening));
    }

    public static TheoryData<string> All =>
        [
            .. Directory
                .GetFiles(Path.Combine(Repository.Root, "notebooks"), "*.ipynb")
                .Select(path => Path.GetFileName(path))
                .Order(StringComparer.Ordinal),
        ];

    public void Dispose() => folder.Dispose();

    [SkippableTheory]
    [MemberData(nameof(All))]
    public void Nbclient_executes_the_notebook_and_gets_what_the_runner_gets(string name)
    {
        Skip.If(
            takeMinutes.Contains(name[..2]) && Environment.GetEnvironmentVariable("HITSONG_ALL_NOTEBOOKS") is null,
            "takes a minute; HITSONG_ALL_NOTEBOOKS=1 has it executed"
        );
        ExecutedNotebooks.SkipWithoutData(name);
        Notebook notebook = Notebook.Load(Path.Combine(Repository.Root, "notebooks", name));
        IReadOnlyDictionary<string, string> own = NotebookParameters.Of(notebook);
        var set = quick.Where(p => own.ContainsKey(p.Key)).ToDictionary();
        string path = folder.At($"notebooks/{name}");
        NotebookParameters.Inject(notebook, set).Save(path);
        clients.Run(
            """
            import nbformat, nbclient
            notebook = nbformat.read(sys.argv[2], 4)
            resources = {'metadata': {'path': os.path.dirname(sys.argv[2])}}
            nbclient.NotebookClient(notebook, timeout=600, resources=resources).execute()
            nbformat.validate(notebook)
            nbformat.write(notebook, sys.argv[2])
            """,
            path
        );
        Notebook done = Notebook.Load(path);
        int[] counts =
        [
            .. done
                .Cells.Where(c => c.Kind == CellKind.Code && !string.IsNullOrWhiteSpace(c.Source))
                .Select(c => c.ExecutionCount ?? 0),
        ];
        Assert.Equal(Enumerable.Range(1, counts.Length), counts);
        if (set.Count == 0 && ExecutedNotebooks.Saved.Contains(name))
            Assert.Empty(
                NotebookComparison.Of(
                    CommittedNotebook.Of(Notebook.Load(executed.At(name))),
                    CommittedNotebook.Of(done)
                )
            );
    }

    [Fact]
    public void Nbconvert_makes_a_page_of_an_executed_notebook()
    {
        string path = folder.At("notebooks/03-tensors.ipynb");
        File.Copy(Path.Combine(Repository.Root, "notebooks", "03-tensors.ipynb"), path);
        clients.Run(
            "subprocess.run([sys.executable, '-m', 'nbconvert', '--to', 'html', '--execute', "
                + "'--ClearOutputPreprocessor.enabled=True', sys.argv[2]], check=True)",
            path
        );
        Assert.Contains("after 200 steps", File.ReadAllText(folder.At("notebooks/03-tensors.html")));
    }
}
