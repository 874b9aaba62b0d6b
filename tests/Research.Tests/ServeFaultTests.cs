using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Tests;

namespace Research.Tests;

/// <summary>
/// What <c>./research serve</c> says where the machine denies it something, and of songs that say nothing.
/// </summary>
[Collection("serve")]
public class ServeFaultTests(Serving serving)
{
    private string Runs => Path.GetDirectoryName(serving.FolderOf(serving.Ear))!;

    [SkippableFact]
    public async Task A_full_disk_is_named_and_the_rest_goes_on()
    {
        Skip.IfNot(
            Succeeds("unshare", "-rm", "true"),
            "No small disk can be mounted here: unshare -rm is not allowed."
        );
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.At("tmp"));
        const string OnSmallDisk =
            "mount -t tmpfs -o size=1m tmpfs \"$TMPDIR\" && exec dotnet \"$0\" serve --port 0 --runs \"$1\"";
        var start = new ProcessStartInfo("unshare", ["-rm", "bash", "-c", OnSmallDisk, Command.Program, Runs])
        {
            RedirectStandardOutput = true,
        };
        start.Environment["TMPDIR"] = folder.At("tmp");
        using Process server = Process.Start(start)!;
        try
        {
            string line = (await server.StandardOutput.ReadLineAsync())!;
            using var client = new HttpClient
            {
                BaseAddress = new(line.Split(' ').First(word => word.StartsWith("http")) + "/"),
            };
            byte[] large = new byte[3 << 20];

            HttpResponseMessage refused = await client.PostAsync("api/predict", Serving.Form(large));
            JsonElement problem = await Serving.ReadAsync(refused);
            Assert.Equal(HttpStatusCode.InsufficientStorage, refused.StatusCode);
            Assert.Equal("application/problem+json", refused.Content.Headers.ContentType?.MediaType);
            Assert.Equal("Disk full", problem.GetProperty("title").GetString());

            // As the server sees it, whose disk nobody else does.
            string files = $"/proc/{server.Id}/root{folder.At("tmp")}";
            Assert.Empty(Directory.EnumerateDirectories(files, "hitsong-serve-*").SelectMany(Directory.GetFiles));
            HttpResponseMessage answered = await client.PostAsync("api/predict", Serving.Form(serving.Short));
            Assert.Equal(HttpStatusCode.OK, answered.StatusCode);
        }
        finally
        {
            Signal("TERM", server.Id);
            server.WaitForExit();
        }
    }

    [Fact]
    public async Task Of_a_song_that_says_nothing_nothing_is_told()
    {
        using var folder = new TemporaryFolder();
        Wav.Write(folder.At("silence.wav"), new float[22_050 * 20], 22_050);
        byte[] silence = File.ReadAllBytes(folder.At("silence.wav"));

        JsonElement answer = await Serving.ReadAsync(await serving.SendAsync(silence, "silence.wav"));
        Assert.Equal(JsonValueKind.Null, answer.GetProperty("answer").ValueKind);
        Assert.Empty(answer.GetProperty("classes").EnumerateArray());
        Assert.Empty(answer.GetProperty("clips")[0].GetProperty("probabilities").EnumerateArray());
        Assert.Contains("nothing in it changes", answer.GetProperty("unlike").GetString());

        string[] files = [folder.At("silence.wav"), Serving.Songs[0]];
        var (exitCode, output, errors) = Command.Run(["predict", .. files, "--json", "--runs", Runs]);
        Assert.True(exitCode == 0, errors);
        JsonElement[] songs = [.. JsonDocument.Parse(output).RootElement.GetProperty("songs").EnumerateArray()];
        foreach (string name in new[] { "answer", "probabilities", "low", "high" })
        {
            Assert.Equal(JsonValueKind.Null, songs[0].GetProperty(name).ValueKind);
            Assert.NotEqual(JsonValueKind.Null, songs[1].GetProperty(name).ValueKind);
        }
        Assert.Contains("nothing in it changes", songs[0].GetProperty("unlike").GetString());
        Assert.Equal(JsonValueKind.Null, songs[1].GetProperty("unlike").ValueKind);

        string table = Command.Run(["predict", files[0], "--runs", Runs]).Output;
        Assert.Contains("not told", table);
        Assert.Contains("silence.wav: It is unlike all that the model learned from", table);
        Assert.DoesNotContain("100%", table.Split("skill")[1].Split('\n')[2]);
    }

    // Whenever it comes while the program starts, a signal ends it.
    [Fact]
    public void A_signal_in_the_first_second_is_not_lost()
    {
        foreach (int delay in new[] { 100, 250, 400, 550, 700, 850, 1000 })
        {
            using Process server = Process.Start(
                new ProcessStartInfo("dotnet", [Command.Program, "serve", "--port", "0", "--runs", Runs])
                {
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                }
            )!;
            Thread.Sleep(delay);
            Signal("INT", server.Id);
            bool hasEnded = server.WaitForExit(20_000);
            if (!hasEnded)
                server.Kill(entireProcessTree: true);
            Assert.True(hasEnded, $"a signal after {delay} ms was lost");
            // 130 of one that came before the program had begun.
            Assert.Contains(server.ExitCode, new[] { 0, 130 });
        }
    }

    private static bool Succeeds(string program, params string[] arguments)
    {
        using Process process = Process.Start(program, arguments);
        process.WaitForExit();
        return process.ExitCode == 0;
    }

    private static void Signal(string name, int process) =>
        Process.Start("kill", [$"-{name}", $"{process}"]).WaitForExit();
}
