using System.Diagnostics;

namespace Tests;

/// <summary>
/// A console project outside of the repository that has TorchSharp's packages, our networks' sources as they are and
/// nothing else of ours, but that libLibTorchSharp.so is made to load. It prints <see cref="SomeLosses"/>.
/// </summary>
public sealed class BareProject : IDisposable
{
    private readonly TemporaryFolder folder = new("bare");

    public BareProject()
    {
        string library = Path.Combine(Repository.Root, "lib", "HitSong");
        string[] sources =
        [
            Path.Combine(library, "HitSongException.cs"),
            Path.Combine(library, "WholeFile.cs"),
            Path.Combine(library, "Models", "*.cs"),
            Path.Combine(Repository.Root, "tests", "HitSong.Tests", "Models", "SomeLosses.cs"),
        ];
        File.WriteAllText(
            folder.At("Program.cs"),
            "foreach (string line in Tests.SomeLosses.All()) Console.WriteLine(line);"
        );
        File.WriteAllText(
            folder.At("bare.csproj"),
            $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <UseCurrentRuntimeIdentifier>true</UseCurrentRuntimeIdentifier>
                <SelfContained>false</SelfContained>
                <UseAppHost>false</UseAppHost>
                <AppendRuntimeIdentifierToOutputPath>false</AppendRuntimeIdentifierToOutputPath>
                <CreateHardLinksForCopyLocalIfPossible>true</CreateHardLinksForCopyLocalIfPossible>
                <!-- Asks the network. -->
                <NuGetAudit>false</NuGetAudit>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="Google.Protobuf" Version="3.36.2" />
                <PackageReference Include="OnnxSharp" Version="0.3.2" />
                <PackageReference Include="PureHDF" Version="2.2.0" />
                <PackageReference Include="TorchSharp-cpu" Version="0.107.0" />
                <PackageReference Include="TorchSharp.PyBridge" Version="1.4.4" />
                <Compile Include="{string.Join(';', sources)}" />
              </ItemGroup>
              <Import Project="{Path.Combine(Repository.Root, "Directory.Build.targets")}" />
            </Project>
            """
        );
        Build();
    }

    /// <summary>Where it lies.</summary>
    public string Folder => folder.Path;

    /// <summary>Builds it.</summary>
    /// <param name="options">More for <c>dotnet build</c>.</param>
    public void Build(params string[] options) =>
        Dotnet(["build", "-c", "Release", folder.At("bare.csproj"), .. options]);

    /// <summary>Runs it and returns the lines that it printed.</summary>
    public string[] Run() =>
        Dotnet([folder.At("bin/Release/net10.0/bare.dll")]).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Runs <c>dotnet</c> and returns what it printed; fails the test with that.</summary>
    public static string Dotnet(string[] arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true };
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"dotnet {string.Join(' ', arguments)}:\n{output}");
        return output;
    }

    public void Dispose() => folder.Dispose();
}
