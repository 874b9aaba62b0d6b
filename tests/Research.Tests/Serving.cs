using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using HitSong.Corpus;
using Tests;

namespace Research.Tests;

/// <summary><c>./research serve</c> as a user starts it, on two models trained for it.</summary>
public sealed class Serving : IDisposable
{
    /// <summary>Largest file that it takes, bytes.</summary>
    public const int Limit = 4_000_000;

    private readonly TemporaryFolder folder = new();
    private readonly Process server;
    private readonly StringBuilder said = new();

    public Serving()
    {
        (Ear, Reader, Published) = (
            Train("hiphop-mlp", "audited", 10, WholeSongs),
            Train("spotify-mlp-bins4-duration", "audited", 5),
            Train("spotify-mlp-bins4-duration", "published", 2)
        );
        M4a = folder.At("song.m4a");
        Process.Start("ffmpeg", ["-v", "error", "-i", Songs[1], "-vn", "-c:a", "aac", M4a]).WaitForExit();
        Process
            .Start("ffmpeg", ["-v", "error", "-i", Songs[0], "-vn", "-c:a", "copy", "-t", "2", folder.At("short.mp3")])
            .WaitForExit();
        Short = File.ReadAllBytes(folder.At("short.mp3"));
        Directory.CreateDirectory(Temporary);
        (server, Uri address) = Start(folder.At("runs"), Temporary);
        Client = new() { BaseAddress = address, Timeout = TimeSpan.FromMinutes(3) };
        foreach (bool isError in new[] { false, true })
            _ = ListenAsync(isError ? server.StandardError : server.StandardOutput);
    }

    /// <summary>The model that listens.</summary>
    public string Ear { get; }

    /// <summary>The model that reads numbers.</summary>
    public string Reader { get; }

    /// <summary>The one that reads the 14 numbers of the published form.</summary>
    public string Published { get; }

    /// <summary>The second of the <see cref="Songs"/>, as AAC.</summary>
    public string M4a { get; }

    /// <summary>The first two seconds of the first, as mp3.</summary>
    public byte[] Short { get; }

    public HttpClient Client { get; }

    /// <summary>What it has printed since it said where it listens.</summary>
    public string Said
    {
        get
        {
            lock (said)
                return said.ToString();
        }
    }

    /// <summary>The files that it keeps now.</summary>
    public string[] Files =>
        Directory
            .GetFiles(Temporary, "*", SearchOption.AllDirectories)
            .Where(file => file.Contains("hitsong-serve-"))
            .ToArray();

    /// <summary>The processes that decode for it.</summary>
    public int[] Decoders =>
        [
            .. Directory
                .GetDirectories("/proc")
                .Select(path => int.TryParse(Path.GetFileName(path), out int id) ? id : 0)
                .Where(id => id > 0 && ParentOf(id) == server.Id),
        ];

    private string Temporary => folder.At("tmp");

    public static string[] Songs { get; } =
    [
        .. DemoCorpus
            .Open(Path.Combine(Repository.Root, "data", "demo", "corpus"))
            .Tracks.Select(track => track.AudioPath)
            .Order(StringComparer.Ordinal)
            .Take(8),
    ];

    public static MultipartFormDataContent Form(byte[] file, string name = "song.mp3", string field = "file")
    {
        var content = new ByteArrayContent(file);
        content.Headers.ContentDisposition = new("form-data") { Name = field, FileName = $"\"{name}\"" };
        content.Headers.ContentType = new MediaTypeHeaderValue("audio/mpeg");
        return new() { content };
    }

    /// <summary>A server of its own, for whoever ends it.</summary>
    public static (Process Server, Uri Address) Start(string runs, string temporary)
    {
        var start = new ProcessStartInfo(
            "dotnet",
            [Command.Program, "serve", "--port", "0", "--runs", runs, "--limit-mb", "4", "--decode-seconds", "15"]
        )
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["TMPDIR"] = temporary;
        Process server = Process.Start(start)!;
        string line =
            server.StandardOutput.ReadLine() ?? throw new InvalidOperationException(server.StandardError.ReadToEnd());
        return (server, new(line.Split(' ').First(word => word.StartsWith("http://", StringComparison.Ordinal)) + "/"));
    }

    public Task<HttpResponseMessage> SendAsync(byte[] file, string name = "song.mp3", string path = "api/predict") =>
        Client.PostAsync(path, Form(file, name));

    public async Task<HttpResponseMessage> PostAsync(string path, string json) =>
        await Client.PostAsync(path, new StringContent(json, Encoding.UTF8, "application/json"));

    public static async Task<JsonElement> ReadAsync(HttpResponseMessage answer) =>
        JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.Clone();

    /// <summary>The form's numbers as they are by default, some changed.</summary>
    public Task<(string Genre, Dictionary<string, object?> Numbers)> TypicalAsync(
        params (string Name, object? Value)[] changed
    ) => TypicalOfAsync(Reader, changed);

    public async Task<(string Genre, Dictionary<string, object?> Numbers)> TypicalOfAsync(
        string model,
        params (string Name, object? Value)[] changed
    )
    {
        JsonElement form = await ReadAsync(await Client.GetAsync($"api/form?model={model}"));
        var numbers = form.GetProperty("fields")
            .EnumerateArray()
            .ToDictionary(
                field => field.GetProperty("name").GetString()!,
                field => (object?)field.GetProperty("typical").GetDouble()
            );
        foreach (var (name, value) in changed)
            numbers[name] = value;
        return (form.GetProperty("genre").GetString()!, numbers);
    }

    public void Dispose()
    {
        Process.Start("kill", ["-TERM", $"{server.Id}"]).WaitForExit();
        if (!server.WaitForExit(20_000))
            server.Kill(entireProcessTree: true);
        Client.Dispose();
        bool isClean = Files.Length == 0 && !Directory.EnumerateDirectories(Temporary, "hitsong-serve-*").Any();
        folder.Dispose();
        if (!isClean)
            throw new InvalidOperationException("serve left files behind when it ended");
    }

    // All of a demo song, and of a moment what there is; learned slowly, so that no answer is certain.
    private static readonly string[] WholeSongs =
    [
        "--set",
        "Features.Clips.Seconds=20",
        "--set",
        "Features.Clips.Padding=Zero",
        "--set",
        "Model.Units=[16]",
        "--set",
        "Training.LearningRate=0.00001",
    ];

    /// <summary>Where a run is kept.</summary>
    public string FolderOf(string run) => folder.At($"runs/{run}");

    private string Train(string experiment, string variant, int epochs, params string[] more) =>
        Train(folder.At("runs"), experiment, variant, epochs, more);

    /// <summary>Trains into a store of its own, so that nobody else's tests meet it.</summary>
    public static string Train(string runs, string experiment, string variant, int epochs, params string[] more)
    {
        var (exitCode, output, errors) = Command.Run([
            "train",
            experiment,
            "--variant",
            variant,
            "--epochs",
            $"{epochs}",
            .. more,
        ]);
        Assert.True(exitCode == 0, errors);
        string kept = Command.Named(output, "Kept in "),
            run = Path.GetFileName(kept);
        Directory.CreateDirectory(Path.Combine(runs, run));
        foreach (string file in Directory.GetFiles(kept))
            File.Copy(file, Path.Combine(runs, run, Path.GetFileName(file)));
        Directory.Delete(kept, recursive: true);
        return run;
    }

    private static int ParentOf(int id)
    {
        try
        {
            string stat = File.ReadAllText($"/proc/{id}/stat");
            return int.Parse(stat[(stat.LastIndexOf(')') + 4)..].Split(' ')[0]);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private async Task ListenAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
            lock (said)
                said.AppendLine(line);
    }
}

/// <summary>The tests that ask one server.</summary>
[CollectionDefinition("serve")]
public class ServeTests : ICollectionFixture<Serving>;
