using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Notebooks;
using Tests;

namespace Research.Tests;

/// <summary>The site of <c>./research docs</c>, in Chromium. Pictures of it land in artifacts/docs-pictures.</summary>
public sealed partial class DocsTests(DocsTests.Site site) : IClassFixture<DocsTests.Site>
{
    private const string Chart = "application/vnd.plotly.v1+json";

    /// <summary>The site, written once.</summary>
    public sealed class Site : IDisposable
    {
        private readonly TemporaryFolder folder = new();
        private readonly string? missing;

        public Site()
        {
            var restored = Command.InRoot("dotnet", "tool", "restore");
            if (restored.ExitCode != 0)
            {
                missing = $"dotnet tool restore gets no docfx: {restored.Output}{restored.Errors}";
                return;
            }
            var (exitCode, output, errors) = Command.Run("docs", Root);
            Assert.True(exitCode == 0, output + errors);
        }

        public void SkipWithoutDocfx() => Skip.If(missing is not null, missing);

        public string Root => folder.At("site");

        public string At(string page) => Path.Combine(Root, page);

        public IReadOnlyDictionary<string, string> Pages =>
            Directory
                .GetFiles(Root, "*.html", SearchOption.AllDirectories)
                .ToDictionary(file => Path.GetRelativePath(Root, file), File.ReadAllText);

        public void Dispose() => folder.Dispose();
    }

    private async Task InBrowserAsync(string start, Func<IPage, Task> look)
    {
        site.SkipWithoutDocfx();
        using IPlaywright playwright = await Playwright.CreateAsync();
        await using IBrowser browser = await playwright.Chromium.LaunchAsync(
            new() { ExecutablePath = "/usr/bin/chromium", Args = ["--no-sandbox", "--disable-gpu"] }
        );
        IPage page = await browser.NewPageAsync(
            new()
            {
                ViewportSize = new() { Width = 1280, Height = 1400 },
            }
        );
        page.SetDefaultTimeout(60_000);
        List<string> complaints = [];
        page.PageError += (_, error) => complaints.Add(error);
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith("file://", StringComparison.Ordinal) && !request.Url.StartsWith("data:"))
                complaints.Add(request.Url);
        };
        await page.GotoAsync(new Uri(site.At(start)).AbsoluteUri);
        await look(page);
        Assert.Empty(complaints);
    }

    private static Task PictureAsync(IPage page, string name) =>
        page.ScreenshotAsync(new() { Path = Path.Combine(Repository.Root, "artifacts", "docs-pictures", name) });

    [SkippableFact]
    public Task A_type_is_found_by_its_name_and_has_its_example_and_its_members() =>
        InBrowserAsync(
            "index.html",
            async page =>
            {
                await page.FillAsync("#query", "leakaudit");
                await page.ClickAsync("#found a");
                Assert.Equal("Class LeakAudit | Hit song research", await page.TitleAsync());
                string text = await page.InnerTextAsync("main");
                Assert.Contains("var audit = LeakAudit.Of(split, tracks);", text);
                Assert.Contains("Of(Split, IReadOnlyList<Track>, ", text);
                Assert.Equal("Corpus", await page.InnerTextAsync("nav a[aria-current]"));
                await PictureAsync(page, "type.png");
            }
        );

    [SkippableFact]
    public Task What_stands_in_a_page_or_a_notebook_is_found() =>
        InBrowserAsync(
            "api/HitSong.Corpus.Bins.html",
            async page =>
            {
                // As a word of data/demo/README.md, and of the notebook about sound.
                foreach (
                    var (words, title) in ((string, string)[])
                        [
                            ("re-releases synthesizer", "The demo corpus"),
                            ("sections_per_minute", "What a song sounds like"),
                        ]
                )
                {
                    await page.FillAsync("#query", words);
                    await page.Locator("#found a", new() { HasTextString = title }).First.WaitForAsync();
                }
                await PictureAsync(page, "search.png");
                await page.FillAsync("#query", "zzyzx");
                await page.Locator("#found", new() { HasTextString = "Nothing is found." }).WaitForAsync();
            }
        );

    [SkippableFact]
    public Task A_notebook_stands_there_with_its_charts_drawn()
    {
        Notebook notebook = Notebook.Load(Path.Combine(Repository.Root, "notebooks", "01-corpus.ipynb"));
        int charts = notebook.Cells.SelectMany(cell => cell.Outputs).Count(o => o!["data"]?[Chart] is not null);
        return InBrowserAsync(
            "notebooks/01-corpus.html",
            async page =>
            {
                ILocator drawn = page.Locator(".chart.js-plotly-plot .main-svg:first-child");
                await drawn.Nth(charts - 1).WaitForAsync();
                Assert.Equal(charts, await drawn.CountAsync());
                Assert.Equal(notebook.Title, await page.InnerTextAsync("nav a[aria-current]"));
                Assert.Equal(notebook.Title, (await page.InnerTextAsync("h1")).ReplaceLineEndings(" "));
                await drawn.First.ScrollIntoViewIfNeededAsync();
                await PictureAsync(page, "notebook.png");
            }
        );
    }

    [SkippableFact]
    public void No_page_asks_another_host_for_anything()
    {
        site.SkipWithoutDocfx();
        Assert.InRange(site.Pages.Count, 200, 1000);
        Assert.Empty(site.Pages.SelectMany(page => Foreign(page.Value).Select(url => $"{page.Key}: {url}")));
        Assert.Empty(
            Directory
                .GetFiles(site.Root, "*.css", SearchOption.AllDirectories)
                .SelectMany(f => Foreign(File.ReadAllText(f)))
        );
    }

    [Theory]
    [InlineData("<script defer src=\"https://cdn.plot.ly/plotly.js\"></script>")]
    [InlineData("<link rel='stylesheet' href='//fonts.example/a.css'>")]
    [InlineData("<img alt=\"\" src=\"http://example.org/a.png\">")]
    [InlineData("<style>body { background: url(\"https://example.org/a.png\") }</style>")]
    [InlineData("@import \"https://example.org/a.css\";")]
    public void A_page_that_did_would_be_found(string html) => Assert.Single(Foreign(html));

    [Fact]
    public void A_link_that_is_clicked_is_none() => Assert.Empty(Foreign("<a href=\"https://example.org\">there</a>"));

    private static IEnumerable<string> Foreign(string text) => Asked().Matches(text).Select(match => match.Value);

    [SkippableFact]
    public void Every_room_and_notebook_is_in_the_navigation_and_every_link_leads_to_a_page()
    {
        site.SkipWithoutDocfx();
        var pages = site.Pages;
        string navigation = Navigation().Match(pages["index.html"]).Value;
        string[] rooms =
        [
            .. new[] { typeof(HitSong.HitSongException), typeof(Tables.Table), typeof(Engine) }
                .SelectMany(type => type.Assembly.GetExportedTypes())
                .Select(type => $"api/{type.Namespace}.html"),
        ];
        IEnumerable<string> notebooks = Directory
            .GetFiles(Path.Combine(Repository.Root, "notebooks"), "*.ipynb")
            .Select(path => $"notebooks/{Path.GetFileNameWithoutExtension(path)}.html");
        Assert.All(rooms.Concat(notebooks).Distinct(), page => Assert.Contains($"href=\"{page}\"", navigation));

        string[] broken =
        [
            .. pages.SelectMany(page =>
                Links()
                    .Matches(page.Value)
                    .Select(link => (From: page.Key, To: link.Groups["to"].Value))
                    .Where(IsBroken)
                    .Select(link => $"{link.From}: {link.To}")
            ),
        ];
        Assert.Empty(broken);

        bool IsBroken((string From, string To) link)
        {
            string path = WebUtility.HtmlDecode(link.To).Split('#', '?')[0];
            return !Scheme().IsMatch(path)
                && path != ""
                && !File.Exists(
                    Path.Combine(site.Root, Path.GetDirectoryName(link.From)!, Uri.UnescapeDataString(path))
                );
        }
    }

    [Fact]
    public void A_folder_with_other_things_in_it_is_left_alone()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder.At("thesis.tex"), "");
        var (exitCode, _, errors) = Command.Run("docs", folder.Path);
        Assert.Equal(1, exitCode);
        Assert.Contains("name another folder", errors);
        Assert.Single(Directory.GetFileSystemEntries(folder.Path));
    }

    // What a browser asks for by itself.
    [GeneratedRegex(
        """<(?:script|link|img|source|audio|video|iframe|embed)\b[^>]*?\s(?:src|href|srcset)\s*=\s*"""
            + """["']?\s*(?:https?:)?//|url\(\s*["']?(?:https?:)?//|@import\s*["'](?:https?:)?//""",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex Asked();

    [GeneratedRegex("<nav.*?</nav>", RegexOptions.Singleline)]
    private static partial Regex Navigation();

    [GeneratedRegex("<a\\b[^>]*?\\shref=\"(?<to>[^\"]*)\"")]
    private static partial Regex Links();

    [GeneratedRegex("^[a-z]+:", RegexOptions.IgnoreCase)]
    private static partial Regex Scheme();
}
