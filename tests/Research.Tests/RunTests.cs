using System.Text.Json;
using Microsoft.Playwright;
using Tests;

namespace Research.Tests;

public class RunTests
{
    [Fact]
    public async Task The_notebook_is_executed_and_the_report_lives_in_a_browser_without_a_network()
    {
        using var folder = new TemporaryFolder("report");
        var (exitCode, output, errors) = Command.Run("run", "06", "--set", "Epochs=2", "--out", folder.Path);
        Assert.True(exitCode == 0, output + errors);
        Assert.Contains("75.08%", output);

        using var summary = JsonDocument.Parse(File.ReadAllText(folder.At("summary.json")));
        Assert.Equal(["published", "audited"], summary.RootElement.EnumerateArray().Select(run => run.GetProperty("variant").GetString()));
        Assert.Equal([2, 2], summary.RootElement.EnumerateArray().Select(run => run.GetProperty("epochs").GetInt32()));
        Assert.All(summary.RootElement.EnumerateArray(), run => Assert.InRange(run.GetProperty("ceiling").GetDouble(), 0.75, 1));

        Assert.Equal("valid", Python.Run("""
            import sys, nbformat
            notebook = nbformat.read(sys.argv[1], 4)
            nbformat.validate(notebook)
            charts = [o for c in notebook.cells if c.cell_type == "code" for o in c.outputs if "application/vnd.plotly.v1+json" in o.get("data", {})]
            assert len(charts) >= 9, len(charts)
            assert any("<audio" in o.get("data", {}).get("text/html", "") for c in notebook.cells if c.cell_type == "code" for o in c.outputs)
            print("valid")
            """, folder.At("06-tiktok-lstm.ipynb")).Trim());

        using IPlaywright playwright = await Playwright.CreateAsync();
        await using IBrowser browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = "/usr/bin/chromium", Args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"] });
        foreach (string page in new[] { "index.html", "06-tiktok-lstm.html" })
            await ShowsLiveCharts(browser, folder.At(page));
        await FitsATelephone(browser, folder.At("index.html"));
    }

    // Wide things scroll within themselves; the page does not.
    private static async Task FitsATelephone(IBrowser browser, string path)
    {
        await using IBrowserContext context = await browser.NewContextAsync(new() { ViewportSize = new() { Width = 390, Height = 844 } });
        IPage page = await context.NewPageAsync();
        await page.GotoAsync(new Uri(path).AbsoluteUri);
        Assert.InRange(await page.EvaluateAsync<int>("document.documentElement.scrollWidth"), 1, 390);
        // Each row of the overview is a card, which needs no scrolling of its own.
        Assert.True(await page.EvaluateAsync<bool>("[...document.querySelectorAll('table.overview')].every(t => t.getBoundingClientRect().right <= innerWidth) && document.querySelectorAll('table.overview tbody tr').length === 1"));
    }

    private static async Task ShowsLiveCharts(IBrowser browser, string path)
    {
        await using IBrowserContext context = await browser.NewContextAsync(new() { Offline = true });
        IPage page = await context.NewPageAsync();
        var problems = new List<string>();
        page.PageError += (_, error) => problems.Add(error);
        page.Console += (_, message) => { if (message.Type == "error") problems.Add(message.Text); };
        page.Request += (_, request) => { if (!request.Url.StartsWith("file:") && !request.Url.StartsWith("data:") && !request.Url.StartsWith("blob:")) problems.Add(request.Url); };
        await page.GotoAsync(new Uri(path).AbsoluteUri);

        Assert.True(await page.Locator(".js-plotly-plot .main-svg").CountAsync() >= 5);
        // Zooming with the chart's own function changes what is drawn: it is no picture.
        var range = await page.EvaluateAsync<double[]>("""
            async () => {
                const chart = [...document.querySelectorAll('.js-plotly-plot')].find(c => c.layout.title.text.includes('poch') || c.layout.title.text === 'Training');
                await Plotly.relayout(chart, {'xaxis.range': [1, 1.5]});
                return chart._fullLayout.xaxis.range;
            }
            """);
        Assert.Equal([1, 1.5], range);
        Assert.Empty(problems);
    }
}
