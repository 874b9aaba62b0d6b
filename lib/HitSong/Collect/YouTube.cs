using System.Net;
using System.Text.Json;
using System.Xml;

namespace HitSong.Collect;

/// <summary>
/// The YouTube Data API with a key: view counts. A day's quota is 10,000 units; a search costs 100 of them, the views
/// of fifty videos 1.
/// </summary>
/// <param name="web">How it is asked; give it the key, so that no message holds it.</param>
/// <param name="key">The key.</param>
/// <param name="address">The API's address, with a slash at its end; null: YouTube's own.</param>
/// <example><code>
/// using var web = new Web(YouTube.Rate);
/// var youTube = new YouTube(web, key: "…");
/// // No videos cost no request.
/// (await youTube.ViewsAsync([])).Count // 0
/// </code></example>
public sealed class YouTube(Web web, string key, Uri? address = null)
{
    private const int IdsAtOnce = 50;

    private readonly Uri root = address ?? new Uri("https://www.googleapis.com/youtube/v3/");

    /// <summary>A cautious rate; the day's quota is what limits.</summary>
    public static WebSettings Rate { get; } = new() { Requests = 10, Period = TimeSpan.FromSeconds(1) };

    /// <summary>The views of videos by their ids; those that are gone or hide the number are not in it.</summary>
    /// <exception cref="CollectException">YouTube refuses, or the day's quota is used up.</exception>
    public async Task<IReadOnlyDictionary<string, long>> ViewsAsync(
        IEnumerable<string> ids,
        CancellationToken cancellation = default
    )
    {
        var views = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (string[] some in ids.Distinct().Chunk(IdsAtOnce))
        {
            JsonElement answer = await AskAsync(
                $"videos?part=statistics&maxResults={IdsAtOnce}&id={Uri.EscapeDataString(string.Join(',', some))}",
                cancellation
            );
            foreach (JsonElement video in answer.Items("items") ?? throw NoList(answer))
                if (video.Text("id") is string id && ViewsOf(video) is long count)
                    views[id] = count;
        }
        return views;
    }

    /// <summary>
    /// The videos that a search for artist and title finds first, among music, with title, channel (as the artist),
    /// length and views; those that hide their views have none. 101 units.
    /// </summary>
    /// <exception cref="CollectException">
    /// YouTube refuses, the day's quota is used up, or the answer is of another form.
    /// </exception>
    public async Task<IReadOnlyList<CatalogueTrack>> SearchAsync(
        string artist,
        string title,
        CancellationToken cancellation = default
    )
    {
        const int Music = 10,
            MostFound = 5;
        string search = Uri.EscapeDataString($"{artist} {title}");
        JsonElement answer = await AskAsync(
            $"search?part=snippet&type=video&videoCategoryId={Music}&maxResults={MostFound}&q={search}",
            cancellation
        );
        string[] ids =
        [
            .. (answer.Items("items") ?? throw NoList(answer))
                .Select(item => item.Get("id").Text("videoId"))
                .OfType<string>()
                .Distinct(),
        ];
        if (ids.Length == 0)
            return [];
        JsonElement videos = await AskAsync(
            $"videos?part=snippet,contentDetails,statistics&id={Uri.EscapeDataString(string.Join(',', ids))}",
            cancellation
        );
        CatalogueTrack[] found = [.. (videos.Items("items") ?? throw NoList(videos)).Select(Read)];
        // As the search ranks them.
        return [.. found.OrderBy(video => Array.IndexOf(ids, video.Id))];
    }

    private static CatalogueTrack Read(JsonElement json)
    {
        var answer = new TrackAnswer(json);
        JsonElement snippet = answer.Object("snippet");
        var video = new CatalogueTrack(
            "youtube",
            answer.Id(),
            WebUtility.HtmlDecode(answer.Needed(snippet, "title", "title")),
            WebUtility.HtmlDecode(answer.Text(snippet, "channelTitle", "channel") ?? "")
        )
        {
            Duration = SecondsOf(answer.Object("contentDetails").Text("duration")),
            Views = ViewsOf(json),
        };
        return video with { Fault = answer.Fault };
    }

    private static long? ViewsOf(JsonElement video) =>
        video.Get("statistics").Number("viewCount") is double count and >= 0 and <= 1e15 ? (long)count : null;

    // ISO 8601: PT3M45S.
    private static double? SecondsOf(string? duration)
    {
        try
        {
            return duration is null ? null
                : XmlConvert.ToTimeSpan(duration) is var time && time > TimeSpan.Zero ? time.TotalSeconds
                : null;
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            return null;
        }
    }

    private static CollectException NoList(JsonElement answer) =>
        new($"YouTube's answer is {answer.ValueKind} without a list of videos (\"items\")") { IsOfOneAnswer = true };

    private async Task<JsonElement> AskAsync(string path, CancellationToken cancellation)
    {
        try
        {
            return await web.JsonAsync(
                new Uri(root, $"{path}&key={Uri.EscapeDataString(key)}"),
                cancellation: cancellation
            );
        }
        catch (RefusedException e) when (e.Status is HttpStatusCode.Forbidden or HttpStatusCode.BadRequest)
        {
            string? reason = e.Body.Get("error").Items("errors")?.FirstOrDefault().Text("reason");
            string message = reason switch
            {
                "quotaExceeded" or "dailyLimitExceeded" =>
                    "YouTube's quota of this day is used up; it begins anew at midnight Pacific time. Run the same "
                        + "command again then, and it goes on",
                "keyInvalid" or "badRequest" => "YouTube does not accept the key: check YOUTUBE_API_KEY",
                null => e.Message,
                _ => $"YouTube refuses: {reason}",
            };
            throw new CollectException(message, e);
        }
    }
}
