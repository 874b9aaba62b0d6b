using System.Diagnostics;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text.Json;
using System.Text.RegularExpressions;
using HitSong.Models;

namespace Tests;

/// <summary>The library builds against the TorchSharp packages as well: it uses nothing that they lack.</summary>
public partial class PackageTests
{
    /// <summary>What the list of public members can't have: members for derived classes alone.</summary>
    private static readonly HashSet<string> forDerivedClasses = ["TorchSharp.torch.nn.Module.ctor", "TorchSharp.torch.nn.Module.RegisterComponents"];

    private static readonly HashSet<string> pyBridge = ["save_py", "load_py", "save_safetensors", "load_safetensors"];

    [SkippableFact]
    public void UsesOnlyWhatThePackagesHave()
    {
        HashSet<string> theirs = [.. File.ReadLines(Repository.Shared("api/torchsharp-0.107.txt")).Select(line => Generics().Replace(Head().Match(line).Value, ""))];
        using var file = new PEReader(File.OpenRead(typeof(TikTokLstm).Assembly.Location));
        MetadataReader metadata = file.GetMetadataReader();
        List<string> used = [];
        foreach (MemberReferenceHandle handle in metadata.MemberReferences)
        {
            MemberReference member = metadata.GetMemberReference(handle);
            if (Owner(metadata, member.Parent) is not { } owner || !owner.StartsWith("TorchSharp.", StringComparison.Ordinal)) continue;
            string name = metadata.GetString(member.Name);
            if (owner.StartsWith("TorchSharp.PyBridge.", StringComparison.Ordinal) && pyBridge.Contains(name)) continue;
            string full = $"{owner}.{name.TrimStart('.')}", property = $"{owner}.{Accessor().Replace(name, "")}";
            used.Add(theirs.Contains(property) ? property : full);
        }
        Assert.True(used.Count > 30, $"only {used.Count} members were found");
        Assert.DoesNotContain(used, u => !theirs.Contains(u) && !forDerivedClasses.Contains(u));
    }

    [Theory]
    [InlineData("", "cpu")]
    [InlineData("cuda-linux", "cuda-linux")]
    public void ASwitchPutsThePackagesInThePlaceOfOurLibrary(string flavour, string expected)
    {
        string[] properties = flavour.Length > 0 ? ["-p:TorchPackage=0.107.0", $"-p:TorchFlavour={flavour}"] : ["-p:TorchPackage=0.107.0"];
        JsonElement items = Items(properties);
        Assert.Contains($"TorchSharp-{expected}", Names(items, "PackageReference"));
        Assert.Contains("TorchSharp.PyBridge", Names(items, "PackageReference"));
        Assert.Equal(["../Tables/Tables.csproj"], Names(items, "ProjectReference"));
        Assert.Contains(items.GetProperty("PackageVersion").EnumerateArray(), v => v.GetProperty("Identity").GetString() == $"TorchSharp-{expected}" && v.GetProperty("Version").GetString() == "0.107.0");

        static IEnumerable<string?> Names(JsonElement items, string kind) => items.GetProperty(kind).EnumerateArray().Select(i => i.GetProperty("Identity").GetString());
    }

    private static JsonElement Items(params string[] properties)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
        foreach (string argument in (string[])["msbuild", Path.Combine(Repository.Root, "lib", "HitSong", "HitSong.csproj"), "-getItem:PackageReference,ProjectReference,PackageVersion", .. properties]) start.ArgumentList.Add(argument);
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return JsonDocument.Parse(output).RootElement.GetProperty("Items");
    }

    /// <summary>A type's full name without generic arguments, nested types joined with a dot.</summary>
    private static string? Owner(MetadataReader metadata, EntityHandle handle)
    {
        switch (handle.Kind)
        {
            case HandleKind.TypeReference:
                TypeReference type = metadata.GetTypeReference((TypeReferenceHandle)handle);
                string name = Arity().Replace(metadata.GetString(type.Name), ""), space = metadata.GetString(type.Namespace);
                return type.ResolutionScope.Kind == HandleKind.TypeReference ? $"{Owner(metadata, type.ResolutionScope)}.{name}" : space.Length > 0 ? $"{space}.{name}" : name;
            case HandleKind.TypeSpecification:
                BlobReader blob = metadata.GetBlobReader(metadata.GetTypeSpecification((TypeSpecificationHandle)handle).Signature);
                // A generic instance (ECMA-335 II.23.2.12): its mark, class or value type, and the type.
                if (blob.ReadSignatureTypeCode() != SignatureTypeCode.GenericTypeInstance) return null;
                blob.ReadByte();
                return Owner(metadata, blob.ReadTypeHandle());
            default: return null;
        }
    }

    [GeneratedRegex(@"^(?:[^(\[ <]|<[^(]*?>)*")]
    private static partial Regex Head();

    [GeneratedRegex(@"<.*?>")]
    private static partial Regex Generics();

    [GeneratedRegex(@"`\d+$")]
    private static partial Regex Arity();

    [GeneratedRegex(@"^(get|set)_(?=.)")]
    private static partial Regex Accessor();
}
