using HitSong.Audio;
using HitSong.Collect;
using HitSong.Corpus;
using Microsoft.AspNetCore.Http;
using Tests;

namespace HitSong.Tests.Collect;

public sealed class CollectionTests : IDisposable
{
    private static readonly WebSettings Quick = new()
    {
        Requests = 10_000,
        Retries = 1,
        Backoff = TimeSpan.FromMilliseconds(5),
        AllowPrivateAddresses = true,
    };

    private readonly TemporaryFolder folder = new("collection");
    private readonly Dictionary<string, byte[]> files = [];

    public CollectionTests()
    {
        foreach (int tone in Enumerable.Range(0, 8))
        {
            string path = folder.At($"tone-{tone}.mp3");
            Mp3.Write(
                path,
                new Waveform(
                    [.. Enumerable.Range(0, 22_050).Select(i => 0.3f * MathF.Sin(i * (0.05f + 0.01f * tone)))],
                    22_050
                ),
                64_000,
                $"tone {tone}",
                "test"
            );
            files[$"/{tone}.mp3"] = File.ReadAllBytes(path);
        }
    }

    public void Dispose() => folder.Dispose();

    private static async IAsyncEnumerable<CatalogueTrack> Catalogue(int start, int count, Func<int, string?> url)
    {
        for (int i = start; i < count; i++)
        {
            await Task.Yield();
            yield return new("deezer", $"{i}", $"Song {i}", $"Artist {i % 3}")
            {
                Rank = 100_000 * i,
                AudioUrl = url(i),
                Isrc = $"I{i}",
            };
        }
    }

    private Task Serve(HttpContext context)
    {
        if (!files.TryGetValue(context.Request.Path, out byte[]? bytes))
            return LocalServer.Json(context, "{}", 404);
        context.Response.ContentType = "audio/mpeg";
        return context.Response.Body.WriteAsync(bytes).AsTask();
    }

    [Fact]
    public async Task EverythingAskedForIsAccountedForAndFailuresAreTriedAgain()
    {
        files["/noise.mp3"] = [.. Enumerable.Range(0, 5000).Select(i => (byte)(i * 7919 >> 3))];
        files["/same.mp3"] = files["/0.mp3"];
        await using var server = new LocalServer(Serve);
        string?[] urls = ["0.mp3", "1.mp3", "2.mp3", null, "same.mp3", "noise.mp3", "late.mp3", "1.mp3"];
        using (Collection songs = Collection.Open(folder.At("c")))
        using (var web = new Web(Quick))
        {
            Assert.Equal(
                8,
                await songs.AddAsync(
                    "q",
                    10,
                    start => Catalogue(start, 8, i => urls[i] is string url ? server.At(url).ToString() : null)
                )
            );
            CollectionSummary first = await songs.FetchAsync("q", 10, web);
            Assert.Equal((10, 3, 2, 1, 2, 0, 2), Counts(first));
            Assert.Contains(first.Reasons, reason => reason.Reason.Contains("answered 404"));
            Assert.Contains(first.Reasons, reason => reason.Reason.StartsWith("the file "));
        }
        files["/late.mp3"] = files["/3.mp3"];
        files["/noise.mp3"] = files["/4.mp3"];
        server.Requests.Clear();
        using (Collection songs = Collection.Open(folder.At("c")))
        using (var web = new Web(Quick))
        {
            CollectionSummary second = await songs.FetchAsync("q", 10, web);
            Assert.Equal((10, 5, 2, 1, 0, 0, 2), Counts(second));
            Assert.Equal(["/late.mp3", "/noise.mp3"], server.Requests.Order());
            IReadOnlyList<Track> tracks = songs.Read();
            Assert.Equal(5, tracks.Count);
            Assert.Equal(
                Directory.GetFiles(Path.Combine(folder.At("c"), "audio")).Order(),
                tracks.Select(track => track.AudioPath).Order()
            );
            Assert.Equal(10, tracks.Single(track => track.Title == "Song 1").Popularity);
            Assert.All(tracks, track => Assert.Equal(22_050, AudioFile.Read(track.AudioPath).Samples.Length));
        }
    }

    [Theory]
    [InlineData(100)]
    [InlineData(1)]
    public async Task ASoundTrackTakesThePlaceOfADamagedOneWithItsIdWhicheverComesFirst(int atOnce)
    {
        CatalogueTrack damaged = new("deezer", "1", "?", "?") { Fault = "has no title", AudioUrl = "https://x/9.mp3" },
            sound = new("deezer", "1", "Song 1", "Artist") { AudioUrl = "https://x/1.mp3" },
            later = sound with { Title = "Song 1, once more" },
            alone = damaged with { Id = "2" };
        foreach (
            CatalogueTrack[] answer in (CatalogueTrack[][])
                [
                    [damaged, sound, later, alone],
                    [sound, damaged, alone],
                ]
        )
        {
            using Collection songs = Collection.Open(folder.At(Guid.NewGuid().ToString()));
            foreach (CatalogueTrack[] some in answer.Chunk(atOnce))
                Assert.InRange(await songs.AddAsync("q", 3, _ => some.ToAsyncEnumerable()), 1, 2);
            CollectionSummary summary = songs.Close("q", 2);
            Assert.Equal((1, 1, 0), (summary.Waiting, summary.Failed, summary.Missing));
            Assert.Equal(
                ["Song 1", "?"],
                songs.Database.Query("SELECT title FROM tracks ORDER BY id").Values<string>("title")
            );
        }
    }

    [Fact]
    public async Task AListThatWasCutOffGoesOn()
    {
        using Collection songs = Collection.Open(folder.At("c"));
        await Assert.ThrowsAsync<CollectException>(() => songs.AddAsync("q", 500, start => Broken(start)));
        int goneOnFrom = -1;
        Assert.Equal(500, await songs.AddAsync("q", 500, start => Catalogue(goneOnFrom = start, 600, _ => null)));
        Assert.Equal(230, goneOnFrom);
        Assert.Equal(500, songs.Close("q", 500).WithoutAudio);

        static async IAsyncEnumerable<CatalogueTrack> Broken(int start)
        {
            await foreach (CatalogueTrack track in Catalogue(start, 230, _ => null))
                yield return track;
            throw new CollectException("the network is gone");
        }
    }

    [Fact]
    public async Task AnAddressThatNoLongerHoldsIsRenewed()
    {
        await using var server = new LocalServer(Serve);
        using Collection songs = Collection.Open(folder.At("c"));
        using var web = new Web(Quick);
        await songs.AddAsync(
            "q",
            1,
            start => Catalogue(start, 1, _ => server.At("expired.mp3?signature=x").ToString())
        );
        CollectionSummary closing = await songs.FetchAsync(
            "q",
            1,
            web,
            renew: (_, _, _) => Task.FromResult<string?>(server.At("5.mp3?signature=y").ToString())
        );
        Assert.Equal(1, closing.There);
    }

    [Fact]
    public async Task HostileIdsAndAddressesStayInTheFolder()
    {
        await using var server = new LocalServer(Serve);
        using Collection songs = Collection.Open(folder.At("c"));
        using var web = new Web(Quick);
        songs.Add(
            "q",
            [
                new("x", "../../evil", "T", "A") { AudioUrl = server.At("0.mp3").ToString() },
                new("x", "b", "T", "A") { AudioUrl = "file:///etc/passwd" },
                new("x", "c", "T", "A") { AudioUrl = "no address" },
                new("x", "d", "T", "A") { AudioPath = folder.At("nowhere.mp3") },
            ]
        );
        CollectionSummary closing = await songs.FetchAsync("q", 4, web);
        Assert.Equal((1, 3), (closing.There, closing.Failed));
        Assert.StartsWith(folder.At("c"), Path.GetFullPath(songs.Read()[0].AudioPath));
        Assert.Contains(closing.Reasons, reason => reason.Reason.Contains("only http and https"));
    }

    private static (
        int Asked,
        int There,
        int Duplicates,
        int WithoutAudio,
        int Failed,
        int Waiting,
        int Missing
    ) Counts(CollectionSummary table) =>
        (table.Asked, table.There, table.Duplicates, table.WithoutAudio, table.Failed, table.Waiting, table.Missing);
}
