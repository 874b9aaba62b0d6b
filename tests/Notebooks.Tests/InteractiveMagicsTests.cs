using Notebooks;

namespace Tests;

/// <summary>What notebooks of .NET Interactive say to their kernel, said to ours.</summary>
public sealed class InteractiveMagicsTests : IDisposable
{
    private readonly TemporaryFolder folder = new("magics");
    private readonly Cells cells;

    public InteractiveMagicsTests() => cells = new Cells(new EngineOptions { WorkingDirectory = folder.Path });

    public void Dispose()
    {
        cells.Dispose();
        folder.Dispose();
    }

    [Theory]
    [InlineData("#!fsharp", "F#")]
    [InlineData("#!F#", "F#")]
    [InlineData("#!pwsh", "PowerShell")]
    [InlineData("#!powershell", "PowerShell")]
    [InlineData("#!kql", "KQL")]
    [InlineData("#!kql-logs", "KQL")]
    [InlineData("#!http", "HTTP")]
    [InlineData("#!connect mssql --kernel-name songs", "connections")]
    public async Task A_language_that_is_not_here_is_named_in_a_line(string directive, string language)
    {
        string message = (await cells.Fail($"var ran = 1;\n{directive}\nx")).Message;
        Assert.StartsWith("Cell In[1], line 2: this kernel has no " + language, message);
        Assert.DoesNotContain('\n', message);
        Assert.Equal("CompilationError", (await cells.Fail("ran")).Name);
    }

    [Theory]
    [InlineData("#!csharp")]
    [InlineData("#!C#")]
    [InlineData("#!c# ")]
    public async Task CSharp_goes_by_all_its_names(string directive)
    {
        await cells.Show($"#!markdown\ntext\n{directive}\nvar plays = 3;");
        Assert.Equal("3", await cells.Show("plays"));
    }

    [Fact]
    public async Task Directives_are_listed()
    {
        string listed = (await cells.Show("#!lsmagic"))!;
        foreach (
            string name in (string[])["csharp", "html", "javascript", "markdown", "mermaid", "value", "share", "set"]
        )
            Assert.Contains($"#!{name} ", listed);
    }

    [Fact]
    public async Task Values_are_kept_by_name_and_shared()
    {
        File.WriteAllText(folder.At("songs.txt"), "from a file");
        await cells.Run("#!value --name text\na\n\nb\n");
        Assert.Empty(cells.Outputs);
        Assert.Equal("a\n\nb", await cells.Show("#!share text --from value\ntext"));
        Assert.Equal("a\n\nb", await cells.Show("#!share --from value text --as other\nother"));
        Assert.Equal("a\n\nb", await cells.Show("#!set --name third --value @value:text\nthird"));
        await cells.Show("#!value --name file --from-file songs.txt");
        Assert.Equal("from a file", await cells.Show("#!share --name file --from value\nfile"));
        await cells.Show("string path = \"songs.txt\";");
        await cells.Show("#!value --name again --from-file @csharp:path");
        Assert.Equal("from a file", await cells.Show("#!share again --from value\nagain"));
        // with a type it is shown as well, and JSON is read
        Assert.Equal(
            "{\"a\": [1, 2]}",
            await cells.Show("#!value --name json --mime-type application/json\n{\"a\": [1, 2]}")
        );
        Assert.Equal(
            "2",
            await cells.Show("#!share json --from value\njson.RootElement.GetProperty(\"a\")[1].GetInt32()")
        );
        Assert.Equal("2", await cells.Show("#!python\n#!share json --from value\njson['a'][1]"));
        // and back
        await cells.Show("var plays = new[] { 1, 2 };\n#!value --name rest\nx\n#!share plays --from csharp");
        Assert.Equal("[1,2]", await cells.Show("#!share plays --from value --as p\np.RootElement.GetRawText()"));
        Assert.Contains("--name NAME", (await cells.Fail("#!value\nx")).Message);
        Assert.Contains("--name NAME", (await cells.Fail("#!value --name x --from-file songs.txt\ny")).Message);
        Assert.Contains("none.txt", (await cells.Fail("#!value --name x --from-file none.txt")).Message);
        Assert.Contains("It has: text", (await cells.Fail("#!share nothing --from value")).Message);
    }

    [Theory]
    [InlineData("#!share x --from fsharp", "this kernel has no F#")]
    [InlineData("#!set --name x --value @pwsh:y", "this kernel has no PowerShell")]
    [InlineData("#!set --name x --value @sql-songs:y", "can't be followed")]
    [InlineData("#!set --name x --value @y", "can't be followed")]
    [InlineData("#!set --value 1", "can't be followed")]
    [InlineData("#!share x", "can't be followed")]
    [InlineData("#!share x --from csharp", "can't be followed")]
    [InlineData("#!markdown\n#!share x --from csharp", "can't be followed")]
    public async Task A_wish_that_cannot_be_followed_is_refused_in_a_line(string code, string reason)
    {
        string message = (await cells.Fail(code)).Message;
        Assert.Contains(reason, message);
        Assert.DoesNotContain('\n', message);
    }

    [Theory]
    [InlineData("12", "12 Int32")]
    [InlineData("0.5", "0.5 Double")]
    [InlineData("true", "True Boolean")]
    [InlineData("\"two words\"", "two words String")]
    [InlineData("word", "word String")]
    [InlineData("[1, 2]", "System.Int32[] Int32[]")]
    public async Task A_literal_is_set(string literal, string value) =>
        Assert.Equal(value, await cells.Show($"#!set --name x --value {literal}\n$\"{{x}} {{x.GetType().Name}}\""));

    [Fact]
    public async Task What_the_user_types_is_asked_for()
    {
        var asked = new List<(string Prompt, bool IsHidden)>();
        async Task<string> Answered(string code)
        {
            string shown = "";
            CellResult result = await cells.Engine.ExecuteAsync(
                code,
                output => shown = (string?)(output as OutputEvent.Result)?.Data["text/plain"] ?? shown,
                ask: (prompt, isHidden) =>
                {
                    asked.Add((prompt, isHidden));
                    return "typed";
                }
            );
            Assert.Null(result.Error);
            return shown;
        }

        Assert.Equal("typed", await Answered("#!set --name a --value @input:\"Which song?\"\na"));
        Assert.Equal("typed", await Answered("#!set --name a --value @input:Name\na"));
        Assert.Equal(
            "typed",
            await Answered("#!set --name a --value @input:{\"prompt\": \"A file\", \"saveAs\": \"f\"}\na")
        );
        Assert.Equal(
            "************ typed",
            await Answered("#!set --name key --value @password:\"The key\"\n$\"{key} {key.GetClearTextPassword()}\"")
        );
        Assert.Equal(
            "'typed'",
            await Answered(
                "#!python\n#!share key --from csharp\n#!csharp\n#!share key --from python --as k\n$\"'{k}'\""
            )
        );
        Assert.Equal("************", await Answered("await GetPasswordAsync(\"More\")"));
        Assert.Equal(
            [("Which song? ", false), ("Name ", false), ("A file ", false), ("The key ", true), ("More", true)],
            asked
        );
        Assert.Contains("Nobody can be asked", (await cells.Fail("#!set --name a --value @input:Name")).Message);
    }

    [Fact]
    public async Task JavaScript_gets_values_as_JSON()
    {
        await cells.Show(
            "record Song(string Title, double Tempo);\n"
                + "var songs = new[] { new Song(\"</script>\", 120.5), new Song(\"é\", double.NaN) };\n"
                + "var grid = new float[,] { { 1, 2 }, { 3, float.PositiveInfinity } };"
        );
        string script = (
            await cells.Show(
                "#!javascript\n#!share songs --from csharp\n#!share grid --from csharp --as g\n"
                    + "#!set --name n --value 3\ndraw(songs)",
                "application/javascript"
            )
        )!;
        string[] lines = script.Split('\n');
        Assert.Equal("globalThis[\"g\"] = [[1,2],[3,null]];", lines[1]);
        Assert.Equal("globalThis[\"n\"] = 3;", lines[2]);
        Assert.Equal("draw(songs)", lines[3]);
        Assert.DoesNotContain("</script>", script);
        string json = lines[0]["globalThis[\"songs\"] = ".Length..^1];
        using var read = System.Text.Json.JsonDocument.Parse(json);
        Assert.Equal("</script>", read.RootElement[0].GetProperty("Title").GetString());
        Assert.Equal(120.5, read.RootElement[0].GetProperty("Tempo").GetDouble());
        Assert.Equal(System.Text.Json.JsonValueKind.Null, read.RootElement[1].GetProperty("Tempo").ValueKind);
        Assert.Contains("can't be followed", (await cells.Fail("#!share x --from javascript")).Message);
    }

    [Fact]
    public async Task Values_show_themselves_by_a_call()
    {
        const string Songs = "var songs = new[] { new { Title = \"A\", Plays = 1 } };\n";
        Assert.Equal("Title  Plays\nA          1\n(1 row)", await cells.Show(Songs + "songs.DisplayTable();"));
        Assert.Equal("# A", await cells.Show("\"# A\".DisplayAs(\"text/markdown\");", "text/markdown"));
        Assert.Equal("# A", await cells.Show("display(\"# A\", \"text/markdown\");", "text/markdown"));
        Assert.Contains("<table", await cells.Show("songs.Display(\"text/html\");", "text/html"));
        Assert.Equal(
            "[{\"Title\":\"A\",\"Plays\":1}]",
            await cells.Show("display(songs, \"application/json\");", "application/json")
        );
        await cells.Show("var shown = 0.Display(); shown.Update(1);");
        Assert.Equal("1", (string)cells.Outputs.OfType<OutputEvent.Update>().Single().Data["text/plain"]!);
        Assert.Equal("<style>b { color: red; }</style>", await cells.Show("CSS(\"b { color: red; }\");", "text/html"));
        Assert.Equal("alert(1);", await cells.Show("Javascript(\"alert(1);\");", "application/javascript"));
        Assert.Equal("<b>b</b>", await cells.Show("HTML(\"<b>b</b>\")", "text/html"));
    }

    [Fact]
    public async Task Types_of_its_kernels_are_found()
    {
        const string Usings = "using Microsoft.DotNet.Interactive;\nusing Microsoft.DotNet.Interactive.Commands;\n";
        await cells.Show(
            Usings + "class Draw(int plays) : KernelCommand(\"javascript\") { public int Plays => plays; }"
        );
        Assert.Equal(
            "javascript 3",
            await cells.Show("var draw = new Draw(3); $\"{draw.TargetKernelName} {draw.Plays}\"")
        );
        // shown once, where the cell is
        await cells.Show("Kernel.display(draw.Plays);");
        var shown = Assert.IsType<OutputEvent.Display>(Assert.Single(cells.Outputs));
        Assert.Equal("3", (string)shown.Data["text/plain"]!);
    }

    [Fact]
    public async Task A_cell_that_asks_its_kernels_hears_that_there_are_none()
    {
        await cells.Fail("using Microsoft.DotNet.Interactive;\nKernel.Root.FindKernelByName(\"sql\")");
        Assert.Contains("Kernel.Root and KernelInvocationContext.Current are null here", cells.Printed);
    }

    [Fact]
    public async Task A_file_that_names_its_kernel_is_imported()
    {
        File.WriteAllText(
            folder.At("Settings.cs"),
            """
            using InteractiveKernel = Microsoft.DotNet.Interactive.Kernel;
            public static class Settings
            {
                public static string Key => "kept";
                public static Task<string> Ask() => InteractiveKernel.GetInputAsync("The key");
            }
            """
        );
        Assert.Equal("kept", await cells.Show("#!import Settings.cs\nSettings.Key"));
    }

    [Fact]
    public async Task A_diagram_says_what_it_needs()
    {
        const string Diagram = "flowchart\n  a --> b";
        Assert.Equal(Diagram, await cells.Show($"#!mermaid\n{Diagram}"));
        string markdown = (await cells.Show($"#!mermaid\n{Diagram}", "text/markdown"))!;
        Assert.StartsWith($"```mermaid\n{Diagram}\n```\n", markdown);
        Assert.Contains("extension for Mermaid", markdown);
    }

    [Fact]
    public async Task Cells_are_in_the_language_that_their_metadata_name()
    {
        Notebook notebook = new()
        {
            Cells =
            {
                Cell("dotnet_interactive", "language", "csharp", "var x = 1;"),
                Cell("dotnet_interactive", "language", "html", "<b>b</b>"),
                Cell("polyglot_notebook", "kernelName", "markdown", "# b"),
                Cell("polyglot_notebook", "kernelName", "pwsh", "ls"),
            },
        };
        NotebookResult result = await NotebookRunner.RunAsync(notebook, new EngineOptions());
        Assert.Equal("<b>b</b>", (string)result.Notebook.Cells[1].Outputs[0]!["data"]!["text/html"]!);
        Assert.Equal("# b", (string)result.Notebook.Cells[2].Outputs[0]!["data"]!["text/markdown"]!);
        Assert.StartsWith("Cell In[4]: this kernel has no PowerShell", result.Failure!.Error.Message);

        static NotebookCell Cell(string group, string name, string language, string code)
        {
            var cell = new NotebookCell(CellKind.Code, code, Guid.NewGuid().ToString("N"));
            cell.Metadata[group] = new System.Text.Json.Nodes.JsonObject { [name] = language };
            return cell;
        }
    }

    [Fact]
    public async Task Notebooks_in_text_are_run_and_imported()
    {
        File.WriteAllText(
            folder.At("songs.dib"),
            """
            #!meta

            {"kernelInfo":{"defaultKernelName":"csharp","items":[{"name":"csharp"},{"name":"sql-songs"}]}}

            #!markdown

            # Songs

            #!csharp

            var plays = 3;

            plays

            #!value --name note
            written

            #!html

            <b>b</b>

            """
        );
        Notebook notebook = Notebook.Load(folder.At("songs.dib"));
        Assert.Equal("Songs", notebook.Title);
        Assert.Equal(["csharp", "html"], notebook.Cells.Where(c => c.Kind == CellKind.Code).Select(c => c.Language));
        NotebookResult result = await NotebookRunner.RunAsync(notebook, new EngineOptions());
        Assert.Null(result.Failure);
        Assert.Equal("<b>b</b>", (string)result.Notebook.Cells[2].Outputs[0]!["data"]!["text/html"]!);
        await cells.Show("#!import songs.dib");
        Assert.Equal("3 written", await cells.Show("#!share note --from value\n$\"{plays} {note}\""));
        File.AppendAllText(folder.At("songs.dib"), "\n#!sql-songs\n\nSELECT 1\n");
        Assert.Contains("#!sql-songs isn't known", (await cells.Fail("#!import songs.dib")).Message);
    }
}
