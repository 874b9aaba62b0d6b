using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using HitSong.Corpus;
using HitSong.Numerics;

namespace HitSong.Collect;

/// <summary>
/// Spotify's Web API with client credentials. The token is renewed before it expires, and where it expired all the
/// same. Spotify publishes no rate; it counts requests over 30 s, and <c>Retry-After</c> is heeded.
/// </summary>
/// <example><code>
/// using var web = new Web(Spotify.Rate);
/// var spotify = new Spotify(web, clientId: "…", clientSecret: "…", SpotifyMode.Development);
/// // Asked when it is enumerated: await collection.AddAsync(query, 1000, _ => songs)
/// var songs = spotify.RandomSearchAsync("genre:hip-hop year:2019-2021", seed: 42);
/// </code></example>
public sealed class Spotify
{
    private const int MostOffset = 1000;
    private const int RoundsWithoutNew = 50;
    private const string Wildcards = "abcdefghijklmnopqrstuvwxyz0123456789";

    private readonly Web web;
    private readonly SpotifyMode mode;
    private readonly AuthenticationHeaderValue credentials;
    private readonly Uri root,
        accounts;
    private readonly ConcurrentDictionary<string, double?> popularities = new();
    private readonly SemaphoreSlim renewal = new(1);
    private (AuthenticationHeaderValue Header, DateTime Until)? token;

    /// <summary>A client.</summary>
    /// <param name="web">How it is asked; give it the secret, so that no message holds it.</param>
    /// <param name="clientId">The application's id.</param>
    /// <param name="clientSecret">The application's secret.</param>
    /// <param name="mode">The application's quota mode.</param>
    /// <param name="address">The API's address, with a slash at its end; null: Spotify's own.</param>
    /// <param name="accounts">The address of the tokens; null: Spotify's own.</param>
    public Spotify(
        Web web,
        string clientId,
        string clientSecret,
        SpotifyMode mode,
        Uri? address = null,
        Uri? accounts = null
    )
    {
        this.web = web;
        this.mode = mode;
        credentials = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{clientId}:{clientSecret}")));
        root = address ?? new Uri("https://api.spotify.com/v1/");
        this.accounts = accounts ?? new Uri("https://accounts.spotify.com/api/token");
    }

    /// <summary>A cautious rate, as none is published.</summary>
    public static WebSettings Rate { get; } = new() { Requests = 90, Period = TimeSpan.FromSeconds(30) };

    /// <summary>What is missing from what was collected, with the way out; said once. Null while nothing is.</summary>
    public string? Notice { get; private set; }

    /// <summary>
    /// The published search of the hip hop experiments: <c>track:</c> a random letter or digit with % before, after or
    /// around it, at a random offset, round after round. Ends where many rounds in a row found nothing new.
    /// </summary>
    /// <param name="query">What all tracks have in common, such as <c>genre:hip-hop year:2019-2021</c>.</param>
    /// <param name="seed">Seed of the wildcards and offsets.</param>
    /// <param name="market">Country, two letters.</param>
    /// <param name="cancellation">Stops.</param>
    /// <exception cref="CollectException">Spotify refuses.</exception>
    public async IAsyncEnumerable<CatalogueTrack> RandomSearchAsync(
        string query,
        ulong seed,
        string market = "US",
        [EnumeratorCancellation] CancellationToken cancellation = default
    )
    {
        int limit = mode == SpotifyMode.Extended ? 50 : 10;
        var random = new SeededRandom(seed, "spotify");
        // A damaged track may carry the id of a sound one.
        var seen = new HashSet<(string Id, bool IsSound)>();
        bool isAnswered = false;
        for (int idle = 0; idle < RoundsWithoutNew; idle++)
        {
            char letter = Wildcards[random.Below(Wildcards.Length)];
            string wildcard = random.Below(3) switch
            {
                0 => $"%{letter}",
                1 => $"{letter}%",
                _ => $"%{letter}%",
            };
            int offset = random.Below(MostOffset - limit + 1);
            string search = Uri.EscapeDataString($"{query} track:{wildcard}");
            JsonElement page = await AskAsync(
                FormattableString.Invariant(
                    $"search?q={search}&type=track&market={market}&limit={limit}&offset={offset}"
                ),
                cancellation
            );
            IReadOnlyList<JsonElement>? items = page.Get("tracks").Items("items");
            isAnswered |= items is not null;
            // Spotify writes null in the place of a track that the country may not have.
            foreach (JsonElement item in (items ?? []).Where(item => item.ValueKind != JsonValueKind.Null))
            {
                CatalogueTrack track = Read(item);
                if (!seen.Add((track.Id, track.Fault is null)))
                    continue;
                idle = -1;
                yield return track;
            }
        }
        if (!isAnswered)
            throw new CollectException(
                $"Spotify's answers to the search for {query} have no list of tracks (\"tracks\", \"items\"): "
                    + "its API may have changed"
            );
    }

    /// <summary>A track by its id.</summary>
    /// <exception cref="CollectException">Spotify refuses, or has none.</exception>
    public async Task<CatalogueTrack> TrackAsync(string id, CancellationToken cancellation = default) =>
        Read(await AskAsync($"tracks/{Uri.EscapeDataString(id)}", cancellation));

    /// <summary>
    /// An artist's popularity, 0…100; null where the quota mode does not give it. Each artist is asked for once.
    /// </summary>
    /// <exception cref="CollectException">Spotify refuses, or has none.</exception>
    public async Task<double?> ArtistPopularityAsync(string artistId, CancellationToken cancellation = default)
    {
        if (popularities.TryGetValue(artistId, out double? known))
            return known;
        JsonElement artist = await AskAsync($"artists/{Uri.EscapeDataString(artistId)}", cancellation);
        return popularities[artistId] = new TrackAnswer(artist).Number("popularity", 0, 100);
    }

    private async Task<JsonElement> AskAsync(string path, CancellationToken cancellation)
    {
        for (bool renewed = false; ; renewed = true)
        {
            AuthenticationHeaderValue header = await TokenAsync(cancellation);
            try
            {
                return await web.JsonAsync(new Uri(root, path), header, cancellation: cancellation);
            }
            catch (RefusedException e) when (e.Status == HttpStatusCode.Unauthorized && !renewed)
            {
                if (token?.Header == header)
                    token = null;
            }
            catch (RefusedException e)
            {
                string asked = path.Split('?')[0];
                string reason = e.Status switch
                {
                    HttpStatusCode.Unauthorized =>
                        "Spotify does not accept the token it gave: check SPOTIFY_CLIENT_ID and SPOTIFY_CLIENT_SECRET",
                    HttpStatusCode.Forbidden =>
                        $"Spotify forbids {asked}: the application's quota mode has no right to it, or its owner's "
                            + "Premium subscription ended",
                    HttpStatusCode.BadRequest when mode == SpotifyMode.Extended =>
                        $"Spotify refuses {asked}: fifty results a search need the extended quota; "
                            + "try --mode development",
                    _ => e.Message,
                };
                throw new CollectException(reason, e);
            }
        }
    }

    private async Task<AuthenticationHeaderValue> TokenAsync(CancellationToken cancellation)
    {
        await renewal.WaitAsync(cancellation);
        try
        {
            if (token is { } valid && DateTime.UtcNow < valid.Until)
                return valid.Header;
            JsonElement answer = await web.JsonAsync(
                accounts,
                credentials,
                new Dictionary<string, string> { ["grant_type"] = "client_credentials" },
                cancellation: cancellation
            );
            if (answer.Text("access_token") is not { } given || !given.All(IsOfAToken))
                throw new CollectException(
                    "Spotify's answer holds no access token: is this the address of its tokens?"
                );
            const double Hour = 3600,
                Day = 86_400;
            double seconds = Math.Clamp(answer.Number("expires_in") ?? Hour, 0, Day);
            // Half a minute early, so that it does not expire on the way.
            token = (new AuthenticationHeaderValue("Bearer", given), DateTime.UtcNow.AddSeconds(seconds - 30));
            return token.Value.Header;
        }
        catch (RefusedException e)
        {
            throw new CollectException("Spotify gives no token: check SPOTIFY_CLIENT_ID and SPOTIFY_CLIENT_SECRET", e);
        }
        finally
        {
            renewal.Release();
        }
    }

    private static bool IsOfAToken(char letter) => letter is > ' ' and <= '~';

    private CatalogueTrack Read(JsonElement json)
    {
        const double MillisecondsOfADay = 86_400_000;
        var answer = new TrackAnswer(json);
        double? popularity = answer.Number("popularity", 0, 100);
        string? preview = answer.Text("preview_url");
        JsonElement album = answer.Object("album"),
            artist = answer.First("artists"),
            ids = answer.Object("external_ids");
        var track = new CatalogueTrack(
            "spotify",
            answer.Id(),
            answer.Needed("name"),
            answer.Needed(artist, "name", "artist")
        )
        {
            ArtistId = answer.Text(artist, "id", "artist's id"),
            Album = answer.Text(album, "name", "album's name"),
            Isrc = answer.Text(ids, "isrc", "isrc"),
            Year = ReleaseYear.Of(album.Text("release_date")),
            Duration = answer.Number("duration_ms", 1, MillisecondsOfADay, none: 0) / 1000,
            Popularity = popularity,
            AudioUrl = preview,
            Licence = "Spotify Developer Terms: no training of models on Spotify content without permission",
        };
        if (answer.Fault is null)
            NoticeMissing(popularity, preview);
        return track with { Fault = answer.Fault };
    }

    private void NoticeMissing(double? popularity, string? preview)
    {
        string? missing = (popularity, preview) switch
        {
            (null, null) => "popularity and no preview",
            (null, _) => "popularity",
            (_, null) => "preview",
            _ => null,
        };
        if (missing is not null)
            Notice ??=
                $"Spotify gives this application no {missing} ({mode} mode): join the tracks with Deezer by ISRC, "
                + "which gives both: ./research collect deezer --join";
    }
}
