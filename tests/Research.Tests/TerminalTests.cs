using System.Diagnostics;
using Tests;

namespace Research.Tests;

/// <summary>What comes from files and goes to a terminal, and files that are none.</summary>
public sealed class TerminalTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private static void AssertNothingIsObeyed(string text) =>
        Assert.DoesNotContain(text, c => char.IsControl(c) && c != '\n' || c is >= '\u202a' and <= '\u202e');

    [Fact]
    public void What_a_terminal_would_obey_is_shown()
    {
        Assert.Equal(
            "\\u001b[31m\\u0007 \\u202egnp.exe \\u009b0m \\u007f\\u000d\n夜 [red]",
            Terminal.Visible("\u001b[31m\u0007 \u202egnp.exe \u009b0m \u007f\r\n夜 [red]")
        );
        Assert.Equal("a\\u000ab", Terminal.Line("a\nb"));
    }

    [Fact]
    public void Names_and_contents_of_files_are_printed_as_what_they_are()
    {
        string name = "\u001b[31m[red]\u202e\nx.mp3",
            song = folder.At(name);
        Directory.CreateDirectory(folder.Path);
        File.WriteAllBytes(song, [.. "ID3"u8, 0x1b, .. "[2J,\u009b31m\r\n"u8, .. new byte[400]]);
        string csv = folder.At("\u001b]0;x\u0007.csv");
        File.Copy(song, csv);
        string store = folder.At("store");

        var (exitCode, output, errors) = Command.Run("extract", folder.Path, "--store", store);
        Assert.Equal(0, exitCode);
        Assert.Contains("0 of 1 files are in", output);
        Assert.Contains("\\u001b[31m[red]\\u202e\\u000ax.mp3", errors);
        AssertNothingIsObeyed(output + errors);

        foreach (
            string[] arguments in (string[][])
                [
                    ["extract", song],
                    ["extract", csv],
                    ["extract", folder.Path, "--features", song],
                    ["train", "spotify-mlp", "--catalogue", song],
                    ["train", song],
                    ["train", "descriptor-mlp", "--set", $"{song}=1"],
                    ["train", "descriptor-mlp", "--set", $"Training.Epochs={song}"],
                    ["predict", song, "--model", song],
                    ["evaluate", song],
                    ["compare", song],
                    ["collect", "csv", song],
                    ["runs", "--runs", song],
                ]
        )
        {
            (exitCode, output, errors) = Command.Run(arguments);
            Assert.True(exitCode is 1 or 2, string.Join(' ', arguments));
            AssertNothingIsObeyed(output + errors);
            Assert.InRange(errors.Length, 1, 2000);
        }
        Assert.Contains("is an audio file", Command.Run("extract", song).Errors);
    }

    [Fact]
    public void A_pipe_and_a_name_that_is_not_utf8_do_not_hold_up_the_others()
    {
        Wav.Write(folder.At("eins.wav"), new float[30_000], 8000);
        Bash($"mkfifo pipe.mp3; cp eins.wav $'caf\\xe9.wav'; printf 'audio\\npipe.mp3\\neins.wav\\n' >tracks.csv");
        string[] settings = ["--features", "tiktok-lstm", "--store", folder.At("store")];
        var (exitCode, output, errors) = Command.Run(["extract", folder.Path, .. settings]);
        Assert.Equal(0, exitCode);
        Assert.Contains("1 of 3 files are in", output);
        Assert.Contains("pipe.mp3 is a pipe", errors);
        Assert.Contains("caf\ufffd.wav has a name that is not UTF-8", errors);

        (exitCode, output, errors) = Command.Run(["extract", folder.At("tracks.csv"), .. settings]);
        Assert.Equal(0, exitCode);
        Assert.Contains("1 of 2 files are in", output);
        Assert.Contains("pipe.mp3 is a pipe", errors);
        Bash("rm caf*");
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public void A_signal_ends_extraction_in_the_middle_of_a_long_file(string signal)
    {
        // Hours of noise that take long to decode and to look at.
        Bash("ffmpeg -v error -f lavfi -i anoisesrc=d=300:r=44100 -c:a libmp3lame -b:a 32k one.mp3");
        Bash("for i in {1..40}; do cat one.mp3; done >long.mp3; rm one.mp3");
        using Process extract = Process.Start(
            new ProcessStartInfo("dotnet", [Command.Program, "extract", folder.Path, "--store", folder.At("store")])
            {
                RedirectStandardError = true,
                RedirectStandardOutput = true,
            }
        )!;
        Assert.False(extract.WaitForExit(4000));
        var clock = Stopwatch.StartNew();
        Bash($"kill -{signal} {extract.Id}");
        Assert.True(extract.WaitForExit(10_000));
        Assert.NotEqual(0, extract.ExitCode);
        Assert.DoesNotContain(
            Directory.GetFiles(folder.At("store"), "*", SearchOption.AllDirectories),
            path => path.EndsWith(".part", StringComparison.Ordinal)
        );
    }

    private void Bash(string script)
    {
        using Process shell = Process.Start(
            new ProcessStartInfo("bash", ["-ec", script]) { WorkingDirectory = folder.Path }
        )!;
        shell.WaitForExit();
        Assert.Equal(0, shell.ExitCode);
    }
}
