using System.Diagnostics;
using Tests;

namespace Research.Tests;

public sealed class PublishTests : IDisposable
{
    private const int Unable = 77;

    // Where neither .NET nor any library is that the program brings.
    private const string OnBareMachine = """
        shared=$1 dotnet=$2 bare=$3
        shift 3
        libraries=$(ls -d /usr/lib/*-linux-gnu | head -1)
        mkdir "$bare" "$bare/upper" "$bare/work" "$bare/none"
        mount --bind "$bare/none" "$dotnet" || exit 77
        layers="lowerdir=$libraries,upperdir=$bare/upper,workdir=$bare/work"
        mount -t overlay overlay -o "$layers" "$libraries" || exit 77
        cd "$shared/lib" && for library in *; do rm -f "$libraries/$library"; done
        cd / && exec env -i PATH=/usr/bin:/bin "$shared/research" "$@"
        """;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private (int ExitCode, string Output, string Errors) OnBare(string shared, params string[] arguments)
    {
        string runtime = Path.GetFullPath(
            Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "../../..")
        );
        ProcessStartInfo start = new(
            "unshare",
            ["--mount", "bash", "-c", OnBareMachine, "bash", shared, runtime, folder.At("bare"), .. arguments]
        )
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        return Command.End(process);
    }

    [SkippableFact]
    public void A_published_program_needs_nothing_of_the_machine_and_gives_the_same_bytes()
    {
        string audio = Directory.CreateDirectory(folder.At("audio")).FullName,
            shared = folder.At("shared");
        for (int i = 0; i < 3; i++)
            Wav.Write(
                Path.Combine(audio, $"{i}.wav"),
                [.. Enumerable.Range(0, 30_000).Select(n => n % (50 + i) / 99f)],
                8000
            );
        var (exitCode, output, errors) = Command.Run("publish", shared);
        Assert.True(exitCode == 0, errors);
        Assert.Contains("apptainer.def", Directory.GetFiles(shared).Select(Path.GetFileName));
        string notebook = Path.Combine(shared, "notebooks", "03-tensors.ipynb");
        Assert.Equal(
            File.ReadAllText(Path.Combine(Repository.Root, "notebooks", "03-tensors.ipynb")),
            File.ReadAllText(notebook)
        );

        string[] Extract(string store) => ["extract", audio, "--features", "tiktok-lstm", "--store", folder.At(store)];
        (exitCode, output, errors) = OnBare(shared, Extract("bare store"));
        Skip.If(exitCode is Unable or 1 && errors.Contains("unshare"), "needs the right to unshare and mount");
        Assert.True(exitCode == 0, output + errors);
        Assert.Equal(0, Command.Run(Extract("store")).ExitCode);
        string values = Directory.GetFiles(folder.At("store"), "*.npy", SearchOption.AllDirectories).Single();
        Assert.Equal(File.ReadAllBytes(values), File.ReadAllBytes(values.Replace("/store/", "/bare store/")));

        // What a task is told names nothing but the shared folder.
        Directory.Delete(folder.At("bare"), recursive: true);
        (exitCode, string script, errors) = OnBare(shared, [.. Extract("other store"), "--on", "slurm", "--dry-run"]);
        Assert.True(exitCode == 0, errors);
        Assert.Contains($"\n{shared}/research extract", script);
        Assert.Contains($"job={shared}/artifacts/slurm/", script);
        Assert.DoesNotContain(Repository.Root, script);
    }

    [Fact]
    public void A_folder_with_other_things_in_it_is_left_alone()
    {
        File.WriteAllText(folder.At("thesis.tex"), "");
        var (exitCode, _, errors) = Command.Run("publish", folder.Path);
        Assert.Equal(1, exitCode);
        Assert.Contains("thesis.tex", errors);
        Assert.Single(Directory.GetFileSystemEntries(folder.Path));
    }
}
