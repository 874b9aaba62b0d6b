using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Notebooks;
using Tests;

namespace Research.Tests;

/// <summary>The outputs that are committed with the notebooks, held against an execution.</summary>
[Collection(nameof(ExecutedNotebooks))]
public class CommittedNotebooksTests(ExecutedNotebooks executed)
{
    private const string Chart = "application/vnd.plotly.v1+json",
        Remedy = "\nWhere the change is meant: ./research run --save, and commit what it changes.";

    public static TheoryData<string> All =>
        [
            .. Directory
                .GetFiles(Path.Combine(Repository.Root, "notebooks"), "*.ipynb")
                .Select(path => Path.GetFileName(path))
                .Order(StringComparer.Ordinal),
        ];

    [SkippableTheory]
    [MemberData(nameof(All))]
    public void Executed_again_a_notebook_says_what_is_committed(string name)
    {
        SkipWithoutOutputs(name);
        ExecutedNotebooks.SkipWithoutData(name);
        IReadOnlyList<string> differences = NotebookComparison.Of(
            Committed(name),
            CommittedNotebook.Of(Notebook.Load(executed.At(name)))
        );
        Assert.True(differences.Count == 0, string.Join('\n', differences) + Remedy);
    }

    [SkippableTheory]
    [MemberData(nameof(All))]
    public void A_committed_notebook_is_small_whole_and_of_no_machine(string name)
    {
        SkipWithoutOutputs(name);
        string path = Path.Combine(Repository.Root, "notebooks", name),
            text = File.ReadAllText(path);
        Assert.True(
            new FileInfo(path).Length <= 1 << 20,
            $"{name} has {new FileInfo(path).Length:N0} bytes; beyond 1 MiB code hosts stop showing a file" + Remedy
        );
        Assert.DoesNotContain(Repository.Root + "/", text);
        Assert.DoesNotContain("data-once", text);
        Assert.DoesNotContain("data:audio", text);
        Notebook notebook = Committed(name);
        int[] counts =
        [
            .. notebook
                .Cells.Where(c => c.Kind == CellKind.Code && !string.IsNullOrWhiteSpace(c.Source))
                .Select(c => c.ExecutionCount ?? 0),
        ];
        Assert.Equal(Enumerable.Range(1, counts.Length), counts);
        var bundles = notebook.Cells.SelectMany(c => c.Outputs).Select(o => o!["data"]);
        foreach (var bundle in bundles.Where(data => data?[Chart] is not null))
        {
            byte[] picture = Convert.FromBase64String((string)(bundle!["image/png"] ?? bundle["image/jpeg"])!);
            Assert.True(picture.Length > 2000);
        }
    }

    [Fact]
    public void An_accuracy_altered_by_hand_is_found()
    {
        Notebook now = CommittedNotebook.Of(Notebook.Load(executed.At("06-tiktok-lstm.ipynb"))),
            altered = now.Copy();
        static bool SaysAccuracy(JsonNode? output) =>
            ((string?)output!["data"]?["text/plain"])?.Contains("accuracy ") == true;
        NotebookCell cell = altered.Cells.First(c => c.Outputs.Any(SaysAccuracy));
        JsonNode bundle = cell.Outputs.First(SaysAccuracy)!["data"]!;
        bundle["text/plain"] = Regex.Replace((string)bundle["text/plain"]!, @"(?m)^(accuracy +)\d+\.\d%", "${1}91.3%");
        string difference = Assert.Single(NotebookComparison.Of(altered, now));
        Assert.Matches(
            $@"^06-tiktok-lstm\.ipynb, cell \[{cell.ExecutionCount}\], text/plain: "
                + @"committed 91\.3, now \d+\.\d after "".*accuracy",
            difference
        );
    }

    private static void SkipWithoutOutputs(string name) =>
        Skip.IfNot(
            ExecutedNotebooks.Saved.Contains(name),
            $"notebooks/{name} is committed without outputs: ./research run {name[..2]} --save keeps them"
        );

    private static Notebook Committed(string name) => Notebook.Load(Path.Combine(Repository.Root, "notebooks", name));
}
