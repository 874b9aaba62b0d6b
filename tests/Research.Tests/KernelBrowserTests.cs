using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Playwright;

namespace Research.Tests;

/// <summary>Jupyter Notebook in a browser, on our kernel.</summary>
public class KernelBrowserTests(KernelClients clients) : IClassFixture<KernelClients>
{
    [Fact]
    public async Task A_notebook_is_opened_run_interrupted_and_restarted()
    {
        string notebook = Path.Combine(clients.Prefix, "browser.ipynb");
        var cells = new Notebooks.Notebook();
        foreach (string code in new[] { "using HitSong.Charts;\nnew Figure(\"Loss\", Trace.Line([1, 2, 3], [3.0, 2, 1]))", "int x = 40 + 2;\nx", "Console.Write(\"running\"); while (true) { }", "x + 1" })
            cells.Cells.Add(new Notebooks.NotebookCell(Notebooks.CellKind.Code, code, $"c{cells.Cells.Count}"));
        cells.Save(notebook);
        using Process server = StartServer(out string address);
        try
        {
            using IPlaywright playwright = await Playwright.CreateAsync();
            await using IBrowser browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = "/usr/bin/chromium", Args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"] });
            IPage page = await browser.NewPageAsync();
            page.SetDefaultTimeout(60_000);
            await page.GotoAsync($"{address}notebooks/browser.ipynb");
            await page.WaitForFunctionAsync("() => Jupyter.notebook && Jupyter.notebook.kernel && Jupyter.notebook.kernel.is_connected()");
            Assert.Equal("C#", (await page.Locator(".kernel_indicator_name", new() { HasTextString = "C#" }).InnerTextAsync()).Trim());

            await page.ClickAsync("#celllink");
            await page.ClickAsync("#run_all_cells");
            await page.Locator(".cell:nth-of-type(3) .output_stdout", new() { HasTextString = "running" }).WaitForAsync();
            Assert.Equal("42", await page.Locator(".cell:nth-of-type(2) .output_result pre").InnerTextAsync());
            await page.Locator(".cell:nth-of-type(1) .js-plotly-plot .main-svg").First.WaitForAsync();

            await page.ClickAsync("button[data-jupyter-action='jupyter-notebook:interrupt-kernel']");
            await page.Locator(".cell:nth-of-type(3) .output_error", new() { HasTextString = "Interrupted" }).WaitForAsync();
            Assert.Equal(0, await page.Locator(".cell:nth-of-type(4) .output_result").CountAsync());
            await page.EvaluateAsync("Jupyter.notebook.execute_cells([3])");
            await page.Locator(".cell:nth-of-type(4) .output_result", new() { HasTextString = "43" }).WaitForAsync();

            await page.ClickAsync("#kernellink");
            await page.ClickAsync("#restart_kernel");
            await page.ClickAsync(".modal-footer .btn-danger");
            await page.WaitForFunctionAsync("() => Jupyter.notebook.kernel.is_connected()");
            await page.EvaluateAsync("Jupyter.notebook.execute_cells([3])");
            await page.Locator(".cell:nth-of-type(4) .output_error", new() { HasTextString = "CS0103" }).WaitForAsync();
        }
        finally
        {
            server.Kill(entireProcessTree: true);
        }
    }

    private Process StartServer(out string address)
    {
        int port = FreePort();
        string[] arguments = ["-m", "notebook", "--no-browser", "--allow-root", $"--port={port}", "--port-retries=0", "--ip=127.0.0.1", $"--notebook-dir={clients.Prefix}", "--NotebookApp.token="];
        var start = new ProcessStartInfo("/usr/bin/python3", arguments) { RedirectStandardError = true };
        foreach ((string name, string folder) in new[] { ("JUPYTER_PATH", "share/jupyter"), ("JUPYTER_DATA_DIR", "user"), ("JUPYTER_CONFIG_DIR", "config"), ("JUPYTER_RUNTIME_DIR", "runtime"), ("IPYTHONDIR", "ipython") })
            start.Environment[name] = Path.Combine(clients.Prefix, folder);
        Process server = Process.Start(start)!;
        address = $"http://127.0.0.1:{port}/";
        string said = "";
        while (server.StandardError.ReadLine() is { } line)
        {
            said += line + "\n";
            if (!line.Contains("is running at", StringComparison.Ordinal)) continue;
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
