using Notebooks;

namespace Tests;

public sealed class DisplayTests : IDisposable
{
    private const string Bundle = "public IReadOnlyDictionary<string, object> ToMimeBundle()";

    private readonly Cells cells = new();

    public void Dispose() => cells.Dispose();

    [Fact]
    public async Task Records_become_a_table_and_its_texts_are_escaped()
    {
        await cells.Show(
            "record Song(string Title, int Plays); "
                + "var songs = Enumerable.Range(1, 30).Select(i => new Song($\"<b>{i}&\", i)).ToList();"
        );
        string html = (await cells.Show("songs", "text/html"))!;
        Assert.StartsWith(
            "<table class=\"values\">\n"
                + "<thead><tr><th style=\"text-align: left\">Title</th>"
                + "<th style=\"text-align: right\">Plays</th></tr></thead>",
            html
        );
        Assert.Contains(
            "<td style=\"text-align: left\">&lt;b&gt;20&amp;</td><td style=\"text-align: right\">20</td>",
            html
        );
        Assert.DoesNotContain("<b>", html);
        Assert.DoesNotContain(">21<", html);
        Assert.EndsWith("<p>(first 20 of 30 rows)</p>", html);
        string text = (await cells.Show("songs.Take(2)"))!;
        Assert.Equal("Title  Plays\n<b>1&      1\n<b>2&      2\n(2 rows)", text);
        Assert.Contains(
            "<td style=\"text-align: left\">Title</td><td style=\"text-align: left\">&lt;b&gt;1&amp;</td>",
            await cells.Show("songs[0]", "text/html")
        );
    }

    [Theory]
    [InlineData("new[] { 1.5, 2 }", "[1.5, 2]")]
    [InlineData("new List<string>()", "[]")]
    [InlineData("new[] { new { A = 1 / 7.0, B = 2e9 } }", "       A           B\n0.142857  2000000000\n(1 row)")]
    [InlineData("new[] { new { A = (int?)10_000 }, new { A = (int?)null } }", "    A\n10000\n null\n(2 rows)")]
    [InlineData("1 / 7.0", "0.14285714285714285")]
    [InlineData("new[] { new[] { 1, 2 }, new[] { 3 } }", "[[1, 2], [3]]")]
    [InlineData("Enumerable.Range(0, 1000).ToArray().Length", "1000")]
    [InlineData(
        "new Dictionary<string, int> { [\"a\"] = 1, [\"bb\"] = 2 }",
        "Key  Value\na        1\nbb       2\n(2 rows)"
    )]
    [InlineData("new[] { (Name: \"a\", 1), (\"b\", 2) }", "Item1  Item2\na          1\nb          2\n(2 rows)")]
    [InlineData("new { A = 1, B = \"x\" }", "{ A = 1, B = x }")]
    [InlineData("(1, \"a\")", "(1, a)")]
    [InlineData("DayOfWeek.Monday", "Monday")]
    [InlineData("Task.CompletedTask.Status", "RanToCompletion")]
    public async Task Values_have_a_text(string code, string text) => Assert.Equal(text, await cells.Show(code));

    [Fact]
    public async Task Long_and_endless_sequences_are_cut()
    {
        Assert.EndsWith(", 99, … (1000 values)]", await cells.Show("Enumerable.Range(0, 1000).ToArray()"));
        await cells.Show(
            "record P(int N); IEnumerable<P> All() { for (int i = 0; ; i++) yield return new P(i); }\n"
                + "IEnumerable<int> Ones() { while (true) yield return 1; }"
        );
        Assert.EndsWith("(first 20 of more than 10000 rows)", await cells.Show("All()"));
        Assert.EndsWith("1, …]", await cells.Show("Ones()"));
    }

    [Fact]
    public async Task Nested_objects_are_trees()
    {
        await cells.Show(
            """
            record Song(string Title, int Plays); record Label(string Name);
            class Album
            {
                public string Name => "<A>";
                public Label Label => new("L");
                public List<Song> Songs => [new("s", 1), new("t", 20)];
                public Dictionary<string, int> Sales => new() { ["de"] = 3 };
                public int[] Years => [1, 2];
            }
            """
        );
        await cells.Run("new Album()");
        var shown = Assert.IsType<OutputEvent.Result>(cells.Outputs.Single()).Data;
        Assert.Equal(
            "Album\n"
                + "  Name: <A>\n"
                + "  Label: Label\n"
                + "    Name: L\n"
                + "  Songs:\n"
                + "    Title  Plays\n"
                + "    s          1\n"
                + "    t         20\n"
                + "    (2 rows)\n"
                + "  Sales:\n"
                + "    de: 3\n"
                + "  Years: [1, 2]",
            (string)shown["text/plain"]!
        );
        string html = (string)shown["text/html"]!;
        Assert.Contains("<details><summary>Label { Name = L }</summary>\n<table class=\"values\">", html);
        Assert.Contains("&lt;A&gt;</td>", html);
        Assert.Equal(3, html.Split("<details>").Length - 1);
        System.Xml.Linq.XElement.Parse($"<div>{html}</div>");
        Assert.Contains(
            "<summary>Album</summary>",
            await cells.Show("new[] { new { Album = new Album() } }", "text/html")
        );
        Assert.Contains(
            "<details><summary>[Song { Title = a, Plays = 1 }]</summary>",
            await cells.Show("new List<object> { 1, new[] { new Song(\"a\", 1) } }", "text/html")
        );
        // What shows itself in its own way is no tree.
        await cells.Show(
            $"class Own {{ public int Inner => 1; {Bundle} => new Dictionary<string, object> {{ "
                + $"[\"text/plain\"] = \"own\" }}; public override string ToString() => \"own\"; }}"
        );
        Assert.DoesNotContain("<details>", await cells.Show("new { Value = new Own() }", "text/html"));
    }

    [Fact]
    public async Task A_tree_of_cycles_or_of_great_size_is_cut()
    {
        await cells.Show(
            "class Node { public string Name = \"n\"; public Node? Next; }\n"
                + "var a = new Node(); var b = new Node { Next = a }; a.Next = b;"
        );
        Assert.Equal(
            "Node\n  Name: n\n  Next: Node\n    Name: n\n    Next: Node\n      Name: n\n      Next: Node",
            await cells.Show("a")
        );
        Assert.Equal(2, (await cells.Show("a", "text/html"))!.Split("<details>").Length - 1);
        await cells.Show(
            "record Loop(string Name) { public Loop? Self { get; set; } }\n"
                + "var loop = new Loop(\"l\"); loop.Self = loop;"
        );
        Assert.Equal("Loop\n  Name: l\n  Self: Loop\n    Name: l\n    Self: Loop { … }", await cells.Show("loop"));
        await cells.Show(
            "class Deep { public Deep[] All => [.. Enumerable.Range(0, 20).Select(_ => new Deep())]; "
                + "public int Number => 1; }"
        );
        Assert.InRange((await cells.Show("new Deep()", "text/html"))!.Length, 1000, 1_000_000);
    }

    [Fact]
    public async Task Json_stays_json()
    {
        await cells.Run("System.Text.Json.Nodes.JsonNode.Parse(\"{\\\"a\\\": [1, 2]}\")");
        var result = Assert.IsType<OutputEvent.Result>(cells.Outputs.Single());
        Assert.Equal(2, (int)result.Data["application/json"]!["a"]![1]!);
        Assert.Contains(
            "<details><summary>{&quot;b&quot;:null}</summary>",
            await cells.Show("System.Text.Json.Nodes.JsonNode.Parse(\"{\\\"a\\\": {\\\"b\\\": null}}\")", "text/html")
        );
    }

    [Fact]
    public async Task A_value_shows_itself_through_ToMimeBundle()
    {
        await cells.Run(
            $$"""
            class Figure
            {
                {{Bundle}} => new Dictionary<string, object>
                {
                    ["application/vnd.plotly.v1+json"] = new { data = new[] { 1 } },
                    ["application/json"] = "[1]",
                    ["image/png"] = new byte[] { 1, 2 },
                    ["text/html"] = "<i>f</i>",
                };
            }
            new Figure()
            """
        );
        var result = Assert.IsType<OutputEvent.Result>(cells.Outputs.Single());
        Assert.Equal(1, (int)result.Data["application/vnd.plotly.v1+json"]!["data"]![0]!);
        Assert.Equal(1, (int)result.Data["application/json"]![0]!);
        Assert.Equal("AQI=", (string)result.Data["image/png"]!);
        Assert.Equal("<i>f</i>", (string)result.Data["text/html"]!);
        Assert.Equal("Figure", (string)result.Data["text/plain"]!);
    }

    [Fact]
    public async Task What_a_value_throws_is_shown_and_the_cell_goes_on()
    {
        Assert.Equal(
            "Bad can't be shown: InvalidOperationException: broken",
            await cells.Show(
                $$"""
                class Bad { {{Bundle}} => throw new InvalidOperationException("broken"); }
                display(new Bad()); int after = 1;
                """
            )
        );
        Assert.Equal("1", await cells.Show("after"));
        Assert.Contains(
            "(Exception: no getter)",
            await cells.Show(
                "class Getter { public int A => throw new Exception(\"no getter\"); }\nnew Getter()",
                "text/html"
            )
        );
    }

    [Fact]
    public async Task Helpers_give_their_type()
    {
        Assert.Equal("# x", await cells.Show("display(Markdown(\"# x\"));", "text/markdown"));
        Assert.Equal("<b>", await cells.Show("HTML(\"<b>\")", "text/html"));
        Assert.Equal("<svg/>", await cells.Show("display(\"<svg/>\", \"image/svg+xml\");", "image/svg+xml"));
    }

    [Fact]
    public async Task A_progress_bar_updates_in_place()
    {
        await cells.Run(
            "int sum = 0; foreach (int n in progress(Enumerable.Range(1, 5).ToList(), \"<sum>\")) "
                + "{ sum += n; Thread.Sleep(101); }"
        );
        string id = Assert.IsType<OutputEvent.Display>(cells.Outputs[0]).DisplayId;
        List<OutputEvent.Update> updates = [.. cells.Outputs.OfType<OutputEvent.Update>()];
        Assert.InRange(updates.Count, 2, 5);
        Assert.All(updates, u => Assert.Equal(id, u.DisplayId));
        Assert.Matches(@"^<sum>: [1-4] of 5, \d s, \d s left$", (string)updates[0].Data["text/plain"]!);
        Assert.StartsWith(
            "<progress value=\"5\" max=\"5\"></progress> &lt;sum&gt;: 5 of 5, ",
            (string)updates[^1].Data["text/html"]!
        );
        Assert.Equal("15", await cells.Show("sum"));
        await cells.Run("IEnumerable<int> Some() { yield return 1; }\nforeach (int n in progress(Some())) { }");
        Assert.StartsWith(
            "<progress></progress> 0, ",
            (string)((OutputEvent.Display)cells.Outputs[0]).Data["text/html"]!
        );
        Assert.StartsWith("1, ", (string)((OutputEvent.Update)cells.Outputs[^1]).Data["text/plain"]!);
    }
}
