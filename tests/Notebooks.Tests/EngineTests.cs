using System.Diagnostics;
using System.Reflection;
using Notebooks;

namespace Tests;

public sealed class EngineTests : IDisposable
{
    private readonly Cells cells = new();

    public void Dispose() => cells.Dispose();

    [Fact]
    public async Task Variables_methods_types_and_usings_carry_over()
    {
        await cells.Show(
            "using System.Numerics;\n"
                + "int x = 3;\n"
                + "record Song(string Title, int Plays);\n"
                + "class Box { public int Value; }\n"
                + "int Twice(int n) => 2 * n;"
        );
        Assert.Equal("6", await cells.Show("Twice(x)"));
        Assert.Equal("Song { Title = A, Plays = 1 }", await cells.Show("new Song(\"A\", 1)"));
        Assert.Equal("7", await cells.Show("new Box { Value = 7 }.Value"));
        Assert.Equal("<1, 1>", await cells.Show("Vector2.One"));
    }

    [Fact]
    public async Task Who_is_given_a_cells_type_finds_the_code_that_defined_it()
    {
        const string code = "class Box { public int Value; } // a word";
        await cells.Show(code);
        await cells.Show("class Other { }");
        const string find = "(string)AppContext.GetData($\"source of {typeof(Box).Assembly.GetName().Name}\")";
        Assert.Equal(code, await cells.Show(find));
        await cells.Show("class Box { public double Value; }");
        Assert.Equal("class Box { public double Value; }", await cells.Show(find));
    }

    [Fact]
    public async Task Await_works_and_comes_back_to_the_cells_thread()
    {
        await cells.Show(
            "int before = Environment.CurrentManagedThreadId; await Task.Delay(5); "
                + "int after = Environment.CurrentManagedThreadId;"
        );
        Assert.Equal("True", await cells.Show("before == after && after == Environment.CurrentManagedThreadId"));
        Assert.Equal(
            "1",
            await cells.Show(
                "async Task<int> One() { await Task.Delay(1); await Task.Delay(1); return 1; }\nOne().Result"
            )
        );
    }

    [Theory]
    [InlineData("1 + 1", "2")]
    [InlineData("\"text\"", "text")]
    [InlineData("0.1f", "0.1")]
    [InlineData("(string)null", "null")]
    [InlineData("int y = 1;", null)]
    [InlineData("Console.WriteLine()", null)]
    [InlineData("int unused; 5", "5")]
    public async Task The_last_expression_is_shown(string code, string? text) =>
        Assert.Equal(text, await cells.Show(code));

    [Fact]
    public async Task Names_can_be_defined_again()
    {
        await cells.Show("int x = 1; record R(int A); int F() => 1;");
        await cells.Show("string x = \"two\"; record R(string B); int F() => 2;");
        Assert.Equal("two R { B = b } 2", await cells.Show("$\"{x} {new R(\"b\")} {F()}\""));
    }

    [Fact]
    public async Task A_failed_cell_leaves_the_state_as_before()
    {
        await cells.Show("int x = 1;");
        await cells.Fail("int x = 2; int y = 3; throw new Exception(\"no\");");
        Assert.Equal("1", await cells.Show("x"));
        Assert.Equal("CompilationError", (await cells.Fail("y")).Name);
        await cells.Fail("int x = \"a\";");
        Assert.Equal("1", await cells.Show("x"));
    }

    [Fact]
    public async Task A_compile_error_has_line_caret_and_message()
    {
        OutputEvent.Error error = await cells.Fail("int a = 1;\n    int b = \"x\";");
        Assert.Equal("CompilationError", error.Name);
        Assert.Equal(
            "Cell In[1], line 2: error CS0029: Cannot implicitly convert type 'string' to 'int'",
            error.Message
        );
        Assert.Equal([error.Message, "    int b = \"x\";", "            ^"], error.Traceback);
    }

    [Fact]
    public async Task A_runtime_error_names_the_cells_own_lines()
    {
        await cells.Show(
            "int Half(int n)\n"
                + "{\n"
                + "    if (n == 0)\n"
                + "        throw new InvalidOperationException(\"no half\");\n"
                + "    return n / 2;\n"
                + "}"
        );
        OutputEvent.Error error = await cells.Fail("var a = 1;\nHalf(0);");
        Assert.Equal("InvalidOperationException", error.Name);
        Assert.Equal("no half", error.Message);
        Assert.Equal(
            [
                "InvalidOperationException: no half",
                "  Cell In[1], line 4, in Half",
                "      throw new InvalidOperationException(\"no half\");",
                "  Cell In[2], line 2",
                "      Half(0);",
            ],
            error.Traceback
        );
    }

    [Fact]
    public async Task An_error_after_an_await_and_its_cause_have_their_lines()
    {
        OutputEvent.Error error = await cells.Fail(
            "await Task.Delay(1);\n"
                + "try { int.Parse(\"x\"); }\n"
                + "catch (Exception e) { throw new Exception(\"outer\", e); }"
        );
        Assert.Contains("  Cell In[1], line 3", error.Traceback);
        Assert.Contains(
            "caused by FormatException: The input string 'x' was not in a correct format.",
            error.Traceback
        );
        Assert.Contains("  Cell In[1], line 2", error.Traceback);
        Assert.DoesNotContain(
            error.Traceback,
            line => line.Contains("Notebooks.") || line.Contains("Roslyn") || line.Contains("Number")
        );
    }

    [Fact]
    public async Task An_exception_of_an_async_void_method_is_the_cells()
    {
        var error = await cells.Fail(
            "async void Lose() { await Task.Delay(1); throw new Exception(\"lost\"); }\n"
                + "Lose(); await Task.Delay(2000);"
        );
        Assert.Equal("lost", error.Message);
    }

    [Theory]
    [InlineData("while (true) { }")]
    [InlineData("Thread.Sleep(60000);")]
    [InlineData("await Task.Delay(60000);")]
    [InlineData("await Task.Delay(1); int i = 0; while (true) { i++; }")]
    [InlineData("new ManualResetEventSlim().Wait();")]
    public async Task An_endless_cell_is_stopped_and_the_state_kept(string code)
    {
        await cells.Show("int x = 1;");
        using var interrupt = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        var watch = Stopwatch.StartNew();
        Assert.Equal("Interrupted", (await cells.Fail(code, interrupt.Token)).Name);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), $"took {watch.Elapsed}");
        Assert.Equal("2", await cells.Show("await Task.Delay(1); x + 1"));
    }

    [Fact]
    public async Task Streams_and_displays_keep_their_order()
    {
        await cells.Run(
            "Console.Write(1); Console.WriteLine(2); Console.Error.Write(3); display(4); Console.Write(5);\n6"
        );
        Assert.Collection(
            cells.Outputs,
            o => Assert.Equal(new OutputEvent.Stream("stdout", $"12{Environment.NewLine}"), o),
            o => Assert.Equal(new OutputEvent.Stream("stderr", "3"), o),
            o => Assert.IsType<OutputEvent.Display>(o),
            o => Assert.Equal(new OutputEvent.Stream("stdout", "5"), o),
            o => Assert.IsType<OutputEvent.Result>(o)
        );
    }

    [Fact]
    public async Task Other_threads_print_into_their_cell_and_the_host_does_not()
    {
        Task<CellResult> running = cells.Run(
            "var t = new Thread(() => Console.Write(\"thread \")); t.Start(); t.Join(); "
                + "await Task.Run(() => Console.Write(\"task \")); Parallel.For(0, 2, _ => Console.Write('p')); "
                + "await Task.Delay(100);"
        );
        Console.Write("");
        Console.Out.Write("host");
        await running;
        Assert.Equal("thread task pp", cells.Printed);
    }

    [Fact]
    public async Task Functions_of_the_cells_work_in_their_types()
    {
        Assert.Equal("3", await cells.Show("class Shower { public void Show() => display(3); }\nnew Shower().Show();"));
        await cells.Run("display(HTML(\"<b>b</b>\"))");
        Assert.Single(cells.Outputs);
        await cells.Run("clear_output(wait: true);");
        Assert.Equal([new OutputEvent.Clear(true)], cells.Outputs);
    }

    [Fact]
    public async Task A_host_gives_assemblies_imports_and_a_folder()
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        File.WriteAllText(Path.Combine(folder, "more.csx"), "int loaded = 5;");
        string before = Environment.CurrentDirectory;
        using var own = new Cells(
            new EngineOptions
            {
                References = [typeof(HostThing).Assembly],
                Imports = ["Tests"],
                WorkingDirectory = folder,
            }
        );
        Assert.Equal(
            "True",
            await own.Show(
                "new HostThing(1).GetType().Assembly == AppDomain.CurrentDomain.GetAssemblies()"
                    + ".Single(a => a.GetName().Name == \"Notebooks.Tests\")"
            )
        );
        Assert.Equal("more.csx", await own.Show("Path.GetFileName(Directory.GetFiles(\".\").Single())"));
        Assert.Equal("5", await own.Show("#load \"more.csx\"\nloaded"));
        Assert.Equal(before, Environment.CurrentDirectory);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_loaded_assembly_that_a_cell_refers_to_is_that_one_wherever_the_line_looks_for_it()
    {
        Assembly host = typeof(HostThing).Assembly;
        using var folder = new TemporaryFolder("references");
        using var own = new Cells(new EngineOptions { References = [host], WorkingDirectory = folder.Path });
        string name = Path.GetFileName(host.Location);
        Assert.Equal("1", await own.Show($"#r \"not/built/{name}\"\nusing Tests;\nnew HostThing(1).Value"));
        File.Copy(host.Location, folder.At(name));
        Assert.Equal(host.Location, await own.Show($"#r \"{name}\"\ntypeof(HostThing).Assembly.Location"));
        string count = $"AppDomain.CurrentDomain.GetAssemblies().Count(a => a.GetName().Name == \"Notebooks.Tests\")";
        Assert.Equal("1", await own.Show(count));
        Assert.Contains("other.dll", (await own.Fail("#r \"other.dll\"")).Message);
    }

    [Theory]
    [InlineData("1;\n#!fsharp\nlet x = 1", "Cell In[1], line 2: this kernel has no F#")]
    [InlineData("#!share --from perl x", "Cell In[1]: #!share --from perl x can't be followed")]
    [InlineData("#!import nothing.cs", "#!import nothing.cs: there is no such file")]
    public async Task A_directive_of_other_kernels_is_refused_by_name(string code, string message) =>
        Assert.StartsWith(message, (await cells.Fail(code)).Message);

    [Fact]
    public async Task Two_hundred_cells_take_seconds()
    {
        var watch = Stopwatch.StartNew();
        await cells.Show("int n0 = 0;");
        for (int i = 1; i < 200; i++)
            await cells.Show($"int n{i} = n{i - 1} + 1;");
        Assert.Equal("199", await cells.Show("n199"));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), $"took {watch.Elapsed}");
    }
}

public sealed record HostThing(int Value);
