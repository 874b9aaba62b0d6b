using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Threading.RateLimiting;
using Microsoft.Extensions.Http.Resilience;
using Polly;
using Polly.Registry;
using Polly.Retry;
using Polly.Timeout;

namespace HitSong.Collect;

/// <summary>
/// Asks servers politely: each host's rate is kept, faults that may pass are tried again (heeding <c>Retry-After</c>),
/// redirects are followed to http and https alone, at most five, and to no private address unless the settings allow
/// it. No exception's message holds a URL's query or one of the given secrets. Safe from many threads.
/// </summary>
/// <example><code>
/// // Ten requests a second, tried again where the server is busy; private addresses are refused.
/// using var web = new Web(new WebSettings { Requests = 10, Period = TimeSpan.FromSeconds(1) });
/// var deezer = new Deezer(web);
/// </code></example>
public sealed class Web : IDisposable
{
    private const int MostRedirects = 5;

    private readonly WebSettings settings;
    private readonly string[] secrets;
    private readonly HttpClient client;
    private readonly ResiliencePipelineRegistry<string> hosts = new();
    private readonly ResiliencePipeline<HttpResponseMessage> attempts;
    private readonly ResiliencePipeline silence;

    /// <summary>Prepares it; nothing is asked yet.</summary>
    /// <param name="settings">How to ask.</param>
    /// <param name="secrets">What no message may hold.</param>
    public Web(WebSettings settings, params string[] secrets)
    {
        this.settings = settings;
        this.secrets = [.. secrets.Where(secret => secret != "")];
        attempts = Retrying();
        silence = new ResiliencePipelineBuilder().AddTimeout(settings.Timeout).Build();
        var sockets = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            // Through a proxy, it could not be known which address is asked.
            UseProxy = false,
            UseCookies = false,
            ConnectCallback = new AddressGuard(settings).ConnectAsync,
            AutomaticDecompression = DecompressionMethods.All,
        };
        client = new HttpClient(new ResilienceHandler(PipelineOf) { InnerHandler = sockets })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        client.DefaultRequestHeaders.UserAgent.ParseAdd("hit-song-research/1.0");
    }

    /// <summary>A JSON answer.</summary>
    /// <param name="address">http or https.</param>
    /// <param name="authorization">Sent to this host alone.</param>
    /// <param name="form">Posted where given; else the address is got.</param>
    /// <param name="isBusy">
    /// Whether an answer of status 200 says in its body that too much was asked; it is then asked for again later.
    /// </param>
    /// <param name="cancellation">Stops, also while waiting.</param>
    /// <exception cref="RefusedException">
    /// The server refuses; <see cref="RefusedException.Status"/> and <see cref="RefusedException.Body"/> say how.
    /// </exception>
    /// <exception cref="CollectException">No answer, or none that is JSON.</exception>
    public async Task<JsonElement> JsonAsync(
        Uri address,
        AuthenticationHeaderValue? authorization = null,
        IReadOnlyDictionary<string, string>? form = null,
        Func<JsonElement, bool>? isBusy = null,
        CancellationToken cancellation = default
    )
    {
        JsonElement json = default;
        using HttpResponseMessage response = await AskAsync(address, Prepare, TakeAsync, cancellation);
        return response.IsSuccessStatusCode ? json : throw Refusal(response, address, json);

        void Prepare(HttpRequestMessage request)
        {
            request.Headers.Authorization = authorization;
            if (form is null)
                return;
            request.Method = HttpMethod.Post;
            request.Content = new FormUrlEncodedContent(form);
        }

        async Task TakeAsync(HttpResponseMessage response, CancellationToken stop)
        {
            json = await ReadJsonAsync(response, address, stop);
            if (response.IsSuccessStatusCode && isBusy?.Invoke(json) == true)
            {
                // What other servers say by their status, which the retries heed.
                response.StatusCode = HttpStatusCode.TooManyRequests;
                response.ReasonPhrase = "in its body";
            }
        }
    }

    /// <summary>
    /// Downloads a file. What came before a cut, or before this program was killed, stays beside as <c>.part</c>; the
    /// next attempt asks for the rest (<c>Range</c>), and only where the server says that the file is still the same
    /// (<c>If-Range</c>). The file is renamed into place once whole.
    /// </summary>
    /// <exception cref="RefusedException">The server refuses.</exception>
    /// <exception cref="CollectException">
    /// It cannot be had, is longer than the settings allow, or is a page rather than a file.
    /// </exception>
    public Task DownloadAsync(Uri address, string path, CancellationToken cancellation = default) =>
        FileAsync(address, path, isTable: false, cancellation);

    /// <summary>Downloads a table: a file of text, but no page.</summary>
    /// <inheritdoc cref="DownloadAsync"/>
    public Task DownloadTableAsync(Uri address, string path, CancellationToken cancellation = default) =>
        FileAsync(address, path, isTable: true, cancellation);

    private async Task FileAsync(Uri address, string path, bool isTable, CancellationToken cancellation)
    {
        var file = new PartialFile(path);
        using HttpResponseMessage response = await AskAsync(address, file.AskForTheRest, TakeAsync, cancellation);
        if (!response.IsSuccessStatusCode)
            throw Refusal(response, address, body: default);
        file.Complete();

        async Task TakeAsync(HttpResponseMessage response, CancellationToken stop)
        {
            if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
            {
                file.EndWithoutRest(response);
                response.StatusCode = HttpStatusCode.NoContent;
            }
            else if (response.IsSuccessStatusCode)
            {
                RefusePage(response, address, isTable);
                await using FileStream part = file.Open(response);
                await CopyAsync(response, part, address, stop);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        client.Dispose();
        hosts.Dispose();
    }

    private ResiliencePipeline<HttpResponseMessage> Retrying()
    {
        if (settings.Retries == 0)
            return ResiliencePipeline<HttpResponseMessage>.Empty;

        var retry = new HttpRetryStrategyOptions
        {
            MaxRetryAttempts = settings.Retries,
            Delay = settings.Backoff,
            MaxDelay = settings.LongestWait,
            ShouldHandle = attempt => ValueTask.FromResult(MayPass(attempt.Outcome)),
            OnRetry = RefuseTooLongAWait,
        };
        return new ResiliencePipelineBuilder<HttpResponseMessage>().AddRetry(retry).Build();
    }

    private ResiliencePipeline<HttpResponseMessage> PipelineOf(HttpRequestMessage request)
    {
        // The registry builds a pipeline twice where two ask for it at once, and would leave one's timer running.
        lock (hosts)
            return hosts.GetOrAddPipeline<HttpResponseMessage>(request.RequestUri!.Host, BuildForHost);
    }

    private void BuildForHost(
        ResiliencePipelineBuilder<HttpResponseMessage> pipeline,
        ConfigureBuilderContext<string> host
    )
    {
        // Around the timeout: a wait for the host's turn is not the host's silence.
        if (RateLimit.Of(host.PipelineKey, settings) is RateLimiter rate)
        {
            host.OnPipelineDisposed(rate.Dispose);
            pipeline.AddRateLimiter(rate);
        }
        pipeline.AddTimeout(settings.Timeout);
    }

    private static bool MayPass(Outcome<HttpResponseMessage> outcome) =>
        HttpClientResiliencePredicates.IsTransient(outcome) || BrokeOff(outcome.Exception);

    // The package knows faults before the body alone.
    private static bool BrokeOff(Exception? fault) => fault is IOException;

    private ValueTask RefuseTooLongAWait(OnRetryArguments<HttpResponseMessage> attempt)
    {
        // Our own waits are never longer: it is the server that asks for this one.
        if (attempt.RetryDelay > settings.LongestWait)
        {
            using HttpResponseMessage response = attempt.Outcome.Result!;
            throw new CollectException(
                $"{Answered(response, response.RequestMessage!.RequestUri!)} and asks to wait for "
                    + $"{attempt.RetryDelay.TotalMinutes:F0} minutes: run the same command again then, and it goes on"
            );
        }
        return ValueTask.CompletedTask;
    }

    /// <summary>
    /// Asks until there is an answer that stays. An attempt is a request with its redirects and all of its answer's
    /// body, as each may break off: so the retries stand here, around them, rather than among the client's handlers.
    /// </summary>
    private async Task<HttpResponseMessage> AskAsync(
        Uri address,
        Action<HttpRequestMessage> prepare,
        Func<HttpResponseMessage, CancellationToken, Task> take,
        CancellationToken cancellation
    )
    {
        try
        {
            return await attempts.ExecuteAsync(AttemptAsync, cancellation);
        }
        catch (Exception e) when (MayPass(Outcome.FromException<HttpResponseMessage>(e)))
        {
            cancellation.ThrowIfCancellationRequested();
            string reason = e is TimeoutRejectedException silent
                ? $"no answer within {silent.Timeout.TotalSeconds} s"
                : e.Message;
            throw new CollectException(
                $"{Name(address)} cannot be had after {settings.Retries + 1} attempts: {Hide(reason)}",
                e
            );
        }

        async ValueTask<HttpResponseMessage> AttemptAsync(CancellationToken stop)
        {
            HttpResponseMessage response = await FollowAsync(address, prepare, stop);
            try
            {
                await take(response, stop);
                return response;
            }
            catch
            {
                response.Dispose();
                throw;
            }
        }
    }

    // The client's own redirects would drop the authorization on the way within a host.
    private async Task<HttpResponseMessage> FollowAsync(
        Uri address,
        Action<HttpRequestMessage> prepare,
        CancellationToken cancellation
    )
    {
        Uri asked = address;
        for (int redirects = 0; redirects <= MostRedirects; redirects++)
        {
            if (asked.Scheme is not ("http" or "https"))
                throw new CollectException(
                    $"{Name(asked)} is of the scheme {asked.Scheme}: only http and https are followed"
                );
            using var request = new HttpRequestMessage(HttpMethod.Get, asked);
            prepare(request);
            if (!IsSameServer(asked, address))
                request.Headers.Authorization = null;

            HttpResponseMessage response = await SendAsync(request, cancellation);
            if (!IsRedirect(response))
                return response;

            asked = new Uri(asked, response.Headers.Location!);
            response.Dispose();
        }
        throw new CollectException($"{Name(address)} redirects more than {MostRedirects} times, perhaps in a circle");
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        try
        {
            return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        }
        catch (HttpRequestException e) when (e.InnerException is CollectException refusal)
        {
            // The guard's, which no retry would change.
            throw refusal;
        }
    }

    private static bool IsSameServer(Uri one, Uri other) =>
        one.Scheme == other.Scheme && one.Authority == other.Authority;

    private static bool IsRedirect(HttpResponseMessage response) =>
        (int)response.StatusCode is 301 or 302 or 303 or 307 or 308 && response.Headers.Location is not null;

    private async Task<JsonElement> ReadJsonAsync(
        HttpResponseMessage response,
        Uri address,
        CancellationToken cancellation
    )
    {
        using var body = new MemoryStream();
        await CopyAsync(response, body, address, cancellation);
        try
        {
            return JsonElement.Parse(body.ToArray());
        }
        catch (JsonException) when (!response.IsSuccessStatusCode)
        {
            return default;
        }
        catch (JsonException e)
        {
            string type = response.Content.Headers.ContentType?.MediaType ?? "something";
            throw new CollectException(
                $"{Name(address)} answered with {type} that is no JSON: is this the catalogue's address?",
                e
            );
        }
    }

    private void RefusePage(HttpResponseMessage response, Uri address, bool isTable)
    {
        string? type = response.Content.Headers.ContentType?.MediaType;
        bool isText = type?.StartsWith("text/", StringComparison.Ordinal) == true,
            isJson = type?.EndsWith("json", StringComparison.Ordinal) == true;
        if (isTable ? type == "text/html" || isJson : isText || isJson)
            throw new CollectException($"{Name(address)} gives {type}, which is no {(isTable ? "table" : "audio")}");
    }

    // A long file may take its time: what may not last longer than the timeout is the silence within it.
    private async Task CopyAsync(
        HttpResponseMessage response,
        Stream target,
        Uri address,
        CancellationToken cancellation
    )
    {
        await using Stream body = await response.Content.ReadAsStreamAsync(cancellation);
        byte[] buffer = new byte[64 * 1024];
        while (await ReadAsync() is > 0 and int read)
        {
            await target.WriteAsync(buffer.AsMemory(0, read), cancellation);
            if (target.Position > settings.MostBytes)
                throw new CollectException($"{Name(address)} is longer than {settings.MostBytes:N0} bytes");
        }

        ValueTask<int> ReadAsync() => silence.ExecuteAsync(stop => body.ReadAsync(buffer, stop), cancellation);
    }

    private RefusedException Refusal(HttpResponseMessage response, Uri address, JsonElement body) =>
        new(Answered(response, address), response.StatusCode, body);

    private string Answered(HttpResponseMessage response, Uri address) =>
        $"{Name(address)} answered {(int)response.StatusCode} {Hide(response.ReasonPhrase ?? "")}";

    private string Name(Uri address) => Hide(address.GetLeftPart(UriPartial.Path));

    private string Hide(string message) => secrets.Aggregate(message, (text, secret) => text.Replace(secret, "***"));
}
