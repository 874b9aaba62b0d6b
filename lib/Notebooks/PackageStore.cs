using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using System.Text.Json;
using System.Xml.Linq;

namespace Notebooks;

/// <summary>
/// The NuGet packages that cells have asked for. The SDK restores them, with the user's sources, as it would for a
/// project in the notebook's folder; nothing is built, so that no package's scripts or targets run.
/// </summary>
internal sealed class PackageStore
{
    // An assembly of F# asks for the one that it was compiled with, or a later one. Whoever asks for a later one than
    // the host's gets it, beside the host's.
    private const string FSharpCore = "FSharp.Core";

    private static readonly AssemblyLoadContext later = new(FSharpCore);

    private static readonly IReadOnlyDictionary<string, string> host = HostAssemblies.Paths;

    private readonly List<PackageReference> wanted = [];
    private readonly List<string> sources = [];
    private readonly Dictionary<string, string> assemblies = [];
    private readonly Dictionary<string, string> packageOf = [];
    private readonly Dictionary<string, string> natives = [];
    private readonly HashSet<string> extensions = [];
    private readonly List<(string Package, string Folder)> newExtensions = [];

    public PackageStore()
    {
        AssemblyLoadContext.Default.Resolving += (context, name) =>
            assemblies.TryGetValue(name.Name!, out string? path)
                ? (host.ContainsKey(name.Name!) ? later : context).LoadFromAssemblyPath(path)
                : null;
        AssemblyLoadContext.Default.ResolvingUnmanagedDll += (_, name) =>
            natives.TryGetValue(name, out string? path)
            || natives.TryGetValue($"lib{name}.so", out path)
            || natives.TryGetValue($"{name}.so", out path)
                ? NativeLibrary.Load(path)
                : 0;
    }

    /// <summary>From here on packages are looked for there too.</summary>
    public void AddSources(IEnumerable<string> more) => sources.AddRange(more.Except(sources));

    /// <summary>
    /// Adds packages to those that are there; returns the paths of the assemblies that come with them.
    /// </summary>
    /// <exception cref="NotebookException">A package can't be restored; the message is NuGet's.</exception>
    public async Task<IReadOnlyList<string>> AddAsync(
        IReadOnlyList<PackageReference> packages,
        string notebookFolder,
        CellRun run,
        CancellationToken interrupt
    )
    {
        string names = string.Join(", ", packages.Select(p => p.Version == "*" ? p.Name : $"{p.Name} {p.Version}"));
        DisplayHandle progress = run.Display($"Restoring {names} …");
        List<PackageReference> all =
        [
            .. wanted.Where(w => packages.All(p => !p.Name.Equals(w.Name, StringComparison.OrdinalIgnoreCase))),
            .. packages,
        ];
        string folder = Directory.CreateTempSubdirectory("notebook-packages-").FullName;
        try
        {
            string project = Path.Combine(folder, "packages.csproj");
            var properties = new XElement(
                "PropertyGroup",
                new XElement("TargetFramework", $"net{Environment.Version.ToString(2)}"),
                new XElement("RuntimeIdentifier", RuntimeInformation.RuntimeIdentifier),
                new XElement("SelfContained", "false"),
                new XElement("UseAppHost", "false"),
                new XElement("NuGetAudit", "false"),
                new XElement("RestoreAdditionalProjectSources", string.Join(';', sources)),
                new XElement("RestoreRootConfigDirectory", notebookFolder)
            );
            IEnumerable<XElement> references = all.Select(p => new XElement(
                "PackageReference",
                new XAttribute("Include", p.Name),
                new XAttribute("Version", p.Version)
            ));
            var sdk = new XAttribute("Sdk", "Microsoft.NET.Sdk");
            new XElement("Project", sdk, properties, new XElement("ItemGroup", references)).Save(project);
            (int exitCode, string output) = await Shell.CaptureAsync(
                "dotnet",
                ["restore", project, "--verbosity", "quiet"],
                interrupt
            );
            string assets = Path.Combine(folder, "obj", "project.assets.json");
            if (exitCode != 0 || !File.Exists(assets))
                throw new NotebookException($"{names} can't be restored: {Reason(output)}");
            List<string> added = Read(assets, packages, run);
            wanted.Clear();
            wanted.AddRange(all);
            progress.Update($"Restored {names}: {added.Count} {(added.Count == 1 ? "assembly" : "assemblies")} added");
            return added;
        }
        catch (Exception)
        {
            progress.Update($"{names} not restored");
            throw;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>
    /// The packages that have come since the last call with an extension for notebooks, and its folder.
    /// </summary>
    public IReadOnlyList<(string Package, string Folder)> TakeExtensions()
    {
        (string, string)[] taken = [.. newExtensions];
        newExtensions.Clear();
        return taken;
    }

    private static string Reason(string output)
    {
        string[] lines =
        [
            .. output
                .Split('\n')
                .Where(line => line.Contains("error", StringComparison.Ordinal))
                .Select(line => line[line.IndexOf("error", StringComparison.Ordinal)..].Split(" [/")[0].Trim())
                .Distinct(),
        ];
        return lines.Length == 0 ? output.Trim() : string.Join("; ", lines);
    }

    private List<string> Read(string assetsFile, IReadOnlyList<PackageReference> asked, CellRun run)
    {
        using var assets = JsonDocument.Parse(File.ReadAllBytes(assetsFile));
        JsonElement root = assets.RootElement;
        string[] caches = [.. root.GetProperty("packageFolders").EnumerateObject().Select(f => f.Name)];
        JsonElement target = root.GetProperty("targets").EnumerateObject().Last().Value;
        var found = new List<(string Package, string Home, JsonElement Files)>();
        foreach (JsonProperty package in target.EnumerateObject())
        {
            string relative = root.GetProperty("libraries").GetProperty(package.Name).GetProperty("path").GetString()!;
            if (caches.Select(cache => Path.Combine(cache, relative)).FirstOrDefault(Directory.Exists) is { } home)
                found.Add((package.Name, home, package.Value));
        }
        // A second version of an assembly would have types of its own beside those that cells have used.
        string[] replaced =
        [
            .. found
                .SelectMany(p => Files(p.Files, "runtime").Select(file => (p.Package, Name: NameOf(file))))
                .Where(p => packageOf.TryGetValue(p.Name, out string? loaded) && IsOtherVersion(loaded, p.Package))
                .Select(p => $"{Words(packageOf[p.Name])} is loaded, {Words(p.Package)} is wanted")
                .Distinct(),
        ];
        if (replaced.Length > 0)
            throw new NotebookException(
                $"{string.Join("; ", replaced)}: .NET can't replace a loaded package. Restart the kernel (Kernel, "
                    + "Restart in Jupyter; Restart above the notebook in VS Code), which loses the variables, and run "
                    + "the cell with the new version before any other that asks for the package."
            );

        var added = new List<string>();
        foreach ((string package, string home, JsonElement files) in found)
        {
            string extension = Path.Combine(home, "interactive-extensions", "dotnet");
            if (Directory.Exists(extension) && extensions.Add(extension))
                newExtensions.Add((Words(package), extension));
            foreach (string file in Files(files, "native"))
                natives.TryAdd(Path.GetFileName(file), Path.Combine(home, file));
            foreach (string file in Files(files, "runtime"))
            {
                string path = Path.Combine(home, file),
                    name = NameOf(file);
                if (name == FSharpCore && IsLater(path))
                {
                    assemblies[name] = path;
                    added.Add(path);
                }
                else if (host.TryGetValue(name, out string? own))
                {
                    added.Add(own);
                    SayWhereHostDiffers(own, path, package);
                }
                else if (assemblies.TryAdd(name, path))
                {
                    packageOf[name] = package;
                    added.Add(path);
                }
            }
        }
        foreach ((_, string folder) in newExtensions)
        foreach (string path in Directory.EnumerateFiles(folder, "*.dll"))
            assemblies.TryAdd(NameOf(path), path);
        return added;

        void SayWhereHostDiffers(string own, string path, string package)
        {
            Version? ours = AssemblyName.GetAssemblyName(own).Version,
                theirs = AssemblyName.GetAssemblyName(path).Version;
            bool isAsked = asked.Any(p => package.StartsWith(p.Name + "/", StringComparison.OrdinalIgnoreCase));
            if (isAsked ? theirs != ours : theirs > ours)
                run.Append(
                    error: true,
                    $"{Words(package)} is not loaded: the kernel itself stands on version {ours} of its "
                        + $"{Path.GetFileName(own)}, which cells get as well.\n"
                );
        }
    }

    private static bool IsLater(string path) =>
        host.TryGetValue(NameOf(path), out string? own)
        && AssemblyName.GetAssemblyName(path).Version > AssemblyName.GetAssemblyName(own).Version;

    private static string NameOf(string file) => Path.GetFileNameWithoutExtension(file);

    private static bool IsOtherVersion(string loaded, string wanted)
    {
        string[] one = loaded.Split('/'),
            other = wanted.Split('/');
        return one[0].Equals(other[0], StringComparison.OrdinalIgnoreCase) && one[1] != other[1];
    }

    private static string Words(string package) => package.Replace('/', ' ');

    private static IEnumerable<string> Files(JsonElement package, string kind) =>
        package.TryGetProperty(kind, out JsonElement files)
            ? files
                .EnumerateObject()
                .Select(f => f.Name)
                .Where(name => !name.EndsWith("/_._", StringComparison.Ordinal))
            : [];
}
