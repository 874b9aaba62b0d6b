using System.CommandLine;
using System.Diagnostics;
using HitSong;

namespace Research;

/// <summary><c>./research docs</c>: the API reference, the notebooks and the other pages as one site.</summary>
internal static class DocsCommand
{
    public static Command Create()
    {
        var to = new Argument<DirectoryInfo?>("folder")
        {
            Description = "Where the site goes. Default: artifacts/docs. What another call has put there is replaced.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var command = new Command(
            "docs",
            "Write the documentation as a site: each public type with its examples, the notebooks with their charts "
                + "alive, and the pages beside them, with a search.\n"
                + "Then open artifacts/docs/index.html: no server is needed, and no page asks another host for "
                + "anything.\n"
                + "It is made by docfx from what was built: the assemblies, their XML files, and the notebooks as "
                + "they are saved (./research run --save). Nothing is built, executed or downloaded, but docfx itself "
                + "the first time."
        )
        {
            to,
        };
        command.SetAction(
            (parsed, cancellation) =>
                Task.Run(
                    () =>
                        Write(parsed.GetValue(to)?.FullName ?? Path.Combine(Workspace.Artifacts, "docs"), cancellation),
                    cancellation
                )
        );
        return command;
    }

    private static int Write(string folder, CancellationToken cancellation)
    {
        if (
            Directory.Exists(folder)
            && Directory.EnumerateFileSystemEntries(folder).Any()
            && !File.Exists(Path.Combine(folder, DocumentationSite.Mark))
        )
            throw new HitSongException(
                $"{folder} holds other things than ./research docs writes: name another folder."
            );
        Directory.CreateDirectory(Path.GetDirectoryName(folder)!);
        string part = folder.TrimEnd('/') + ".part";
        if (Directory.Exists(part))
            Directory.Delete(part, recursive: true);
        DocumentationSite site = DocumentationSite.Prepare(part);
        LongWork.Show(
            "docs",
            report =>
            {
                report(0, "docfx");
                RunDocfx(site.Settings, cancellation);
                report(0.9, "pages");
                site.Complete();
                return 0;
            }
        );
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        Directory.Move(site.Pages, folder);
        Directory.Delete(part, recursive: true);
        Console.WriteLine($"{Path.Combine(folder, "index.html")} shows it.");
        return 0;
    }

    // docfx is a tool of the repository (.config/dotnet-tools.json), found from there. A warning of it, such as a link
    // that leads nowhere, is a fault.
    private static void RunDocfx(string settings, CancellationToken cancellation)
    {
        ProcessStartInfo start = new("dotnet", ["docfx", settings, "--warningsAsErrors", "--logLevel", "warning"])
        {
            WorkingDirectory = Workspace.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process docfx = Process.Start(start)!;
        using CancellationTokenRegistration stop = cancellation.Register(() => docfx.Kill(entireProcessTree: true));
        Task<string> errors = docfx.StandardError.ReadToEndAsync(CancellationToken.None);
        string output = docfx.StandardOutput.ReadToEnd();
        docfx.WaitForExit();
        cancellation.ThrowIfCancellationRequested();
        if (docfx.ExitCode != 0)
            throw new HitSongException(
                $"docfx has made no pages: {(errors.Result + output).Trim()}\n"
                    + "Where it is not there: dotnet tool restore, in the repository."
            );
    }
}
