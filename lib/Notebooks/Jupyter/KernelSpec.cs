using System.Text.Json;
using System.Text.Json.Nodes;

namespace Notebooks.Jupyter;

/// <summary>
/// The file by which Jupyter clients find this kernel: <c>kernels/csharp/kernel.json</c> in a Jupyter data folder.
/// </summary>
public static class KernelSpec
{
    private const string Name = "csharp";

    /// <summary>The user's Jupyter data folder: <c>JUPYTER_DATA_DIR</c>, or where Jupyter has it by default.</summary>
    public static string UserFolder
    {
        get
        {
            if (Environment.GetEnvironmentVariable("JUPYTER_DATA_DIR") is { Length: > 0 } own)
                return own;
            if (Environment.GetEnvironmentVariable("XDG_DATA_HOME") is { Length: > 0 } data)
                return Path.Combine(data, "jupyter");
            string home = Environment.GetEnvironmentVariable("HOME") ?? "/";
            return Path.Combine(home, ".local", "share", "jupyter");
        }
    }

    /// <summary>The data folder of an installation, such as a Python environment's.</summary>
    public static string PrefixFolder(string prefix) => Path.Combine(Path.GetFullPath(prefix), "share", "jupyter");

    /// <summary>Writes the kernel spec; one that is there is replaced.</summary>
    /// <param name="dataFolder">A Jupyter data folder; it is made where it is missing.</param>
    /// <param name="command">The program and its arguments that start the kernel, before the connection file.</param>
    /// <returns>The folder that was written.</returns>
    /// <exception cref="NotebookException">The folder can't be written.</exception>
    public static string Install(string dataFolder, IEnumerable<string> command)
    {
        var spec = new JsonObject
        {
            ["argv"] = new JsonArray([
                .. command.Append("{connection_file}").Select(argument => JsonValue.Create(argument)),
            ]),
            ["display_name"] = "C#",
            ["language"] = "C#",
            // .NET has a thread for it, where a message is read by the thread pool, which a cell may have filled.
            ["interrupt_mode"] = "signal",
            // A cell that allocates without end gets an OutOfMemoryException while the machine still answers; the
            // numbers are hexadecimal. New objects fill 32 MiB before a collection, where .NET takes as much as the
            // processor's largest cache, on servers hundreds. Without profiling, the compiler is ready sooner.
            ["env"] = new JsonObject
            {
                ["DOTNET_GCHeapHardLimitPercent"] = "50",
                ["DOTNET_GCgen0size"] = "2000000",
                ["DOTNET_TieredPGO"] = "0",
            },
            ["metadata"] = new JsonObject { ["debugger"] = false },
        };
        string folder = Folder(dataFolder),
            file = Path.Combine(folder, "kernel.json");
        try
        {
            Directory.CreateDirectory(folder);
            File.WriteAllText(
                file + ".new",
                spec.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n"
            );
            File.Move(file + ".new", file, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new NotebookException(
                $"{folder} can't be written: {e.Message} Choose another place with --prefix.",
                e
            );
        }
        return folder;
    }

    /// <summary>Removes the kernel spec; false where there is none.</summary>
    public static bool Uninstall(string dataFolder)
    {
        if (!IsInstalled(dataFolder))
            return false;
        Directory.Delete(Folder(dataFolder), recursive: true);
        return true;
    }

    /// <summary>Whether the kernel spec is there.</summary>
    public static bool IsInstalled(string dataFolder) => File.Exists(Path.Combine(Folder(dataFolder), "kernel.json"));

    /// <summary>Where the kernel spec lies in a data folder.</summary>
    public static string Folder(string dataFolder) => Path.Combine(dataFolder, "kernels", Name);
}
