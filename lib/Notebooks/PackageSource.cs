using System.Text.RegularExpressions;

namespace Notebooks;

/// <summary>Where packages are looked for beside the user's own sources: <c>#i "nuget: URL or folder"</c>.</summary>
internal static partial class PackageSource
{
    /// <summary>The sources that the code names, folders as whole paths; their lines become empty.</summary>
    /// <param name="code">The code.</param>
    /// <param name="folder">Where the path of a folder begins.</param>
    public static List<string> TakeFrom(ref string code, string folder)
    {
        var found = new List<string>();
        code = Line()
            .Replace(
                code,
                match =>
                {
                    string source = match.Groups["source"].Value.Trim();
                    found.Add(source.Contains("://") ? source : Path.GetFullPath(source, folder));
                    return "";
                }
            );
        return found;
    }

    [GeneratedRegex(
        """^[ \t]*#i[ \t]+"nuget:(?<source>[^"]+)"[^\n]*""",
        RegexOptions.Multiline | RegexOptions.IgnoreCase
    )]
    private static partial Regex Line();
}
