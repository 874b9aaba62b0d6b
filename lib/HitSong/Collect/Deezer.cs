using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace HitSong.Collect;

/// <summary>
/// Deezer's public API, which needs no key: 50 requests in 5 s. It gives audio (a 30 s mp3 preview) and popularity
/// (<c>rank</c>) together. A search gives tracks without ISRC, year, bpm, gain and fans; <see cref="DetailAsync"/>
/// gives them. A preview's address holds for some hours; ask for the track again after that.
/// </summary>
/// <param name="web">How it is asked.</param>
/// <param name="address">The API's address, with a slash at its end; null: Deezer's own.</param>
public sealed class Deezer(Web web, Uri? address = null)
{
    private const int PageSize = 100;
    private const int QuotaExceeded = 4,
        NoData = 800;

    private readonly ConcurrentDictionary<string, long?> fans = new();
    private readonly Uri root = address ?? new Uri("https://api.deezer.com/");

    /// <summary>The published rate.</summary>
    public static WebSettings Rate { get; } = new() { Requests = 50, Period = TimeSpan.FromSeconds(5) };

    /// <summary>
    /// What a search finds, page by page, from a place in the list on. The end of what Deezer gives for it (often some
    /// hundred tracks) ends it.
    /// </summary>
    /// <param name="query">
    /// As Deezer's search takes it, such as <c>genre:"rap" dur_min:120</c>, <c>artist:"…" track:"…"</c>.
    /// </param>
    /// <param name="start">The first result, from 0.</param>
    /// <param name="cancellation">Stops.</param>
    /// <exception cref="CollectException">Deezer refuses.</exception>
    public async IAsyncEnumerable<CatalogueTrack> SearchAsync(
        string query,
        int start = 0,
        [EnumeratorCancellation] CancellationToken cancellation = default
    )
    {
        for (int index = start; ; index += PageSize)
        {
            JsonElement page =
                await AskAsync(
                    FormattableString.Invariant(
                        $"search?q={Uri.EscapeDataString(query)}&limit={PageSize}&index={index}"
                    ),
                    cancellation
                ) ?? throw new CollectException($"Deezer finds no data for {query}");
            foreach (JsonElement track in page.GetProperty("data").EnumerateArray())
                yield return Read(track);
            if (!page.TryGetProperty("next", out _))
                yield break;
        }
    }

    /// <summary>A track by its number; null where Deezer has none.</summary>
    /// <exception cref="CollectException">Deezer refuses.</exception>
    public async Task<CatalogueTrack?> TrackAsync(string id, CancellationToken cancellation = default) =>
        await AskAsync($"track/{Uri.EscapeDataString(id)}", cancellation) is { } track ? Read(track) : null;

    /// <summary>A track by its ISRC; null where Deezer has none.</summary>
    /// <exception cref="CollectException">Deezer refuses.</exception>
    public Task<CatalogueTrack?> TrackByIsrcAsync(string isrc, CancellationToken cancellation = default) =>
        TrackAsync($"isrc:{isrc}", cancellation);

    /// <summary>
    /// The number of an artist's fans; null where Deezer has no such artist. Each artist is asked for once.
    /// </summary>
    /// <exception cref="CollectException">Deezer refuses.</exception>
    public async Task<long?> FansAsync(string artistId, CancellationToken cancellation = default)
    {
        if (fans.TryGetValue(artistId, out long? known))
            return known;
        return fans[artistId] = await AskAsync($"artist/{Uri.EscapeDataString(artistId)}", cancellation) is { } artist
            ? (long?)artist.Number("nb_fan")
            : null;
    }

    /// <summary>
    /// What a search does not say of a track: ISRC, year, bpm, gain and the artist's fans. Two requests, or one where
    /// the artist is known.
    /// </summary>
    /// <exception cref="CollectException">Deezer refuses.</exception>
    public async Task<CatalogueTrack> DetailAsync(CatalogueTrack track, CancellationToken cancellation = default)
    {
        CatalogueTrack whole = await TrackAsync(track.Id, cancellation) ?? track;
        return whole with { Fans = whole.ArtistId is string artist ? await FansAsync(artist, cancellation) : null };
    }

    // Deezer answers 200 also where it refuses; what it says then stands in the body.
    private async Task<JsonElement?> AskAsync(string path, CancellationToken cancellation)
    {
        JsonElement answer = await web.JsonAsync(
            new Uri(root, path),
            isBusy: json => Code(json) == QuotaExceeded,
            cancellation: cancellation
        );
        return Code(answer) switch
        {
            null => answer,
            NoData => null,
            int code => throw new CollectException(
                $"Deezer refuses: {answer.GetProperty("error").GetProperty("message").GetString()} (code {code})"
            ),
        };
    }

    private static int? Code(JsonElement json) =>
        json.ValueKind == JsonValueKind.Object
        && json.TryGetProperty("error", out JsonElement error)
        && error.ValueKind == JsonValueKind.Object
            ? error.GetProperty("code").GetInt32()
            : null;

    private static CatalogueTrack Read(JsonElement track)
    {
        try
        {
            return new(
                "deezer",
                track.GetProperty("id").GetInt64().ToString(CultureInfo.InvariantCulture),
                track.GetProperty("title").GetString()!,
                track.GetProperty("artist").GetProperty("name").GetString()!
            )
            {
                ArtistId = track.GetProperty("artist").Number("id") is { } artist
                    ? artist.ToString("F0", CultureInfo.InvariantCulture)
                    : null,
                Album = track.TryGetProperty("album", out JsonElement album) ? album.Text("title") : null,
                Isrc = track.Text("isrc"),
                Year =
                    track.Text("release_date") is { Length: >= 4 } date
                    && int.TryParse(date[..4], NumberStyles.None, CultureInfo.InvariantCulture, out int year)
                    && year > 0
                        ? year
                        : null,
                Duration = track.Number("duration"),
                Rank = (long?)track.Number("rank"),
                // Deezer writes 0 where it does not know.
                Bpm = track.Number("bpm") is { } bpm and not 0 ? bpm : null,
                Gain = track.Number("gain") is { } gain and not 0 ? gain : null,
                AudioUrl = track.Text("preview"),
                Licence = "preview for personal, non-commercial use under Deezer's terms",
            };
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidOperationException)
        {
            throw new CollectException(
                "Deezer gives a track in another shape than its documentation has: no id, title or artist",
                e
            );
        }
    }
}
