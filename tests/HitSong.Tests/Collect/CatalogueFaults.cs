using System.Net;
using System.Text;
using HitSong.Collect;
using Tests;

namespace HitSong.Tests.Collect;

/// <summary>
/// The catalogues' clients against a server whose answers, of the shapes that their documentation has, somebody
/// damaged. Whatever the damage, no exception may come that a command does not answer with a message; and where one
/// track of an answer is damaged, the others are collected as they are.
/// </summary>
public sealed class CatalogueFaults : IDisposable
{
    private const int Tracks = 6;

    private readonly HttpListener server = new();
    private readonly Uri address;
    private readonly TemporaryFolder folder = new("faults");
    private readonly Collection collection;
    private readonly Web web = new(
        new()
        {
            Requests = null,
            Retries = 0,
            AllowPrivateAddresses = true,
        }
    );
    private Func<string, byte[]> answer = _ => [];

    /// <summary>Starts the server.</summary>
    public CatalogueFaults()
    {
        collection = Collection.Open(folder.Path);
        address = new Uri($"http://127.0.0.1:{Random.Shared.Next(20_000, 60_000)}/");
        server.Prefixes.Add(address.ToString());
        server.Start();
        _ = Task.Run(ServeAsync);
    }

    /// <summary>What can be asked: a catalogue, and what of it.</summary>
    public static IReadOnlyList<string> Questions { get; } =
    ["deezer search", "deezer track", "deezer join", "spotify search", "spotify artist", "youtube views"];

    /// <inheritdoc/>
    public void Dispose()
    {
        server.Close();
        web.Dispose();
        collection.Dispose();
        folder.Dispose();
    }

    /// <summary>Asks with the damage of a seed.</summary>
    /// <returns>What is wrong with what came of it; null where nothing is.</returns>
    public async Task<string?> TryAsync(string question, int seed)
    {
        collection.Database.Execute("DELETE FROM tracks; DELETE FROM asked; DELETE FROM looked_up");
        try
        {
            return question switch
            {
                "deezer search" => await SearchAsync(
                    seed,
                    DeezerTrack,
                    tracks => $$"""{"data":[{{tracks}}],"total":{{Tracks}}}""",
                    new Deezer(web, address).SearchAsync("rap")
                ),
                "spotify search" => await SearchAsync(
                    seed,
                    SpotifyTrack,
                    tracks => $$$"""{"tracks":{"items":[{{{tracks}}}],"total":{{{Tracks}}}}}""",
                    Spotify().RandomSearchAsync("rap", (ulong)seed)
                ),
                "deezer track" => await AskAsync(seed, "track", DeezerTrack(1), new Deezer(web, address).DetailAsync),
                "spotify artist" => await AskAsync(
                    seed,
                    "artists",
                    """{"id":"a1","name":"Artist","genres":["rap"],"popularity":71,"type":"artist"}""",
                    async (_, stop) => await Spotify().ArtistPopularityAsync("a1", stop)
                ),
                "deezer join" => await LookUpAsync(
                    seed,
                    path =>
                        path.Contains("isrc", StringComparison.Ordinal)
                            ? """{"error":{"type":"DataException","message":"no data","code":800}}"""
                            : $$"""{"data":[{{DeezerTrack(0)}},{{DeezerTrack(1)}}],"total":2}""",
                    () => collection.JoinAsync(new Deezer(web, address))
                ),
                _ => await LookUpAsync(
                    seed,
                    path => path.Contains("search", StringComparison.Ordinal) ? YouTubeSearch : YouTubeVideos,
                    () => collection.AddViewsAsync(new YouTube(web, "key", address))
                ),
            };
        }
        catch (HitSongException e) when (e.Message.Length < 2000)
        {
            // A message that a command prints.
            bool mayRefuse = seed % 4 == 0;
            return mayRefuse ? null : $"seed {seed}: refused, where one track alone was damaged: {e.Message}";
        }
        catch (Exception e)
        {
            return $"seed {seed}: {e}";
        }
    }

    // Every fourth time the whole answer is damaged; else one of its tracks.
    private async Task<string?> SearchAsync(
        int seed,
        Func<int, string> track,
        Func<string, string> page,
        IAsyncEnumerable<CatalogueTrack> search
    )
    {
        int odd = seed % Tracks;
        string whole = page(string.Join(',', Enumerable.Range(0, Tracks).Select(track))),
            damaged = page(
                string.Join(
                    ',',
                    Enumerable.Range(0, Tracks).Select(i => i == odd ? JsonMutant.Of(track(i), seed) : track(i))
                )
            );
        answer = path =>
            path.Contains("token", StringComparison.Ordinal) ? Token
            : seed % 4 == 0 ? Damaged(whole, seed)
            : Encoding.UTF8.GetBytes(damaged);
        await collection.AddAsync("query", Tracks, _ => search);
        if (seed % 4 == 0)
            return null;
        string[] kept =
        [
            .. collection
                .Database.Query("SELECT id FROM tracks WHERE state = 'wanted' AND title LIKE 'Song %' ORDER BY id")
                .Values<string>("id"),
        ];
        // What was damaged may have another's id now.
        string[] lost = [.. Enumerable.Range(0, Tracks).Where(i => i != odd).Select(i => $"{i}").Except(kept)];
        return lost.Length == 0 ? null : $"seed {seed}: {string.Join(", ", lost)} lost, of {damaged}";
    }

    private async Task<string?> AskAsync<T>(
        int seed,
        string path,
        string whole,
        Func<CatalogueTrack, CancellationToken, Task<T>> ask
    )
    {
        answer = asked =>
            asked.Contains("token", StringComparison.Ordinal) ? Token
            : !asked.Contains(path, StringComparison.Ordinal) ? "{}"u8.ToArray()
            : seed % 4 == 0 ? Damaged(whole, seed)
            : Encoding.UTF8.GetBytes(JsonMutant.Of(whole, seed));
        object? found = await ask(new("deezer", "1", "Song 1", "Artist"), default);
        if (found is CatalogueTrack track)
            collection.Add("query", [track]);
        return null;
    }

    private async Task<string?> LookUpAsync(int seed, Func<string, string> whole, Func<Task<LookupTable>> lookUp)
    {
        collection.Add(
            "query",
            [new("spotify", "s", "Song 0", "Artist") { Isrc = "X" }, new("spotify", "t", "Song 1", "Artist")]
        );
        int asked = 0;
        answer = path =>
        {
            // The first track's answers are damaged, the other's are not.
            bool isSecond = path.Contains("Song%201", StringComparison.Ordinal) || asked > 0;
            asked += path.Contains("Song%201", StringComparison.Ordinal) ? 1 : 0;
            return isSecond ? Encoding.UTF8.GetBytes(whole(path))
                : seed % 4 == 0 ? Damaged(whole(path), seed)
                : Encoding.UTF8.GetBytes(JsonMutant.Of(whole(path), seed));
        };
        await lookUp();
        long found = collection
            .Database.Query("SELECT count(*) AS n FROM looked_up WHERE id = 't' AND outcome = 'found'")
            .Values<long>("n")[0];
        return found == 1 || seed % 4 == 0 ? null : $"seed {seed}: the track that was not damaged was not found";
    }

    private static byte[] Damaged(string whole, int seed) =>
        seed % 8 == 0 ? JsonMutant.Broken(whole, seed / 8) : Encoding.UTF8.GetBytes(JsonMutant.Of(whole, seed));

    private Spotify Spotify() => new(web, "id", "secret", SpotifyMode.Extended, address, new Uri(address, "token"));

    private static byte[] Token => """{"access_token":"t","token_type":"Bearer","expires_in":3600}"""u8.ToArray();

    private static string DeezerTrack(int i) =>
        $$"""
            {"id":{{i}},"readable":true,"title":"Song {{i}}","title_short":"Song","isrc":"USRC1760000{{i}}",
            "duration":225,"rank":90000{{i}},"release_date":"2019-03-01","bpm":117.4,"gain":-8.3,
            "preview":"https://example.org/{{i}}.mp3","artist":{"id":27,"name":"Artist","type":"artist"},
            "album":{"id":302127,"title":"Album","type":"album"},"type":"track"}
            """;

    private static string SpotifyTrack(int i) =>
        $$"""
            {"album":{"album_type":"single","name":"Album","release_date":"2020-05","release_date_precision":"month"},
            "artists":[{"id":"a1","name":"Artist","type":"artist"}],"duration_ms":200040,"explicit":false,
            "external_ids":{"isrc":"QZ{{i}}"},"id":"{{i}}","name":"Song {{i}}","popularity":57,
            "preview_url":"https://example.org/{{i}}","type":"track"}
            """;

    private const string YouTubeSearch = """
        {"kind":"youtube#searchListResponse","items":[
        {"kind":"youtube#searchResult","id":{"kind":"youtube#video","videoId":"v0"},"snippet":{"title":"Song 0"}},
        {"kind":"youtube#searchResult","id":{"kind":"youtube#video","videoId":"v1"},"snippet":{"title":"Song 1"}}]}
        """;

    private const string YouTubeVideos = """
        {"kind":"youtube#videoListResponse","items":[
        {"id":"v0","snippet":{"title":"Artist - Song 0","channelTitle":"Artist"},
        "contentDetails":{"duration":"PT3M45S"},"statistics":{"viewCount":"77"}},
        {"id":"v1","snippet":{"title":"Artist - Song 1","channelTitle":"Artist"},
        "contentDetails":{"duration":"PT3M45S"},"statistics":{"viewCount":"78"}}]}
        """;

    private async Task ServeAsync()
    {
        while (server.IsListening)
        {
            try
            {
                HttpListenerContext context = await server.GetContextAsync();
                byte[] bytes = answer(context.Request.Url!.PathAndQuery);
                context.Response.ContentType = "application/json";
                await context.Response.OutputStream.WriteAsync(bytes);
                context.Response.Close();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                // It was closed, or who asked has gone.
            }
        }
    }
}
