using System.IO.Compression;
using System.Reflection.PortableExecutable;
using System.Text.Json;

namespace Tests;

/// <summary>
/// TorchSharp as its packages bring it: which of them is taken, what of it lies beside a program, and that our networks
/// compute the same with it outside of this repository.
/// </summary>
[Collection(DefaultGenerator.Name)]
public class PackageTests(BareProject bare) : IClassFixture<BareProject>
{
    private const string Version = "0.107.0";

    [Theory]
    [InlineData("cpu", false)]
    [InlineData("cuda-linux", false)]
    [InlineData("cuda-linux", true)]
    public void AFlavourIsAPackage(string flavour, bool byEnvironment)
    {
        JsonElement items = Evaluate(flavour, byEnvironment).GetProperty("Items");
        IEnumerable<string?> torch = Names("PackageReference").Where(name => name!.Contains("Torch"));
        Assert.Equal([$"TorchSharp-{flavour}", "TorchSharp.PyBridge"], torch);
        JsonElement version = items
            .GetProperty("PackageVersion")
            .EnumerateArray()
            .Single(v => Name(v) == $"TorchSharp-{flavour}");
        Assert.Equal(Version, version.GetProperty("Version").GetString());
        Assert.Equal(["../Tables/Tables.csproj"], Names("ProjectReference"));

        IEnumerable<string?> Names(string kind) => items.GetProperty(kind).EnumerateArray().Select(Name);

        static string? Name(JsonElement item) => item.GetProperty("Identity").GetString();
    }

    [Fact]
    public void TheNativeLibraryIsThePackagesButForOneFlag()
    {
        byte[] published = Published(),
            ours = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "libLibTorchSharp.so"));
        Assert.Equal(published, File.ReadAllBytes(InCache("runtimes/linux-x64/native/libLibTorchSharp.so")));
        Assert.Equal(published.Length, ours.Length);
        (byte Theirs, byte Ours)[] changed = [.. published.Zip(ours).Where(pair => pair.First != pair.Second)];
        Assert.True(changed is [] or [(0, 2)], $"changed: {string.Join(", ", changed)}");
    }

    [Fact]
    public void WhereTheSystemHasTheVersionTheNativeLibraryIsThePackages()
    {
        // It needs this one as well, and Debian 12 has it.
        bare.Build("-p:TorchSharpNeeds=GLIBCXX_3.4.29", "-p:IntermediateOutputPath=obj/older/", "-t:ResolveReferences");
        Assert.Equal(Published(), File.ReadAllBytes(Path.Combine(bare.Folder, "obj/older/mended/libLibTorchSharp.so")));
    }

    [Fact]
    public void TheNativeLibraryIsMadeOnce()
    {
        string native = Path.Combine(bare.Folder, "obj/Release/net10.0/mended/libLibTorchSharp.so");
        DateTime made = File.GetLastWriteTimeUtc(native);
        bare.Build();
        Assert.Equal(made, File.GetLastWriteTimeUtc(native));
    }

    [Fact]
    public void NoOtherPlatformsLibrariesLieBesideAProgram()
    {
        string[] files = Directory.GetFiles(AppContext.BaseDirectory);
        Assert.Contains(files, file => Path.GetFileName(file) == "libtorch_cpu.so");
        Assert.DoesNotContain(files, file => Path.GetExtension(file) == ".dylib");
        Assert.All(
            files.Where(file => Path.GetExtension(file) == ".dll"),
            file =>
            {
                using var assembly = new PEReader(File.OpenRead(file));
                Assert.True(assembly.HasMetadata, $"{file} is Windows' own code");
            }
        );
        Assert.False(Directory.Exists(Path.Combine(AppContext.BaseDirectory, "runtimes")));
    }

    [Fact]
    public void OurNetworksLearnTheSameInABareProject()
    {
        int threads = TorchSharp.torch.get_num_threads();
        try
        {
            Assert.Equal(SomeLosses.All(), bare.Run());
        }
        finally
        {
            TorchSharp.torch.set_num_threads(threads);
        }
    }

    private static JsonElement Evaluate(string flavour, bool byEnvironment = false)
    {
        string project = Path.Combine(Repository.Root, "lib", "HitSong", "HitSong.csproj");
        string[] query =
        [
            "msbuild",
            project,
            "-getItem:PackageReference,PackageVersion,ProjectReference",
            "-getProperty:NuGetPackageRoot",
        ];
        string json = byEnvironment
            ? BareProject.Dotnet(query, ("TorchFlavour", flavour))
            : BareProject.Dotnet([.. query, $"-p:TorchFlavour={flavour}"]);
        return JsonDocument.Parse(json).RootElement;
    }

    // A file of TorchSharp's in the package cache.
    private static string InCache(string path)
    {
        string root = Evaluate("cpu").GetProperty("Properties").GetProperty("NuGetPackageRoot").GetString()!;
        return Path.Combine(root, "torchsharp", Version, path);
    }

    private static byte[] Published()
    {
        using ZipArchive package = ZipFile.OpenRead(InCache($"torchsharp.{Version}.nupkg"));
        using Stream entry = package.GetEntry("runtimes/linux-x64/native/libLibTorchSharp.so")!.Open();
        using var bytes = new MemoryStream();
        entry.CopyTo(bytes);
        return bytes.ToArray();
    }
}
