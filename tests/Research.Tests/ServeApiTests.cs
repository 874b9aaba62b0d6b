using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Text;
using System.Text.Json;
using HitSong.Experiments;
using Tests;

namespace Research.Tests;

/// <summary>The API of <c>./research serve</c>.</summary>
[Collection("serve")]
public class ServeApiTests(Serving serving)
{
    private static byte[] Song => File.ReadAllBytes(Serving.Songs[0]);

    // A refusal: a problem document with words for people, and nothing of the program's inside.
    private static async Task<string> RefusedAsync(HttpResponseMessage answer, HttpStatusCode status)
    {
        string body = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == status, $"{answer.StatusCode}: {body}");
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        JsonElement problem = JsonDocument.Parse(body).RootElement;
        Assert.Equal((int)status, problem.GetProperty("status").GetInt32());
        Assert.NotEqual("", problem.GetProperty("title").GetString());
        Assert.DoesNotContain("   at ", body);
        Assert.DoesNotContain("/tmp", body);
        Assert.DoesNotContain(Repository.Root, body);
        return problem.TryGetProperty("detail", out JsonElement detail) ? detail.GetString()! : "";
    }

    [Fact]
    public async Task A_song_gets_the_models_word_on_it()
    {
        HttpResponseMessage answered = await serving.SendAsync(Song, "demo.mp3");
        JsonElement answer = await Serving.ReadAsync(answered);
        Assert.Equal(HttpStatusCode.OK, answered.StatusCode);
        using var predictor = Predictor.Load(serving.FolderOf(serving.Ear));
        SongPrediction expected = predictor.Predict(Serving.Songs[0]);
        (double[] Values, string Key)[] told =
        [
            (expected.Song, "probability"),
            (expected.Low!, "low"),
            (expected.High!, "high"),
        ];
        foreach (var (values, key) in told)
            Assert.Equal(
                values,
                answer.GetProperty("classes").EnumerateArray().Select(c => c.GetProperty(key).GetDouble()),
                new Near(1e-5)
            );
        Assert.Equal(predictor.CalibrationInWords, answer.GetProperty("calibration").GetString());
        Assert.Equal("demo.mp3", answer.GetProperty("file").GetString());
        Assert.Contains("no forecast", answer.GetProperty("verdict").GetString());
        JsonElement picture = answer.GetProperty("clips")[0].GetProperty("features");
        Assert.Equal(
            picture.GetProperty("bands").GetInt32() * picture.GetProperty("frames").GetInt32(),
            picture.GetProperty("values").GetBytesFromBase64().Length
        );
    }

    private sealed class Near(double tolerance) : IEqualityComparer<double>
    {
        public bool Equals(double a, double b) => Math.Abs(a - b) <= tolerance;

        public int GetHashCode(double value) => 0;
    }

    [SkippableTheory]
    [InlineData("vibe-ace.44k1.stereo.m4a")]
    [InlineData("vibe-ace.48k.stereo.opus")]
    [InlineData("vibe-ace.cbr128.44k1.stereo.mp3")]
    public async Task Real_recordings_of_other_formats_are_heard_and_looked_into(string name)
    {
        byte[] file = File.ReadAllBytes(Repository.Shared($"audio/{name}"));
        JsonElement answer = await Serving.ReadAsync(await serving.SendAsync(file, name));
        Assert.Equal(
            1,
            answer.GetProperty("classes").EnumerateArray().Sum(c => c.GetProperty("probability").GetDouble()),
            1e-6
        );
        JsonElement attention = await Serving.ReadAsync(await serving.SendAsync(file, name, "api/attention?class=1"));
        Assert.Equal("occlusion", attention.GetProperty("method").GetString());
        byte[] map = attention.GetProperty("clips")[0].GetProperty("map").GetProperty("values").GetBytesFromBase64();
        Assert.Contains(map, value => value == 255);
        Assert.Contains(map, value => value < 255);
    }

    [Fact]
    public async Task A_song_as_m4a_gets_nearly_what_it_gets_as_mp3()
    {
        async Task<double[]> ProbabilitiesAsync(string path)
        {
            HttpResponseMessage sent = await serving.SendAsync(File.ReadAllBytes(path), Path.GetFileName(path));
            JsonElement classes = (await Serving.ReadAsync(sent)).GetProperty("classes");
            return [.. classes.EnumerateArray().Select(c => c.GetProperty("probability").GetDouble())];
        }
        double[][] answers = await Task.WhenAll(new[] { Serving.Songs[1], serving.M4a }.Select(ProbabilitiesAsync));
        Assert.Equal(answers[0], answers[1], new Near(0.05));
    }

    [Fact]
    public async Task An_album_is_ranked_by_the_expected_class()
    {
        string songs = string.Join(
            ", ",
            new[] { ("b", 0.4), ("a", 0.9), ("c", 0.35) }.Select(song =>
                $$"""{"file": "{{song.Item1}}", "probabilities": [{{1 - song.Item2}}, {{song.Item2}}]}"""
            )
        );
        JsonElement answer = await Serving.ReadAsync(
            await serving.PostAsync("api/rank", $$"""{"songs": [{{songs}}]}""")
        );
        JsonElement[] order = [.. answer.GetProperty("order").EnumerateArray()];
        Assert.Equal(["a", "b", "c"], order.Select(place => place.GetProperty("file").GetString()));
        // By hand: 0.9 · 0.6 + (0.9 · 0.4 + 0.1 · 0.6) / 2 and 0.4 · 0.65 + (0.4 · 0.35 + 0.6 · 0.65) / 2.
        Assert.Equal(
            [0.75, 0.525],
            order[..2].Select(place => place.GetProperty("beforeNext").GetDouble()),
            new Near(1e-9)
        );
        Assert.Equal([false, true, false], order.Select(place => place.GetProperty("tooCloseToCall").GetBoolean()));
    }

    [Fact]
    public async Task The_form_answers_and_its_contributions_sum_to_the_probability()
    {
        var (genre, numbers) = await serving.TypicalOfAsync(serving.Published, ("acousticness", 0.9));
        Assert.Equal(14, numbers.Count);
        JsonElement answer = await Serving.ReadAsync(
            await serving.PostAsync(
                $"api/form?model={serving.Published}",
                JsonSerializer.Serialize(
                    new
                    {
                        genre,
                        numbers,
                        @class = 3,
                    }
                )
            )
        );
        double sum =
            answer.GetProperty("typical").GetDouble()
            + answer.GetProperty("contributions").EnumerateArray().Sum(c => c.GetProperty("change").GetDouble());
        Assert.Equal(answer.GetProperty("classes")[3].GetProperty("probability").GetDouble(), sum, 1e-6);
        Assert.Equal(
            [.. numbers.Keys, "genre"],
            answer.GetProperty("contributions").EnumerateArray().Select(c => c.GetProperty("name").GetString())
        );
    }

    [Fact]
    public async Task Models_say_what_they_learned_from_and_whether_their_probabilities_hold()
    {
        JsonElement[] models =
        [
            .. (await Serving.ReadAsync(await serving.Client.GetAsync("api/models"))).EnumerateArray(),
        ];
        Assert.Equal(
            [serving.Ear, serving.Reader, serving.Published],
            models.Select(model => model.GetProperty("id").GetString())
        );
        Assert.All(
            models,
            model =>
            {
                Assert.Contains("demo corpus", model.GetProperty("source").GetString());
                Assert.All(
                    model.GetProperty("calibration").EnumerateArray(),
                    curve =>
                    {
                        var points = curve.GetProperty("points").EnumerateArray();
                        int songs = points.Sum(point => point.GetProperty("songs").GetInt32());
                        Assert.Equal(model.GetProperty("testSongs").GetInt32(), songs);
                    }
                );
            }
        );
        // The store's own figure, which scikit-learn's tests check.
        using var result = JsonDocument.Parse(
            File.ReadAllText(Path.Combine(serving.FolderOf(serving.Ear), "result.json"))
        );
        Assert.Equal(
            result.RootElement.GetProperty("skill").GetDouble(),
            models[0].GetProperty("skill").GetDouble(),
            1e-9
        );
    }

    [Theory]
    [InlineData("0", "is empty")]
    [InlineData("this is a letter, not a song", "no audio")]
    [InlineData("#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n/etc/passwd.mp3\n#EXT-X-ENDLIST\n", "no audio")]
    [InlineData("ffconcat version 1.0\nfile 'song.mp3'\n", "no audio")]
    public async Task What_is_no_song_is_refused_in_words(string text, string reason)
    {
        string detail = await RefusedAsync(
            await serving.SendAsync(text == "0" ? [] : Encoding.UTF8.GetBytes(text)),
            HttpStatusCode.UnprocessableEntity
        );
        Assert.Contains(reason, detail);
    }

    [Fact]
    public async Task A_playlist_that_names_a_song_of_this_machine_is_no_song()
    {
        using var folder = new TemporaryFolder();
        File.Copy(Serving.Songs[0], folder.At("song.mp3"));
        await RefusedAsync(
            await serving.SendAsync(
                Encoding.UTF8.GetBytes(
                    $"#EXTM3U\n#EXT-X-TARGETDURATION:20\n#EXTINF:20,\n{folder.At("song.mp3")}\n#EXT-X-ENDLIST\n"
                )
            ),
            HttpStatusCode.UnprocessableEntity
        );
    }

    [Fact]
    public async Task A_file_over_the_limit_is_refused_whether_it_says_its_length_or_not()
    {
        Assert.Contains(
            "4 MB",
            await RefusedAsync(
                await serving.SendAsync(new byte[Serving.Limit + 1]),
                HttpStatusCode.RequestEntityTooLarge
            )
        );
        using var chunked = new HttpRequestMessage(HttpMethod.Post, "api/predict")
        {
            Content = Serving.Form(new byte[Serving.Limit + 1]),
        };
        chunked.Headers.TransferEncodingChunked = true;
        Assert.Contains(
            "4 MB",
            await RefusedAsync(await serving.Client.SendAsync(chunked), HttpStatusCode.RequestEntityTooLarge)
        );
        Assert.Empty(serving.Files);
    }

    [Fact]
    public async Task An_endless_upload_is_refused_while_it_arrives()
    {
        using TcpClient client = new();
        await client.ConnectAsync(serving.Client.BaseAddress!.Host, serving.Client.BaseAddress.Port);
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes(
                "POST /api/predict HTTP/1.1\r\n"
                    + "Host: 127.0.0.1\r\n"
                    + "Content-Type: multipart/form-data; boundary=b\r\n"
                    + "Transfer-Encoding: chunked\r\n\r\n"
            )
        );
        byte[] head = Encoding.ASCII.GetBytes(
                "--b\r\nContent-Disposition: form-data; name=file; filename=a.mp3\r\n\r\n"
            ),
            block = new byte[100_000];
        long sent = 0;
        Task<int> answer = stream.ReadAsync(new byte[1]).AsTask();
        try
        {
            for (
                byte[] piece = head;
                !answer.IsCompleted && sent < 20L * Serving.Limit;
                piece = block, sent += block.Length
            )
            {
                await stream.WriteAsync(Encoding.ASCII.GetBytes($"{piece.Length:x}\r\n"));
                await stream.WriteAsync(piece);
                await stream.WriteAsync("\r\n"u8.ToArray());
            }
        }
        catch (IOException)
        {
            // The server has hung up.
        }
        Assert.InRange(sent, 1, 5L * Serving.Limit);
        Assert.Empty(serving.Files);
    }

    [Fact]
    public async Task A_form_without_one_whole_file_is_refused()
    {
        await RefusedAsync(
            await serving.Client.PostAsync("api/predict", new ByteArrayContent(Song)),
            HttpStatusCode.UnsupportedMediaType
        );
        await RefusedAsync(
            await serving.Client.PostAsync(
                "api/predict",
                new MultipartFormDataContent { { new StringContent("words"), "file" } }
            ),
            HttpStatusCode.BadRequest
        );
        await RefusedAsync(
            await serving.Client.PostAsync(
                "api/predict",
                new MultipartFormDataContent
                {
                    { new ByteArrayContent(Song), "file", "a.mp3" },
                    { new ByteArrayContent(Song), "file", "b.mp3" },
                }
            ),
            HttpStatusCode.BadRequest
        );
        foreach (string type in new[] { "multipart/form-data", "multipart/form-data; boundary=other" })
        {
            var content = new ByteArrayContent(
                "--b\r\nContent-Disposition: form-data; name=file; filename=a.mp3\r\n\r\nabc"u8.ToArray()
            );
            content.Headers.TryAddWithoutValidation("Content-Type", type);
            await RefusedAsync(await serving.Client.PostAsync("api/predict", content), HttpStatusCode.BadRequest);
        }
        var cut = new ByteArrayContent(
            "--b\r\nContent-Disposition: form-data; name=file; filename=a.mp3\r\n\r\nabc"u8.ToArray()
        );
        cut.Headers.TryAddWithoutValidation("Content-Type", "multipart/form-data; boundary=b");
        await RefusedAsync(await serving.Client.PostAsync("api/predict", cut), HttpStatusCode.BadRequest);
        Assert.Empty(serving.Files);
    }

    [Theory]
    [InlineData("api/predict?model=no-such-run", HttpStatusCode.NotFound, "/api/models")]
    [InlineData("api/predict?model=../../etc", HttpStatusCode.NotFound, "/api/models")]
    [InlineData("api/predict?model=READER", HttpStatusCode.UnprocessableEntity, "cannot listen")]
    [InlineData("api/attention?class=9", HttpStatusCode.BadRequest, "from 0 to 1")]
    [InlineData("api/attention?class=x", HttpStatusCode.BadRequest, "from 0 to 1")]
    [InlineData("api/nothing", HttpStatusCode.NotFound, "")]
    public async Task A_wrong_model_class_or_path_is_named(string path, HttpStatusCode status, string named)
    {
        Assert.Contains(
            named,
            await RefusedAsync(await serving.SendAsync(Song, path: path.Replace("READER", serving.Reader)), status)
        );
    }

    [Theory]
    [InlineData("../../../etc/passwd", "passwd")]
    [InlineData("C:\\music\\song.mp3", "song.mp3")]
    [InlineData("<script>alert(1)</script>.mp3", "script>.mp3")]
    [InlineData("a\u202Egpj.mp3", "agpj.mp3")]
    [InlineData("/", "nameless")]
    public async Task A_name_is_a_text_and_no_path(string name, string kept)
    {
        var form = Serving.Form(Song);
        form.First().Headers.ContentDisposition = new("form-data") { Name = "file", FileNameStar = name };
        Assert.Equal(
            kept,
            (await Serving.ReadAsync(await serving.Client.PostAsync("api/predict", form)))
                .GetProperty("file")
                .GetString()
        );
    }

    [Theory]
    [InlineData("energy", null, "must be a number")]
    [InlineData("energy", "much", "must be a number")]
    [InlineData("energy", 1e308, "between 0 and 1")]
    [InlineData("energy", -0.01, "between 0 and 1")]
    [InlineData("tempo", 251, "BPM")]
    [InlineData("beauty", 1, "no field")]
    public async Task A_wrong_number_of_the_form_is_named(string name, object? value, string reason)
    {
        var (genre, numbers) = await serving.TypicalAsync((name, value));
        HttpResponseMessage answer = await serving.PostAsync(
            "api/form",
            JsonSerializer.Serialize(new { genre, numbers })
        );
        JsonElement problem = await Serving.ReadAsync(answer);
        Assert.Contains(reason, await RefusedAsync(answer, HttpStatusCode.BadRequest));
        Assert.Contains(reason, problem.GetProperty("errors").GetProperty(name)[0].GetString());
    }

    [Fact]
    public async Task A_form_with_parts_missing_infinite_or_no_json_is_refused()
    {
        var (genre, numbers) = await serving.TypicalAsync();
        string good = JsonSerializer.Serialize(new { genre, numbers });
        numbers.Remove("tempo");
        Assert.Contains(
            "tempo is missing",
            await RefusedAsync(
                await serving.PostAsync("api/form", JsonSerializer.Serialize(new { genre, numbers })),
                HttpStatusCode.BadRequest
            )
        );
        Assert.Contains(
            "genre",
            await RefusedAsync(
                await serving.PostAsync("api/form", good.Replace(genre, "noise")),
                HttpStatusCode.BadRequest
            )
        );
        Assert.Contains(
            "infinite",
            await RefusedAsync(
                await serving.PostAsync(
                    "api/form",
                    System.Text.RegularExpressions.Regex.Replace(good, "\"tempo\":[^,}]+", "\"tempo\":1e999")
                ),
                HttpStatusCode.BadRequest
            )
        );
        string[] noForms =
        [
            "",
            "{",
            "null",
            "[]",
            "{\"numbers\": 3}",
            "{\"genre\": {}}",
            "\u0000",
            "{\"numbers\": {\"tempo\": NaN}}",
            new string('[', 100_000),
        ];
        foreach (string json in noForms)
            await RefusedAsync(await serving.PostAsync("api/form", json), HttpStatusCode.BadRequest);
        await RefusedAsync(
            await serving.PostAsync("api/form", new string(' ', 2 << 20)),
            HttpStatusCode.RequestEntityTooLarge
        );
        await RefusedAsync(
            await serving.Client.PostAsync("api/form", new StringContent(good)),
            HttpStatusCode.UnsupportedMediaType
        );
        await RefusedAsync(
            await serving.PostAsync($"api/form?model={serving.Ear}", good),
            HttpStatusCode.UnprocessableEntity
        );
        string[] noSongs =
        [
            "{}",
            "{\"songs\": []}",
            "{\"songs\": [null]}",
            "{\"songs\": [{\"probabilities\": [0.5]}]}",
            "{\"songs\": [{\"probabilities\": [0.5, 0.9]}]}",
            "{\"songs\": [{\"probabilities\": [-1, 2]}]}",
            "{\"songs\": [{\"probabilities\": [1e999, 0]}]}",
        ];
        foreach (string json in noSongs)
            await RefusedAsync(await serving.PostAsync("api/rank", json), HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("Sec-Fetch-Site", "cross-site", HttpStatusCode.Forbidden)]
    [InlineData("Sec-Fetch-Site", "same-site", HttpStatusCode.Forbidden)]
    [InlineData("Origin", "http://evil.example", HttpStatusCode.Forbidden)]
    [InlineData("Origin", "null", HttpStatusCode.Forbidden)]
    [InlineData("Host", "evil.example", HttpStatusCode.MisdirectedRequest)]
    public async Task Another_sites_post_is_refused(string header, string value, HttpStatusCode status)
    {
        foreach (string path in new[] { "api/predict", "api/form", "api/rank" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path)
            {
                Content =
                    path == "api/predict"
                        ? Serving.Form(Song)
                        : new StringContent("{}", Encoding.UTF8, "application/json"),
            };
            request.Headers.TryAddWithoutValidation(header, value);
            await RefusedAsync(await serving.Client.SendAsync(request), status);
        }
        using var page = new HttpRequestMessage(HttpMethod.Get, "api/models");
        page.Headers.TryAddWithoutValidation(header, value);
        Assert.Equal(header == "Host" ? status : HttpStatusCode.OK, (await serving.Client.SendAsync(page)).StatusCode);
    }

    [Fact]
    public async Task Every_answer_has_the_strict_headers()
    {
        foreach (string path in new[] { "", "main.js", "api/models", "api/nothing", "openapi.json" })
        {
            HttpResponseMessage answer = await serving.Client.GetAsync(path);
            string policy = answer.Headers.GetValues("Content-Security-Policy").Single();
            Assert.StartsWith("default-src 'none'; script-src 'self'; style-src 'self';", policy);
            Assert.DoesNotContain("unsafe", policy);
            Assert.Contains("frame-ancestors 'none'", policy);
            (string Name, string Value)[] headers =
            [
                ("X-Content-Type-Options", "nosniff"),
                ("X-Frame-Options", "DENY"),
                ("Referrer-Policy", "no-referrer"),
                ("Cross-Origin-Resource-Policy", "same-origin"),
            ];
            foreach (var (name, value) in headers)
                Assert.Equal(value, answer.Headers.GetValues(name).Single());
            Assert.False(answer.Headers.Contains("Server"));
        }
    }

    [Fact]
    public async Task The_description_names_every_path_and_each_answers()
    {
        JsonElement description = await Serving.ReadAsync(await serving.Client.GetAsync("openapi.json"));
        Assert.StartsWith("3.", description.GetProperty("openapi").GetString());
        var paths = description.GetProperty("paths").EnumerateObject().ToArray();
        Assert.Equal(
            ["/api/attention", "/api/describe", "/api/form", "/api/limits", "/api/models", "/api/predict", "/api/rank"],
            paths.Select(path => path.Name).Order(StringComparer.Ordinal)
        );
        foreach (JsonProperty path in paths)
        foreach (JsonProperty operation in path.Value.EnumerateObject())
        {
            Assert.NotEqual("", operation.Value.GetProperty("summary").GetString());
            HttpResponseMessage answer = await serving.Client.SendAsync(
                new(new HttpMethod(operation.Name.ToUpperInvariant()), path.Name[1..])
            );
            Assert.True(
                operation.Value.GetProperty("responses").TryGetProperty($"{(int)answer.StatusCode}", out _),
                $"{operation.Name} {path.Name} answers {answer.StatusCode}, which is not described"
            );
            if (operation.Name == "post")
                Assert.True(operation.Value.TryGetProperty("requestBody", out _));
        }
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task A_sender_who_vanishes_leaves_nothing_behind()
    {
        using (TcpClient client = new())
        {
            await client.ConnectAsync(serving.Client.BaseAddress!.Host, serving.Client.BaseAddress.Port);
            byte[] head = Encoding.ASCII.GetBytes(
                "POST /api/predict HTTP/1.1\r\n"
                    + "Host: 127.0.0.1\r\n"
                    + "Content-Type: multipart/form-data; boundary=b\r\n"
                    + "Content-Length: 1000000\r\n\r\n"
                    + "--b\r\n"
                    + "Content-Disposition: form-data; name=file; filename=a.mp3\r\n\r\n"
            );
            byte[] partial = [.. head, .. Song[..100_000]];
            await client.GetStream().WriteAsync(partial);
            await UntilAsync(() => serving.Files.Length == 1);
            Assert.Equal(
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
                File.GetUnixFileMode(Path.GetDirectoryName(serving.Files[0])!)
            );
        }
        await UntilAsync(() => serving.Files.Length == 0);
    }

    [Fact]
    public async Task A_decoder_that_crashes_or_hangs_costs_one_song()
    {
        // Stopped processes stand for a decoder that hangs; killed ones for one that crashes while it decodes.
        await serving.SendAsync(Song);
        foreach (int decoder in serving.Decoders)
            Signal("STOP", decoder);
        Task<HttpResponseMessage> crashing = serving.SendAsync(Song),
            hanging = serving.SendAsync(Song);
        await UntilAsync(() => serving.Files.Length == 2);
        await Task.Delay(500);
        Signal("KILL", serving.Decoders[0]);
        Task<HttpResponseMessage> first = await Task.WhenAny(crashing, hanging);
        Assert.Contains("ended the program", await RefusedAsync(await first, HttpStatusCode.UnprocessableEntity));
        Assert.Equal(HttpStatusCode.OK, (await serving.SendAsync(Song)).StatusCode);
        Assert.Contains(
            "longer than 15 s",
            await RefusedAsync(await (first == crashing ? hanging : crashing), HttpStatusCode.UnprocessableEntity)
        );
        // One that ends while nobody asks it costs none.
        int[] idle = serving.Decoders;
        foreach (int decoder in idle)
            Signal("KILL", decoder);
        await UntilAsync(() => !serving.Decoders.Intersect(idle).Any());
        Assert.Equal(HttpStatusCode.OK, (await serving.SendAsync(Song)).StatusCode);
        Assert.Empty(serving.Files);
    }

    [Fact]
    public async Task Fifty_songs_at_once_are_all_answered_and_the_page_stays_there()
    {
        Task<HttpResponseMessage>[] songs =
        [
            .. Enumerable
                .Range(0, 50)
                .Select(i => serving.SendAsync(File.ReadAllBytes(Serving.Songs[i % Serving.Songs.Length]))),
        ];
        var loads = new List<double>();
        while (!songs.All(song => song.IsCompleted))
        {
            var clock = Stopwatch.StartNew();
            (await serving.Client.GetAsync("")).EnsureSuccessStatusCode();
            loads.Add(clock.Elapsed.TotalMilliseconds);
            await Task.Delay(20);
        }
        foreach (var song in songs)
            Assert.Equal(HttpStatusCode.OK, (await song).StatusCode);
        // bench serve measures 50 ms on an idle machine; this says that no load waits for the songs.
        Assert.InRange(loads.Order().ElementAt(loads.Count / 2), 0, 500);
    }

    [Fact]
    public async Task Mutated_uploads_and_forms_leave_it_answering_and_silent()
    {
        var (genre, numbers) = await serving.TypicalAsync();
        byte[] form = JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                genre,
                numbers,
                @class = 1,
            }
        );
        byte[] upload = await Serving.Form(serving.Short, "secret title.mp3").ReadAsByteArrayAsync();
        string type = $"multipart/form-data; boundary={Encoding.ASCII.GetString(upload[2..38])}";
        var statuses = new Dictionary<HttpStatusCode, int>();
        await Parallel.ForEachAsync(
            Enumerable.Range(0, 1000).Select(i => (IsForm: i % 2 == 0, Body: Mutant.Of(i % 2 == 0 ? form : upload, i))),
            new ParallelOptions { MaxDegreeOfParallelism = 4 },
            async (mutant, cancellation) =>
            {
                var content = new ByteArrayContent(mutant.Body);
                content.Headers.TryAddWithoutValidation("Content-Type", mutant.IsForm ? "application/json" : type);
                HttpResponseMessage answer = await serving.Client.PostAsync(
                    mutant.IsForm ? "api/form" : "api/predict",
                    content,
                    cancellation
                );
                lock (statuses)
                    statuses[answer.StatusCode] = statuses.GetValueOrDefault(answer.StatusCode) + 1;
            }
        );
        Assert.InRange(statuses[HttpStatusCode.OK], 20, 980);
        Assert.Subset(
            new HashSet<HttpStatusCode>
            {
                HttpStatusCode.OK,
                HttpStatusCode.BadRequest,
                HttpStatusCode.UnprocessableEntity,
                HttpStatusCode.UnsupportedMediaType,
                HttpStatusCode.RequestEntityTooLarge,
            },
            statuses.Keys.ToHashSet()
        );
        Assert.Equal(HttpStatusCode.OK, (await serving.SendAsync(Song)).StatusCode);
        Assert.Empty(serving.Files);
        Assert.Equal("", serving.Said);
    }

    private static void Signal(string name, int process) =>
        Process.Start("kill", [$"-{name}", $"{process}"]).WaitForExit();

    private static async Task UntilAsync(Func<bool> holds)
    {
        for (int i = 0; i < 200 && !holds(); i++)
            await Task.Delay(50);
        Assert.True(holds());
    }
}
