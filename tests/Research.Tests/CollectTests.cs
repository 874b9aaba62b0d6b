using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using HitSong.Audio;
using HitSong.Collect;
using Tables;
using Tests;

namespace Research.Tests;

public sealed class CollectTests : IDisposable
{
    private const int Songs = 30;

    private readonly TemporaryFolder folder = new("gesammelt 音");
    private readonly HttpListener server = new();
    private readonly ConcurrentQueue<string> asked = new();
    private readonly string address;

    public CollectTests()
    {
        byte[][] files = [.. Enumerable.Range(0, Songs).Select(song =>
        {
            string path = folder.At("tone.mp3");
            Mp3.Write(path, new Waveform([.. Enumerable.Range(0, 16_000).Select(i => 0.3f * MathF.Sin(i * (0.02f + 0.004f * song)))], 16_000), 64_000, $"tone {song}", "test");
            return File.ReadAllBytes(path);
        })];
        address = $"http://127.0.0.1:{Random.Shared.Next(20_000, 60_000)}/";
        server.Prefixes.Add(address);
        server.Start();
        Task.Run(async () =>
        {
            while (server.IsListening)
            {
                HttpListenerContext context = await server.GetContextAsync();
                _ = Task.Run(async () =>
                {
                    await Task.Delay(60);
                    context.Response.ContentType = "audio/mpeg";
                    await context.Response.OutputStream.WriteAsync(files[int.Parse(Path.GetFileNameWithoutExtension(context.Request.Url!.AbsolutePath))]);
                    context.Response.Close();
                    asked.Enqueue(context.Request.Url!.AbsolutePath);
                });
            }
        });
        File.WriteAllLines(folder.At("songs.csv"), ["name,link,pop", .. Enumerable.Range(0, Songs).Select(i => $"Song {i},{address}{i}.mp3,{i}"), "Out of range,,500"]);
    }

    public void Dispose()
    {
        server.Close();
        folder.Dispose();
    }

    private string[] Arguments => ["collect", "csv", folder.At("songs.csv"), "--column", "title=name", "--column", "audio_url=link", "--column", "popularity=pop", "--to", folder.At("to"), "--connections", "3", "--allow-private"];

    [Fact]
    public void What_was_done_when_it_was_killed_is_not_done_again_and_nothing_is_lost()
    {
        using (Process process = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(Repository.Root, "lib", "Research", "bin", "Release", "net10.0", "research.dll"), .. Arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!)
        {
            Assert.True(SpinWait.SpinUntil(() => asked.Count >= 10, TimeSpan.FromSeconds(60)), "nothing was downloaded");
            process.Kill();
            process.WaitForExit();
        }
        string[] done;
        using (Database tracks = Database.Open(Path.Combine(folder.At("to"), "tracks.duckdb")))
        {
            done = [.. tracks.Query("SELECT audio_path FROM tracks WHERE state = 'there'").Values<string>("audio_path")];
            Assert.InRange(done.Length, 1, Songs - 1);
            Assert.All(done, path => Assert.NotEmpty(AudioFile.Read(Path.Combine(folder.At("to"), path)).Samples));
        }
        int before = asked.Count;

        var (exitCode, output, errors) = Command.Run(Arguments);

        Assert.True(exitCode == 0, errors);
        Assert.Contains("1 was left out", errors);
        Assert.Contains("row 31 has the popularity \"500\"", errors);
        Assert.InRange(asked.Count - before, 1, Songs - done.Length);
        using Collection songs = Collection.Open(folder.At("to"));
        ClosingTable closing = songs.Close($"csv {folder.At("songs.csv")}", Songs);
        Assert.Equal((Songs, Songs, 0, 0), (closing.Asked, closing.There, closing.Failed, closing.Waiting));
        Assert.Equal(Songs, songs.Read().Count);
        Assert.Contains("asked for", output);
    }

    [Fact]
    public void Private_addresses_are_not_asked_unless_told_to()
    {
        var (exitCode, _, errors) = Command.Run(Arguments[..^1]);
        Assert.Equal(1, exitCode);
        Assert.Contains($"{Songs} failed: 127.0.0.1 is the private address 127.0.0.1", errors);
        Assert.Empty(asked);
    }

    [Fact]
    public void A_missing_key_is_named_with_the_way_to_set_it()
    {
        var (exitCode, _, errors) = Command.Run("collect", "youtube", "--to", folder.At("to"));
        Assert.Equal(1, exitCode);
        Assert.Contains("YOUTUBE_API_KEY is not set", errors);
        Assert.Single(errors.Trim().Split('\n'));
    }

    [Fact]
    public void A_corpus_of_no_songs_is_refused() => Assert.Equal(2, Command.Run("corpus", "--songs", "0").ExitCode);
}
