using Notebooks;

namespace Tests;

public sealed class NotebookRunnerTests
{
    private static Notebook Make(params string[] cells)
    {
        var notebook = new Notebook();
        foreach (string cell in cells)
            notebook.Cells.Add(
                new NotebookCell(
                    cell.StartsWith('#') && !cell.StartsWith("#r") ? CellKind.Markdown : CellKind.Code,
                    cell,
                    $"c{notebook.Cells.Count}"
                )
            );
        return notebook;
    }

    private static string Html(Notebook notebook, int cell, int output = 0) =>
        (string)notebook.Cells[cell].Outputs[output]!["data"]!["text/html"]!;

    [Fact]
    public async Task An_executed_notebook_is_valid_and_reads_back()
    {
        Notebook notebook = Make(
            "# Title\ntext",
            "int x = 1;\nConsole.WriteLine(\"a\");\nConsole.Error.Write(\"b\");\nx",
            "display(HTML(\"<b>\"));",
            "",
            "display(new[] { new { A = 1 } });\nthrow new Exception(\"end\");",
            "x"
        );
        notebook
            .Cells[5]
            .Outputs.Add(
                new System.Text.Json.Nodes.JsonObject
                {
                    ["output_type"] = "stream",
                    ["name"] = "stdout",
                    ["text"] = "old",
                }
            );
        NotebookResult result = await NotebookRunner.RunAsync(notebook, new EngineOptions());
        Assert.Equal(
            (3, "c4", "Exception", "end"),
            (result.Failure!.Cell, result.Failure.CellId, result.Failure.Error.Name, result.Failure.Error.Message)
        );
        Assert.Equal([null, 1, 2, null, 3, null], result.Notebook.Cells.Select(c => c.ExecutionCount));
        Assert.Equal([0, 3, 1, 0, 2, 0], result.Notebook.Cells.Select(c => c.Outputs.Count));
        Assert.Single(notebook.Cells[5].Outputs);
        string path = Path.GetTempFileName();
        result.Notebook.Save(path);
        Python.Run(
            "import nbformat, sys\n"
                + "nb = nbformat.read(sys.argv[1], nbformat.NO_CONVERT)\n"
                + "nbformat.validate(nb)\n"
                + "assert nbformat.writes(nb) + '\\n' == open(sys.argv[1]).read()",
            path
        );
        Assert.Equal(result.Notebook.ToJson(), Notebook.Load(path).ToJson());
        File.Delete(path);
    }

    [Fact]
    public async Task Updates_change_outputs_in_place_and_clearing_clears()
    {
        Notebook done = (
            await NotebookRunner.RunAsync(
                Make(
                    "var h = display(1); Console.Write(\"after\"); h.Update(2);",
                    "h.Update(HTML(\"<i>3</i>\"));",
                    "Console.Write(1); clear_output(); Console.Write(2); clear_output(wait: true);",
                    "Console.Write(1); clear_output(wait: true); Console.Write(2);"
                ),
                new EngineOptions()
            )
        ).Notebook;
        Assert.Equal("<i>3</i>", Html(done, 0));
        Assert.Equal(2, done.Cells[0].Outputs.Count);
        Assert.Empty(done.Cells[1].Outputs);
        Assert.Equal("2", (string)Assert.Single(done.Cells[2].Outputs)!["text"]!);
        Assert.Equal("2", (string)Assert.Single(done.Cells[3].Outputs)!["text"]!);
    }

    [Fact]
    public async Task A_shared_script_stands_once_in_the_first_output_that_is_left()
    {
        const string script = "<script data-once='lib'>var lib = '$1';</script>";
        Notebook done = (
            await NotebookRunner.RunAsync(
                Make(
                    $"string Chart(int n) => \"{script}<div>\" + n + \"</div>\"; "
                        + "display(HTML(Chart(0))); clear_output();",
                    "var h = display(HTML(Chart(1)));",
                    "display(HTML(Chart(2)));",
                    "h.Update(HTML(Chart(3)));"
                ),
                new EngineOptions()
            )
        ).Notebook;
        Assert.Equal(script + "<div>3</div>", Html(done, 1));
        Assert.Equal("<div>2</div>", Html(done, 2));
        string page = NotebookHtml.Render(done);
        Assert.Equal(2, page.Split("<script data-once").Length);
    }

    [Fact]
    public async Task Progress_tells_cell_heading_and_prints()
    {
        var reports = new Reports();
        await NotebookRunner.RunAsync(
            Make("# Intro", "int x = 1; // first", "## Train #", "\n\nConsole.Write(\"epoch 1\");"),
            new EngineOptions(),
            reports
        );
        Assert.Equal(
            ["1/2 Intro: int x = 1; // first", "2/2 Train: Console.Write(\"epoch 1\");", "2/2 epoch 1"],
            reports.Lines
        );
    }

    [Fact]
    public async Task A_cancelled_run_returns_what_there_is()
    {
        using var cancel = new CancellationTokenSource(TimeSpan.FromSeconds(3));
        NotebookResult result = await NotebookRunner.RunAsync(
            Make("1", "while (true) { }", "2"),
            new EngineOptions(),
            null,
            cancel.Token
        );
        Assert.Equal((2, "Interrupted"), (result.Failure!.Cell, result.Failure.Error.Name));
        Assert.Single(result.Notebook.Cells[0].Outputs);
    }

    [Fact]
    public async Task A_cell_that_is_tagged_to_fail_does_not_stop_the_run()
    {
        Notebook notebook = Make("throw new Exception();", "1");
        notebook.Cells[0].Metadata["tags"] = new System.Text.Json.Nodes.JsonArray("raises-exception");
        NotebookResult result = await NotebookRunner.RunAsync(notebook, new EngineOptions());
        Assert.Null(result.Failure);
        Assert.Single(result.Notebook.Cells[1].Outputs);
    }

    private sealed class Reports : IProgress<CellProgress>
    {
        public List<string> Lines { get; } = [];

        public void Report(CellProgress value)
        {
            if (value.Output is null)
                Lines.Add($"{value.Cell}/{value.Cells} {value.Heading}: {value.FirstLine}");
            if (value.Output is OutputEvent.Stream stream)
                Lines.Add($"{value.Cell}/{value.Cells} {stream.Text}");
        }
    }
}
