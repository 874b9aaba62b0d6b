using System.Text.Json.Nodes;
using Microsoft.Playwright;
using Notebooks;
using Tests;

namespace Research.Tests;

/// <summary>Charts of cells, on a page of a notebook and in the pictures beside them.</summary>
[Collection("engine")]
public class ChartPageTests
{
    private const string Chart = "application/vnd.plotly.v1+json";

    private static readonly string[] Cells =
    [
        """
            using HitSong.Charts;
            using HitSong.Evaluation;
            using HitSong.Features;
            using Plotly.NET.CSharp;
            string bad = "</script><script>document.title = 'broken'</script><!-- & \u2028";
            Chart.Column<int, string, string>([3, 4], Keys: new[] { bad, "b" }, Name: bad).WithTitle(bad)
            """,
        """
            Plot.Confusion(new ConfusionMatrix([[3, 1], [0, 2]]), ["no", bad], bad)
                .WithYAxisStyle<double, double, string>(TitleText: bad)
            """,
        "Traces.Marks([bad, \"b\"], [1, null], \"circle\", bad).Styled(bad)",
        "Plot.Spectrogram(new([-1, -2, -3, -4, -5, -6], 2, 3), MelSettings.Librosa with { Bands = 2 })",
        "Traces.Line(Enumerable.Range(0, 300).Select(i => i / 4.0), new double[300]).Styled(\"packed\")",
        "Plot.Boxes([1, 2, 3, 4, 100], [bad, bad, bad, bad, bad], bad)",
        "Plot.Violins([1, 2, 3, 4, 100], [bad, bad, bad, bad, bad], bad)",
        """
            Prediction Song(int label, double p) => new(bad, $"{p}", 0, label, [1 - p, p]);
            Prediction[] songs = [Song(0, 0.1), Song(1, 0.2), Song(0, 0.3), Song(1, 0.9)];
            display(Plot.Roc(songs, ["no", bad]));
            display(Plot.PrecisionRecall(songs, ["no", bad]));
            """,
        "Plot.Overlay(new(new float[6], 2, 3), new([0, 0.5f, 1, 0, 0, 0], 2, 3), "
            + "MelSettings.Librosa with { Bands = 2 })",
    ];

    [Fact]
    public async Task Charts_of_ours_and_of_plotly_net_are_drawn_offline_and_beside_them_and_no_text_is_a_script()
    {
        var notebook = new Notebook();
        foreach (string code in Cells)
            notebook.Cells.Add(new NotebookCell(CellKind.Code, code, $"c{notebook.Cells.Count}"));
        NotebookResult result = await NotebookRunner.RunAsync(notebook, Workspace.CellOptions);
        Assert.Null(result.Failure);

        using TemporaryFolder folder = new();
        File.WriteAllText(folder.At("page.html"), NotebookHtml.Render(result.Notebook));
        using IPlaywright playwright = await Playwright.CreateAsync();
        await using IBrowser browser = await playwright.Chromium.LaunchAsync(
            new() { ExecutablePath = "/usr/bin/chromium", Args = ["--no-sandbox", "--disable-gpu"] }
        );
        await using IBrowserContext context = await browser.NewContextAsync(new() { Offline = true });
        IPage page = await context.NewPageAsync();
        var problems = new List<string>();
        page.PageError += (_, error) => problems.Add(error);
        await page.GotoAsync(new Uri(folder.At("page.html")).AbsoluteUri);
        Assert.Equal(10, await page.Locator(".js-plotly-plot .main-svg:first-child").CountAsync());
        Assert.NotEqual("broken", await page.TitleAsync());
        Assert.Equal(0, await page.Locator(".js-plotly-plot script").CountAsync());
        Assert.Empty(problems);
        await Drawn([-4, -5, -6], 3, "[...plot.calcdata[0][0].z[1]]");
        await Drawn([299 / 4.0], 4, "[plot.calcdata[0][299].x]");
        await Drawn([2, 3, 4, 1, 4, 22], 5, "['q1', 'med', 'q3', 'lf', 'uf', 'mean'].map(n => box[n])");
        await Drawn([100], 5, "box.pts2.map(point => point.v)");

        Notebook kept = CommittedNotebook.Of(result.Notebook);
        Pictures.AddTo([kept]);
        JsonNode[] bundles = [.. kept.Cells.SelectMany(cell => cell.Outputs).Select(output => output!["data"]!)];
        Assert.Equal(10, bundles.Count(bundle => bundle[Chart] is not null));
        foreach (JsonNode bundle in bundles)
        {
            byte[] picture = Convert.FromBase64String((string)(bundle["image/png"] ?? bundle["image/jpeg"])!);
            Assert.True(picture.Length > 2000);
        }

        async Task Drawn(double[] expected, int chart, string expression)
        {
            double[] found = await page.EvaluateAsync<double[]>(
                $$"""
                () => {
                    const plot = document.querySelectorAll('.js-plotly-plot')[{{chart}}], box = plot.calcdata[0][0];
                    return {{expression}};
                }
                """
            );
            Assert.Equal(expected, found);
        }
    }
}
