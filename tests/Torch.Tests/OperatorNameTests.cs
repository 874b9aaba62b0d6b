using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace Tests;

public partial class OperatorNameTests
{
    [LibraryImport("nativetorch", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint torch_find(string name, string overload);

    /// <summary>Operators are called by name, so a misspelt one would show only where it is called.</summary>
    [Fact]
    public void EveryOperatorThatTheSourcesNameIsInLibtorch()
    {
        string[] names = [.. Directory.EnumerateFiles(Path.Combine(Repository.Root, "lib", "Torch"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => Call().Matches(File.ReadAllText(file))).Select(match => match.Groups[1].Value).Distinct()];
        Assert.True(names.Length > 250, $"only {names.Length} names were found");
        Assert.All(names, name => Assert.True(torch_find("aten::" + name.Split('.')[0], name.Split('.').ElementAtOrDefault(1) ?? "") != 0, name));
    }

    [GeneratedRegex(@"(?:Aten\.\w+|InPlace)\((?:@?\w+, )?""([^""]+)""")]
    private static partial Regex Call();
}
