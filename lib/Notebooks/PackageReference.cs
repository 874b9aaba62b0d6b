using System.Text.RegularExpressions;

namespace Notebooks;

/// <summary>A NuGet package that a cell wants: <c>#r "nuget: Name, Version"</c>.</summary>
/// <param name="Name">The package's id.</param>
/// <param name="Version">The version, or a range of NuGet's; <c>*</c> for the newest.</param>
internal sealed partial record PackageReference(string Name, string Version)
{
    /// <summary>The packages that the code wants; their lines become empty.</summary>
    public static List<PackageReference> TakeFrom(ref string code)
    {
        var found = new List<PackageReference>();
        code = Line()
            .Replace(
                code,
                match =>
                {
                    found.Add(
                        new PackageReference(
                            match.Groups["name"].Value,
                            match.Groups["version"] is { Success: true } version ? version.Value.Trim() : "*"
                        )
                    );
                    return "";
                }
            );
        return found;
    }

    [GeneratedRegex(
        """^[ \t]*#r[ \t]+"nuget:[ \t]*(?<name>[\w.-]+)[ \t]*(,(?<version>[^"]+))?"[^\n]*""",
        RegexOptions.Multiline | RegexOptions.IgnoreCase
    )]
    private static partial Regex Line();
}
