using System.Diagnostics;
using System.Net;
using System.Text.Json;
using HitSong.Experiments;
using HitSong.Features.Descriptors;
using Tests;

namespace Research.Tests;

/// <summary>What of a song's sound the page and the command tell, and a model that is given it.</summary>
[Collection("serve")]
public class ServeSoundTests(Serving serving)
{
    private static byte[] Song => File.ReadAllBytes(Serving.Songs[0]);

    [Fact]
    public async Task A_recording_is_described_with_what_a_catalogue_would_have_of_it()
    {
        JsonElement answer = await Serving.ReadAsync(await serving.SendAsync(Song, "夜.mp3", "api/describe"));
        SoundDescription sound = SoundDescription.Of(Serving.Songs[0]);
        Assert.Equal("夜.mp3", answer.GetProperty("file").GetString());
        Assert.Equal(sound.Key.Name, answer.GetProperty("key").GetString());
        JsonElement[] descriptors = [.. answer.GetProperty("descriptors").EnumerateArray()];
        Assert.Equal(
            Descriptor.All.Where(descriptor => !descriptor.IsElement).Select(descriptor => descriptor.Name),
            descriptors.Select(descriptor => descriptor.GetProperty("name").GetString())
        );
        JsonElement loudness = descriptors.Single(d => d.GetProperty("name").GetString() == "loudness_integrated");
        Assert.Equal((float)sound.Loudness.Integrated, loudness.GetProperty("value").GetSingle());
        Assert.EndsWith("LUFS", loudness.GetProperty("text").GetString());
        // Mono has no correlation of left and right.
        Assert.Equal(JsonValueKind.Null, descriptors[^1].GetProperty("value").ValueKind);
        JsonElement numbers = answer.GetProperty("numbers");
        Assert.Equal(sound.Tempo.BeatsPerMinute, numbers.GetProperty("tempo").GetDouble(), 1e-3);
        Assert.Equal(sound.Key.Tonic!.Value, numbers.GetProperty("key").GetInt32());
        Assert.Equal(sound.Key.Mode == Mode.Major ? 1 : 0, numbers.GetProperty("mode").GetInt32());
        Assert.Equal(1000 * sound.Quality.Duration, numbers.GetProperty("duration_ms").GetDouble(), 1.0);
        Assert.Equal(
            HttpStatusCode.UnprocessableEntity,
            (await serving.SendAsync("no audio"u8.ToArray(), "bad.mp3", "api/describe")).StatusCode
        );
    }

    [Fact]
    public async Task A_model_of_descriptors_says_what_each_adds_on_the_page_and_in_the_terminal()
    {
        using TemporaryFolder folder = new();
        string id = Serving.Train(folder.At("runs"), "descriptor-mlp", "audited", 20);
        using Predictor predictor = Predictor.Load(folder.At($"runs/{id}"));
        double expected = predictor.Predict(Serving.Songs[0]).Song[1];
        Directory.CreateDirectory(folder.At("tmp"));
        (Process server, Uri address) = Serving.Start(folder.At("runs"), folder.At("tmp"));
        try
        {
            using HttpClient client = new() { BaseAddress = address, Timeout = TimeSpan.FromMinutes(2) };
            HttpResponseMessage sent = await client.PostAsync("api/predict", Serving.Form(Song));
            JsonElement answer = await Serving.ReadAsync(sent);
            Assert.Equal(expected, answer.GetProperty("classes")[1].GetProperty("probability").GetDouble(), 1e-5);
            Assert.Empty(answer.GetProperty("clips").EnumerateArray());
            double[] changes =
            [
                .. answer
                    .GetProperty("contributions")
                    .EnumerateArray()
                    .Select(contribution => contribution.GetProperty("change").GetDouble()),
            ];
            Assert.Equal(Recipes.DescriptorMlp.Columns!.Count, changes.Length);
            Assert.Equal(expected, answer.GetProperty("typical").GetDouble() + changes.Sum(), 1e-5);

            HttpResponseMessage looked = await client.PostAsync("api/attention", Serving.Form(Song));
            Assert.Equal(HttpStatusCode.BadRequest, looked.StatusCode);
            Assert.Contains("api/predict", (await Serving.ReadAsync(looked)).GetProperty("detail").GetString());
        }
        finally
        {
            Process.Start("kill", ["-TERM", $"{server.Id}"]).WaitForExit();
            server.WaitForExit();
        }

        string[] asked = ["predict", Serving.Songs[0], "--runs", folder.At("runs")];
        var (exitCode, table, errors) = Command.Run(asked);
        Assert.True(exitCode == 0, errors);
        Assert.Contains("sounds so: ", table);
        Assert.Contains("What counts most for popularity", table);
        using JsonDocument json = JsonDocument.Parse(Command.Run([.. asked, "--json"]).Output);
        JsonElement song = json.RootElement.GetProperty("songs")[0];
        Assert.Equal(expected, song.GetProperty("probabilities")[1].GetDouble(), 1e-5);
        Assert.Equal(
            Recipes.DescriptorMlp.Columns!,
            song.GetProperty("contributions").EnumerateObject().Select(property => property.Name)
        );
        Assert.True(song.GetProperty("sound").GetProperty("tempo").GetDouble() > 40);
        string[] advice = [.. song.GetProperty("advice").EnumerateArray().Select(words => words.GetString()!)];
        Assert.Equal(
            advice,
            Advice.Of(predictor.Run, DescriptorExtractor.ValuesOf(SoundDescription.Of(Serving.Songs[0])))
        );
    }
}
