using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Playwright;
using Tests;

namespace Research.Tests;

/// <summary>Jupyter Notebook in a browser, on our kernel.</summary>
public class KernelBrowserTests(KernelClients clients) : IClassFixture<KernelClients>
{
    [Fact]
    public async Task A_notebook_is_opened_run_interrupted_and_restarted()
    {
        Save(
            "browser.ipynb",
            "using HitSong.Charts;\nTraces.Line([1, 2, 3], [3, 2, 1]).Styled(\"Loss\")",
            "int x = 40 + 2;\nx",
            "Console.Write(\"running\"); while (true) { }",
            "x + 1"
        );
        await InNotebook(
            "browser.ipynb",
            async page =>
            {
                ILocator kernel = page.Locator(".kernel_indicator_name", new() { HasTextString = "C#" });
                Assert.Equal("C#", (await kernel.InnerTextAsync()).Trim());
                await RunAll(page);
                await page.Locator(".cell:nth-of-type(3) .output_stdout", new() { HasTextString = "running" })
                    .WaitForAsync();
                Assert.Equal("42", await page.Locator(".cell:nth-of-type(2) .output_result pre").InnerTextAsync());
                await page.Locator(".cell:nth-of-type(1) .js-plotly-plot .main-svg").First.WaitForAsync();

                await page.ClickAsync("button[data-jupyter-action='jupyter-notebook:interrupt-kernel']");
                await page.Locator(".cell:nth-of-type(3) .output_error", new() { HasTextString = "Interrupted" })
                    .WaitForAsync();
                Assert.Equal(0, await page.Locator(".cell:nth-of-type(4) .output_result").CountAsync());
                await page.EvaluateAsync("Jupyter.notebook.execute_cells([3])");
                await page.Locator(".cell:nth-of-type(4) .output_result", new() { HasTextString = "43" })
                    .WaitForAsync();

                await page.ClickAsync("#kernellink");
                await page.ClickAsync("#restart_kernel");
                await page.ClickAsync(".modal-footer .btn-danger");
                await page.WaitForFunctionAsync("() => Jupyter.notebook.kernel.is_connected()");
                await page.EvaluateAsync("Jupyter.notebook.execute_cells([3])");
                await page.Locator(".cell:nth-of-type(4) .output_error", new() { HasTextString = "CS0103" })
                    .WaitForAsync();
            }
        );
    }

    // Debian's Notebook draws no widgets of ipywidgets 8; their own front end is put into its page, on the page's
    // connection to the kernel.
    private const string Widgets = """
        () => new Promise((ready, failed) => require(['@jupyter-widgets/html-manager'], html => {
            const manager = new html.HTMLManager(), kernel = Jupyter.notebook.kernel;
            kernel.comm_manager.register_target(
                'jupyter.widget', (comm, message) => manager.handle_comm_open(comm, message));
            const type = 'application/vnd.jupyter.widget-view+json';
            Jupyter.notebook.get_cell(0).output_area.register_mime_type(type, (data, metadata, element) => {
                const place = $('<div/>').appendTo(element);
                manager.get_model(data.model_id)
                    .then(model => manager.create_view(model))
                    .then(view => manager.display_view(view, place[0]));
                return place;
            }, { safe: true, index: 0 });
            ready();
        }, failed))
        """;

    [Fact]
    public async Task Controls_are_dragged_typed_into_chosen_and_clicked_and_the_chart_follows()
    {
        Save(
            "controls.ipynb",
            """
            using HitSong.Charts;
            Plotly.NET.GenericChart Draw(string what) => Traces.Line([0, 1, 2], [0, 1, what.Length]).Styled(what);
            var chart = display(Draw("nothing"));
            """,
            """
            display(Controls.Slider("dropout", 0.5, 0, 1).OnChange(p => chart.Update(Draw($"dropout {p}"))));
            display(Controls.Number("layers", 2, 1, 9).OnChange(n => chart.Update(Draw($"layers {n}"))));
            display(Controls.Choice("model", "CNN", "LSTM").OnChange(m => chart.Update(Draw($"model {m}"))));
            display(Controls.Checkbox("log").OnChange(on => chart.Update(Draw($"log {on}"))));
            display(Controls.Button("Train", () => chart.Update(Draw("trained"))));
            """
        );
        await InNotebook(
            "controls.ipynb",
            async page =>
            {
                await DrawWidgets(page);
                await RunAll(page);
                async Task Follows(string title) =>
                    await page.Locator(".js-plotly-plot .gtitle", new() { HasTextString = title }).First.WaitForAsync();
                await Follows("nothing");

                ILocator handle = page.Locator(".widget-slider .noUi-handle"),
                    readout = page.Locator(".widget-slider .widget-readout");
                Assert.Equal("0.5", await readout.InnerTextAsync());
                await handle.ScrollIntoViewIfNeededAsync();
                LocatorBoundingBoxResult knob = (await handle.BoundingBoxAsync())!,
                    bar = (await page.Locator(".widget-slider .noUi-target").BoundingBoxAsync())!;
                await page.Mouse.MoveAsync(knob.X + knob.Width / 2, knob.Y + knob.Height / 2);
                await page.Mouse.DownAsync();
                for (float at = 0.5f; at <= 0.8f; at += 0.05f)
                    await page.Mouse.MoveAsync(bar.X + at * bar.Width, knob.Y + knob.Height / 2);
                await Follows("dropout 0.");
                await page.Mouse.UpAsync();
                string dragged = await readout.InnerTextAsync();
                Assert.InRange(double.Parse(dragged, System.Globalization.CultureInfo.InvariantCulture), 0.7, 0.9);
                await Follows($"dropout {dragged}");

                await page.Locator(".widget-text input").FillAsync("7");
                await page.Locator(".widget-text input").PressAsync("Enter");
                await Follows("layers 7");
                await page.Locator(".widget-dropdown select").SelectOptionAsync("LSTM");
                await Follows("model LSTM");
                await page.Locator(".widget-checkbox input").CheckAsync();
                await Follows("log True");
                await page.Locator("button.widget-button").ClickAsync();
                await Follows("trained");
            }
        );
    }

    [Fact]
    public async Task A_panel_trains_what_is_set_while_other_cells_run_stops_and_lists_its_runs()
    {
        Save(
            "panel.ipynb",
            """"
            using HitSong.Charts;
            using HitSong.Corpus;
            using HitSong.Experiments;
            var corpus = DemoCorpus.Open("corpus", new() { Songs = 160, Artists = 40, Seconds = 1 });
            var recipe = Recipes.Find("spotify-mlp-bins4", "audited").With("Training.Epochs", "30");
            var panel = Panel.For(recipe, Source.Demo(corpus), new RunStore("runs"),
                "Training.LearningRate=0.0001..0.01", "Training.BatchSize=16,32",
                "Training.Epochs", "Training.ClassWeights");
            panel
            """",
            "$\"{panel.Runs.Count} runs, {panel.Recipe.Training.BatchSize} a batch\""
        );
        await InNotebook(
            "panel.ipynb",
            async page =>
            {
                await DrawWidgets(page);
                await RunAll(page);
                ILocator train = page.GetByRole(AriaRole.Button, new() { Name = "Train", Exact = true }),
                    stop = page.GetByRole(AriaRole.Button, new() { Name = "Stop", Exact = true }),
                    epochs = page.Locator(".widget-text input"),
                    rows = page.Locator(".widget-html table tbody tr");
                async Task CurveSays(string title) =>
                    await page.Locator(".js-plotly-plot .gtitle", new() { HasTextString = title }).First.WaitForAsync();
                async Task Becomes(ILocator button, bool enabled) =>
                    await (
                        enabled
                            ? page.Locator("button:enabled").And(button)
                            : page.Locator("button:disabled").And(button)
                    ).WaitForAsync();

                await train.WaitForAsync();
                await Becomes(stop, enabled: false);
                Assert.Equal("0.001", await page.Locator(".widget-slider .widget-readout").InnerTextAsync());
                await page.Locator(".widget-dropdown select").SelectOptionAsync("16");
                await page.Locator(".widget-checkbox input").CheckAsync();
                await train.ClickAsync();
                await CurveSays("epoch 30 of 30");
                await rows.First.WaitForAsync();
                Assert.Matches(
                    @"^1\s0\.001\s16\s30\strue\s30\s\d\.\d{3} ★\s\d+\.\d%$",
                    await rows.First.InnerTextAsync()
                );
                string picture = Path.Combine(Repository.Root, "artifacts", "panel", "panel.png");
                Directory.CreateDirectory(Path.GetDirectoryName(picture)!);
                await page.SetViewportSizeAsync(1280, 1200);
                await page.Locator(".cell").First.ScreenshotAsync(new() { Path = picture });

                // A long one, beside which the notebook goes on, and which ends after an epoch.
                await Becomes(train, enabled: true);
                await epochs.FillAsync("100000");
                await epochs.PressAsync("Enter");
                await train.ClickAsync();
                await CurveSays("of 100000");
                await page.EvaluateAsync("Jupyter.notebook.execute_cells([1])");
                await page.Locator(
                        ".cell:nth-of-type(2) .output_result",
                        new() { HasTextString = "1 runs, 16 a batch" }
                    )
                    .WaitForAsync();
                await stop.ClickAsync();
                await rows.Nth(1).WaitForAsync();
                string[] second = (await rows.Nth(1).InnerTextAsync()).Split('\t');
                Assert.Equal("100000", second[3]);
                Assert.InRange(int.Parse(second[5], System.Globalization.CultureInfo.InvariantCulture), 1, 99_999);

                // What the recipe refuses is said, and does not train.
                await Becomes(train, enabled: true);
                await epochs.FillAsync("-1");
                await epochs.PressAsync("Enter");
                await page.GetByText("epochs, batch size and threads must be at least 1").WaitForAsync();
                await Becomes(train, enabled: false);
                await epochs.FillAsync("2");
                await epochs.PressAsync("Enter");
                await Becomes(train, enabled: true);
            }
        );
    }

    private static async Task DrawWidgets(IPage page)
    {
        string[] script = ["node_modules", "@jupyter-widgets", "html-manager", "dist", "libembed-amd.js"];
        await page.AddScriptTagAsync(new() { Path = Path.Combine([Repository.Root, .. script]) });
        await page.EvaluateAsync(Widgets);
    }

    private void Save(string name, params string[] cells)
    {
        var notebook = new Notebooks.Notebook();
        foreach (string code in cells)
            notebook.Cells.Add(new Notebooks.NotebookCell(Notebooks.CellKind.Code, code, $"c{notebook.Cells.Count}"));
        notebook.Save(Path.Combine(clients.Prefix, name));
    }

    private static async Task RunAll(IPage page)
    {
        await page.ClickAsync("#celllink");
        await page.ClickAsync("#run_all_cells");
    }

    private async Task InNotebook(string name, Func<IPage, Task> work)
    {
        using Process server = StartServer(out string address);
        try
        {
            using IPlaywright playwright = await Playwright.CreateAsync();
            await using IBrowser browser = await playwright.Chromium.LaunchAsync(
                new()
                {
                    ExecutablePath = "/usr/bin/chromium",
                    Args =
                    [
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-background-networking",
                        "--disable-component-update",
                        "--disable-sync",
                    ],
                }
            );
            IPage page = await browser.NewPageAsync();
            page.SetDefaultTimeout(60_000);
            await page.GotoAsync($"{address}notebooks/{name}");
            await page.WaitForFunctionAsync(
                "() => Jupyter.notebook && Jupyter.notebook.kernel && Jupyter.notebook.kernel.is_connected()"
            );
            await work(page);
        }
        finally
        {
            server.Kill(entireProcessTree: true);
        }
    }

    private Process StartServer(out string address)
    {
        int port = FreePort();
        string[] arguments =
        [
            "-m",
            "notebook",
            "--no-browser",
            "--allow-root",
            $"--port={port}",
            "--port-retries=0",
            "--ip=127.0.0.1",
            $"--notebook-dir={clients.Prefix}",
            "--NotebookApp.token=",
        ];
        var start = new ProcessStartInfo("/usr/bin/python3", arguments) { RedirectStandardError = true };
        (string Name, string Folder)[] folders =
        [
            ("JUPYTER_PATH", "share/jupyter"),
            ("JUPYTER_DATA_DIR", "user"),
            ("JUPYTER_CONFIG_DIR", "config"),
            ("JUPYTER_RUNTIME_DIR", "runtime"),
            ("IPYTHONDIR", "ipython"),
        ];
        foreach (var (name, folder) in folders)
            start.Environment[name] = Path.Combine(clients.Prefix, folder);
        Process server = Process.Start(start)!;
        address = $"http://127.0.0.1:{port}/";
        string said = "";
        while (server.StandardError.ReadLine() is { } line)
        {
            said += line + "\n";
            if (!line.Contains("is running at", StringComparison.Ordinal))
                continue;
            _ = server.StandardError.ReadToEndAsync();
            return server;
        }
        throw new InvalidOperationException($"Jupyter Notebook didn't start:\n{said}");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
