using System.CommandLine;
using System.Diagnostics;
using HitSong;
using HitSong.Experiments;

namespace Research;

/// <summary>
/// <c>./research publish</c>: this program, with all that it needs, in a folder that a cluster's nodes share. It is the
/// very build that runs, copied with its .NET and the system's libraries: <c>dotnet publish</c> would build another,
/// without what this one is mended and compiled ahead of time by.
/// </summary>
internal static class PublishCommand
{
    public static Command Create()
    {
        var to = new Argument<DirectoryInfo>("folder")
        {
            Description = "Where it goes: some 900 MB. The same folder again takes a newer program.",
        };
        var command = new Command(
            "publish",
            "Put this program, its native libraries and its .NET into a folder that a cluster's nodes share: Debian 12 "
                + "or newer, and nothing to install.\n"
                + "Then there:  FOLDER/research sweep hiphop-mlp --grid Training.LearningRate=0.001,0.003 --on slurm\n"
                + "The notebooks go along, for FOLDER/research run; those that lie there already stay as they are. "
                + "What it writes goes to FOLDER/artifacts, or, where HITSONG_WORKSPACE names a folder, to artifacts "
                + "there. FOLDER/apptainer.def makes a container of it: apptainer build hitsong.sif apptainer.def. "
                + "Publish while no job runs from there."
        )
        {
            to,
        };
        command.SetAction(
            (parsed, cancellation) => Task.Run(() => Publish(parsed.GetValue(to)!.FullName, cancellation), cancellation)
        );
        return command;
    }

    private static int Publish(string folder, CancellationToken cancellation)
    {
        if (!OperatingSystem.IsLinux())
            throw new HitSongException("Slurm's nodes run Linux: publish from there, such as the dev container.");
        string[] known =
        [
            .. new[] { "research", "program", "dotnet", "lib", "apptainer.def" },
            .. new[] { "notebooks", "artifacts", "data", "slurm.json" },
        ];
        if (
            Directory.Exists(folder)
            && Directory.EnumerateFileSystemEntries(folder).FirstOrDefault(IsStrange) is { } strange
        )
            throw new HitSongException(
                $"{folder} holds {Path.GetFileName(strange)}, which is not of ./research publish: "
                    + "name a folder of its own."
            );
        Directory.CreateDirectory(folder);
        string part = Path.Combine(folder, ".part");
        if (Directory.Exists(part))
            Directory.Delete(part, recursive: true);
        LongWork.Show("publish", Copy);
        foreach (string name in (string[])["program", "dotnet", "lib"])
        {
            string place = Path.Combine(folder, name);
            if (Directory.Exists(place))
                Directory.Delete(place, recursive: true);
            Directory.Move(Path.Combine(part, name), place);
        }
        Directory.Delete(part);
        string notebooks = Directory.CreateDirectory(Path.Combine(folder, "notebooks")).FullName;
        string[] kinds = ["*.ipynb", "*.csx"];
        foreach (string from in kinds.SelectMany(kind => Directory.EnumerateFiles(Workspace.Notebooks, kind)))
            if (Path.Combine(notebooks, Path.GetFileName(from)) is var to && !File.Exists(to))
                WholeFile.Write(to, File.ReadAllText(from));
        string entry = Path.Combine(folder, "research");
        WholeFile.Write(entry, Entry());
        File.SetUnixFileMode(entry, (UnixFileMode)0b111_101_101);
        WholeFile.Write(Path.Combine(folder, "apptainer.def"), Apptainer());
        Console.WriteLine($"{entry} runs wherever this folder is seen: {entry} --help");
        return 0;

        bool IsStrange(string path) => !known.Append(".part").Contains(Path.GetFileName(path));

        int Copy(Action<double, string> report)
        {
            string program = AppContext.BaseDirectory;
            (string From, string To)[] files =
            [
                .. Below(program).Select(file => (file, Path.Combine("program", Path.GetRelativePath(program, file)))),
                .. RuntimeFiles(),
                .. SystemLibraries(program, cancellation)
                    .Select(file => (file, Path.Combine("lib", Path.GetFileName(file)))),
            ];
            foreach (var (number, (from, place)) in files.Index())
            {
                cancellation.ThrowIfCancellationRequested();
                string target = Path.Combine(part, place);
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                File.Copy(from, target);
                report((double)number / files.Length, Path.GetFileName(from));
            }
            return 0;
        }
    }

    private static string[] Below(string folder) => Directory.GetFiles(folder, "*", SearchOption.AllDirectories);

    // dotnet itself and the shared frameworks that this process runs on.
    private static IEnumerable<(string From, string To)> RuntimeFiles()
    {
        string framework = Path.GetDirectoryName(typeof(object).Assembly.Location)!,
            version = Path.GetFileName(framework),
            root = Path.GetFullPath(Path.Combine(framework, "..", "..", ".."));
        string[] folders =
        [
            framework,
            Path.Combine(root, "shared", "Microsoft.AspNetCore.App", version),
            Path.Combine(root, "host", "fxr", version),
        ];
        foreach (string file in folders.SelectMany(Below).Append(Path.Combine(root, "dotnet")))
            yield return (file, Path.Combine("dotnet", Path.GetRelativePath(root, file)));
    }

    // What the program's native libraries load from the system, but for glibc, which belongs to the system.
    private static IReadOnlyList<string> SystemLibraries(string program, CancellationToken cancellation)
    {
        string[] glibc = ["ld-linux", "libc.", "libm.", "libdl.", "libpthread.", "librt.", "libresolv.", "libutil."];
        Dictionary<string, string> found = [];
        string[] loaded =
        [
            "libnativeaudio.so",
            "libLibTorchSharp.so",
            "libduckdb.so",
            "libSkiaSharp.so",
            "lib_lightgbm.so",
        ];
        foreach (string library in loaded.Select(name => Path.Combine(program, name)).Where(File.Exists))
        {
            cancellation.ThrowIfCancellationRequested();
            foreach (string line in Loaded(library))
            {
                // As "libz.so.1 => /lib/x86_64-linux-gnu/libz.so.1 (0x00007f…)".
                if (line.Split(" => ") is not [var name, var where])
                    continue;
                name = name.Trim();
                if (where.Contains("not found"))
                    throw new HitSongException(
                        $"{library} needs {name}, which is not on this machine: ./research setup"
                    );
                string path = where[..where.LastIndexOf(" (", StringComparison.Ordinal)];
                bool isOurs = path.StartsWith(program, StringComparison.Ordinal);
                if (!isOurs && !glibc.Any(part => name.StartsWith(part, StringComparison.Ordinal)))
                    found[name] = path;
            }
        }
        return [.. found.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => pair.Value)];
    }

    private static string[] Loaded(string library)
    {
        using Process ldd = Process.Start(
            new ProcessStartInfo("ldd", [library]) { RedirectStandardOutput = true, RedirectStandardError = true }
        )!;
        Task<string> errors = ldd.StandardError.ReadToEndAsync();
        string output = ldd.StandardOutput.ReadToEnd();
        ldd.WaitForExit();
        return ldd.ExitCode == 0
            ? output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            : throw new HitSongException($"ldd cannot read {library}: {errors.Result.Trim()}");
    }

    private static string Entry()
    {
        RunEnvironment now = RunEnvironment.Now(DateTime.UtcNow, 0, 1);
        string commit = now.Commit is null ? "" : $", of commit {now.Commit}{(now.Changed == true ? ", changed" : "")}";
        return $$"""
            #!/bin/bash
            # Hit song research, as ./research publish has put it here{{commit}}.
            # Needs of the machine bash and glibc, of Debian 12 or newer.
            here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
            export HITSONG_WORKSPACE="${HITSONG_WORKSPACE:-$here}" HITSONG_PROGRAM="$here/research"
            export LD_LIBRARY_PATH="$here/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
            export DOTNET_ROOT="$here/dotnet" DOTNET_CLI_TELEMETRY_OPTOUT=1
            exec "$here/dotnet/dotnet" "$here/program/research.dll" "$@"

            """;
    }

    private static string Apptainer() =>
        """
            # A container of this folder: apptainer build hitsong.sif apptainer.def
            # Results go to a folder outside:
            #   apptainer run --env HITSONG_WORKSPACE=/shared/work hitsong.sif train hiphop-mlp
            Bootstrap: docker
            From: debian:12-slim

            %files
                research /opt/hitsong/research
                program /opt/hitsong/program
                dotnet /opt/hitsong/dotnet
                lib /opt/hitsong/lib

            %runscript
                exec /opt/hitsong/research "$@"

            """;
}
