using System.Globalization;
using System.Net;
using System.Text.Json;

namespace HitSong.Collect;

/// <summary>
/// The YouTube Data API with a key: view counts. A day's quota is 10,000 units; a search costs 100 of them, the views
/// of fifty videos 1.
/// </summary>
/// <param name="web">How it is asked; give it the key, so that no message holds it.</param>
/// <param name="key">The key.</param>
/// <param name="address">The API's address, with a slash at its end; null: YouTube's own.</param>
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
            foreach (JsonElement video in answer.GetProperty("items").EnumerateArray())
                if (video.GetProperty("statistics").Text("viewCount") is string count)
                    views[video.GetProperty("id").GetString()!] = long.Parse(count, CultureInfo.InvariantCulture);
        }
        return views;
    }

    /// <summary>
    /// The video that a search for artist and title finds first, among music; null where it finds none.
    /// </summary>
    /// <exception cref="CollectException">YouTube refuses, or the day's quota is used up.</exception>
    public async Task<string?> FindAsync(string artist, string title, CancellationToken cancellation = default)
    {
        const int Music = 10;
        string search = Uri.EscapeDataString($"{artist} {title}");
        JsonElement answer = await AskAsync(
            $"search?part=snippet&type=video&videoCategoryId={Music}&maxResults=1&q={search}",
            cancellation
        );
        return answer
            .GetProperty("items")
            .EnumerateArray()
            .Select(item => item.GetProperty("id").Text("videoId"))
            .FirstOrDefault();
    }

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
            string? reason =
                e.Body.ValueKind == JsonValueKind.Object
                && e.Body.TryGetProperty("error", out JsonElement error)
                && error.TryGetProperty("errors", out JsonElement errors)
                && errors.GetArrayLength() > 0
                    ? errors[0].Text("reason")
                    : null;
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
