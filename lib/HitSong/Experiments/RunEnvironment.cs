using System.ComponentModel;
using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

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
    private static readonly Lazy<(string? Commit, bool? Changed)> Repository = new(() =>
        CodeIn(AppContext.BaseDirectory)
    );

    // HitSong.csproj says of what; files come in the order in which they lie on the disk.
    private static readonly Lazy<string> HashOfCode = new(() =>
    {
        string hashes = typeof(Run)
            .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(metadata => metadata.Key == "Sources")
            .Value!;
        string sorted = string.Join('\n', hashes.Split(';').Order(StringComparer.Ordinal));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sorted)));
    });

    /// <summary>
    /// SHA-256 of what a run's numbers come from: the sources of this library without those that only collect, explain
    /// and draw, of the tables and the decoder below it, and the versions of its packages. Unlike a commit or an
    /// assembly's MVID it stays with any rebuild of the same sources, in any folder, and changes with any change of
    /// them, also where nothing was committed.
    /// </summary>
    public static string Code => HashOfCode.Value;

    /// <summary>
    /// Where the network computed, such as <c>cpu</c>. Null, as all below, in a run that was kept before this was.
    /// </summary>
    public string? Device { get; init; }

    /// <summary>The commit that the program lies in; null without git, or outside a repository.</summary>
    public string? Commit { get; init; }

    /// <summary>Whether a file of that commit was changed.</summary>
    public bool? Changed { get; init; }

    /// <summary><see cref="Code"/>, as it was.</summary>
    public string? Sources { get; init; }

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
            Commit = Repository.Value.Commit,
            Changed = Repository.Value.Changed,
            Sources = Code,
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
