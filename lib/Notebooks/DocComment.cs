using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Microsoft.CodeAnalysis;

namespace Notebooks;

/// <summary>
/// Doc comments as text: of cells, of libraries with an XML file beside them, and of .NET itself, whose files the SDK
/// has.
/// </summary>
internal static partial class DocComment
{
    private static readonly Dictionary<string, byte[]> files = [];

    // The runtime has no doc files; the SDK's reference pack does.
    private static readonly Lazy<string?> framework = new(() =>
    {
        string runtime = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        var packs = new DirectoryInfo(Path.Combine(runtime, "..", "..", "..", "packs", "Microsoft.NETCore.App.Ref"));
        return packs.Exists
            ? packs
                .GetDirectories("*", SearchOption.TopDirectoryOnly)
                .Select(d => Path.Combine(d.FullName, "ref", $"net{Environment.Version.ToString(2)}"))
                .LastOrDefault(Directory.Exists)
            : null;
    });

    /// <summary>Summary, parameters, result and exceptions; null where there is no comment.</summary>
    public static string? Of(ISymbol symbol, Compilation compilation)
    {
        symbol = (symbol as IMethodSymbol)?.ReducedFrom ?? symbol.OriginalDefinition;
        string? xml = symbol.GetDocumentationCommentXml();
        if (
            string.IsNullOrEmpty(xml)
            && symbol.GetDocumentationCommentId() is { } id
            && compilation.GetMetadataReference(symbol.ContainingAssembly)
                is PortableExecutableReference { FilePath: { } assembly }
        )
            xml = Files(assembly, symbol).Select(file => Member(file, id)).FirstOrDefault(found => found is not null);
        return string.IsNullOrEmpty(xml) ? null : Text(XElement.Parse(xml));
    }

    private static IEnumerable<string> Files(string assembly, ISymbol symbol)
    {
        string beside = Path.ChangeExtension(assembly, ".xml");
        if (File.Exists(beside))
            return [beside];
        if (
            Path.GetDirectoryName(assembly) != Path.GetDirectoryName(typeof(object).Assembly.Location)
            || framework.Value is not { } folder
        )
            return [];
        // A type lies in another assembly at run time than in the reference pack: its namespace says where to look
        // first.
        string space = symbol.ContainingNamespace.ToDisplayString();
        return Directory.GetFiles(folder, "*.xml").OrderByDescending(IsLikely).ThenBy(f => f, StringComparer.Ordinal);

        bool IsLikely(string file)
        {
            string name = Path.GetFileNameWithoutExtension(file);
            return name == "System.Runtime"
                || space.StartsWith(name, StringComparison.Ordinal)
                || name.StartsWith(space, StringComparison.Ordinal);
        }
    }

    private static string? Member(string file, string id)
    {
        if (!files.TryGetValue(file, out byte[]? text))
            files[file] = text = File.ReadAllBytes(file);
        string opening = $"<member name=\"{id.Replace("&", "&amp;").Replace("<", "&lt;")}\">";
        int start = text.AsSpan().IndexOf(Encoding.UTF8.GetBytes(opening));
        if (start < 0)
            return null;
        int length = text.AsSpan(start).IndexOf("</member>"u8);
        return length < 0 ? null : Encoding.UTF8.GetString(text, start, length) + "</member>";
    }

    private static string Text(XElement member)
    {
        var lines = new List<string>();
        if (member.Element("summary") is { } summary)
            lines.Add(Words(summary));
        string[] details =
        [
            .. member.Elements("param").Select(p => $"{(string?)p.Attribute("name")}: {Words(p)}"),
            .. member.Elements("returns").Select(r => $"returns: {Words(r)}"),
            .. member.Elements("exception").Select(e => $"throws {Name((string?)e.Attribute("cref"))}: {Words(e)}"),
        ];
        if (details.Length > 0)
            lines.Add(string.Join('\n', details));
        return string.Join("\n\n", lines);
    }

    private static string Words(XElement element)
    {
        string words = string.Concat(element.DescendantNodes().Select(Words));
        return Spaces().Replace(words, " ").Trim();
    }

    private static string Words(XNode node)
    {
        if (node is XText text)
            return text.Value;
        if (node is not XElement { IsEmpty: true } reference)
            return "";
        return Name(
            (string?)reference.Attribute("cref")
                ?? (string?)reference.Attribute("name")
                ?? (string?)reference.Attribute("langword")
        );
    }

    private static string Name(string? reference) =>
        reference is null ? "" : reference.Split('(')[0].Split(':')[^1].Split('.')[^1].Split('`')[0];

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
