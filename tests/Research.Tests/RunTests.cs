using System.Text.Json;
using Microsoft.Playwright;
using Tests;

namespace Research.Tests;

[Collection(nameof(ExecutedNotebooks))]
public class RunTests(ExecutedNotebooks executed)
{
    [Fact]
    public async Task The_notebooks_are_executed_and_the_report_lives_in_a_browser_without_a_network()
    {
        Assert.Contains("75.08%", executed.Output);
        using var summary = JsonDocument.Parse(File.ReadAllText(executed.At("summary.json")));
        JsonElement[] runs =
        [
            .. summary
                .RootElement.EnumerateArray()
                .Where(run => run.GetProperty("experiment").GetString() == "tiktok-lstm"),
        ];
        Assert.Equal(["published", "audited"], runs.Select(run => run.GetProperty("variant").GetString()));
        // As published, clips of every song stand on both sides: who remembers them is right, and no ceiling holds.
        Assert.Equal(JsonValueKind.Null, runs[0].GetProperty("ceiling").ValueKind);
        Assert.InRange(runs[1].GetProperty("ceiling").GetDouble(), 0.75, 1);

        Assert.Equal(
            "valid",
            Python
                .Run(
                    """
                    import sys, nbformat
                    notebook = nbformat.read(sys.argv[1], 4)
                    nbformat.validate(notebook)
                    outputs = [o for c in notebook.cells if c.cell_type == "code" for o in c.outputs]
                    bundles = [o.get("data", {}) for o in outputs]
                    charts = [data for data in bundles if "application/vnd.plotly.v1+json" in data]
                    assert len(charts) >= 9, len(charts)
                    assert any("<audio" in data.get("text/html", "") for data in bundles)
                    print("valid")
                    """,
                    executed.At("06-tiktok-lstm.ipynb")
                )
                .Trim()
        );

        using IPlaywright playwright = await Playwright.CreateAsync();
        await using IBrowser browser = await playwright.Chromium.LaunchAsync(
            new()
            {
                ExecutablePath = "/usr/bin/chromium",
                Args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
            }
        );
        foreach (string page in new[] { "index.html", "06-tiktok-lstm.html" })
            await ShowsLiveCharts(browser, executed.At(page));
        await FitsATelephone(browser, executed.At("index.html"));
    }

    [Fact]
    public void A_parameter_is_set_and_a_notebook_with_outputs_gives_those_of_this_run()
    {
        using var folder = new TemporaryFolder("report");
        var (exitCode, output, errors) = Command.Run("run", "03", "--set", "Steps=20", "--out", folder.Path);
        Assert.True(exitCode == 0, output + errors);
        string notebook = File.ReadAllText(folder.At("03-tensors.ipynb"));
        Assert.Contains("after 20 steps", notebook);
        Assert.DoesNotContain("after 200 steps", notebook);
    }

    [Fact]
    public void Changed_parameters_are_not_saved()
    {
        var (exitCode, _, errors) = Command.Run("run", "03", "--set", "Steps=20", "--save");
        Assert.NotEqual(0, exitCode);
        Assert.Contains("leave --set away", errors);
    }

    // Wide things scroll within themselves; the page does not.
    private static async Task FitsATelephone(IBrowser browser, string path)
    {
        await using IBrowserContext context = await browser.NewContextAsync(
            new()
            {
                ViewportSize = new() { Width = 390, Height = 844 },
            }
        );
        IPage page = await context.NewPageAsync();
        await page.GotoAsync(new Uri(path).AbsoluteUri);
        Assert.InRange(await page.EvaluateAsync<int>("document.documentElement.scrollWidth"), 1, 390);
        // What a network listens to, laid over a song.
        Assert.True(
            await page.EvaluateAsync<bool>(
                "[...document.images].some(i => i.naturalWidth === 800 && i.naturalHeight === 320)"
            )
        );
        Assert.Equal(
            ExecutedNotebooks.Executed.Select(name => Path.ChangeExtension(name, ".html")),
            await page.EvaluateAsync<string[]>(
                "[...document.querySelectorAll('a[href]')].map(a => a.getAttribute('href'))"
                    + ".filter(link => link.endsWith('.html'))"
            )
        );
        // Each row of the overview is a card, which needs no scrolling of its own.
        Assert.True(
            await page.EvaluateAsync<bool>(
                "[...document.querySelectorAll('table.overview')]"
                    + ".every(t => t.getBoundingClientRect().right <= innerWidth)"
            )
        );
    }

    private static async Task ShowsLiveCharts(IBrowser browser, string path)
    {
        await using IBrowserContext context = await browser.NewContextAsync(new() { Offline = true });
        IPage page = await context.NewPageAsync();
        var problems = new List<string>();
        page.PageError += (_, error) => problems.Add(error);
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
                problems.Add(message.Text);
        };
        page.Request += (_, request) =>
        {
            if (
                !request.Url.StartsWith("file:")
                && !request.Url.StartsWith("data:")
                && !request.Url.StartsWith("blob:")
            )
                problems.Add(request.Url);
        };
        await page.GotoAsync(new Uri(path).AbsoluteUri);

        Assert.True(await page.Locator(".js-plotly-plot .main-svg").CountAsync() >= 5);
        // Zooming with the chart's own function changes what is drawn: it is no picture.
        var range = await page.EvaluateAsync<double[]>(
            """
            async () => {
                const chart = [...document.querySelectorAll('.js-plotly-plot')].find(c =>
                    c.layout.title.text.includes('poch') || c.layout.title.text === 'Training');
                await Plotly.relayout(chart, {'xaxis.range': [1, 1.5]});
                return chart._fullLayout.xaxis.range;
            }
            """
        );
        Assert.Equal([1, 1.5], range);
        Assert.Empty(problems);
    }
}
