using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Threading.RateLimiting;
using HitSong.Collect;
using Microsoft.AspNetCore.Http;
using Tests;

namespace HitSong.Tests.Collect;

public sealed class WebTests : IDisposable
{
    private static readonly WebSettings Quick = new()
    {
        Requests = 10_000,
        Retries = 3,
        Backoff = TimeSpan.FromMilliseconds(5),
        Timeout = TimeSpan.FromSeconds(2),
        MostBytes = 300_000,
        AllowPrivateAddresses = true,
    };

    private readonly TemporaryFolder folder = new("downloads");
    private readonly byte[] file = [.. Enumerable.Range(0, 200_000).Select(i => (byte)(i * 31 % 251))];

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(429)]
    [InlineData(408)]
    public async Task FaultsThatPassAreAskedAgain(int status)
    {
        int asked = 0;
        await using var server = new LocalServer(context =>
            ++asked <= 3 ? LocalServer.Json(context, "{}", status) : LocalServer.Json(context, """{"a":1}""")
        );
        using var web = new Web(Quick);
        Assert.Equal(1, (await web.JsonAsync(server.At("x"))).GetProperty("a").GetInt32());
        Assert.Equal(4, asked);
        asked = -100;
        Assert.Equal(
            (HttpStatusCode)status,
            (await Assert.ThrowsAsync<RefusedException>(() => web.JsonAsync(server.At("x")))).Status
        );
        Assert.Equal(-96, asked);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(404)]
    public async Task RefusalsAreNotAskedAgain(int status)
    {
        await using var server = new LocalServer(context => LocalServer.Json(context, """{"error":"no"}""", status));
        using var web = new Web(Quick, "topsecret");
        var error = await Assert.ThrowsAsync<RefusedException>(() =>
            web.JsonAsync(server.At("topsecret/x?key=topsecret"))
        );
        Assert.Equal("no", error.Body.GetProperty("error").GetString());
        Assert.Contains($"/***/x answered {status}", error.Message);
        Assert.DoesNotContain("topsecret", error.ToString());
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task RetryAfterIsHeededAndTooLongAWaitIsSaid()
    {
        int asked = 0;
        string after = "1";
        await using var server = new LocalServer(context =>
        {
            if (++asked == 2)
                return LocalServer.Json(context, "{}");
            context.Response.Headers.RetryAfter = after;
            return LocalServer.Json(context, "{}", 429);
        });
        using var web = new Web(Quick);
        var watch = Stopwatch.StartNew();
        await web.JsonAsync(server.At("x"));
        Assert.InRange(watch.Elapsed.TotalSeconds, 0.95, 1.9);
        asked = 0;
        after = DateTime.UtcNow.AddHours(2).ToString("r");
        Assert.Contains(
            "asks to wait for 1",
            (await Assert.ThrowsAsync<CollectException>(() => web.JsonAsync(server.At("x")))).Message
        );
    }

    [Fact]
    public async Task RetryAfterMayBeADate()
    {
        string after = "";
        int asked = 0;
        await using var server = new LocalServer(context =>
        {
            if (++asked == 2)
                return LocalServer.Json(context, "{}");
            context.Response.Headers.RetryAfter = after;
            return LocalServer.Json(context, "{}", 503);
        });
        using var web = new Web(Quick);
        async Task<double> Seconds(DateTime until)
        {
            (asked, after) = (0, until.ToString("r"));
            var watch = Stopwatch.StartNew();
            await web.JsonAsync(server.At("x"));
            return watch.Elapsed.TotalSeconds;
        }
        // The header has whole seconds: up to one of the three is cut off.
        Assert.InRange(await Seconds(DateTime.UtcNow.AddSeconds(3)), 1.9, 3.9);
        Assert.InRange(await Seconds(DateTime.UtcNow.AddHours(-1)), 0, 1);
    }

    [Fact]
    public async Task WaitsGrowWithinBounds()
    {
        await using var server = new LocalServer(context => LocalServer.Json(context, "{}", 500));
        using var web = new Web(Quick with { Retries = 5, Backoff = TimeSpan.FromMilliseconds(50) });
        var watch = Stopwatch.StartNew();
        await Assert.ThrowsAsync<RefusedException>(() => web.JsonAsync(server.At("x")));
        // Decorrelated jitter: n waits take 2^t tanh(2 √t) / 1.4 of the first one's median together, n - 1 ≤ t < n; so
        // five take 11.4 to 22.9 of it. Five equal waits would take 5.
        Assert.InRange(watch.Elapsed.TotalSeconds, 0.05 * 11.4, 0.05 * 22.9 + 1.5);
        Assert.Equal(6, server.Requests.Count);
    }

    [Fact]
    public async Task WithoutRetriesAFaultIsAskedForOnce()
    {
        await using var server = new LocalServer(context => LocalServer.Json(context, "{}", 500));
        using var web = new Web(Quick with { Retries = 0 });
        await Assert.ThrowsAsync<RefusedException>(() => web.JsonAsync(server.At("x")));
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task ABodyThatSaysTooMuchWasAskedIsAskedForAgain()
    {
        int asked = 0,
            busy = 2;
        await using var server = new LocalServer(context =>
            LocalServer.Json(context, ++asked <= busy ? """{"error":"quota"}""" : """{"a":1}""")
        );
        using var web = new Web(Quick);
        Task<JsonElement> Ask() =>
            web.JsonAsync(server.At("x?key=k"), isBusy: json => json.TryGetProperty("error", out _));
        Assert.Equal(1, (await Ask()).GetProperty("a").GetInt32());
        Assert.Equal(3, asked);
        (asked, busy) = (0, int.MaxValue);
        var error = await Assert.ThrowsAsync<RefusedException>(Ask);
        Assert.Equal(HttpStatusCode.TooManyRequests, error.Status);
        Assert.Equal("quota", error.Body.GetProperty("error").GetString());
        Assert.EndsWith("/x answered 429 in its body", error.Message);
        Assert.Equal(4, asked);
    }

    [Theory]
    [InlineData("a wait that the server asked for")]
    [InlineData("a turn")]
    [InlineData("an answer")]
    public async Task CancellationEndsTheWaitFor(string what)
    {
        await using var server = new LocalServer(context =>
        {
            context.Response.Headers.RetryAfter = "60";
            return what switch
            {
                "an answer" => Task.Delay(TimeSpan.FromMinutes(1), context.RequestAborted),
                "a turn" => LocalServer.Json(context, "{}"),
                _ => LocalServer.Json(context, "{}", 429),
            };
        });
        using var web = new Web(
            Quick with
            {
                Requests = 1,
                Period = TimeSpan.FromMinutes(1),
                Timeout = TimeSpan.FromMinutes(1),
            }
        );
        using var cancellation = new CancellationTokenSource();
        Task asking = Task.WhenAll(
            web.JsonAsync(server.At("x"), cancellation: cancellation.Token),
            web.JsonAsync(server.At("x"), cancellation: cancellation.Token)
        );
        while (server.Requests.IsEmpty)
            await Task.Delay(10);
        await Task.Delay(200);
        Assert.False(asking.IsCompleted);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking.WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task TheRateIsKept()
    {
        await using var server = new LocalServer(context => LocalServer.Json(context, "{}"));
        using var web = new Web(Quick with { Requests = 10, Period = TimeSpan.FromSeconds(0.5) });
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, 25).Select(_ => web.JsonAsync(server.At("x"))));
        // The 21st may begin only after two periods.
        Assert.InRange(watch.Elapsed.TotalSeconds, 0.99, 3);
    }

    [Fact]
    public async Task NoPeriodHoldsMoreRequestsThanTheRate()
    {
        const int Requests = 10;
        var period = TimeSpan.FromSeconds(0.8);
        using RateLimiter rate = RateLimit.Of("host", Quick with { Requests = Requests, Period = period })!;
        var random = new Random(1);
        var begun = new List<TimeSpan>();
        var watch = Stopwatch.StartNew();
        for (int i = 0; i < 50; i++)
        {
            // Pauses now and then, so that bursts begin anywhere in a period.
            if (i % 7 == 0)
                await Task.Delay(random.Next(800));
            using RateLimitLease turn = await rate.AcquireAsync();
            Assert.True(turn.IsAcquired);
            begun.Add(watch.Elapsed);
        }
        TimeSpan shortest = begun.Skip(Requests).Zip(begun, (later, earlier) => later - earlier).Min();
        // A loaded machine tells some turns late, which shortens what lies between. A window of one segment
        // allows a tenth of the period, of two segments half.
        Assert.True(shortest > period * 0.7, $"{Requests + 1} requests began within {shortest}");
    }

    [Fact]
    public async Task WhatIsNoJsonIsNamed()
    {
        await using var server = new LocalServer(context =>
        {
            context.Response.ContentType = "text/html";
            return context.Response.WriteAsync("<html>Please log in to the hotel's network</html>");
        });
        using var web = new Web(Quick);
        Assert.Contains(
            "text/html that is no JSON",
            (await Assert.ThrowsAsync<CollectException>(() => web.JsonAsync(server.At("x")))).Message
        );
        var error = await Assert.ThrowsAsync<CollectException>(() =>
            web.DownloadAsync(server.At("x"), folder.At("a.mp3"))
        );
        Assert.Contains("text/html, which is no audio", error.Message);
        error = await Assert.ThrowsAsync<CollectException>(() =>
            web.DownloadTableAsync(server.At("x"), folder.At("a.csv"))
        );
        Assert.Contains("text/html, which is no table", error.Message);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public async Task RedirectsAreFollowedToHttpAloneAndNotForEver()
    {
        await using var server = new LocalServer(context =>
        {
            string? to = context.Request.Path.Value switch
            {
                "/good" => "/answer",
                "/circle" => "/circle",
                "/file" => "file:///etc/passwd",
                "/private" => "http://10.0.0.1/",
                _ => null,
            };
            if (to is null)
                return LocalServer.Json(context, $$"""{"authorization":"{{context.Request.Headers.Authorization}}"}""");
            context.Response.StatusCode = 302;
            context.Response.Headers.Location = to;
            return Task.CompletedTask;
        });
        using var web = new Web(Quick);
        Assert.Equal(
            "Bearer t",
            (await web.JsonAsync(server.At("good"), new("Bearer", "t"))).GetProperty("authorization").GetString()
        );
        Assert.Contains(
            "circle",
            (await Assert.ThrowsAsync<CollectException>(() => web.JsonAsync(server.At("circle")))).Message
        );
        Assert.Contains(
            "only http and https",
            (await Assert.ThrowsAsync<CollectException>(() => web.JsonAsync(server.At("file")))).Message
        );
        using var open = new Web(Quick with { AllowPrivateAddresses = false });
        Assert.Contains(
            "private address 127.0.0.1",
            (await Assert.ThrowsAsync<CollectException>(() => open.JsonAsync(server.At("good")))).Message
        );
    }

    [Fact]
    public async Task FiveRedirectsAreFollowedAndAnotherHostGetsNoAuthorization()
    {
        await using var server = new LocalServer(context =>
        {
            int left = int.Parse(context.Request.Path.Value![1..]);
            if (left == 0)
                return LocalServer.Json(context, $$"""{"authorization":"{{context.Request.Headers.Authorization}}"}""");
            // The last one leads to another name of this machine.
            string host = left == 1 ? "localhost" : "127.0.0.1";
            context.Response.Redirect($"http://{host}:{context.Connection.LocalPort}/{left - 1}");
            return Task.CompletedTask;
        });
        using var web = new Web(Quick);
        JsonElement answer = await web.JsonAsync(server.At("5"), new("Bearer", "t"));
        Assert.Equal("", answer.GetProperty("authorization").GetString());
        Assert.Contains(
            "redirects more than 5 times",
            (await Assert.ThrowsAsync<CollectException>(() => web.JsonAsync(server.At("6")))).Message
        );
    }

    [Fact]
    public async Task AnAllowedServerThatRedirectsToAnotherPrivateAddressIsNotFollowed()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        string to = "";
        await using var server = new LocalServer(context =>
        {
            if (context.Request.Path == "/answer")
                return LocalServer.Json(context, "{}");
            context.Response.Redirect(to);
            return Task.CompletedTask;
        });
        using var web = new Web(
            Quick with
            {
                AllowPrivateAddresses = false,
                PrivateServers = [server.Address.Authority],
            }
        );
        (string Address, string Name)[] inside =
        [
            ("http://10.0.0.1/", "10.0.0.1"),
            ("http://[::1]:1/", "::1"),
            ("http://169.254.169.254/latest/meta-data", "169.254.169.254"),
            ($"http://{other.LocalEndpoint}/", "127.0.0.1"),
        ];
        foreach (var (address, name) in inside)
        {
            to = address;
            server.Requests.Clear();
            string refusal = $"is the private address {name}: it is not asked";
            var error = await Assert.ThrowsAsync<CollectException>(() => web.JsonAsync(server.At("x")));
            Assert.Contains(refusal, error.Message);
            error = await Assert.ThrowsAsync<CollectException>(() =>
                web.DownloadAsync(server.At("x"), folder.At("a.mp3"))
            );
            Assert.Contains(refusal, error.Message);
            Assert.Equal(2, server.Requests.Count);
        }
        Assert.False(other.Pending());
        to = "/answer";
        Assert.Equal(JsonValueKind.Object, (await web.JsonAsync(server.At("x"))).ValueKind);
    }

    [Fact]
    public async Task EachHostKeepsARateOfItsOwnAndNoneWithoutOne()
    {
        await using var server = new LocalServer(context => LocalServer.Json(context, "{}"));
        using var web = new Web(
            Quick with
            {
                Requests = null,
                HostRates = new Dictionary<string, int> { ["localhost"] = 5 },
            }
        );
        async Task<double> Seconds(Uri address)
        {
            var watch = Stopwatch.StartNew();
            await Task.WhenAll(Enumerable.Range(0, 11).Select(_ => web.JsonAsync(address)));
            return watch.Elapsed.TotalSeconds;
        }
        // The 11th in the second may begin only after two seconds.
        double limited = await Seconds(new Uri($"http://localhost:{server.Address.Port}/")),
            free = await Seconds(server.Address);
        Assert.InRange(limited, 1.99, 10);
        Assert.True(free < limited / 2, $"{free} s without a rate");
    }

    // As Python's ipaddress has it (is_global), and RFC 6052 and 3056 for IPv4 addresses within IPv6 ones.
    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("9.255.255.255", false)]
    [InlineData("10.1.2.3", true)]
    [InlineData("172.16.0.1", true)]
    [InlineData("172.32.0.1", false)]
    [InlineData("192.168.1.1", true)]
    [InlineData("169.254.169.254", true)]
    [InlineData("100.64.0.1", true)]
    [InlineData("0.0.0.0", true)]
    [InlineData("100.63.255.255", false)]
    [InlineData("100.128.0.0", false)]
    [InlineData("172.31.255.255", true)]
    [InlineData("192.0.2.1", true)]
    [InlineData("198.19.255.255", true)]
    [InlineData("198.20.0.0", false)]
    [InlineData("223.255.255.255", false)]
    [InlineData("224.0.0.1", true)]
    [InlineData("255.255.255.255", true)]
    [InlineData("8.8.8.8", false)]
    [InlineData("::1", true)]
    [InlineData("::ffff:127.0.0.1", true)]
    [InlineData("::ffff:8.8.8.8", false)]
    [InlineData("::", true)]
    [InlineData("::127.0.0.1", true)]
    [InlineData("64:ff9b::10.0.0.1", true)]
    [InlineData("64:ff9b::8.8.8.8", false)]
    [InlineData("64:ff9b:1::8.8.8.8", true)]
    [InlineData("2002:c0a8:101::", true)]
    [InlineData("2002:808:808::", false)]
    [InlineData("2001:db8::1", true)]
    [InlineData("fd00::1", true)]
    [InlineData("fe80::1", true)]
    [InlineData("fe80::1%3", true)]
    [InlineData("fec0::1", true)]
    [InlineData("ff02::1", true)]
    [InlineData("2606:4700::1111", false)]
    public void PrivateAddressesAreKnown(string address, bool isPrivate) =>
        Assert.Equal(isPrivate, PrivateAddresses.Contains(IPAddress.Parse(address)));

    // Serves the file as a real server does, but cuts the connection in the first answers.
    private async Task Serve(HttpContext context, int cutAfter, string etag)
    {
        long from = 0;
        if (
            context.Request.Headers.Range.ToString() is { Length: > 0 } range
            && context.Request.Headers.IfRange == etag
        )
        {
            from = long.Parse(range["bytes=".Length..].TrimEnd('-'));
            context.Response.StatusCode = 206;
            context.Response.Headers.ContentRange = $"bytes {from}-{file.Length - 1}/{file.Length}";
        }
        context.Response.ContentType = "audio/mpeg";
        context.Response.Headers.ETag = etag;
        context.Response.ContentLength = file.Length - from;
        int length = Math.Min(cutAfter, file.Length - (int)from);
        await context.Response.Body.WriteAsync(file.AsMemory((int)from, length));
        await context.Response.Body.FlushAsync();
        if (from + length < file.Length)
        {
            // What was sent arrives before the connection is cut.
            await Task.Delay(50);
            context.Abort();
        }
    }

    [Fact]
    public async Task ACutDownloadGoesOnWhereItWas()
    {
        int sent = 0;
        await using var server = new LocalServer(context =>
        {
            sent++;
            return Serve(context, 90_000, "\"one\"");
        });
        using var web = new Web(Quick);
        await web.DownloadAsync(server.At("a.mp3"), folder.At("a.mp3"));
        Assert.Equal(file, File.ReadAllBytes(folder.At("a.mp3")));
        Assert.Equal(3, sent);
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public async Task AFileThatChangedMeanwhileIsTakenAnew()
    {
        // What a killed process left of the file as it was before.
        File.WriteAllBytes(folder.At("a.mp3.part"), [1, 2, 3]);
        File.WriteAllText(folder.At("a.mp3.part.tag"), "\"old\"");
        await using var server = new LocalServer(context => Serve(context, int.MaxValue, "\"new\""));
        using var web = new Web(Quick);
        await web.DownloadAsync(server.At("a.mp3"), folder.At("a.mp3"));
        Assert.Equal(file, File.ReadAllBytes(folder.At("a.mp3")));
    }

    [Theory]
    [InlineData(200_000)]
    [InlineData(250_000)]
    public async Task APartWithoutARestIsTheWholeFileOrDropped(int there)
    {
        File.WriteAllBytes(folder.At("a.mp3.part"), [.. file, .. new byte[there - file.Length]]);
        File.WriteAllText(folder.At("a.mp3.part.tag"), "\"one\"");
        await using var server = new LocalServer(context =>
        {
            if (context.Request.Headers.Range.Count == 0)
                return Serve(context, int.MaxValue, "\"one\"");
            context.Response.StatusCode = 416;
            context.Response.Headers.ContentRange = $"bytes */{file.Length}";
            return Task.CompletedTask;
        });
        using var web = new Web(Quick);
        await web.DownloadAsync(server.At("a.mp3"), folder.At("a.mp3"));
        Assert.Equal(file, File.ReadAllBytes(folder.At("a.mp3")));
        Assert.Single(Directory.GetFiles(folder.Path));
        Assert.Equal(there == file.Length ? 1 : 2, server.Requests.Count);
    }

    [Fact]
    public async Task AnEndlessBodyIsLeft()
    {
        await using var server = new LocalServer(async context =>
        {
            context.Response.ContentType = "audio/mpeg";
            while (!context.RequestAborted.IsCancellationRequested)
                await context.Response.Body.WriteAsync(file, context.RequestAborted);
        });
        using var web = new Web(Quick);
        var error = await Assert.ThrowsAsync<CollectException>(() =>
            web.DownloadAsync(server.At("a.mp3"), folder.At("a.mp3"))
        );
        Assert.Contains("longer than 300", error.Message);
    }

    [Fact]
    public async Task SilenceIsNotWaitedForForEver()
    {
        await using var server = new LocalServer(context =>
            Task.Delay(TimeSpan.FromMinutes(1), context.RequestAborted)
        );
        using var web = new Web(Quick with { Timeout = TimeSpan.FromMilliseconds(100), Retries = 1 });
        Assert.Contains(
            "after 2 attempts: no answer within",
            (await Assert.ThrowsAsync<CollectException>(() => web.JsonAsync(server.At("x")))).Message
        );
    }

    [Fact]
    public async Task AServerThatStallsIsAskedAgain()
    {
        int asked = 0;
        await using var server = new LocalServer(async context =>
        {
            if (++asked > 2)
            {
                await LocalServer.Json(context, """{"a":1}""");
                return;
            }
            // Once before the answer, once within it.
            if (asked == 2)
                await LocalServer.Json(context, "{");
            await Task.Delay(TimeSpan.FromMinutes(1), context.RequestAborted);
        });
        using var web = new Web(Quick with { Timeout = TimeSpan.FromSeconds(1) });
        Assert.Equal(1, (await web.JsonAsync(server.At("x"))).GetProperty("a").GetInt32());
        Assert.Equal(3, asked);
    }

    [Fact]
    public async Task AFileMayTakeLongerThanTheLongestSilence()
    {
        await using var server = new LocalServer(async context =>
        {
            context.Response.ContentType = "audio/mpeg";
            foreach (byte[] piece in file.Chunk(file.Length / 10))
            {
                await context.Response.Body.WriteAsync(piece);
                await context.Response.Body.FlushAsync();
                await Task.Delay(200);
            }
        });
        using var web = new Web(Quick with { Timeout = TimeSpan.FromSeconds(1) });
        await web.DownloadAsync(server.At("a.mp3"), folder.At("a.mp3"));
        Assert.Equal(file, File.ReadAllBytes(folder.At("a.mp3")));
        Assert.Single(server.Requests);
    }
}
