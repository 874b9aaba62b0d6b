using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text;
using HitSong.Audio;
using HitSong.Collect;
using Notebooks;
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
    private readonly byte[][] files;
    private Func<HttpListenerRequest, string>? catalogue;

    public CollectTests()
    {
        files =
        [
            .. Enumerable
                .Range(0, Songs)
                .Select(song =>
                {
                    string path = folder.At("tone.mp3");
                    Mp3.Write(
                        path,
                        new Waveform(
                            [.. Enumerable.Range(0, 16_000).Select(i => 0.3f * MathF.Sin(i * (0.02f + 0.004f * song)))],
                            16_000
                        ),
                        64_000,
                        $"tone {song}",
                        "test"
                    );
                    return File.ReadAllBytes(path);
                }),
        ];
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
                    string path = context.Request.Url!.AbsolutePath;
                    if (catalogue is not null && !path.EndsWith(".mp3", StringComparison.Ordinal))
                    {
                        context.Response.ContentType = "application/json";
                        await context.Response.OutputStream.WriteAsync(
                            Encoding.UTF8.GetBytes(catalogue(context.Request))
                        );
                        context.Response.Close();
                        return;
                    }
                    context.Response.ContentType = "audio/mpeg";
                    await context.Response.OutputStream.WriteAsync(
                        files[int.Parse(Path.GetFileNameWithoutExtension(context.Request.Url!.AbsolutePath))]
                    );
                    context.Response.Close();
                    asked.Enqueue(context.Request.Url!.AbsolutePath);
                });
            }
        });
        File.WriteAllLines(
            folder.At("songs.csv"),
            [
                "name,link,pop",
                .. Enumerable.Range(0, Songs).Select(i => $"Song {i},{address}{i}.mp3,{i}"),
                "Out of range,,500",
            ]
        );
    }

    public void Dispose()
    {
        server.Close();
        folder.Dispose();
    }

    private string[] Arguments => [.. CollectCsv, "--to", folder.At("to"), "--connections", "3", "--allow-private"];

    private string[] CollectCsv => ["collect", "csv", folder.At("songs.csv"), .. Columns];

    private static string[] Columns =>
        ["--column", "title=name", "--column", "audio_url=link", "--column", "popularity=pop"];

    [Fact]
    public void What_was_done_when_it_was_killed_is_not_done_again_and_nothing_is_lost()
    {
        string program = Path.Combine(Repository.Root, "lib", "Research", "bin", "Release", "net10.0", "research.dll");
        ProcessStartInfo start = new("dotnet", [program, .. Arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using (Process process = Process.Start(start)!)
        {
            Assert.True(
                SpinWait.SpinUntil(() => asked.Count >= 10, TimeSpan.FromSeconds(60)),
                "nothing was downloaded"
            );
            process.Kill();
            process.WaitForExit();
        }
        string[] done;
        using (Database tracks = Database.Open(Path.Combine(folder.At("to"), "tracks.duckdb")))
        {
            done =
            [
                .. tracks.Query("SELECT audio_path FROM tracks WHERE state = 'there'").Values<string>("audio_path"),
            ];
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
    public void Views_are_added_from_YouTube()
    {
        Collected(("1", "Song 1", "A", null), ("2", "Song 2", "B", null), ("3", "Nowhere", "C", null));
        var questions = new ConcurrentQueue<string>();
        catalogue = request =>
        {
            questions.Enqueue(request.Url!.Query);
            string? words = request.QueryString["q"],
                video = request.QueryString["id"];
            return words is null
                    ? $$$"""{"items":[{"id":"{{{video}}}","statistics":{"viewCount":"{{{video![1..]}}}000"}}]}"""
                : words.EndsWith("Nowhere", StringComparison.Ordinal) ? """{"items":[]}"""
                : $$$"""{"items":[{"id":{"videoId":"v{{{words[^1]}}}"}}]}""";
        };
        Environment.SetEnvironmentVariable("YOUTUBE_API_KEY", "k3y");
        try
        {
            var (exitCode, output, errors) = Command.Run(
                "collect",
                "youtube",
                "--to",
                folder.At("to"),
                "--address",
                address,
                "--allow-server",
                new Uri(address).Authority
            );

            Assert.True(exitCode == 0, errors);
            Assert.Contains("3 tracks had no views: 2 found, 1 not on YouTube.", output);
            Assert.DoesNotContain("k3y", output + errors);
            Assert.Equal(5, questions.Count);
            Assert.All(questions, question => Assert.Contains("key=k3y", question));
            using Database tracks = Database.Open(Path.Combine(folder.At("to"), "tracks.duckdb"));
            Assert.Equal(
                [1000, 2000],
                tracks
                    .Query("SELECT views FROM tracks WHERE views IS NOT NULL ORDER BY id")
                    .Values<long>("views")
                    .ToArray()
            );
        }
        finally
        {
            Environment.SetEnvironmentVariable("YOUTUBE_API_KEY", null);
        }
    }

    [Fact]
    public void Tracks_of_Spotify_get_rank_and_audio_from_Deezer()
    {
        Collected(
            ("1", "Song 1", "A", "USAAA0000001"),
            ("2", "Song 2", "B", null),
            ("3", "Nowhere", "C", "USAAA0000003")
        );
        string Found(int song) =>
            $$$"""
                {"id":{{{song}}},"title":"Song {{{song}}}","artist":{"id":7,"name":"A"},"rank":{{{song}}}00000,
                 "bpm":120,"gain":-9.5,"preview":"{{{address}}}{{{song}}}.mp3"}
                """;
        catalogue = request =>
            Uri.UnescapeDataString(request.Url!.AbsolutePath) switch
            {
                "/track/isrc:USAAA0000001" => Found(1),
                "/search" when request.QueryString["q"] == "artist:\"B\" track:\"Song 2\"" =>
                    $$"""{"data":[{{Found(2)}}]}""",
                "/search" => """{"data":[]}""",
                _ => """{"error":{"type":"DataException","message":"no data","code":800}}""",
            };

        var (exitCode, output, errors) = Command.Run(
            "collect",
            "deezer",
            "--join",
            "--to",
            folder.At("to"),
            "--address",
            address,
            "--allow-server",
            new Uri(address).Authority
        );

        Assert.True(exitCode == 0, errors);
        Assert.Equal(["/1.mp3", "/2.mp3"], asked.Order());
        using Collection songs = Collection.Open(folder.At("to"));
        ClosingTable closing = songs.Close("joined with deezer", 3);
        Assert.Equal((3, 2, 1), (closing.Asked, closing.There, closing.WithoutAudio));
        Assert.Equal(
            [(10.0, "Song 1"), (20.0, "Song 2")],
            songs.Read().Select(track => (track.Popularity!.Value, track.Title))
        );
        Assert.Equal(
            [120.0, 120.0],
            songs.Database.Query("SELECT bpm FROM tracks WHERE rank IS NOT NULL").Values<double>("bpm").ToArray()
        );
    }

    [Theory]
    [InlineData("")]
    [InlineData("\"")]
    public async Task A_huge_field_ends_with_a_message_and_little_memory(string quote)
    {
        const int Megabytes = 300;
        using (var file = new StreamWriter(folder.At("huge.csv"), false, new UTF8Encoding(false)))
        {
            file.Write($"name\nSong\n{quote}");
            char[] megabyte = [.. Enumerable.Repeat('x', 1 << 20)];
            for (int i = 0; i < Megabytes; i++)
                file.Write(megabyte);
            file.Write($"{quote}\n");
        }
        string[] collect = ["collect", "csv", folder.At("huge.csv"), "--column", "title=name", "--to", folder.At("to")];
        ProcessStartInfo start = new("dotnet", [Command.Program, .. collect])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> reading = process.StandardError.ReadToEndAsync();
        long peak = 0;
        do
        {
            try
            {
                process.Refresh();
                peak = Math.Max(peak, process.PeakWorkingSet64);
            }
            catch (InvalidOperationException)
            {
                // It has just ended.
            }
        } while (!process.WaitForExit(20));

        Assert.Equal(1, process.ExitCode);
        string errors = await reading;
        Assert.Contains("huge.csv cannot be read: line 3 is longer than", errors);
        Assert.InRange(errors.Length, 1, 2000);
        Assert.InRange(peak >> 20, 1, Megabytes);
    }

    /// <summary>
    /// The branches of 01-corpus: source, other parameters (@ is the test's folder), songs with audio and a label.
    /// </summary>
    public static TheoryData<string, string, int> Sources =>
        new()
        {
            { "deezer", "Query=tone;Count=3", 3 },
            { "spotify", "Query=tone;Count=3", 3 },
            { "fma", "Input=@fma_metadata;Audio=@fma_small", 2 },
            { "tiktok", "Input=@tiktok.csv", 2 },
            { "csv", "Input=@songs.csv;Columns=title=name audio_url=link popularity=pop", Songs },
            { "kaggle", "Input=@kaggle.csv", 0 },
            { "views", "Input=@views.csv", 0 },
            { "youtube", "", 0 },
        };

    [Theory, MemberData(nameof(Sources))]
    public async Task The_notebook_collects_from_each_source(string source, string parameters, int songs)
    {
        File.WriteAllText(
            folder.At("tiktok.csv"),
            "TikTok ID,Music Title,Music Author,Video Duration,Music URL,Play Count\n"
                + $"1,Tone,A,15,{address}1.mp3,500\n"
                + $"2,Tone,B,15,{address}2.mp3,9000\n"
        );
        File.WriteAllText(
            folder.At("kaggle.csv"),
            "track_id,track_name,artist_name,popularity,year,genre\nx,Tone,A,50,2020,pop\n"
        );
        File.WriteAllText(folder.At("views.csv"), "song,views\nTone,1000\n");
        Directory.CreateDirectory(folder.At("fma_metadata"));
        File.WriteAllText(
            folder.At("fma_metadata/tracks.csv"),
            ",album,album,artist,track,track,track,track,track\n"
                + ",date_released,title,name,duration,genre_top,license,listens,title\n"
                + "track_id,,,,,,,,\n"
                + "2,2009-01-05,W,A,1,Rock,CC0,5,Tone\n"
                + "5,2009-01-05,W,B,1,Rock,CC0,700,Tone\n"
        );
        Directory.CreateDirectory(folder.At("fma_small/000"));
        foreach (int tone in new[] { 2, 5 })
            File.WriteAllBytes(folder.At($"fma_small/000/00000{tone}.mp3"), files[tone]);
        string OnSpotify(int i) =>
            $$$"""
                {"id":"s{{{i}}}","name":"Tone","duration_ms":1000,"popularity":{{{i}}},
                 "preview_url":"{{{address}}}{{{i}}}.mp3","album":{"name":"W"},"artists":[{"id":"a","name":"A"}]}
                """;
        string OnDeezer(int i) =>
            $$$"""
                {"id":{{{i}}},"title":"Tone","artist":{"id":7,"name":"A"},"rank":{{{i + 1}}}00000,
                 "preview":"{{{address}}}{{{i}}}.mp3"}
                """;
        catalogue = request =>
            request.Url!.AbsolutePath switch
            {
                "/token" => """{"access_token":"t","token_type":"Bearer","expires_in":3600}""",
                "/search" when source == "spotify" =>
                    $$$"""{"tracks":{"items":[{{{string.Join(',', Enumerable.Range(0, 3).Select(OnSpotify))}}}]}}""",
                "/search" when source == "youtube" => """{"items":[{"id":{"videoId":"v"}}]}""",
                "/videos" => """{"items":[{"id":"v","statistics":{"viewCount":"77"}}]}""",
                _ => $$"""{"data":[{{string.Join(',', Enumerable.Range(0, 3).Select(OnDeezer))}}]}""",
            };
        if (source == "youtube")
            Collected(("1", "Tone", "A", null));
        var values = new Dictionary<string, string>
        {
            ["Source"] = source,
            ["Folder"] = folder.At("to"),
            ["Server"] = address,
        };
        foreach (string parameter in parameters.Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] pair = parameter.Split('=', 2);
            values[pair[0]] = pair[1].StartsWith('@') ? folder.At(pair[1][1..]) : pair[1];
        }
        string[] keys = ["SPOTIFY_CLIENT_ID", "SPOTIFY_CLIENT_SECRET", "YOUTUBE_API_KEY"];
        foreach (string key in keys)
            Environment.SetEnvironmentVariable(key, "k3y");
        try
        {
            Notebook notebook = NotebookParameters.Inject(
                Notebook.Load(Path.Combine(Workspace.Notebooks, "01-corpus.ipynb")),
                values
            );
            int collecting = notebook.Cells.FindIndex(cell =>
                cell.Source.Contains("Collection.Open", StringComparison.Ordinal)
            );
            notebook.Cells.RemoveRange(collecting + 1, notebook.Cells.Count - collecting - 1);
            NotebookResult result = await NotebookRunner.RunAsync(notebook, Workspace.CellOptions);

            // Without audio in the source it says so, and the collection has the rows all the same.
            if (songs == 0)
                Assert.Contains("holds no song with audio and popularity yet", result.Failure?.Error.Message);
            else
                Assert.True(result.Failure is null, result.Failure?.Error.Message);
            using Collection collection = Collection.Open(folder.At("to"));
            Assert.Equal(songs, collection.Read().Count);
            Assert.Equal(Math.Max(1, songs), collection.Database.Query("FROM tracks").Count);
            if (source == "youtube")
                Assert.Equal(
                    [77],
                    collection.Database.Query("SELECT views FROM tracks").Values<long>("views").ToArray()
                );
            if (songs > 0)
                Assert.Contains($"{songs} songs by", result.Notebook.ToJson());
            if (source is "fma" or "tiktok")
                Assert.Matches(">50(\\.0)?<", result.Notebook.ToJson()); // half of the songs have fewer
            Assert.DoesNotContain("k3y", result.Notebook.ToJson());
        }
        finally
        {
            foreach (string key in keys)
                Environment.SetEnvironmentVariable(key, null);
        }
    }

    private void Collected(params (string Id, string Title, string Artist, string? Isrc)[] songs)
    {
        using Collection collection = Collection.Open(folder.At("to"));
        collection.Add(
            "before",
            songs.Select(song => new CatalogueTrack("spotify", song.Id, song.Title, song.Artist) { Isrc = song.Isrc })
        );
    }

    [Fact]
    public void A_wrong_option_is_answered_with_the_help_of_its_source() =>
        Assert.Contains(
            "ftp://x is no http or https address. See ./research collect deezer --help.",
            Command.Run("collect", "deezer", "rap", "--address", "ftp://x").Errors
        );

    [Fact]
    public void A_corpus_of_no_songs_is_refused() => Assert.Equal(2, Command.Run("corpus", "--songs", "0").ExitCode);
}
