using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text;
using HitSong.Audio;
using HitSong.Collect;
using HitSong.Experiments;
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

    // How many files the server still gives.
    private volatile SemaphoreSlim answers = new(int.MaxValue);

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
                        bool isTable = path.EndsWith(".csv", StringComparison.Ordinal);
                        context.Response.ContentType = isTable ? "text/plain; charset=utf-8" : "application/json";
                        await context.Response.OutputStream.WriteAsync(
                            Encoding.UTF8.GetBytes(catalogue(context.Request))
                        );
                        context.Response.Close();
                        return;
                    }
                    await answers.WaitAsync();
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
        answers = new(10);
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
            Thread.Sleep(TimeSpan.FromSeconds(5)); // what came is looked at
            process.Kill();
            process.WaitForExit();
        }
        answers = new(int.MaxValue);
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

        var (exitCode, output, errors) = Command.Run([.. Arguments, "--describe"]);

        Assert.True(exitCode == 0, errors);
        Assert.Contains($"{Songs} songs are described in the table descriptors", output);
        using (Database tracks = Database.Open(Path.Combine(folder.At("to"), "tracks.duckdb")))
        {
            Table described = tracks.Query(
                "SELECT t.audio_path, d.true_peak FROM tracks t JOIN descriptors d ON d.file = t.audio_path "
                    + "WHERE t.state = 'there' AND d.audio = t.content_hash"
            );
            Assert.Equal(Songs, described.Count);
            foreach (float peak in described.Column<float>("true_peak").Span)
                // Tones of 0.3; where one begins an mp3 overshoots.
                Assert.InRange(peak, 20 * MathF.Log10(0.3f) - 0.3f, 20 * MathF.Log10(0.3f) + 1.5f);
        }
        Assert.Contains("1 was left out", errors);
        Assert.Contains("row 31 has the popularity \"500\"", errors);
        Assert.InRange(asked.Count - before, 1, Songs - done.Length);
        using Collection songs = Collection.Open(folder.At("to"));
        CollectionSummary closing = songs.Close($"csv {folder.At("songs.csv")}", Songs);
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
    public void Songs_of_TidyTuesday_are_collected_trained_on_and_predicted()
    {
        // Made up: loud songs are popular. Every tenth stands on two playlists, and one row has no title.
        var random = new Random(5);
        string[] rows = [.. Enumerable.Range(0, 240).Select(Row)];
        int asked = 0;
        catalogue = _ =>
        {
            asked++;
            return string.Join(
                '\n',
                [
                    "track_id,track_name,track_artist,track_popularity,track_album_id,track_album_name,"
                        + "track_album_release_date,playlist_name,playlist_id,playlist_genre,playlist_subgenre,"
                        + "danceability,energy,key,loudness,mode,speechiness,acousticness,instrumentalness,liveness,"
                        + "valence,tempo,duration_ms",
                    .. rows,
                    .. rows.Where((_, i) => i % 10 == 0),
                    rows[0].Replace("t0,Song 0", "t999,NA"),
                    "",
                ]
            );
        };
        (int ExitCode, string Output, string Errors) Collect() =>
            Command.Run(
                "collect",
                "tidytuesday",
                "--to",
                folder.At("to"),
                "--url",
                $"{address}spotify_songs.csv",
                "--allow-server",
                new Uri(address).Authority
            );

        var (exitCode, output, errors) = Collect();

        Assert.True(exitCode == 0, errors);
        Assert.Matches(Counted(240, "tracks in catalogue.csv"), output);
        Assert.Matches(Counted(24, "a track again, on another playlist"), output);
        Assert.Matches(Counted(1, "left out"), output);
        Assert.Matches(Counted(265, "rows of the table"), output);
        Assert.Contains("row 265 has no track_name", errors);
        Assert.Contains("CC0-1.0", output);
        Assert.Contains("Next: ./research train spotify-mlp-bins4-duration", output);
        // What is there is not asked for again.
        Assert.Equal((0, 1), (Collect().ExitCode, asked));

        Source source = Source.Kaggle(folder.At("to/catalogue.csv"), [folder.At("to/artists.csv")]);
        Recipe recipe = Recipes.Find("spotify-mlp-bins4-duration", "audited");
        var store = new RunStore(folder.At("runs"));
        Run run = Experiment.Execute(recipe with { Training = recipe.Training with { Epochs = 20 } }, source, store);

        Assert.Equal(240, run.Train + run.Validation.Count + run.Predictions.Count);
        Assert.Contains(run.Baselines, baseline => baseline.Name == "gradient boosting");
        using var predictor = Predictor.Load(store.PathOf(run));
        double Class(double loudness) =>
            predictor
                .Predict([0.5, 0.5, 5, loudness, 1, 0.1, 0.2, 0, 0.1, 0.5, 120, 200_000, 4], "pop")
                .Song.Select((p, c) => c * p)
                .Sum();
        Assert.True(Class(-3) > Class(-27));

        string Row(int song)
        {
            double loudness = Math.Round(-30 + 30 * random.NextDouble(), 1);
            string popularity = $"{Math.Clamp((int)(100 + 3 * loudness + 10 * random.NextDouble()), 0, 100)}";
            string genre = song % 2 == 0 ? "pop" : "rock";
            return $"t{song},Song {song},Artist {song / 3},{popularity},a,An album,2019-01-01,A list,l,{genre},sub,"
                + $"0.5,0.5,{song % 12},{loudness},1,0.1,0.2,0,0.1,0.5,120,200000";
        }
    }

    // What YouTube has of a song, one video a search: "v7" is video 7.
    private string OnYouTube(HttpListenerRequest request, Func<string, string?> videoOf, Func<string, string> title) =>
        request.QueryString["q"] is string words
            ? videoOf(words) is string video
                ? $$$"""{"items":[{"id":{"videoId":"{{{video}}}"}}]}"""
                : """{"items":[]}"""
            : $$$"""
                {"items":[{"id":"{{{request.QueryString["id"]}}}",
                "snippet":{"title":"{{{title(request.QueryString["id"]!)}}}","channelTitle":"Some channel"},
                "contentDetails":{"duration":"PT3M20S"},
                "statistics":{"viewCount":"{{{request.QueryString["id"]![1..]}}}000"}}]}
                """;

    private (int ExitCode, string Output, string Errors) Collect(params string[] arguments) =>
        Command.Run([
            "collect",
            .. arguments,
            "--to",
            folder.At("to"),
            "--address",
            address,
            "--allow-server",
            new Uri(address).Authority,
        ]);

    private static void WithKeys(Action work)
    {
        string[] keys = ["SPOTIFY_CLIENT_ID", "SPOTIFY_CLIENT_SECRET", "YOUTUBE_API_KEY"];
        foreach (string key in keys)
            Environment.SetEnvironmentVariable(key, "k3y");
        try
        {
            work();
        }
        finally
        {
            foreach (string key in keys)
                Environment.SetEnvironmentVariable(key, null);
        }
    }

    private static string Counted(int count, string what) => $@"{what}[^│]*│\s+{count}\s";

    [Fact]
    public void Views_are_added_from_YouTube_and_what_is_not_there_costs_no_quota_again() =>
        WithKeys(() =>
        {
            Collected(
                ("1", "Song 1", "A", null),
                ("2", "Song 2", "B", null),
                ("3", "Nowhere", "C", null),
                ("4", "Song 4", "D", null)
            );
            var questions = new ConcurrentQueue<string>();
            catalogue = request =>
            {
                questions.Enqueue(request.Url!.Query);
                return OnYouTube(
                    request,
                    words => words.EndsWith("Nowhere", StringComparison.Ordinal) ? null : $"v{words[^1]}",
                    video =>
                        video == "v4" ? "D - Song 4 (Live at Wembley)" : $"{"?AB"[video[1] - '0']} - Song {video[1]}"
                );
            };

            var (exitCode, output, errors) = Collect("youtube");

            Assert.True(exitCode == 0, errors);
            Assert.Matches(Counted(2, "found on YouTube"), output);
            Assert.Matches(Counted(1, "not on YouTube; asked for again after 30 days"), output);
            Assert.Matches(Counted(1, "doubtful, not taken"), output);
            Assert.Matches(Counted(4, "looked up"), output);
            Assert.DoesNotContain("k3y", output + errors);
            Assert.Equal(7, questions.Count);
            Assert.All(questions, question => Assert.Contains("key=k3y", question));
            Assert.Contains("Song 4 (Live at Wembley)", File.ReadAllText(folder.At("to/doubtful.csv")));
            Assert.Contains("is another version (live)", File.ReadAllText(folder.At("to/doubtful.csv")));

            // Again: nothing is asked.
            (exitCode, output, errors) = Collect("youtube");
            Assert.True(exitCode == 0, errors);
            Assert.Matches(Counted(2, "not found or doubtful before, not asked for"), output);
            Assert.Equal(7, questions.Count);

            using (Database tracks = Database.Open(Path.Combine(folder.At("to"), "tracks.duckdb")))
            {
                Assert.Equal(
                    [1000, 2000],
                    tracks
                        .Query("SELECT views FROM tracks WHERE views IS NOT NULL ORDER BY id")
                        .Values<long>("views")
                        .ToArray()
                );
                tracks.Execute("UPDATE looked_up SET asked = asked - INTERVAL 31 DAY WHERE outcome = 'missing'");
            }
            // After a month the one that was not found is asked for once more.
            Assert.Matches(Counted(1, "not on YouTube"), Collect("youtube").Output);
            Assert.Equal(8, questions.Count);
        });

    [Fact]
    public void Tracks_of_Spotify_get_rank_and_audio_from_Deezer()
    {
        Collected(
            ("1", "Song 1", "A", "USAAA0000001"),
            ("2", "Song 2", "B", null),
            ("3", "Nowhere", "C", "USAAA0000003"),
            ("4", "Song 4", "D", null),
            ("5", "Song 5", "E", null)
        );
        string Found(int song, string artist, string after = "") =>
            $$$"""
                {"id":{{{song}}},"title":"Song {{{song}}}{{{after}}}","artist":{"id":7,"name":"{{{artist}}}"},
                 "rank":{{{song}}}00000,"bpm":120,"gain":-9.5,"preview":"{{{address}}}{{{song}}}.mp3"}
                """;
        catalogue = request =>
            Uri.UnescapeDataString(request.Url!.AbsolutePath) switch
            {
                "/track/isrc:USAAA0000001" => Found(1, "A"),
                // The first hit is another recording, the second the one that is meant.
                "/search" when request.QueryString["q"] == "artist:\"B\" track:\"Song 2\"" =>
                    $$"""{"data":[{{Found(9, "B", " (Karaoke)")}},{{Found(2, "B")}}]}""",
                "/search" when request.QueryString["q"] == "artist:\"D\" track:\"Song 4\"" =>
                    $$"""{"data":[{{Found(4, "D", " (Live)")}}]}""",
                "/search" when request.QueryString["q"] == "artist:\"E\" track:\"Song 5\"" => """{"total":1}""",
                "/search" => """{"data":[]}""",
                _ => """{"error":{"type":"DataException","message":"no data","code":800}}""",
            };

        var (exitCode, output, errors) = Collect("deezer", "--join");

        Assert.True(exitCode == 0, errors);
        Assert.Equal(["/1.mp3", "/2.mp3"], asked.Order());
        Assert.Matches(Counted(2, "found on Deezer"), output);
        Assert.Matches(Counted(1, "not on Deezer"), output);
        Assert.Matches(Counted(1, "doubtful, not taken"), output);
        Assert.Matches(Counted(1, "failed; tried again on the next call"), output);
        Assert.Contains("1 failed: Deezer's answer to the search", errors);
        using Collection songs = Collection.Open(folder.At("to"));
        CollectionSummary closing = songs.Close("joined with deezer", 5);
        Assert.Equal((5, 2, 3), (closing.Asked, closing.There, closing.WithoutAudio));
        Assert.Equal(
            [(10.0, "Song 1"), (20.0, "Song 2")],
            songs.Read().Select(track => (track.Popularity!.Value, track.Title))
        );
        Assert.Equal(
            [120.0, 120.0],
            songs.Database.Query("SELECT bpm FROM tracks WHERE rank IS NOT NULL").Values<double>("bpm").ToArray()
        );
    }

    /// <summary>A source, and by what of it a model is trained.</summary>
    public static TheoryData<string, string> Trained =>
        new()
        {
            { "deezer", "Popularity" },
            { "spotify", "Popularity" },
            { "youtube", "Views" },
            { "fma", "Plays" },
            { "csv", "Plays" },
            { "tiktok", "Plays" },
        };

    [Theory, MemberData(nameof(Trained))]
    public void Songs_of_each_source_are_collected_trained_on_and_predicted(string source, string measure)
    {
        string Artist(int i) => $"Artist {i / 2}";
        // As tables have counts: 1,234 1234.0 " 1234 " 1.234e3.
        string Written(int i) =>
            (i % 4) switch
            {
                0 => $"\"{1000 + i:N0}\"",
                1 => $"{1000 + i}.0",
                2 => $" {1000 + i} ",
                _ => $"1.0{i:00}e3",
            };
        string OnDeezer(int i) =>
            $$$"""
                {"id":{{{i}}},"title":"Tone {{{i}}}","artist":{"id":7,"name":"{{{Artist(i)}}}"},"rank":{{{i + 1}}}0000,
                 "preview":"{{{address}}}{{{i}}}.mp3"}
                """;
        string OnSpotify(int i) =>
            $$$"""
                {"id":"s{{{i}}}","name":"Tone {{{i}}}","duration_ms":1000,"popularity":{{{3 * i}}},
                 "preview_url":"{{{address}}}{{{i}}}.mp3","album":{"name":"W","release_date":"0000"},
                 "artists":[{"id":"a","name":"{{{Artist(i)}}}"}]}
                """;
        catalogue = request =>
            request.Url!.AbsolutePath switch
            {
                "/token" => """{"access_token":"t","token_type":"Bearer","expires_in":3600}""",
                _ when source == "spotify" => $$$"""
                    {"tracks":{"items":[{{{string.Join(',', Enumerable.Range(0, Songs).Select(OnSpotify))}}},
                    {"id":"odd","name":"Odd","artists":[]}]}}
                    """,
                _ when source == "youtube" => OnYouTube(
                    request,
                    words => $"v{int.Parse(words.Split(' ')[^1]) + 1}",
                    video => $"{Artist(int.Parse(video[1..]) - 1)} - Tone {int.Parse(video[1..]) - 1}"
                ),
                _ => $$"""{"data":[{{string.Join(',', Enumerable.Range(0, Songs).Select(OnDeezer))}}]}""",
            };
        File.WriteAllLines(
            folder.At("rows.csv"),
            [
                "TikTok ID,Music Title,Music Author,Video Duration,Music URL,Play Count",
                .. Enumerable.Range(0, Songs).Select(i => $"{i},Tone {i},{Artist(i)},15,{address}{i}.mp3,{Written(i)}"),
            ]
        );
        Directory.CreateDirectory(folder.At("fma_metadata"));
        Directory.CreateDirectory(folder.At("fma_small/000"));
        File.WriteAllLines(
            folder.At("fma_metadata/tracks.csv"),
            [
                ",album,album,artist,track,track,track,track,track",
                ",date_released,title,name,duration,genre_top,license,listens,title",
                "track_id,,,,,,,,",
                .. Enumerable
                    .Range(0, Songs)
                    .Select(i => $"{i + 1},2009-01-05,W{i},{Artist(i)},1,Rock,CC0,{1000 + i}.0,Tone {i}"),
            ]
        );
        for (int i = 0; i < Songs; i++)
            File.WriteAllBytes(folder.At($"fma_small/000/{i + 1:000000}.mp3"), files[i]);
        string[] rows =
        [
            "csv",
            folder.At("rows.csv"),
            .. "title=Music Title|artist=Music Author|audio_url=Music URL|plays=Play Count"
                .Split('|')
                .SelectMany(column => (string[])["--column", column]),
        ];
        string[] reach = ["--to", folder.At("to"), "--allow-private"];

        WithKeys(() =>
        {
            string count = $"{Songs}";
            (int ExitCode, string Output, string Errors) collected = source switch
            {
                "deezer" => Collect("deezer", "tone", "--count", count),
                "spotify" => Collect([
                    "spotify",
                    "tone",
                    "--mode",
                    "extended",
                    "--count",
                    $"{Songs + 1}",
                    "--accounts",
                    $"{address}token",
                ]),
                "fma" => Command.Run(["collect", "fma", folder.At("fma_metadata"), folder.At("fma_small"), .. reach]),
                "tiktok" => Command.Run(["collect", "tiktok", folder.At("rows.csv"), .. reach]),
                _ => Command.Run(["collect", .. rows, .. reach]),
            };
            // Of Spotify one track was without an artist: it failed, the others are there.
            Assert.True(collected.ExitCode == (source == "spotify" ? 1 : 0), collected.Errors);
            if (source == "spotify")
                Assert.Contains("1 failed: has no artist", collected.Errors);
            if (source == "youtube")
                Assert.Matches(Counted(Songs, "found on YouTube"), Collect("youtube").Output);
        });
        Source songs = Source.Collection(folder.At("to"));
        using (Collection collection = Collection.Open(folder.At("to")))
            Assert.Equal(collection.Read(), songs.Tracks);
        Assert.Equal(Songs, songs.Tracks.Count);
        Assert.All(songs.Tracks, track => Assert.Null(source == "spotify" ? track.Year : null));
        Recipe recipe = Recipes
            .DescriptorMlp.AtDemoScale()
            .With("Label.Target", measure)
            .With("Label.Binning", "Quantiles")
            .With("Training.Epochs", "2");
        var store = new RunStore(folder.At("runs"));
        Run run = Experiment.Execute(recipe, songs, store);

        Assert.Equal(Songs, run.Data!.Tracks);
        Assert.Equal(source == "spotify" ? 1 : 0, run.LeftOut.Sum(left => left.Count));
        if (source == "spotify")
            Assert.Contains(
                "Left out of the data: 1 that failed to be collected",
                File.ReadAllText(Path.Combine(store.PathOf(run), "model-card.md"))
            );
        Assert.Equal(run.LeftOut, Assert.Single(store.Read().Runs).LeftOut);
        using Predictor predictor = Predictor.Load(store.PathOf(run));
        Assert.Equal(1, predictor.Predict(songs.Tracks[0].AudioPath).Song.Sum(), 1e-5);
    }

    [Fact]
    public void A_collection_of_which_most_has_no_label_is_not_trained_on_unasked()
    {
        File.WriteAllLines(
            folder.At("songs.csv"),
            [
                "name,who,link,pop",
                .. Enumerable
                    .Range(0, Songs)
                    .Select(i => $"Song {i},A{i / 2},{address}{i}.mp3,{(i < 20 ? $"{4 * i}" : "")}"),
            ]
        );
        Assert.Equal(0, Command.Run([.. Arguments, "--column", "artist=who"]).ExitCode);
        Source songs = Source.Collection(folder.At("to"));
        Recipe recipe = Recipes.DescriptorMlp.AtDemoScale().With("Training.Epochs", "2");
        var store = new RunStore(folder.At("runs"));
        string message = Assert
            .Throws<HitSong.Corpus.CorpusException>(() => Experiment.Execute(recipe, songs, store))
            .Message;
        Assert.Contains("10 would be left out: 10 without popularity", message);
        Assert.Contains("--allow-gaps", message);
        Run run = Experiment.Execute(recipe, songs with { AllowGaps = true }, store);
        Assert.Equal([new HitSong.Corpus.LeftOut("without popularity", 10)], run.LeftOut);
    }

    [Fact]
    public void A_catalogue_of_which_most_artists_are_not_known_is_not_trained_on_unasked()
    {
        string header =
            "artist_name,track_name,track_id,popularity,year,genre,"
            + string.Join(',', HitSong.Corpus.TabularSettings.CatalogueNumbers);
        File.WriteAllLines(
            folder.At("catalogue.csv"),
            [
                header,
                .. Enumerable
                    .Range(0, 60)
                    .Select(i =>
                        $"Artist {i / 2},Song {i},{i},{i % 4 * 30},2000,pop,"
                        + string.Join(',', HitSong.Corpus.TabularSettings.CatalogueNumbers.Select(_ => "1"))
                    ),
            ]
        );
        File.WriteAllLines(
            folder.At("artists.csv"),
            ["artist_name,popularity", .. Enumerable.Range(0, 10).Select(i => $"Artist {i},50")]
        );
        var (exitCode, _, errors) = Command.Run(
            "train",
            "spotify-mlp-bins4",
            "--catalogue",
            folder.At("catalogue.csv"),
            "--artists",
            folder.At("artists.csv")
        );
        Assert.Equal(1, exitCode);
        Assert.Equal(
            "of the 60 songs of catalogue.csv, 40 would be left out: 40 of an artist whose popularity is not given. "
                + "Add what is missing; to go on without them, say so: --allow-gaps (in a notebook: source with "
                + "{ AllowGaps = true })",
            errors.Trim().Split('\n')[^1]
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
        Assert.Contains("CSV Error on Line: 3", errors);
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
                "/videos" => """
                    {"items":[{"id":"v","snippet":{"title":"Tone","channelTitle":"A"},
                    "statistics":{"viewCount":"77"}}]}
                    """,
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
            int collecting = notebook.Cells.FindLastIndex(cell =>
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
    public void A_corpus_of_no_songs_is_refused()
    {
        var (exitCode, output, errors) = Command.Run("corpus", "--songs", "0");
        Assert.True(exitCode == 2, $"exit code {exitCode}: {output}{errors}");
        Assert.Contains("--songs takes a whole number of at least 1, not 0", errors);
    }
}
