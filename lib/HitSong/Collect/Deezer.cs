using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text.Json;
using HitSong.Corpus;

namespace HitSong.Collect;

/// <summary>
/// Deezer's public API, which needs no key: 50 requests in 5 s. It gives audio (a 30 s mp3 preview) and popularity
/// (<c>rank</c>) together. A search gives tracks without ISRC, year, bpm, gain and fans; <see cref="DetailAsync"/>
/// gives them. A preview's address holds for some hours; ask for the track again after that.
/// </summary>
/// <param name="web">How it is asked.</param>
/// <param name="address">The API's address, with a slash at its end; null: Deezer's own.</param>
/// <example><code>
/// async Task&lt;CollectionSummary> CollectAsync(string query, int count)
/// {
///     using var songs = Collection.Open("../data/collected");
///     using var web = new Web(Deezer.Rate);
///     var deezer = new Deezer(web);
///     await songs.AddAsync(query, count, start => deezer.SearchAsync(query, start));
///     return await songs.FetchAsync(query, count, web);
/// }
/// // Then: await CollectAsync("genre:\"rap\"", 1000)
/// </code></example>
public sealed class Deezer(Web web, Uri? address = null)
{
    private const int PageSize = 100;
    private const int MostBarrenPages = 3; // in a row, without a track that was not there before
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
        // A damaged track may carry the id of a sound one.
        var seen = new HashSet<(string Id, bool IsSound)>();
        bool isAnswered = false;
        int barren = 0;
        for (int index = start; barren < MostBarrenPages; index += PageSize)
        {
            JsonElement page =
                await AskAsync(
                    FormattableString.Invariant(
                        $"search?q={Uri.EscapeDataString(query)}&limit={PageSize}&index={index}"
                    ),
                    cancellation
                ) ?? throw new CollectException($"Deezer finds no data for {query}") { IsOfOneAnswer = true };
            IReadOnlyList<JsonElement>? tracks = page.Items("data");
            isAnswered |= tracks is not null;
            // The same page again and again has an end all the same.
            barren++;
            foreach (CatalogueTrack track in (tracks ?? []).Select(Read))
            {
                if (!seen.Add((track.Id, track.Fault is null)))
                    continue;
                barren = 0;
                yield return track;
            }
            bool isLast = page.Text("next") is null && !(index + PageSize < page.Number("total"));
            if (isLast)
                break;
        }
        if (!isAnswered)
            throw new CollectException(
                $"Deezer's answer to the search for {query} has no list of tracks (\"data\"): its API may have changed"
            )
            {
                IsOfOneAnswer = true,
            };
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
            ? new TrackAnswer(artist).Whole("nb_fan", 0, 1e15)
            : null;
    }

    /// <summary>
    /// What a search does not say of a track: ISRC, year, bpm, gain and the artist's fans. Two requests, or one where
    /// the artist is known.
    /// </summary>
    /// <exception cref="CollectException">Deezer refuses.</exception>
    public async Task<CatalogueTrack> DetailAsync(CatalogueTrack track, CancellationToken cancellation = default)
    {
        CatalogueTrack whole = await TrackAsync(track.Id, cancellation) is { Fault: null } found ? found : track;
        return whole with { Fans = whole.ArtistId is string artist ? await FansAsync(artist, cancellation) : null };
    }

    // Deezer answers 200 also where it refuses; what it says then stands in the body.
    private async Task<JsonElement?> AskAsync(string path, CancellationToken cancellation)
    {
        JsonElement answer = await web.JsonAsync(
            new Uri(root, path),
            isBusy: json => Error(json)?.Number("code") == QuotaExceeded,
            cancellation: cancellation
        );
        if (Error(answer) is not { } error)
            return answer;
        double? code = error.Number("code");
        return code == NoData
            ? null
            : throw new CollectException(
                $"Deezer refuses: {error.Text("message") ?? "without a reason"} (code {code?.ToString("F0") ?? "none"})"
            )
            {
                IsOfOneAnswer = true,
            };
    }

    private static JsonElement? Error(JsonElement json) =>
        json.Get("error") is { ValueKind: JsonValueKind.Object } error ? error : null;

    private static CatalogueTrack Read(JsonElement json)
    {
        const double SecondsOfADay = 86_400;
        var answer = new TrackAnswer(json);
        JsonElement artist = answer.Object("artist"),
            album = answer.Object("album");
        var track = new CatalogueTrack(
            "deezer",
            answer.Id(),
            answer.Needed("title"),
            answer.Needed(artist, "name", "artist's name")
        )
        {
            ArtistId = TrackAnswer.IdOf(artist.Get("id")),
            Album = answer.Text(album, "title", "album's title"),
            Isrc = answer.Text("isrc"),
            Year = ReleaseYear.Of(json.Text("release_date")),
            // Deezer writes 0 where it does not know.
            Duration = answer.Number("duration", 1, SecondsOfADay, none: 0),
            Rank = answer.Whole("rank", 0, 1_000_000),
            Bpm = answer.Number("bpm", 1, 1000, none: 0),
            Gain = answer.Number("gain", -200, 200, none: 0),
            AudioUrl = answer.Text("preview"),
            Licence = "preview for personal, non-commercial use under Deezer's terms",
        };
        return track with { Fault = answer.Fault };
    }
}
