using HitSong.Collect;
using Microsoft.AspNetCore.Http;
using Tests;

namespace HitSong.Tests.Collect;

/// <summary>The clients against servers that answer in the shapes of the catalogues' documentation.</summary>
public sealed class CatalogueTests
{
    private static readonly WebSettings Quick = new()
    {
        Requests = 10_000,
        Backoff = TimeSpan.FromMilliseconds(5),
        AllowPrivateAddresses = true,
    };

    private static string DeezerTrack(int id)
    {
        const string Site = @"https:\/\/www.deezer.com";
        string bpm = id % 2 == 0 ? "117.4" : "0";
        return $$"""
            {"id":{{id}},"readable":true,"title":"Song {{id}}","title_short":"Song","isrc":"USRC1760{{id:D4}}",
             "link":"{{Site}}\/track\/{{id}}","duration":225,"rank":{{900_000 - id}},
             "release_date":"2019-03-01","bpm":{{bpm}},"gain":-8.3,
             "preview":"https:\/\/cdnt-preview.dzcdn.net\/{{id}}.mp3?hdnea=exp=1",
             "artist":{"id":27,"name":"Daft Punk","type":"artist"},
             "album":{"id":302127,"title":"Discovery","type":"album"},"type":"track"}
            """;
    }

    [Fact]
    public async Task DeezerIsPagedAndItsQuotaIsWaitedFor()
    {
        bool busy = true;
        await using var server = new LocalServer(context =>
        {
            if (busy)
            {
                busy = false;
                return LocalServer.Json(
                    context,
                    """{"error":{"type":"Exception","message":"Quota limit exceeded","code":4}}"""
                );
            }
            switch (context.Request.Path.Value)
            {
                case "/search":
                    int index = int.Parse(context.Request.Query["index"]!);
                    var found = Enumerable.Range(index, Math.Min(100, 250 - index)).Select(DeezerTrack);
                    string next = index + 100 < 250 ? ",\"next\":\"https://api.deezer.com/search?index=100\"" : "";
                    return LocalServer.Json(
                        context,
                        $$"""{"data":[{{string.Join(",", found)}}],"total":250{{next}}}"""
                    );
                case "/track/isrc:USRC17600007" or "/track/7":
                    return LocalServer.Json(context, DeezerTrack(7));
                case "/artist/27":
                    return LocalServer.Json(
                        context,
                        """{"id":27,"name":"Daft Punk","nb_album":36,"nb_fan":4801234,"type":"artist"}"""
                    );
                case "/track/1":
                    return LocalServer.Json(
                        context,
                        """{"error":{"type":"InvalidQueryException","message":"Wrong query","code":600}}"""
                    );
                default:
                    return LocalServer.Json(
                        context,
                        """{"error":{"type":"DataException","message":"no data","code":800}}"""
                    );
            }
        });
        using var web = new Web(Quick);
        var deezer = new Deezer(web, server.Address);
        List<CatalogueTrack> tracks = await deezer.SearchAsync("artist:\"daft punk\"", 20).ToListAsync();
        Assert.Equal(Enumerable.Range(20, 230).Select(i => $"{i}"), tracks.Select(track => track.Id));
        CatalogueTrack track = (await deezer.TrackByIsrcAsync("USRC17600007"))!;
        var expected = new CatalogueTrack("deezer", "7", "Song 7", "Daft Punk")
        {
            ArtistId = "27",
            Album = "Discovery",
            Isrc = "USRC17600007",
            Year = 2019,
            Duration = 225,
            Rank = 899_993,
            Bpm = null,
            Gain = -8.3,
            AudioUrl = "https://cdnt-preview.dzcdn.net/7.mp3?hdnea=exp=1",
            Licence = track.Licence,
        };
        Assert.Equal(expected, track);
        Assert.Equal(
            track with
            {
                Fans = 4_801_234,
            },
            await deezer.DetailAsync(new("deezer", "7", "Song 7", "Daft Punk"))
        );
        Assert.Equal(4_801_234, await deezer.FansAsync("27"));
        Assert.Single(server.Requests, request => request == "/artist/27");
        Assert.Null(await deezer.TrackAsync("404"));
        Assert.Contains(
            "Wrong query (code 600)",
            (await Assert.ThrowsAsync<CollectException>(() => deezer.TrackAsync("1"))).Message
        );
    }

    // A track as each quota mode has it, February 2026.
    private static string SpotifyTrack(string id, bool extended)
    {
        string known = extended
            ? $"\"popularity\":57,\"preview_url\":\"https://p.scdn.co/mp3-preview/{id}\","
            : "\"preview_url\":null,";
        return $$"""
            {"album":{"album_type":"single","name":"Album","release_date":"2020-05","release_date_precision":"month"},
             "artists":[{"id":"a1","name":"Artist","type":"artist"}],"duration_ms":200040,"explicit":false,
             "external_ids":{"isrc":"QZ{{id}}"},"id":"{{id}}","name":"Song {{id}}",{{known}}"type":"track"}
            """;
    }

    [Theory]
    [InlineData(SpotifyMode.Extended)]
    [InlineData(SpotifyMode.Development)]
    public async Task SpotifyIsSearchedAtRandomAndTokensAreRenewed(SpotifyMode mode)
    {
        int tokens = 0,
            searches = 0;
        await using var server = new LocalServer(async context =>
        {
            if (context.Request.Path == "/token")
            {
                IFormCollection form = await context.Request.ReadFormAsync();
                bool right =
                    form["grant_type"] == "client_credentials"
                    && context.Request.Headers.Authorization == "Basic " + Convert.ToBase64String("id:hush"u8);
                await (
                    right
                        ? LocalServer.Json(
                            context,
                            $$"""{"access_token":"t{{++tokens}}","token_type":"Bearer","expires_in":3600}"""
                        )
                        : LocalServer.Json(context, """{"error":"invalid_client"}""", 400)
                );
                return;
            }
            // The first token is not accepted after the first search, though it should hold for an hour.
            if (context.Request.Headers.Authorization != $"Bearer t{tokens}" || (tokens == 1 && searches == 1))
            {
                await LocalServer.Json(
                    context,
                    """{"error":{"status":401,"message":"The access token expired"}}""",
                    401
                );
                return;
            }
            if (context.Request.Path == "/artists/a1")
            {
                string popularity = mode == SpotifyMode.Extended ? ",\"popularity\":71" : "";
                await LocalServer.Json(
                    context,
                    $$"""{"id":"a1","name":"Artist","genres":["rap"]{{popularity}},"type":"artist"}"""
                );
                return;
            }
            int limit = int.Parse(context.Request.Query["limit"]!),
                offset = int.Parse(context.Request.Query["offset"]!);
            if (limit > (mode == SpotifyMode.Extended ? 50 : 10) || offset + limit > 1000)
            {
                await LocalServer.Json(context, """{"error":{"status":400,"message":"Invalid limit"}}""", 400);
                return;
            }
            Assert.Matches(
                "^genre:hip-hop year:2019-2021 track:(%[a-z0-9]|[a-z0-9]%|%[a-z0-9]%)$",
                context.Request.Query["q"].ToString()
            );
            searches++;
            var found = Enumerable
                .Range(offset, limit)
                .Select(i => SpotifyTrack($"x{i}", mode == SpotifyMode.Extended));
            await LocalServer.Json(
                context,
                $$"""
                {"tracks":{"href":"","limit":{{limit}},"offset":{{offset}},"total":1000,
                 "items":[{{string.Join(",", found)}}]} }
                """
            );
        });
        using var web = new Web(Quick, "hush");
        var spotify = new Spotify(web, "id", "hush", mode, server.Address, server.At("token"));
        List<CatalogueTrack> tracks = await spotify
            .RandomSearchAsync("genre:hip-hop year:2019-2021", seed: 1)
            .Take(95)
            .ToListAsync();
        Assert.Equal(95, tracks.Select(track => track.Id).Distinct().Count());
        Assert.Equal(2, tokens);
        Assert.All(tracks, track => Assert.Equal(("Artist", 200.04, 2020), (track.Artist, track.Duration, track.Year)));
        if (mode == SpotifyMode.Extended)
        {
            Assert.All(tracks, track => Assert.Equal(57, track.Popularity));
            Assert.Null(spotify.Notice);
        }
        else
        {
            Assert.All(
                tracks,
                track => Assert.True(track.Popularity is null && track.AudioUrl is null && track.Isrc!.StartsWith("QZ"))
            );
            Assert.Contains("join the tracks with Deezer by ISRC", spotify.Notice);
        }
        Assert.Equal(
            mode == SpotifyMode.Extended ? 71 : null,
            await spotify.ArtistPopularityAsync(tracks[0].ArtistId!)
        );
        var wrong = new Spotify(web, "id", "wrong", mode, server.Address, server.At("token"));
        Assert.Contains(
            "check SPOTIFY_CLIENT_ID",
            (await Assert.ThrowsAsync<CollectException>(() => wrong.TrackAsync("x"))).Message
        );
    }

    [Fact]
    public async Task YouTubeGivesViewsAndItsQuotaEnds()
    {
        bool used = false;
        await using var server = new LocalServer(context =>
        {
            if (used)
                return LocalServer.Json(
                    context,
                    """
                    {"error":{"code":403,
                     "message":"The request cannot be completed because you have exceeded your quota.",
                     "errors":[{"message":"…","domain":"youtube.quota","reason":"quotaExceeded"}]}}
                    """,
                    403
                );
            Assert.Equal("k3y", context.Request.Query["key"]);
            if (context.Request.Path == "/search")
                return LocalServer.Json(
                    context,
                    """
                    {"kind":"youtube#searchListResponse","items":[
                     {"kind":"youtube#searchResult","id":{"kind":"youtube#video","videoId":"v7"},
                      "snippet":{"title":"…"}},
                     {"kind":"youtube#searchResult","id":{"kind":"youtube#video","videoId":"v3"},
                      "snippet":{"title":"…"}}]}
                    """
                );
            string[] ids = context.Request.Query["id"].ToString().Split(',');
            Assert.InRange(ids.Length, 1, 50);
            // Video v3 hides its views; v5 is gone.
            string Views(string id) => id == "v3" ? "" : $"\"viewCount\":\"{id[1..]}000\",";
            var found = ids.Where(id => id != "v5")
                .Select(id =>
                    $$"""
                        {"kind":"youtube#video","id":"{{id}}","statistics":{ {{Views(id)}}"favoriteCount":"0"},
                         "snippet":{"title":"Rock &amp; Roll {{id}}","channelTitle":"A"},
                         "contentDetails":{"duration":"PT1H3M45S"} }
                        """
                );
            return LocalServer.Json(
                context,
                $$"""{"kind":"youtube#videoListResponse","items":[{{string.Join(",", found)}}]}"""
            );
        });
        using var web = new Web(Quick, "k3y");
        var youTube = new YouTube(web, "k3y", server.Address);
        IReadOnlyDictionary<string, long> views = await youTube.ViewsAsync(
            Enumerable.Range(0, 120).Select(i => $"v{i}")
        );
        Assert.Equal(118, views.Count);
        Assert.Equal(119_000, views["v119"]);
        IReadOnlyList<CatalogueTrack> found = await youTube.SearchAsync("Daft Punk", "One More Time");
        Assert.Equal(
            [("v7", "Rock & Roll v7", "A", 3825.0, 7000L), ("v3", "Rock & Roll v3", "A", 3825.0, (long?)null)],
            found.Select(video => (video.Id, video.Title, video.Artist, video.Duration!.Value, video.Views))
        );
        used = true;
        var error = await Assert.ThrowsAsync<CollectException>(() => youTube.SearchAsync("a", "b"));
        Assert.Contains("quota of this day is used up", error.Message);
        Assert.DoesNotContain("k3y", error.ToString());
    }

    [Fact]
    public async Task APageThatComesAgainAndAgainEnds()
    {
        await using var server = new LocalServer(context =>
            LocalServer.Json(
                context,
                $$"""{"data":[{{DeezerTrack(1)}},{{DeezerTrack(2)}}],"total":1e9,"next":"https://api.deezer.com/x"}"""
            )
        );
        using var web = new Web(Quick);
        var deezer = new Deezer(web, server.Address);
        Assert.Equal(["1", "2"], (await deezer.SearchAsync("rap").ToListAsync()).Select(track => track.Id));
        Assert.InRange(server.Requests.Count, 2, 5);
    }

    [Fact]
    public async Task APageWithoutItsListIsPassedOverAndAnAnswerWithoutAnyIsNamed()
    {
        bool isOdd = true;
        await using var server = new LocalServer(context =>
        {
            int index = int.Parse(context.Request.Query["index"]!);
            string data = !isOdd || index == 100 ? "" : $"\"data\":[{DeezerTrack(index)}],";
            return LocalServer.Json(context, $$"""{{{data}}"total":300}""");
        });
        using var web = new Web(Quick);
        var deezer = new Deezer(web, server.Address);
        Assert.Equal(["0", "200"], (await deezer.SearchAsync("rap").ToListAsync()).Select(track => track.Id));
        isOdd = false;
        Assert.Contains(
            "has no list of tracks",
            (await Assert.ThrowsAsync<CollectException>(() => deezer.SearchAsync("rap").ToListAsync().AsTask())).Message
        );
    }

    [Theory]
    [InlineData("deezer search")]
    [InlineData("deezer track")]
    [InlineData("deezer join")]
    [InlineData("spotify search")]
    [InlineData("spotify artist")]
    [InlineData("youtube views")]
    public async Task WhateverAnAnswerHoldsTheOthersAreCollected(string question)
    {
        using var faults = new CatalogueFaults();
        // A byte that is no UTF-8; and a damaged track with the id of a sound one.
        int[] found = [496, 3333];
        foreach (int seed in Enumerable.Range(0, 60).Concat(found))
            Assert.Null(await faults.TryAsync(question, seed));
    }

    [Fact]
    public void SecretsComeFromTheEnvironmentAndAreNamedWhereMissing()
    {
        Environment.SetEnvironmentVariable("HITSONG_TEST_SECRET", "value");
        Assert.Equal("value", Secret.Read("HITSONG_TEST_SECRET"));
        Assert.Contains(
            "HITSONG_OTHER_SECRET is not set",
            Assert.Throws<CollectException>(() => Secret.Read("HITSONG_OTHER_SECRET")).Message
        );
    }
}
