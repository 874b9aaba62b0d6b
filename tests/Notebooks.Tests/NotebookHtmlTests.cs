using System.Text.Json.Nodes;
using Notebooks;

namespace Tests;

public sealed class NotebookHtmlTests
{
    private static Notebook With(CellKind kind, string source, params string[] outputs)
    {
        var notebook = new Notebook();
        notebook.Cells.Add(new NotebookCell(kind, source, "a"));
        foreach (string output in outputs)
            notebook.Cells[0].Outputs.Add(JsonNode.Parse(output));
        return notebook;
    }

    [Theory]
    [InlineData("# Ti<t>le", "<h1", "Ti&lt;t&gt;le")]
    [InlineData("<script>alert(1)</script>", "&lt;script&gt;", "alert(1)")]
    [InlineData(
        "[a](java\tscript:alert(1)) [b](https://example.org/x?a:b) [c](02-next.ipynb#d)",
        "<a href=\"https://example.org/x?a:b\">b</a>",
        "<a href=\"02-next.ipynb#d\">c</a>"
    )]
    [InlineData("[a](javascript:alert(1))", "<a href=\"\">a</a>", "")]
    [InlineData("|a|b|\n|-|-|\n|1|2|", "<table>", "<td>1</td>")]
    [InlineData("```csharp\nint x = 1;\n```", "<span class=\"k\">int</span>", "<pre class=\"source\">")]
    public void Markdown_is_rendered_safely(string markdown, string expected, string also)
    {
        string page = NotebookHtml.Render(With(CellKind.Markdown, markdown));
        Assert.Contains(expected, page);
        Assert.Contains(also, page);
        Assert.DoesNotContain("<script>", page);
    }

    [Fact]
    public void Code_keeps_its_text_and_outputs_their_richest_form()
    {
        string page = NotebookHtml.Render(
            With(
                CellKind.Code,
                "#r \"a.dll\"\n// <b>\nvar x = new List<int>(); x.Add(\"a\" @@);",
                """
                {"output_type": "display_data", "metadata": {},
                 "data": {"text/plain": "plain-1", "text/html": "<em>rich</em>", "image/png": "AQI="}}
                """,
                """
                {"output_type": "display_data", "metadata": {},
                 "data": {"text/plain": "plain-2", "image/png": "AQI=\n"}}
                """,
                """{"output_type": "display_data", "metadata": {}, "data": {"text/plain": "plain-3 <x>"}}""",
                """{"output_type": "stream", "name": "stdout", "text": "10%\r50%\r100%\nend"}""",
                """{"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["\u001b[31mE\u001b[0m: <v>"]}"""
            ),
            "My <title>"
        );
        string text = System.Net.WebUtility.HtmlDecode(
            System.Text.RegularExpressions.Regex.Replace(page, "<[^>]+>", "")
        );
        Assert.Contains("#r \"a.dll\"\n// <b>\nvar x = new List<int>(); x.Add(\"a\" @@);", text);
        Assert.Contains("<title>My &lt;title&gt;</title>", page);
        Assert.Contains("<em>rich</em>", page);
        Assert.Contains("src=\"data:image/png;base64,AQI=\"", page);
        Assert.Contains("<pre>plain-3 &lt;x&gt;</pre>", page);
        Assert.DoesNotContain("plain-1", page);
        Assert.DoesNotContain("plain-2", page);
        Assert.Contains("<pre class=\"stdout\">100%\nend</pre>", page);
        Assert.Contains("<pre class=\"error\">E: &lt;v&gt;</pre>", page);
    }

    [Fact]
    public void Attached_images_are_embedded()
    {
        Notebook notebook = With(CellKind.Markdown, "![a](attachment:a.png)");
        notebook.Cells[0].Json["attachments"] = JsonNode.Parse("""{"a.png": {"image/png": "AQI="}}""");
        Assert.Contains("src=\"data:image/png;base64,AQI=\"", NotebookHtml.Render(notebook));
    }

    [Fact]
    public void JavaScript_runs_with_an_element_of_its_own()
    {
        Notebook notebook = With(
            CellKind.Code,
            "draw",
            """
            {"output_type": "display_data", "metadata": {}, "data": {
                "application/javascript": "element.append('</script><b>');", "text/plain": "[application/javascript]"}}
            """
        );
        string page = NotebookHtml.Render(notebook);
        string script = page.Split("<div></div><script>")[1].Split("</script>")[0];
        Assert.Contains("const element = document.currentScript.previousElementSibling;", script);
        Assert.Contains("element.append('<\\/script><b>');", script);
    }
}
