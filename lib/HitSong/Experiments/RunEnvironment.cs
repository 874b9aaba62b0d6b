using System.ComponentModel;
using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;

namespace HitSong.Experiments;

/// <summary>When, how long and on what a run ran: what may differ between two runs of equal results.</summary>
/// <param name="Started">When it began, UTC.</param>
/// <param name="Seconds">How long it took, from reading audio to predictions.</param>
/// <param name="Threads">Threads that libtorch computed on.</param>
/// <param name="ProcessId">The process that ran it.</param>
/// <param name="Machine">Operating system, processor architecture and number of cores.</param>
/// <param name="Runtime">.NET's version.</param>
public sealed partial record RunEnvironment(
    DateTime Started,
    double Seconds,
    int Threads,
    int ProcessId,
    string Machine,
    string Runtime
)
{
    private static readonly Lazy<(string? Commit, bool? Changed)> Code = new(() => CodeIn(AppContext.BaseDirectory));

    /// <summary>
    /// Where the network computed, such as <c>cpu</c>. Null, as all below, in a run that was kept before this was.
    /// </summary>
    public string? Device { get; init; }

    /// <summary>The commit that the program lies in; null without git, or outside a repository.</summary>
    public string? Commit { get; init; }

    /// <summary>Whether a file of that commit was changed.</summary>
    public bool? Changed { get; init; }

    /// <summary>This library's version.</summary>
    public string? Project { get; init; }

    /// <summary>libtorch's version.</summary>
    public string? Torch { get; init; }

    /// <summary>FFmpeg's version.</summary>
    public string? Ffmpeg { get; init; }

    /// <summary>Of this process.</summary>
    public static RunEnvironment Now(DateTime started, double seconds, int threads, string device = "cpu") =>
        new(
            started,
            seconds,
            threads,
            System.Environment.ProcessId,
            $"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}, "
                + $"{System.Environment.ProcessorCount} cores",
            RuntimeInformation.FrameworkDescription
        )
        {
            Device = device,
            Commit = Code.Value.Commit,
            Changed = Code.Value.Changed,
            Project = typeof(Run)
                .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()
                ?.InformationalVersion.Split('+')[0],
            Torch = TorchSharp.torch.__version__,
            Ffmpeg = Marshal.PtrToStringUTF8(av_version_info()),
        };

    /// <summary>
    /// The commit that a folder lies in, and whether a file that git follows was changed since; nulls where git cannot
    /// say.
    /// </summary>
    internal static (string? Commit, bool? Changed) CodeIn(string folder)
    {
        var start = new ProcessStartInfo(
            "git",
            ["-c", "core.fsmonitor=false", "-C", folder, "status", "--porcelain=v2", "--branch", "--untracked-files=no"]
        )
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // Looking must not take the index's lock from who commits meanwhile.
        start.Environment["GIT_OPTIONAL_LOCKS"] = "0";
        try
        {
            using Process git = Process.Start(start)!;
            git.ErrorDataReceived += (_, _) => { };
            git.BeginErrorReadLine();
            string[] lines = git.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
            git.WaitForExit();
            const string commit = "# branch.oid ";
            return
                lines.FirstOrDefault(line => line.StartsWith(commit, StringComparison.Ordinal))?[commit.Length..]
                    is { } oid
                && oid.All(char.IsAsciiHexDigit)
                ? (oid, lines.Any(line => line[0] != '#'))
                : (null, null);
        }
        catch (Win32Exception)
        {
            return (null, null);
        }
    }

    // libavutil's, which libnativeaudio.so brings with it.
    [LibraryImport("nativeaudio")]
    private static partial nint av_version_info();
}
