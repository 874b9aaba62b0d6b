using Microsoft.DotNet.Interactive.Formatting;
using Notebooks;

namespace Tests;

/// <summary>What notebooks of .NET Interactive say of how values look, in ours.</summary>
public sealed class FormatterTests : IDisposable
{
    private readonly Cells cells = new();

    public void Dispose()
    {
        cells.Dispose();
        Formatter.ResetToDefault();
    }

    [Fact]
    public async Task A_type_is_shown_as_its_user_says()
    {
        await cells.Show(
            "using Microsoft.DotNet.Interactive.Formatting;\n"
                + "record Tune(string Title); record Hit(string Title) : Tune(Title);\n"
                + "Formatter.Register<Tune>(t => $\"<i>{t.Title}</i>\", \"text/html\");"
        );
        Assert.Equal("<i>a</i>", await cells.Show("new Hit(\"a\")", "text/html"));
        Assert.Equal("Tune { Title = b }", await cells.Show("new Tune(\"b\")"));
        // in a list and in an object, too
        Assert.Contains(">0</td><td style=\"text-align: left\"><i>a</i></td>", await Html("new[] { new Tune(\"a\") }"));
        Assert.Contains(
            ">Best</td><td style=\"text-align: left\"><i>a</i></td>",
            await Html("new { Best = new Hit(\"a\") }")
        );
        await cells.Show("Formatter.Register<Tune>((t, writer) => writer.Write(t.Title));");
        Assert.Equal("c", await cells.Show("new Tune(\"c\")"));
        Assert.Equal("<i>c</i>", await Html("new Tune(\"c\")"));
        await cells.Show(
            "Formatter.Register(typeof(DateTime), (day, writer) => writer.Write(\"<b>\"), \"text/html\");"
        );
        Assert.Equal("<b>", await Html("DateTime.UnixEpoch"));
        await cells.Show("Formatter.ResetToDefault();");
        Assert.StartsWith("<table class=\"values\">", await Html("new Tune(\"d\")"));
        Assert.Null(await Html("DateTime.UnixEpoch"));
    }

    [Fact]
    public async Task The_preferred_mime_types_are_those_that_are_shown()
    {
        await cells.Show(
            "record Tune(string Title);\n"
                + "Formatter.SetPreferredMimeTypesFor(typeof(Tune), \"text/plain\", \"application/json\");"
        );
        await cells.Run("new Tune(\"a\")");
        var shown = Assert.IsType<OutputEvent.Result>(cells.Outputs.Single()).Data;
        Assert.Equal(["text/plain", "application/json"], shown.Select(form => form.Key));
        Assert.Equal("a", (string)shown["application/json"]!["Title"]!);
        await cells.Show("Formatter.DefaultMimeType = \"text/csv\";");
        Assert.Equal("Title\nb\n", await cells.Show("new[] { new { Title = \"b\" } }", "text/csv"));
    }

    [Fact]
    public async Task A_type_names_the_source_of_its_formatters()
    {
        await cells.Show(
            """
            class Source : ITypeFormatterSource
            {
                public IEnumerable<ITypeFormatter> CreateTypeFormatters() =>
                    [new HtmlFormatter<Tune>(t => "<b>known</b>"), new PlainTextFormatter<Tune>(t => "known")];
            }
            [TypeFormatterSource(typeof(Source))] class Tune { public int Plays => 1; }
            // by its name alone, as a library has it that knows nothing of notebooks
            class ByName
            {
                public string MimeType => "text/html";
                public bool Format(object value, TextWriter writer) { writer.Write("<b>named</b>"); return true; }
            }
            class Named { public IEnumerable<object> CreateTypeFormatters() => [new ByName()]; }
            static class Own
            {
                [AttributeUsage(AttributeTargets.Class)]
                public class TypeFormatterSourceAttribute(Type source) : Attribute
                {
                    public Type FormatterSourceType => source;
                    public string[] PreferredMimeTypes { get; set; }
                }
            }
            [Own.TypeFormatterSource(typeof(Named))] class Hit { public int Plays => 2; }
            """
        );
        Assert.Equal("<b>known</b>", await Html("new Tune()"));
        Assert.Equal("known", await cells.Show("new Tune()"));
        Assert.Equal("<b>named</b>", await Html("new Hit()"));
        await cells.Show("Formatter.Register<Hit>(t => \"<b>told</b>\", \"text/html\");");
        Assert.Equal("<b>told</b>", await Html("new Hit()"));
    }

    [Fact]
    public async Task A_list_is_as_long_as_its_limit()
    {
        await cells.Show("record Tune(int N); var tunes = Enumerable.Range(0, 30).Select(n => new Tune(n)).ToList();");
        Assert.EndsWith("(first 20 of 30 rows)", await cells.Show("tunes"));
        await cells.Show("Formatter.ListExpansionLimit = 3;");
        Assert.Equal("N\n0\n1\n2\n(first 3 of 30 rows)", await cells.Show("tunes"));
        Assert.Equal("[0, 1, 2, … (30 values)]", await cells.Show("tunes.Select(t => t.N).ToArray()"));
        await cells.Show("Formatter.ListExpansionLimit = 25;");
        Assert.EndsWith("(first 25 of 30 rows)", await cells.Show("tunes"));
    }

    [Fact]
    public async Task Views_are_html()
    {
        await cells.Show(
            "using static Microsoft.DotNet.Interactive.Formatting.PocketViewTags;\n"
                + "PocketView view = div[style: \"color: red\"](h1(\"a<b\"), p(42), b(new[] { 1, 2 }));"
        );
        const string Shown = "<div style=\"color: red\"><h1>a&lt;b</h1><p>42</p><b>[1, 2]</b></div>";
        Assert.Equal(Shown, await Html("view"));
        Assert.Equal(Shown, await Html("display(view);"));
        Assert.Contains("<td style=\"text-align: left\">1</td>", await Html("table(tr(td(new { A = \"1\" })))"));
        Assert.Equal("x^2", await cells.Show("new LaTeXString(\"x^2\")", "text/latex"));
    }

    [Fact]
    public async Task Display_shows_and_updates_in_the_cell()
    {
        await cells.Run(
            "var shown = \"a\".Display(); shown.Update(\"b\"); shown.Update(\"c\"); \"<b>\".DisplayAs(\"text/html\");"
        );
        Assert.Equal(
            ["a", "b", "c", "<b>"],
            cells.Outputs.Select(output =>
                (string?)(
                    output is OutputEvent.Update update
                        ? update.Data["text/plain"]
                        : ((OutputEvent.Display)output).Data["text/plain"]
                )
            )
        );
        Assert.IsType<OutputEvent.Update>(cells.Outputs[1]);
        Assert.IsType<OutputEvent.Update>(cells.Outputs[2]);
        Assert.Equal("<b>", (string?)((OutputEvent.Display)cells.Outputs[3]).Data["text/html"]);
        Assert.Equal("Title\nd\n", await cells.Show("new[] { new { Title = \"d\" } }.DisplayTable();", "text/csv"));
    }

    private Task<string?> Html(string code) => cells.Show(code, "text/html");
}
