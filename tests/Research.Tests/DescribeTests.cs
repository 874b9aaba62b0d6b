using System.Text.Json;
using HitSong.Features.Descriptors;
using Tests;

namespace Research.Tests;

public sealed class DescribeTests : IDisposable
{
    private readonly TemporaryFolder folder = new("songs, 夜");

    public void Dispose() => folder.Dispose();

    private string Audio => folder.At("audio");

    private void Record()
    {
        Directory.CreateDirectory(folder.At("audio/live"));
        for (int i = 0; i < 3; i++)
        {
            float[] samples =
            [
                .. Enumerable
                    .Range(0, 88_200)
                    .Select(n => (float)(0.3 * Math.Sin(n * (0.03 + 0.01 * i)) * Math.Exp(-n % 11_025 / 3000.0))),
            ];
            Wav.Write(Path.Combine(Audio, i < 2 ? $"{i}.wav" : "live/[red]\u001b[31m.wav"), samples, 22_050);
        }
        File.WriteAllText(Path.Combine(Audio, "broken.mp3"), "no audio");
    }

    private (int ExitCode, string Output, string Errors) Describe(params string[] arguments) =>
        Command.Run(["describe", .. arguments, "--store", folder.At("store")]);

    [Fact]
    public void A_folder_is_measured_once_and_a_bad_file_is_counted()
    {
        Record();
        string csv = folder.At("sounds.csv"),
            pictures = folder.At("pictures");
        var (exitCode, output, errors) = Describe(Audio, "--csv", csv, "--picture", pictures);
        Assert.True(exitCode == 0, errors);
        Assert.Contains("\\u001b[31m", output);
        Assert.DoesNotContain('\u001b', output + errors);
        Assert.Matches(@"(119|120)\.\d beats/min", output.Split('\n').Single(line => line.Contains(" 0.wav ")));
        Assert.Contains("1 was left out", errors);
        Assert.Contains("broken.mp3", errors);
        Assert.Equal(4, File.ReadAllLines(csv).Length);
        Assert.Equal(
            ["0.wav.png", "1.wav.png", Path.Combine("live", "[red]\u001b[31m.wav.png")],
            Directory
                .GetFiles(pictures, "*", SearchOption.AllDirectories)
                .Select(path => Path.GetRelativePath(pictures, path))
                .Order(StringComparer.Ordinal)
        );

        (exitCode, string json, errors) = Describe(Audio, "--json");
        Assert.Equal((0, ""), (exitCode, errors));
        using JsonDocument document = JsonDocument.Parse(json);
        JsonElement[] songs = [.. document.RootElement.GetProperty("songs").EnumerateArray()];
        Assert.Equal(3, songs.Length);
        foreach (JsonElement song in songs)
        {
            SoundDescription sound = SoundDescription.Of(Path.Combine(Audio, song.GetProperty("file").GetString()!));
            Assert.Equal((float)sound.Loudness.TruePeak, song.GetProperty("true_peak").GetSingle());
            Assert.Equal(sound.Key.Name, song.GetProperty("key").GetString());
            Assert.Equal(3 + Descriptor.All.Count, song.EnumerateObject().Count());
        }
        JsonElement failure = Assert.Single(document.RootElement.GetProperty("failures").EnumerateArray());
        Assert.Equal("broken.mp3", failure.GetProperty("file").GetString());
    }

    [Fact]
    public void Beats_and_sections_are_told_as_times()
    {
        Record();
        // A click twice a second for 24 s, over a low note for the first half, and a high one for the second.
        float[] samples =
        [
            .. Enumerable
                .Range(0, 24 * 22_050)
                .Select(n =>
                    (float)(
                        0.3 * Math.Sin(n * (n < 12 * 22_050 ? 0.05 : 0.6))
                        + (n % 11_025 < 200 ? 0.5 * Math.Sin(n * 1.1) : 0)
                    )
                ),
        ];
        string song = folder.At("halves.wav");
        Wav.Write(song, samples, 22_050);
        (int exitCode, string json, string errors) = Describe(song, "--json", "--times");
        Assert.Equal((0, ""), (exitCode, errors));
        using JsonDocument document = JsonDocument.Parse(json);
        JsonElement told = Assert.Single(document.RootElement.GetProperty("songs").EnumerateArray());
        double[] beats = [.. told.GetProperty("beats").EnumerateArray().Select(beat => beat.GetDouble())];
        Assert.InRange(beats.Length, 44, 48);
        Assert.All(beats, beat => Assert.Equal(Math.Round(2 * beat), 2 * beat, 0.15));
        JsonElement boundary = Assert.Single(told.GetProperty("section_boundaries").EnumerateArray());
        Assert.Equal(12, boundary.GetDouble(), 1.0);
    }

    [Fact]
    public void One_song_is_described_with_what_each_number_is_and_shares_add_up()
    {
        Record();
        string song = Path.Combine(Audio, "1.wav");
        var (exitCode, output, errors) = Describe(song);
        Assert.True(exitCode == 0, errors);
        Assert.Contains("gated loudness of the whole (ITU-R BS.1770-4)", output);
        Assert.Contains("more, of chroma, MFCC and spectral contrast", output);

        string[] rows =
        [
            .. Enumerable
                .Range(1, 2)
                .SelectMany(i =>
                {
                    string csv = folder.At($"{i}.csv");
                    Assert.Equal(0, Describe(Audio, song, "--shard", $"{i}/2", "--csv", csv).ExitCode);
                    return File.ReadAllLines(csv).Skip(1);
                }),
        ];
        Assert.Equal(3, rows.Length);
    }

    [Fact]
    public void What_cannot_be_described_is_said()
    {
        Record();
        var (exitCode, _, errors) = Describe(Path.Combine(Audio, "broken.mp3"));
        Assert.Equal(1, exitCode);
        Assert.Contains("broken.mp3", errors);
        Directory.CreateDirectory(folder.At("empty"));
        (exitCode, _, errors) = Describe(folder.At("empty"));
        Assert.Equal(1, exitCode);
        Assert.Contains("no audio file in", errors);
        Assert.Equal(2, Describe(Audio, "--csv", folder.At("sounds.xlsx")).ExitCode);
        Assert.Equal(2, Describe(Audio, "--shard", "3/2").ExitCode);
        Assert.Equal(2, Describe(Audio, "--times").ExitCode);
        Assert.Equal(2, Describe(folder.At("nowhere")).ExitCode);
    }
}
