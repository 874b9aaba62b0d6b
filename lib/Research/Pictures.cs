using System.Diagnostics;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using HitSong.Charts;
using Notebooks;

namespace Research;

/// <summary>
/// Static pictures beside the charts of notebooks, for code hosts that run no scripts: plotly.js draws them in a
/// headless Chromium.
/// </summary>
internal static partial class Pictures
{
    private const string Chart = "application/vnd.plotly.v1+json",
        Png = "image/png";

    // Larger pictures (base64 characters) become JPEG.
    private const int LargePng = 49_152;

    /// <summary>Tells before a long execution, and not after it, that there is nothing to draw with.</summary>
    /// <exception cref="UsageException">Chromium is missing.</exception>
    public static void CheckChromium()
    {
        using Process browser = Chromium("--version");
        browser.StandardOutput.ReadToEnd();
        browser.WaitForExit();
    }

    /// <summary>
    /// Gives each chart its picture and makes large pictures small, in place; all in one start of the browser.
    /// </summary>
    /// <exception cref="UsageException">Chromium is missing, or draws not.</exception>
    public static void AddTo(IEnumerable<Notebook> notebooks)
    {
        JsonObject[] bundles =
        [
            .. notebooks
                .SelectMany(n => n.Cells)
                .SelectMany(c => c.Outputs)
                .Select(o => o!["data"])
                .OfType<JsonObject>()
                .Where(b => b.ContainsKey(Chart) || ((string?)b[Png])?.Length > LargePng),
        ];
        if (bundles.Length == 0)
            return;
        string[] pictures = Draw([.. bundles.Select(b => (b[Chart] ?? b[Png])!.DeepClone())]);
        foreach ((JsonObject bundle, string picture) in bundles.Zip(pictures))
        {
            bundle.Remove(Png);
            Match data = DataUrl().Match(picture);
            bundle[data.Groups["type"].Value] = data.Groups["base64"].Value;
        }
    }

    // Of each chart a PNG, or a JPEG where that is large; of each PNG a JPEG.
    private static string[] Draw(JsonArray sources)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("hitsong-pictures-");
        try
        {
            string page = Path.Combine(folder.FullName, "page.html");
            // System.Text.Json escapes '<', so no text in the data can end the script.
            File.WriteAllText(
                page,
                $$"""
                <!DOCTYPE html><meta charset="utf-8"><body>
                <script>{{ChartForms.PlotlyJs}}</script>
                <script id="sources" type="application/json">{{sources.ToJsonString()}}</script>
                <pre id="pictures"></pre>
                <script>
                async function picture(source) {
                    if (typeof source === 'string')
                        return jpeg('data:image/png;base64,' + source.replace(/\s/g, ''), 0.5);
                    const size = {format: 'png', width: 800, height: source.layout.height || 380};
                    const draw = layout => Plotly.toImage({data: source.data, layout}, size);
                    const png = await draw(source.layout);
                    if (png.length <= {{LargePng}}) return png;
                    // JPEG knows no transparency.
                    return jpeg(await draw({...source.layout, paper_bgcolor: 'white', plot_bgcolor: 'white'}), 0.7);
                }
                async function jpeg(url, quality) {
                    const image = new Image();
                    const loaded = new Promise((done, failed) => {
                        image.onload = done;
                        image.onerror = () => failed('a picture of a notebook is no PNG');
                    });
                    image.src = url;
                    await loaded;
                    const canvas = document.createElement('canvas');
                    [canvas.width, canvas.height] = [image.width, image.height];
                    canvas.getContext('2d').drawImage(image, 0, 0);
                    return canvas.toDataURL('image/jpeg', quality);
                }
                (async () => {
                    const pictures = [];
                    const sources = JSON.parse(document.getElementById('sources').textContent);
                    for (const source of sources) pictures.push(await picture(source));
                    document.getElementById('pictures').textContent = JSON.stringify(pictures);
                })().catch(error => document.getElementById('pictures').textContent = error);
                </script></body>
                """
            );
            string text = WebUtility.HtmlDecode(Result().Match(Browse(page, folder.FullName)).Groups["json"].Value);
            try
            {
                return JsonSerializer.Deserialize<string[]>(text)!;
            }
            catch (JsonException)
            {
                string reason = text == "" ? "; it may be short of memory or of /dev/shm" : $": {text}";
                throw new UsageException($"Chromium drew no pictures{reason}. Nothing was saved.");
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string Browse(string page, string folder)
    {
        // The page is our own and a file: without the sandbox it works in containers and for root too.
        using Process browser = Chromium(
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            $"--user-data-dir={Path.Combine(folder, "profile")}",
            "--virtual-time-budget=600000",
            "--dump-dom",
            new Uri(page).AbsoluteUri
        );
        string document = browser.StandardOutput.ReadToEnd();
        browser.WaitForExit();
        return document;
    }

    private static Process Chromium(params string[] arguments)
    {
        try
        {
            Process browser = Process.Start(
                new ProcessStartInfo("chromium", arguments)
                {
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                }
            )!;
            browser.ErrorDataReceived += (_, _) => { };
            browser.BeginErrorReadLine();
            return browser;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            throw new UsageException(
                "--save draws the charts' pictures with Chromium, which is missing: ./research setup "
                    + "installs it, or apt-get install chromium. Nothing was saved."
            );
        }
    }

    [GeneratedRegex("<pre id=\"pictures\">(?<json>.*?)</pre>", RegexOptions.Singleline)]
    private static partial Regex Result();

    [GeneratedRegex("^data:(?<type>[^;]+);base64,(?<base64>.*)$", RegexOptions.Singleline)]
    private static partial Regex DataUrl();
}
