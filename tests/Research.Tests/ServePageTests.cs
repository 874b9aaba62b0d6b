using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Microsoft.Playwright;
using Tests;

namespace Research.Tests;

/// <summary>The page of <c>./research serve</c>, in Chromium. Its pictures land in artifacts/serve.</summary>
[Collection("serve")]
public sealed class ServePageTests(Serving serving) : IAsyncLifetime
{
    private static readonly string pictures = Path.Combine(Repository.Root, "artifacts", "serve");

    private readonly List<string> complaints = [];
    private IPlaywright playwright = null!;
    private IBrowser browser = null!;

    public async Task InitializeAsync()
    {
        Directory.CreateDirectory(pictures);
        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(
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
    }

    public async Task DisposeAsync()
    {
        await browser.DisposeAsync();
        playwright.Dispose();
    }

    private async Task<IPage> OpenAsync(
        string section = "songs",
        ColorScheme scheme = ColorScheme.Light,
        (int Width, int Height)? size = null,
        Uri? address = null
    )
    {
        address ??= serving.Client.BaseAddress!;
        IPage page = await browser.NewPageAsync(
            new()
            {
                ColorScheme = scheme,
                ViewportSize = new() { Width = size?.Width ?? 1280, Height = size?.Height ?? 900 },
                HasTouch = size is not null,
            }
        );
        page.SetDefaultTimeout(60_000);
        // What the policy forbids, what a script throws, and what is not of this server.
        page.Console += (_, message) =>
        {
            if (message.Type == "error" && !message.Text.Contains("status of 4", StringComparison.Ordinal))
                complaints.Add(message.Text);
        };
        page.PageError += (_, error) => complaints.Add(error);
        page.Request += (_, request) =>
        {
            if (
                !request.Url.StartsWith(address.ToString(), StringComparison.Ordinal)
                && !request.Url.StartsWith("blob:", StringComparison.Ordinal)
            )
                complaints.Add(request.Url);
        };
        await page.GotoAsync($"{address}#{section}");
        await page.WaitForSelectorAsync("html[data-ready]");
        return page;
    }

    private static async Task ChooseAsync(IPage page, params string[] files)
    {
        await page.SetInputFilesAsync("#files", files);
        await page.WaitForFunctionAsync(
            "count => document.querySelectorAll('#cards .bars, #cards .trouble').length >= count",
            files.Length
        );
    }

    // How many colours there are on a canvas.
    private static Task<int> ColoursAsync(ILocator canvas) =>
        canvas.EvaluateAsync<int>(
            "c => new Set(new Uint32Array(c.getContext('2d').getImageData(0, 0, c.width, c.height).data.buffer)).size"
        );

    [Fact]
    public async Task An_mp3_and_an_m4a_are_played_drawn_and_looked_into()
    {
        IPage page = await OpenAsync();
        await ChooseAsync(page, Serving.Songs[0], serving.M4a);
        Assert.Equal(2, await page.Locator(".card .bars").CountAsync());
        for (int card = 0; card < 2; card++)
        {
            ILocator song = page.Locator("#cards .card").Nth(card);
            Assert.True(await ColoursAsync(song.Locator("canvas").First) > 100);
            Assert.Contains("Likeliest popularity", await song.Locator(".headline").InnerTextAsync());
            // The browser plays the file itself.
            await page.WaitForFunctionAsync("n => document.querySelectorAll('audio')[n].duration > 10", card);
        }
        ILocator first = page.Locator("#cards .card").First;
        Assert.Equal(
            1,
            await first
                .Locator(".glow")
                .EvaluateAsync<int>(
                    "c => new Set(new Uint32Array("
                        + "c.getContext('2d').getImageData(0, 0, c.width, c.height).data.buffer)).size"
                )
        );
        await first.GetByLabel("Where the model looks").CheckAsync();
        await first.Locator(".look .quiet", new() { HasTextString = "Bright is what speaks for" }).WaitForAsync();
        Assert.True(await ColoursAsync(first.Locator(".glow")) > 10);
        await first.GetByLabel("Strength of the attention").FillAsync("30");
        Assert.Equal("0.3", await first.Locator(".glow").EvaluateAsync<string>("c => c.style.opacity"));
        await page.EvaluateAsync("document.querySelectorAll('audio')[0].currentTime = 4");
        await first.Locator(".needle").WaitForAsync();
        await page.EvaluateAsync("scrollTo(0, 0)");
        await page.ScreenshotAsync(new() { Path = Path.Combine(pictures, "song.png"), FullPage = true });
        Assert.Empty(complaints);
    }

    [Fact]
    public async Task A_songs_sound_stands_beside_the_verdict_and_fills_the_form()
    {
        IPage page = await OpenAsync();
        await ChooseAsync(page, Serving.Songs[0]);
        ILocator summary = page.Locator(".card .sound summary", new() { HasTextString = "Measured:" });
        await summary.WaitForAsync();
        Assert.Matches(@"\d+\.\d beats/min, [A-G]♯? (major|minor), -\d+\.\d LUFS", await summary.InnerTextAsync());
        await summary.ClickAsync();
        Assert.Contains("ITU-R BS.1770-4", await page.Locator(".card .sound table").InnerTextAsync());

        await page.Locator("nav a[href='#numbers']").ClickAsync();
        await page.Locator("#form-headline", new() { HasTextString = "Likeliest" }).WaitForAsync();
        string typical = await page.Locator("#value-tempo").InnerTextAsync();
        await page.SetInputFilesAsync("#recording", Serving.Songs[0]);
        ILocator measured = page.Locator("#measured", new() { HasTextString = "Measured of demo-0001.mp3" });
        await measured.WaitForAsync();
        string words = await measured.InnerTextAsync();
        Assert.Matches("key, loudness, mode.*tempo.*Not measured, and as they were: genre, danceability", words);
        Assert.NotEqual(typical, await page.Locator("#value-tempo").InnerTextAsync());
        Assert.Equal("20", await page.Locator("#field-duration_ms").InputValueAsync() is var ms ? ms[..2] : "");
        Assert.Empty(complaints);
    }

    [Fact]
    public async Task An_album_is_dropped_answered_song_by_song_and_ranked()
    {
        IPage page = await OpenAsync();
        string[] files = Serving.Songs[..4];
        IJSHandle dropped = await page.EvaluateHandleAsync(
            """
            songs => {
              const transfer = new DataTransfer();
              for (const [name, content] of songs) {
                const bytes = Uint8Array.from(atob(content), c => c.charCodeAt(0));
                transfer.items.add(new File([bytes], name, { type: 'audio/mpeg' }));
              }
              return transfer;
            }
            """,
            files
                .Select(file => new[] { Path.GetFileName(file), Convert.ToBase64String(File.ReadAllBytes(file)) })
                .Append(["<img src=x onerror=document.title='hacked'>.mp3", Convert.ToBase64String("no song"u8)])
                .ToArray()
        );
        await page.DispatchEventAsync("#drop", "drop", new { dataTransfer = dropped });
        await page.WaitForFunctionAsync(
            "() => document.getElementById('overall-text').textContent === '4 of 5 songs answered, 1 refused'"
        );
        await page.Locator("#order .place").Nth(3).WaitForAsync();

        double[] shares =
        [
            .. (await page.Locator("#order .share").AllInnerTextsAsync()).Select(share =>
                double.Parse(share.TrimEnd('%'), CultureInfo.InvariantCulture)
            ),
        ];
        Assert.Equal(shares.OrderDescending(), shares);
        Assert.Equal(3, await page.Locator("#order .between").CountAsync());
        Assert.All(
            await page.Locator("#order .between").AllInnerTextsAsync(),
            words => Assert.Matches(@"too close to call \(\d+%\)|right order with \d+%", words)
        );
        // A name with markup is a name.
        Assert.Contains(
            "no audio",
            await page.Locator(".card", new() { HasTextString = "<img src=x" }).Locator(".trouble").InnerTextAsync()
        );
        Assert.Equal(0, await page.Locator(".card img").CountAsync());
        Assert.Equal("Hit song research", await page.TitleAsync());
        await page.ScreenshotAsync(new() { Path = Path.Combine(pictures, "album.png") });

        await page.GetByLabel($"Remove {Path.GetFileName(files[0])}").ClickAsync();
        await page.WaitForFunctionAsync("() => document.querySelectorAll('#order .place').length === 3");
        Assert.Empty(complaints);
    }

    [Fact]
    public async Task Without_a_model_the_page_says_how_to_train_one_and_then_has_it()
    {
        using TemporaryFolder folder = new();
        Directory.CreateDirectory(folder.At("runs"));
        (Process server, Uri address) = Serving.Start(folder.At("runs"), folder.At("."));
        using var _ = server;
        try
        {
            IPage page = await OpenAsync(address: address);
            (string Section, string Command)[] commands =
            [
                ("songs", "./research train descriptor-mlp --variant audited"),
                ("numbers", "./research train spotify-mlp-bins4-duration --variant audited"),
                ("models", "./research train descriptor-mlp --variant audited"),
            ];
            foreach (var (section, command) in commands)
            {
                await page.Locator($"nav a[href='#{section}']").ClickAsync();
                await page.GetByText(command).Locator("visible=true").WaitForAsync();
            }
            // A song that is dropped all the same is told the same.
            await page.Locator("nav a[href='#songs']").ClickAsync();
            await ChooseAsync(page, Serving.Songs[0]);
            Assert.Contains(
                "There is no model that listens yet",
                await page.Locator(".card .trouble").InnerTextAsync()
            );

            // What is trained meanwhile is there when the page is loaded again.
            Directory.CreateSymbolicLink(Path.Combine(folder.At("runs"), serving.Ear), serving.FolderOf(serving.Ear));
            await page.ReloadAsync();
            await page.WaitForSelectorAsync("html[data-ready]");
            await ChooseAsync(page, Serving.Songs[0]);
            Assert.Contains("Likeliest popularity", await page.Locator("#cards .card .headline").InnerTextAsync());
            Assert.Empty(complaints);
        }
        finally
        {
            server.Kill(entireProcessTree: true);
        }
    }

    [Fact]
    public async Task What_is_wrong_with_a_file_stands_in_its_card()
    {
        IPage page = await OpenAsync();
        static FilePayload Mp3(string name, byte[] content) =>
            new()
            {
                Name = name,
                MimeType = "audio/mpeg",
                Buffer = content,
            };
        FilePayload[] files =
        [
            Mp3("long.mp3", new byte[Serving.Limit + 1]),
            Mp3("empty.mp3", []),
            Mp3("letter.mp3", "Dear Sir or Madam"u8.ToArray()),
        ];
        await page.SetInputFilesAsync("#files", files);
        (string Name, string Reason)[] reasons =
        [
            ("long.mp3", "larger than 4 MB"),
            ("empty.mp3", "is empty"),
            ("letter.mp3", "no audio"),
        ];
        foreach (var (name, reason) in reasons)
            await page.Locator(".card", new() { HasTextString = name })
                .Locator(".trouble", new() { HasTextString = reason })
                .WaitForAsync();
        Assert.Empty(complaints);
    }

    [Fact]
    public async Task A_slider_is_dragged_and_the_bars_follow()
    {
        IPage page = await OpenAsync("numbers");
        await page.Locator("#form-bars .bars").WaitForAsync();
        string before = (await page.Locator("#form-bars svg").GetAttributeAsync("aria-label"))!;
        LocatorBoundingBoxResult slider = (
            await page.GetByRole(AriaRole.Slider, new() { Name = "Energy" }).BoundingBoxAsync()
        )!;
        await page.Mouse.MoveAsync(slider.X + slider.Width / 2, slider.Y + slider.Height / 2);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(slider.X + slider.Width - 2, slider.Y + slider.Height / 2, new() { Steps = 12 });
        await page.Mouse.UpAsync();
        Assert.Equal("1", await page.GetByRole(AriaRole.Slider, new() { Name = "Energy" }).InputValueAsync());
        var (genre, numbers) = await serving.TypicalAsync(("energy", 1));
        JsonElement answer = await Serving.ReadAsync(
            await serving.PostAsync("api/form", JsonSerializer.Serialize(new { genre, numbers }))
        );
        static string Percent(double probability) =>
            Math.Floor(probability * 100 + 0.5).ToString(CultureInfo.InvariantCulture);
        string expected = string.Join(
            "; ",
            answer
                .GetProperty("classes")
                .EnumerateArray()
                .Select(c => $"{c.GetProperty("name")}: {Percent(c.GetProperty("probability").GetDouble())}%")
        );
        const string shows =
            "expected => document.querySelector('#form-bars svg').getAttribute('aria-label')"
            + ".replace(/, range [^;]*/g, '').endsWith(expected)";
        await page.WaitForFunctionAsync(shows, expected);
        Assert.NotEqual(before, await page.Locator("#form-bars svg").GetAttributeAsync("aria-label"));
        Assert.Equal(14, await page.Locator("#form-contributions rect").CountAsync());
        await page.ScreenshotAsync(new() { Path = Path.Combine(pictures, "numbers.png") });
        await page.GetByRole(AriaRole.Button, new() { Name = "Typical song" }).ClickAsync();
        await page.WaitForFunctionAsync(
            "before => document.querySelector('#form-bars svg').getAttribute('aria-label') === before",
            before
        );
        // What is explained first is the likeliest class.
        string likeliest = (await page.Locator("#form-headline").TextContentAsync())!.Split(": ")[1].Split(',')[0];
        await page.WaitForFunctionAsync(
            "name => document.querySelector('#target').selectedOptions[0].textContent.endsWith(` ${name}`)",
            likeliest
        );
        // Typed it is the same, and each bar says how far it has moved from the typical song's.
        Assert.Equal(0, await page.Locator("#form-bars .change").CountAsync());
        await page.GetByRole(AriaRole.Spinbutton, new() { Name = "Energy, typed" }).FillAsync("1");
        await page.WaitForFunctionAsync(shows, expected);
        Assert.Equal("1", await page.GetByRole(AriaRole.Slider, new() { Name = "Energy" }).InputValueAsync());
        Assert.NotEqual(0, await page.Locator("#form-bars .change").CountAsync());
        Assert.Empty(complaints);
    }

    [Fact]
    public async Task All_of_it_is_there_by_keyboard_alone()
    {
        IPage page = await OpenAsync();
        async Task TabToAsync(string selector)
        {
            for (int i = 0; i < 90; i++)
            {
                await page.Keyboard.PressAsync("Tab");
                if (!await page.EvaluateAsync<bool>("selector => document.activeElement.matches(selector)", selector))
                    continue;
                // What has the focus shows it.
                Assert.NotEqual(
                    "none",
                    await page.EvaluateAsync<string>("getComputedStyle(document.activeElement).outlineStyle")
                );
                return;
            }
            Assert.Fail($"no Tab leads to {selector}");
        }

        // Asked for before all else: a key that is pressed while the browser is still being told opens its own.
        var opened = new TaskCompletionSource<IFileChooser>();
        page.FileChooser += (_, chooser) => opened.TrySetResult(chooser);
        await TabToAsync(".skip");
        await TabToAsync("#choose");
        await page.Keyboard.PressAsync("Enter");
        IFileChooser songs = await opened.Task.WaitAsync(TimeSpan.FromSeconds(60));
        await songs.SetFilesAsync(Serving.Songs[..2]);
        await page.WaitForFunctionAsync("() => document.querySelectorAll('.card .bars').length === 2");
        await TabToAsync(".look input[type=checkbox]");
        await page.Keyboard.PressAsync("Space");
        await page.Locator(".look .quiet", new() { HasTextString = "Bright is what speaks for" }).First.WaitForAsync();
        await TabToAsync(".look input[type=range]");
        await page.Keyboard.PressAsync("Home");
        Assert.Equal("0", await page.Locator(".glow").First.EvaluateAsync<string>("c => c.style.opacity"));

        await page.Keyboard.PressAsync("Control+Home");
        for (
            int i = 0;
            i < 60 && !await page.EvaluateAsync<bool>("document.activeElement.matches('nav a[href=\"#numbers\"]')");
            i++
        )
            await page.Keyboard.PressAsync("Shift+Tab");
        await page.Keyboard.PressAsync("Enter");
        await page.Locator("#form-bars .bars").WaitForAsync();
        Assert.Equal("numbers-title", await page.EvaluateAsync<string>("document.activeElement.id"));
        await TabToAsync("#field-acousticness");
        string before = await page.Locator("#value-acousticness").InnerTextAsync();
        await page.Keyboard.PressAsync("ArrowRight");
        Assert.NotEqual(before, await page.Locator("#value-acousticness").InnerTextAsync());
        Assert.Empty(complaints);
    }

    public static TheoryData<string, string, int> Looks =>
        new()
        {
            { "songs", "light", 1280 },
            { "songs", "dark", 1280 },
            { "songs", "light", 390 },
            { "numbers", "light", 1280 },
            { "numbers", "dark", 1280 },
            { "numbers", "dark", 390 },
            { "models", "light", 1280 },
            { "models", "dark", 1280 },
            { "models", "light", 390 },
        };

    [Theory]
    [MemberData(nameof(Looks))]
    public async Task Nothing_serious_stands_in_anybodys_way(string section, string scheme, int width)
    {
        string axe = Path.Combine(Repository.Root, "node_modules", "axe-core", "axe.min.js");
        IPage page = await OpenAsync(
            section,
            scheme == "dark" ? ColorScheme.Dark : ColorScheme.Light,
            width < 500 ? (width, 844) : null
        );
        if (section == "songs")
        {
            await ChooseAsync(page, Serving.Songs[..3]);
            await page.Locator("#order .place").Nth(2).WaitForAsync();
            await page.Locator(".look input[type=checkbox]").First.CheckAsync();
            await page.Locator(".look .quiet", new() { HasTextString = "Bright is what speaks for" }).WaitForAsync();
        }
        else
        {
            await page.Locator(section == "numbers" ? "#form-bars .bars" : "#models .reliability").First.WaitForAsync();
        }
        Assert.InRange(await page.EvaluateAsync<int>("document.documentElement.scrollWidth"), 1, width);
        await page.EvaluateAsync("scrollTo(0, 0)");
        await page.ScreenshotAsync(
            new() { Path = Path.Combine(pictures, $"{section}-{scheme}-{width}.png"), FullPage = true }
        );
        await page.EvaluateAsync(await File.ReadAllTextAsync(axe));
        JsonElement found = (
            await page.EvaluateAsync<JsonElement?>(
                "axe.run().then(r => ({ passed: r.passes.length, "
                    + "bad: r.violations.filter(v => v.impact === 'serious' || v.impact === 'critical')"
                    + ".map(v => v.id + ': ' + v.nodes.slice(0, 3)"
                    + ".map(n => n.html + ' ' + n.failureSummary).join(' | ')) }))"
            )
        )!.Value;
        Assert.Empty(found.GetProperty("bad").EnumerateArray().Select(rule => rule.GetString()));
        Assert.InRange(found.GetProperty("passed").GetInt32(), 15, 1000);
        Assert.Empty(complaints);
    }
}
