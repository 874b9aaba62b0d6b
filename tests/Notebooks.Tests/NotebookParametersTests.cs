using System.Text.Json.Nodes;
using Notebooks;

namespace Tests;

public sealed class NotebookParametersTests
{
    private static Notebook Make(string declarations)
    {
        var notebook = new Notebook();
        notebook.Cells.Add(new NotebookCell(CellKind.Code, declarations, "p"));
        notebook.Cells[0].Metadata["tags"] = new JsonArray("parameters");
        notebook.Cells.Add(new NotebookCell(CellKind.Code, "$\"{Epochs} {Rate} {Audio} {Shuffle} {Limit}\"", "show"));
        return notebook;
    }

    private static readonly Notebook typed = Make(
        "int Epochs = 10, Other = 2; // of training\n"
            + "double Rate = 0.1;\n"
            + "var Audio = \"demo\";\n"
            + "var Shuffle = false;\n"
            + "int? Limit = null;"
    );

    [Fact]
    public async Task Values_take_the_declared_types()
    {
        Notebook set = NotebookParameters.Inject(
            typed,
            new Dictionary<string, string>
            {
                ["Epochs"] = "3",
                ["Rate"] = "1e-3",
                ["Audio"] = "a \"b\" \\c",
                ["Shuffle"] = "true",
                ["Limit"] = "-5",
            }
        );
        Assert.True(set.Cells[1].HasTag("injected-parameters"));
        NotebookResult result = await NotebookRunner.RunAsync(set, new EngineOptions());
        Assert.Null(result.Failure);
        Assert.Equal(
            "3 0.001 a \"b\" \\c True -5",
            (string)result.Notebook.Cells[2].Outputs[0]!["data"]!["text/plain"]!
        );
        Assert.Equal(2, typed.Cells.Count);
        Assert.Equal(
            3,
            NotebookParameters.Inject(set, new Dictionary<string, string> { ["Epochs"] = "4" }).Cells.Count
        );
        Assert.Equal("10", NotebookParameters.Of(typed)["Epochs"]);
    }

    [Theory]
    [InlineData(
        "Epoch",
        "3",
        "has no parameter Epoch; it has Epochs (int, 10), Other (int, 2), Rate (double, 0.1), "
            + "Audio (string, \"demo\"), Shuffle (bool, false), Limit (int?, null)"
    )]
    [InlineData("Epochs", "many", "the parameter Epochs is of type int, and many is no such value; the default is 10")]
    [InlineData("Epochs", "3; Evil()", "is no such value")]
    [InlineData("Epochs", "2.5", "is no such value")]
    [InlineData("Shuffle", "1", "is no such value")]
    public void A_wrong_name_or_value_is_refused(string name, string value, string message)
    {
        var values = new Dictionary<string, string> { [name] = value };
        var error = Assert.Throws<NotebookException>(() => NotebookParameters.Inject(typed, values));
        Assert.Contains(message, error.Message);
    }

    [Fact]
    public void A_notebook_without_parameters_says_so()
    {
        var values = new Dictionary<string, string> { ["A"] = "1" };
        var error = Assert.Throws<NotebookException>(() => NotebookParameters.Inject(new Notebook(), values));
        Assert.Contains("has no parameters", error.Message);
    }
}
