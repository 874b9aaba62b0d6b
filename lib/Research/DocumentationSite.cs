using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using HitSong;
using HitSong.Charts;
using Notebooks;

namespace Research;

/// <summary>
/// What docfx is given, and what becomes of its pages: it knows no notebooks, and its own search and navigation work on
/// a server alone.
/// </summary>
internal sealed partial class DocumentationSite
{
    /// <summary>A file that every site has.</summary>
    public const string Mark = "site/pages.js";

    // What a reader calls: the library, and what cells have beside it.
    private static readonly string[] Assemblies = ["HitSong", "Tables", "Notebooks"];

    // Beside those of docs/; the first is where one begins.
    private static readonly string[] Others =
    [
        "README.md",
        "CONTRIBUTING.md",
        "LICENSE",
        "data/README.md",
        "data/demo/README.md",
    ];

    private const string Chart = "application/vnd.plotly.v1+json";

    private const string AboutExamples =
        "<p class=\"about\">As the cell of a notebook in <code>notebooks/</code> that imports every room of "
        + "HitSong and Tables. The tests run it: a comment behind a line says what it gives.</p>";

    private readonly string folder;
    private readonly IReadOnlyDictionary<string, Notebook> notebooks;

    private DocumentationSite(string folder, IReadOnlyDictionary<string, Notebook> notebooks) =>
        (this.folder, this.notebooks) = (folder, notebooks);

    /// <summary>docfx's settings.</summary>
    public string Settings => Path.Combine(folder, "docfx.json");

    /// <summary>Where the pages are.</summary>
    public string Pages => Path.Combine(folder, "_site");

    /// <summary>Copies what becomes pages into a folder, where it lies as in the repository.</summary>
    /// <exception cref="HitSongException">This program was published without the repository.</exception>
    public static DocumentationSite Prepare(string folder)
    {
        string parts = Path.Combine(Workspace.Root, "docs", "site");
        if (!Directory.Exists(parts))
            throw new HitSongException(
                $"{Workspace.Root} has no docs/site: the site is made in the repository, not by what was published."
            );
        foreach (string file in Directory.GetFiles(parts, "*", SearchOption.AllDirectories))
            Copy(file, Path.GetRelativePath(parts, file));
        foreach (string file in Directory.GetFiles(Path.Combine(Workspace.Root, "docs")))
            Copy(file, Path.Combine("docs", Path.GetFileName(file)));
        foreach (string page in Others)
            Copy(Path.Combine(Workspace.Root, page), page == "README.md" ? "index.md" : page);
        string program = AppContext.BaseDirectory;
        foreach (string assembly in Assemblies)
        {
            Copy(Path.Combine(program, $"{assembly}.dll"), Path.Combine("bin", $"{assembly}.dll"));
            WithoutRepetition(Path.Combine(program, $"{assembly}.xml"))
                .Save(Path.Combine(folder, "bin", $"{assembly}.xml"));
        }

        DocumentationSite site = new(
            folder,
            Directory
                .GetFiles(Workspace.Notebooks, "*.ipynb")
                .Order(StringComparer.Ordinal)
                .ToDictionary(path => Path.GetFileNameWithoutExtension(path), Notebook.Load)
        );
        JsonNode settings = JsonNode.Parse(File.ReadAllText(site.Settings))!;
        settings["metadata"]![0]!["references"] = new JsonArray(
            new JsonObject { ["src"] = program, ["files"] = new JsonArray("*.dll") }
        );
        File.WriteAllText(site.Settings, settings.ToJsonString());
        site.WriteNotebooks();
        return site;

        void Copy(string file, string to)
        {
            string target = Path.Combine(folder, to);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    // The compiler says of a primary constructor all that it says of its type: the parameters are enough.
    private static XDocument WithoutRepetition(string file)
    {
        XDocument comments = XDocument.Load(file, LoadOptions.PreserveWhitespace);
        var members = comments.Descendants("member").ToDictionary(member => (string)member.Attribute("name")!);
        foreach (var (name, member) in members.Where(pair => pair.Key.Contains(".#ctor", StringComparison.Ordinal)))
        {
            string type = $"T:{name["M:".Length..name.IndexOf(".#ctor", StringComparison.Ordinal)]}";
            if (members.GetValueOrDefault(type)?.Element("summary")?.Value == member.Element("summary")?.Value)
                member.Elements().Where(element => element.Name != "param").Remove();
        }
        return comments;
    }

    // A page a notebook, of its title and a place for the rest, and their navigation.
    private void WriteNotebooks()
    {
        string pages = Directory.CreateDirectory(Path.Combine(folder, "notebooks")).FullName;
        List<string> items = [];
        foreach (var (name, notebook) in notebooks)
        {
            string title = JsonSerializer.Serialize(notebook.Title ?? name);
            File.WriteAllText(Path.Combine(pages, $"{name}.md"), $"---\ntitle: {title}\n---\n\n{PlaceOf(name)}\n");
            items.Add($"- name: {title}\n  href: {name}.md\n");
        }
        File.WriteAllText(Path.Combine(pages, "toc.yml"), string.Concat(items));
    }

    private static string PlaceOf(string name) => $"<div class=\"notebook\" id=\"{name}\"></div>";

    /// <summary>Puts the notebooks into their pages, and writes what the search looks in.</summary>
    public void Complete()
    {
        foreach (var (name, notebook) in notebooks)
        {
            string page = Path.Combine(Pages, "notebooks", $"{name}.html"),
                body = $"<div class=\"notebook\" id=\"{name}\">\n{NotebookHtml.Body(WithCharts(notebook))}</div>";
            File.WriteAllText(page, File.ReadAllText(page).Replace(PlaceOf(name), body));
        }
        File.WriteAllText(Path.Combine(Pages, "site", "notebook.css"), NotebookHtml.Style);
        // Notebook 6's require.js is not here, so it needs no wrapping.
        File.WriteAllText(Path.Combine(Pages, "site", "plotly.js"), ChartForms.PlotlyJs);
        // With paths of this machine; for a script of docfx that no page has.
        File.Delete(Path.Combine(Pages, "manifest.json"));
        File.Delete(Path.Combine(Pages, "toc.json"));
        List<object> found = [];
        foreach (string file in Directory.GetFiles(Pages, "*.html", SearchOption.AllDirectories).Order())
        {
            string page = Highlighted(File.ReadAllText(file));
            if (Path.GetFileName(file).StartsWith("HitSong.", StringComparison.Ordinal))
                page = Examples().Replace(page, $"$0\n{AboutExamples}");
            File.WriteAllText(file, page);
            found.Add(
                new
                {
                    href = Path.GetRelativePath(Pages, file),
                    title = WebUtility.HtmlDecode(Title().Match(page).Groups["title"].Value.Trim()),
                    text = Text(page),
                }
            );
        }
        File.WriteAllText(Path.Combine(Pages, Mark), $"const pages = {JsonSerializer.Serialize(found)};\n");
    }

    // As it is saved a chart has its picture: beside it what site.js draws it from.
    private static Notebook WithCharts(Notebook saved)
    {
        Notebook notebook = saved.Copy();
        foreach (
            JsonObject data in notebook.Cells.SelectMany(c => c.Outputs).Select(o => o!["data"]).OfType<JsonObject>()
        )
        {
            if (data[Chart] is not { } chart)
                continue;
            string type = data.ContainsKey("image/png") ? "image/png" : "image/jpeg",
                picture = string.Concat(((string?)data[type] ?? "").Where(c => !char.IsWhiteSpace(c))),
                words = WebUtility.HtmlEncode((string?)data["text/plain"] ?? "");
            // System.Text.Json escapes '<', so no text in the data can end the script.
            data["text/html"] =
                $"<div class=\"chart\"><script type=\"application/json\">{chart.ToJsonString()}</script>"
                + $"<img alt=\"{words}\" src=\"data:{type};base64,{picture}\"></div>";
        }
        return notebook;
    }

    private static string Highlighted(string page) =>
        CSharp()
            .Replace(
                page,
                found =>
                {
                    string code = WebUtility.HtmlDecode(found.Groups["code"].Value);
                    return $"<pre><code>{NotebookHtml.Highlight(code)}</code></pre>";
                }
            );

    // What there is to read of a page, in lower case.
    private static string Text(string page) =>
        Spaces()
            .Replace(WebUtility.HtmlDecode(Tags().Replace(Article().Match(page).Value, " ")), " ")
            .Trim()
            .ToLowerInvariant();

    [GeneratedRegex("<title>(?<title>.*?)\\|[^|]*</title>", RegexOptions.Singleline)]
    private static partial Regex Title();

    [GeneratedRegex("<main>.*</main>", RegexOptions.Singleline)]
    private static partial Regex Article();

    [GeneratedRegex("<script.*?</script>|<[^>]*>", RegexOptions.Singleline)]
    private static partial Regex Tags();

    [GeneratedRegex("<h2 id=\"[^\"]*_examples\">.*?</h2>", RegexOptions.Singleline)]
    private static partial Regex Examples();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    [GeneratedRegex("<pre><code class=\"lang-csharp[^\"]*\">(?<code>.*?)</code></pre>", RegexOptions.Singleline)]
    private static partial Regex CSharp();
}
