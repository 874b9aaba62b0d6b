using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;

namespace HitSong.Collect;

/// <summary>
/// Asks servers politely: each host's rate is kept, faults that may pass are tried again (heeding <c>Retry-After</c>),
/// redirects are followed to http and https alone, at most five, and to no private address unless the settings allow
/// it. No exception's message holds a URL's query or one of the given secrets. Safe from many threads.
/// </summary>
public sealed class Web : IDisposable
{
    private const int MostRedirects = 5;

    private readonly WebSettings settings;
    private readonly string[] secrets;
    private readonly ConcurrentDictionary<string, RateLimit?> rates = new(StringComparer.OrdinalIgnoreCase);
    private readonly HttpClient client;

    /// <summary>Prepares it; nothing is asked yet.</summary>
    /// <param name="settings">How to ask.</param>
    /// <param name="secrets">What no message may hold.</param>
    public Web(WebSettings settings, params string[] secrets)
    {
        this.settings = settings;
        this.secrets = [.. secrets.Where(secret => secret != "")];
        // No proxy: through one, it could not be known which address is asked.
        client = new HttpClient(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseProxy = false,
                UseCookies = false,
                ConnectCallback = ConnectAsync,
                AutomaticDecompression = DecompressionMethods.All,
            }
        )
        {
            Timeout = System.Threading.Timeout.InfiniteTimeSpan,
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
    ) =>
        await RetryAsync(
            address,
            async () =>
            {
                using HttpResponseMessage response = await SendAsync(address, authorization, form, null, cancellation);
                using var body = new MemoryStream();
                await CopyAsync(response, body, address, cancellation);
                JsonElement json;
                try
                {
                    json = JsonDocument.Parse(body.ToArray()).RootElement;
                }
                catch (JsonException e) when (response.IsSuccessStatusCode)
                {
                    throw new CollectException(
                        $"{Name(address)} answered with "
                            + $"{response.Content.Headers.ContentType?.MediaType ?? "something"} that is no "
                            + "JSON: is this the catalogue's address?",
                        e
                    );
                }
                catch (JsonException)
                {
                    json = default;
                }
                if (!response.IsSuccessStatusCode)
                    throw new RefusedException(
                        Hide($"{Name(address)} answered {(int)response.StatusCode} {response.ReasonPhrase}"),
                        response.StatusCode,
                        Wait(response),
                        json
                    );
                return isBusy?.Invoke(json) == true
                    ? throw new RefusedException(
                        $"{Name(address)} says that too much was asked",
                        HttpStatusCode.TooManyRequests,
                        Wait(response),
                        json
                    )
                    : json;
            },
            cancellation
        );

    /// <summary>
    /// Downloads a file. What came before a cut, or before this program was killed, stays beside as <c>.part</c>; the
    /// next attempt asks for the rest (<c>Range</c>), and only where the server says that the file is still the same
    /// (<c>If-Range</c>). The file is renamed into place once whole.
    /// </summary>
    /// <exception cref="CollectException">
    /// It cannot be had, is longer than the settings allow, or is a page rather than a file.
    /// </exception>
    public async Task DownloadAsync(Uri address, string path, CancellationToken cancellation = default)
    {
        string part = path + ".part",
            tag = path + ".part.tag";
        await RetryAsync(
            address,
            async () =>
            {
                long there = File.Exists(part) && File.Exists(tag) ? new FileInfo(part).Length : 0;
                using HttpResponseMessage response = await SendAsync(
                    address,
                    null,
                    null,
                    there > 0 ? (there, File.ReadAllText(tag)) : null,
                    cancellation
                );
                if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
                {
                    // There is no rest: what lies there is whole, or of another file.
                    bool isWhole = response.Content.Headers.ContentRange?.Length == there;
                    if (isWhole)
                        return true;
                    File.Delete(part);
                    throw new IOException("the part that was there does not fit");
                }
                if (!response.IsSuccessStatusCode)
                    throw new RefusedException(
                        $"{Name(address)} answered {(int)response.StatusCode} {response.ReasonPhrase}",
                        response.StatusCode,
                        Wait(response),
                        default
                    );
                if (
                    response.Content.Headers.ContentType?.MediaType is string type
                    && (
                        type.StartsWith("text/", StringComparison.Ordinal)
                        || type.EndsWith("json", StringComparison.Ordinal)
                    )
                )
                    throw new CollectException($"{Name(address)} gives {type}, which is no audio");
                bool goesOn =
                    response.StatusCode == HttpStatusCode.PartialContent
                    && response.Content.Headers.ContentRange?.From == there;
                if (response.StatusCode == HttpStatusCode.PartialContent && !goesOn)
                {
                    File.Delete(part);
                    throw new IOException("the server sent another part than was asked for");
                }
                // Without a mark by which the server knows the file again, a part could be joined to another file's
                // rest.
                string? mark = response.Headers.ETag is { IsWeak: false } etag
                    ? etag.ToString()
                    : response.Content.Headers.LastModified?.ToString("r");
                if (mark is null)
                    File.Delete(tag);
                else
                    await File.WriteAllTextAsync(tag, mark, cancellation);
                await using var file = new FileStream(
                    part,
                    goesOn ? FileMode.Append : FileMode.Create,
                    FileAccess.Write,
                    FileShare.Read
                );
                await CopyAsync(response, file, address, cancellation);
                return true;
            },
            cancellation
        );
        File.Move(part, path, overwrite: true);
        File.Delete(tag);
    }

    /// <inheritdoc/>
    public void Dispose() => client.Dispose();

    private async Task<T> RetryAsync<T>(Uri address, Func<Task<T>> attempt, CancellationToken cancellation)
    {
        for (int retry = 0; ; retry++)
        {
            TimeSpan wait = settings.Backoff * Math.Pow(2, retry) * (1 + Random.Shared.NextDouble());
            try
            {
                if (RateOf(address) is { } rate)
                    await rate.WaitAsync(cancellation);
                return await attempt();
            }
            catch (RefusedException e) when (MayPass(e.Status) && retry < settings.Retries)
            {
                if (e.RetryAfter is { } asked)
                    wait = asked;
                if (wait > settings.LongestWait)
                    throw new CollectException(
                        $"{e.Message} and asks to wait for {wait.TotalMinutes:F0} minutes: run the same "
                            + "command again then, and it goes on",
                        e
                    );
            }
            catch (Exception e) when (e is HttpRequestException or IOException or TimeoutException)
            {
                if (e.InnerException is CollectException refused)
                    throw refused;
                if (retry >= settings.Retries)
                    throw new CollectException(
                        Hide($"{Name(address)} cannot be had after {retry + 1} attempts: {e.Message}"),
                        e
                    );
            }
            await Task.Delay(wait, cancellation);
        }

        static bool MayPass(HttpStatusCode status) =>
            status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests || (int)status >= 500;
    }

    private async Task<HttpResponseMessage> SendAsync(
        Uri address,
        AuthenticationHeaderValue? authorization,
        IReadOnlyDictionary<string, string>? form,
        (long From, string Mark)? rest,
        CancellationToken cancellation
    )
    {
        Uri asked = address;
        for (int redirects = 0; ; redirects++)
        {
            if (asked.Scheme is not ("http" or "https"))
                throw new CollectException(
                    $"{Name(asked)} is of the scheme {asked.Scheme}: only http and https are followed"
                );
            using var request = new HttpRequestMessage(form is null ? HttpMethod.Get : HttpMethod.Post, asked);
            if (form is not null)
                request.Content = new FormUrlEncodedContent(form);
            if (asked.Authority == address.Authority && asked.Scheme == address.Scheme)
                request.Headers.Authorization = authorization;
            if (rest is { } range)
            {
                request.Headers.Range = new RangeHeaderValue(range.From, null);
                request.Headers.TryAddWithoutValidation("If-Range", range.Mark);
            }
            using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            silence.CancelAfter(settings.Timeout);
            HttpResponseMessage response;
            try
            {
                response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, silence.Token);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                throw new TimeoutException($"no answer within {settings.Timeout.TotalSeconds:F0} s");
            }
            if (
                (int)response.StatusCode is not (301 or 302 or 303 or 307 or 308)
                || response.Headers.Location is not { } location
            )
                return response;
            response.Dispose();
            if (redirects == MostRedirects)
                throw new CollectException(
                    $"{Name(address)} redirects more than {MostRedirects} times, perhaps in a circle"
                );
            asked = new Uri(asked, location);
        }
    }

    private async Task CopyAsync(
        HttpResponseMessage response,
        Stream target,
        Uri address,
        CancellationToken cancellation
    )
    {
        await using Stream body = await response.Content.ReadAsStreamAsync(cancellation);
        byte[] buffer = new byte[64 * 1024];
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        while (true)
        {
            silence.CancelAfter(settings.Timeout);
            int read;
            try
            {
                read = await body.ReadAsync(buffer, silence.Token);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                throw new TimeoutException($"no more of the answer within {settings.Timeout.TotalSeconds:F0} s");
            }
            if (read == 0)
                return;
            await target.WriteAsync(buffer.AsMemory(0, read), cancellation);
            if (target.Position > settings.MostBytes)
                throw new CollectException($"{Name(address)} is longer than {settings.MostBytes:N0} bytes");
        }
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        IPAddress[] addresses = await Dns.GetHostAddressesAsync(context.DnsEndPoint.Host, cancellation);
        bool isAllowed =
            settings.AllowPrivateAddresses
            || settings.PrivateServers.Contains($"{context.DnsEndPoint.Host}:{context.DnsEndPoint.Port}");
        if (!isAllowed && addresses.FirstOrDefault(IsPrivate) is { } hidden)
            throw new CollectException(
                $"{context.DnsEndPoint.Host} is the private address {hidden}: it is not asked unless "
                    + "--allow-private or --allow-server says so"
            );
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, context.DnsEndPoint.Port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Whether an address is this machine's, a private or local network's (RFC 1918, 6598, 3927, 4193), or no single
    /// host's.
    /// </summary>
    internal static bool IsPrivate(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        if (IPAddress.IsLoopback(address))
            return true;
        return address.GetAddressBytes() is [byte first, byte second, _, _]
            ? IsPrivateIPv4(first, second)
            : address.IsIPv6LinkLocal
                || address.IsIPv6SiteLocal
                || address.IsIPv6Multicast
                || address.IsIPv6UniqueLocal
                || address.Equals(IPAddress.IPv6Any);
    }

    private static bool IsPrivateIPv4(byte first, byte second) =>
        first switch
        {
            0 or 10 or 127 or >= 224 => true,
            100 => second is >= 64 and < 128,
            169 => second == 254,
            172 => second is >= 16 and < 32,
            192 => second == 168,
            _ => false,
        };

    private RateLimit? RateOf(Uri address) =>
        rates.GetOrAdd(
            address.Host,
            host =>
                settings.HostRates.TryGetValue(host, out int aSecond) ? new(aSecond, TimeSpan.FromSeconds(1))
                : settings.Requests is int requests ? new(requests, settings.Period)
                : null
        );

    private static TimeSpan? Wait(HttpResponseMessage response) =>
        response.Headers.RetryAfter switch
        {
            { Delta: { } wait } => wait,
            { Date: { } until } => until > DateTimeOffset.UtcNow ? until - DateTimeOffset.UtcNow : TimeSpan.Zero,
            _ => null,
        };

    private static string Name(Uri address) => address.GetLeftPart(UriPartial.Path);

    private string Hide(string message) => secrets.Aggregate(message, (text, secret) => text.Replace(secret, "***"));
}
