using Notebooks;

namespace Tests;

public sealed class NotebookTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_file_of_nbformat_comes_back_byte_for_byte()
    {
        string path = Path.Combine(folder, "made by nbformat.ipynb");
        Python.Run(
            """
            import nbformat, sys
            from nbformat.v4 import new_notebook, new_markdown_cell, new_code_cell, new_output
            from nbformat import NotebookNode
            nb = new_notebook(cells=[
                new_markdown_cell("# Titel ♪ 😀\n\ttab \"quoted\" \\ back\x0bslash\u2028line",
                    attachments={"a.png": {"image/png": "AQI="}}),
                new_code_cell("int x = 1;\r\nx\n", execution_count=2,
                    metadata={"tags": ["b", "a"], "unknown": {"z": [], "a": {}, "n": None, "f": 1.5}},
                    outputs=[new_output("stream", name="stdout", text="a\nb"),
                             new_output("display_data", {"text/plain": "x\ny",
                                 "application/json": {"b": "1\n2", "a": [1]}, "image/png": "AQ=="}),
                             new_output("error", ename="E", evalue="v", traceback=["\x1b[31mred\x7f"])]),
                NotebookNode(cell_type="raw", source="", metadata={}), new_code_cell("")],
                metadata={"kernelspec": {"name": "csharp", "display_name": "C#"}, "own": True})
            for i, cell in enumerate(nb.cells): cell.id = f"cell-{i}"
            nb["unknown top"] = 3
            nbformat.write(nb, sys.argv[1])
            """,
            path
        );
        Notebook notebook = Notebook.Load(path);
        Assert.Equal(File.ReadAllText(path), notebook.ToJson());
        Assert.Equal("int x = 1;\r\nx\n", notebook.Cells[1].Source);
        Assert.Equal("Titel ♪ 😀", notebook.Title);
        Assert.True(notebook.Cells[1].HasTag("a"));
        string copy = Path.Combine(folder, "copy.ipynb");
        notebook.Save(copy);
        Assert.Equal(File.ReadAllBytes(path), File.ReadAllBytes(copy));
        Assert.Equal(2, Directory.GetFiles(folder).Length);
    }

    [Fact]
    public void A_new_notebook_is_valid()
    {
        var notebook = new Notebook();
        notebook.Cells.Add(new NotebookCell(CellKind.Markdown, "# A", "a"));
        notebook.Cells.Add(new NotebookCell(CellKind.Code, "1", "b"));
        notebook.Cells.Add(new NotebookCell(CellKind.Raw, "", "c"));
        string path = Path.Combine(folder, "new.ipynb");
        notebook.Save(path);
        Assert.Equal(
            "csharp C#",
            Python.Run(
                "import nbformat, sys\n"
                    + "nb = nbformat.read(sys.argv[1], 4)\n"
                    + "nbformat.validate(nb)\n"
                    + "print(nb.metadata.kernelspec.name, nb.metadata.kernelspec.display_name, end='')",
                path
            )
        );
        Assert.Equal(notebook.ToJson(), Notebook.Load(path).ToJson());
    }

    [Fact]
    public void Cells_of_older_files_get_ids_the_same_each_time()
    {
        string path = Path.Combine(folder, "old.ipynb");
        File.WriteAllText(
            path,
            """
            {"nbformat": 4, "nbformat_minor": 2, "metadata": {}, "cells": [
             {"cell_type": "code", "metadata": {}, "source": "1", "outputs": [], "execution_count": null},
             {"cell_type": "markdown", "metadata": {}, "source": ["a\n", "b"]}]}
            """
        );
        Notebook notebook = Notebook.Load(path);
        Assert.Equal(notebook.ToJson(), Notebook.Load(path).ToJson());
        Assert.Equal("a\nb", notebook.Cells[1].Source);
        notebook.Save(path);
        Python.Run("import nbformat, sys\nnbformat.validate(nbformat.read(sys.argv[1], nbformat.NO_CONVERT))", path);
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("{\"cells\": [", "line 1, column ")]
    [InlineData("{\"nbformat\": 4, \"nbformat\": 4}", "isn't JSON")]
    [InlineData("hello", "isn't JSON")]
    [InlineData("[]", "the file should be an object and is array")]
    [InlineData("{\"a\": 1}", "nbformat should be a whole number and is missing")]
    [InlineData("{\"nbformat\": 3, \"nbformat_minor\": 0, \"metadata\": {}, \"worksheets\": []}", "is in nbformat 3")]
    [InlineData("{\"nbformat\": 4, \"nbformat_minor\": 5, \"metadata\": {}, \"cells\": {}}", "cells should be a list")]
    [InlineData(
        "{\"nbformat\": 4, \"nbformat_minor\": 5, \"metadata\": {}, \"cells\": [{\"cell_type\": \"chart\"}]}",
        "cells[0].cell_type is \"chart\""
    )]
    [InlineData(
        "{\"nbformat\": 4, \"nbformat_minor\": 5, \"metadata\": {}, \"cells\": [{\"cell_type\": \"raw\", "
            + "\"metadata\": {}, \"source\": [1]}]}",
        "cells[0].source should be text and is number"
    )]
    [InlineData(
        "{\"nbformat\": 4, \"nbformat_minor\": 5, \"metadata\": {}, \"cells\": [{\"cell_type\": \"raw\", "
            + "\"metadata\": {}, \"source\": \"\\ud800\"}]}",
        "cells[0].source"
    )]
    [InlineData(
        "{\"nbformat\": 4, \"nbformat_minor\": 5, \"metadata\": {}, \"cells\": ["
            + "{\"cell_type\": \"code\", \"metadata\": {}, \"source\": \"\", "
            + "\"outputs\": [{\"output_type\": \"x\"}]}]}",
        "cells[0].outputs[0].output_type is \"x\""
    )]
    public void A_damaged_file_is_refused_by_path_and_place(string content, string message)
    {
        string path = Path.Combine(folder, "bad.ipynb");
        File.WriteAllText(path, content);
        var error = Assert.Throws<NotebookException>(() => Notebook.Load(path));
        Assert.StartsWith(path, error.Message);
        Assert.Contains(message, error.Message);
    }

    [Fact]
    public void A_missing_file_and_folder_are_named()
    {
        string path = Path.Combine(folder, "absent", "a.ipynb");
        Assert.StartsWith(path, Assert.Throws<NotebookException>(() => Notebook.Load(path)).Message);
        Assert.StartsWith(path, Assert.Throws<NotebookException>(() => new Notebook().Save(path)).Message);
    }
}
