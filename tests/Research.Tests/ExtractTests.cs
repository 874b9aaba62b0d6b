using System.Diagnostics;
using HitSong.Features;
using Tests;

namespace Research.Tests;

public sealed class ExtractTests : IDisposable
{
    private const int Files = 400;

    private readonly TemporaryFolder folder = new("музика 夜");

    private string Audio => folder.At("audio");

    public void Dispose() => folder.Dispose();

    private void Record()
    {
        Directory.CreateDirectory(Audio);
        for (int i = 0; i < Files; i++)
            Wav.Write(
                Path.Combine(Audio, $"{i}.wav"),
                [.. Enumerable.Range(0, 30_000).Select(n => MathF.Sin(n * (0.02f + i * 1e-4f)))],
                8000
            );
    }

    private string[] Extract(string store) =>
        ["extract", Audio, "--store", folder.At(store), "--features", "tiktok-lstm"];

    private static Process Begin(string[] arguments) =>
        Process.Start(
            new ProcessStartInfo("dotnet", [Command.Program, .. arguments])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;

    // Without the hashes that are remembered: which files are trusted depends on when they were recorded.
    private SortedDictionary<string, string> Content(string store)
    {
        string[] files = Directory.GetFiles(folder.At(store), "*", SearchOption.AllDirectories);
        Assert.DoesNotContain(files, path => path.EndsWith(".part", StringComparison.Ordinal));
        IEnumerable<string> features = files.Where(path => !Path.GetFileName(path).StartsWith("hashes.csv"));
        return new(
            features.ToDictionary(
                path => Path.GetRelativePath(folder.At(store), path),
                path => Convert.ToBase64String(File.ReadAllBytes(path))
            )
        );
    }

    [Fact]
    public void Pictures_are_drawn_beside_with_what_the_track_table_says()
    {
        Directory.CreateDirectory(Audio);
        for (int i = 0; i < 3; i++)
            Wav.Write(
                Path.Combine(Audio, $"{i}.wav"),
                [.. Enumerable.Range(0, 9000).Select(n => (n * (i + 3) % 50) / 50f)],
                8000
            );
        File.WriteAllText(
            folder.At("tracks.csv"),
            "id,artist,audio,popularity,file\na,\"X, Y\",audio/0.wav,1,x\nb,Z,audio/1.wav,50,y\nc,Z,audio/2.wav,99,z\n"
        );
        string[] extract =
        [
            "extract",
            folder.At("tracks.csv"),
            "--store",
            folder.At("store"),
            "--pictures",
            folder.At("drawn"),
        ];

        var (code, output, errors) = Command.Run([.. extract, "--pixels", "40"]);

        Assert.True(code == 0, errors);
        Assert.Contains("3 pictures are in", output);
        string[] rows = File.ReadAllLines(folder.At("drawn/pictures.csv"));
        Assert.Equal("file,clip,start,track,artist,popularity", rows[0]);
        Assert.EndsWith("-0.png,0,0,a,\"X, Y\",1", rows[1]);
        Assert.Equal(4, rows.Length);
        Assert.Equal(4, Directory.GetFiles(folder.At("drawn")).Length);
        Assert.Contains("leave out --shard", Command.Run([.. extract, "--shard", "1/2"]).Errors);
        Assert.Contains("leave --features out", Command.Run([.. extract, "--features", "tiktok-lstm"]).Errors);
        Assert.Equal(
            0,
            Command.Run(["extract", Audio, "--store", folder.At("store"), "--pictures", folder.At("more")]).ExitCode
        );
        Assert.Contains(",0.wav", File.ReadAllText(folder.At("more/pictures.csv")));
    }

    [Fact]
    public void Killed_or_shared_by_two_processes_the_store_has_the_same_bytes()
    {
        Record();
        var (exitCode, output, errors) = Command.Run(Extract("whole"));
        Assert.True(exitCode == 0, errors);
        Assert.Contains($"{Files} of {Files} files are in", output);
        Assert.Contains($"{Files} were extracted now", output);

        int kills = 0;
        foreach (int milliseconds in (int[])[300, 500, 700, 900, 1100])
        {
            using Process process = Begin(Extract("killed"));
            if (!process.WaitForExit(milliseconds))
                kills++;
            process.Kill();
            process.WaitForExit();
        }
        Assert.True(kills > 0);
        Assert.Equal(0, Command.Run(Extract("killed")).ExitCode);
        Assert.Equal(Content("whole"), Content("killed"));

        using (
            Process one = Begin(Extract("shared")),
                other = Begin(Extract("shared"))
        )
        {
            one.WaitForExit();
            other.WaitForExit();
            Assert.Equal((0, 0), (one.ExitCode, other.ExitCode));
        }
        Assert.Equal(Content("whole"), Content("shared"));

        string shard = Directory.GetFiles(folder.At("whole"), "00000.npy", SearchOption.AllDirectories).Single();
        byte[] bytes = File.ReadAllBytes(shard);
        bytes[5000] ^= 1;
        File.WriteAllBytes(shard, bytes);
        (exitCode, output, errors) = Command.Run([.. Extract("whole"), "--verify"]);
        Assert.True(exitCode == 0, errors);
        Assert.Contains("1 shard was damaged", output);
        Assert.Equal(Content("killed"), Content("whole"));
    }

    [SkippableFact]
    public void On_a_full_disk_it_says_so_and_goes_on_when_there_is_room()
    {
        string disk = folder.At("disk");
        Directory.CreateDirectory(disk);
        Skip.IfNot(
            Process.Start("mount", ["-t", "tmpfs", "-o", "size=500k", "tmpfs", disk]) is { } mount && Ended(mount),
            "needs the right to mount a small disk"
        );
        try
        {
            Record();
            var (exitCode, _, errors) = Command.Run(Extract("disk"));
            Assert.Equal(1, exitCode);
            Assert.Contains("No space left on device", errors);
            Assert.Contains("the same command goes on", errors);
            Assert.Single(errors.Trim().Split('\n'));
            string[] whole = Directory.GetFiles(disk, "*.npy", SearchOption.AllDirectories);
            Assert.NotEmpty(whole);
            Assert.All(whole, path => Assert.Equal(whole[0].Length, path.Length));

            Assert.True(Ended(Process.Start("mount", ["-o", "remount,size=64m", disk])));
            Assert.Equal(0, Command.Run(Extract("disk")).ExitCode);
            Assert.Equal(0, Command.Run(Extract("roomy")).ExitCode);
            Assert.Equal(Content("roomy"), Content("disk"));
        }
        finally
        {
            Ended(Process.Start("umount", [disk]));
        }

        static bool Ended(Process process)
        {
            process.WaitForExit();
            return process.ExitCode == 0;
        }
    }

    [Fact]
    public void A_hop_longer_than_the_frame_works_and_is_warned_of()
    {
        Directory.CreateDirectory(Audio);
        Wav.Write(Path.Combine(Audio, "eins.wav"), new float[30_000], 8000);
        string wide = folder.At("wide.json");
        FeatureSettings published = FeatureSettings.TikTok;
        int hop = published.Mel.FftLength + 1;
        File.WriteAllText(wide, (published with { Mel = published.Mel with { HopLength = hop } }).ToJson());
        var (exitCode, output, errors) = Command.Run(
            "extract",
            Audio,
            "--store",
            folder.At("store"),
            "--features",
            wide
        );
        Assert.True(exitCode == 0, errors);
        Assert.Contains("1 of 1 files are in", output);
        Assert.Contains($"The hop of {hop} samples is longer than the frame of {published.Mel.FftLength}", errors);
        Assert.DoesNotContain("The hop", Command.Run(Extract("plain")).Errors);
    }

    [Fact]
    public void A_track_table_names_the_files()
    {
        Directory.CreateDirectory(Audio);
        Wav.Write(Path.Combine(Audio, "eins.wav"), new float[30_000], 8000);
        File.WriteAllText(folder.At("tracks.csv"), "id,audio\n1,audio/eins.wav\n2,audio/fehlt.wav\n");
        var (exitCode, output, errors) = Command.Run(
            "extract",
            folder.At("tracks.csv"),
            "--store",
            folder.At("store"),
            "--features",
            "tiktok-lstm"
        );
        Assert.True(exitCode == 0, errors);
        Assert.Contains("1 of 2 files are in", output);
        Assert.Contains("fehlt.wav", errors);

        (exitCode, _, errors) = Command.Run("extract", folder.At("tracks.csv"), "--column", "file");
        Assert.Equal(1, exitCode);
        Assert.Contains("has no column file; it has id, audio", errors);
        Assert.Equal(2, Command.Run("extract", Audio, "--shard", "4/3").ExitCode);
    }
}
