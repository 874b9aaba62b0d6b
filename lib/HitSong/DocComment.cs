using System.Collections.Concurrent;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace HitSong;

/// <summary>What doc comments say, read from the XML file that lies beside an assembly.</summary>
internal static partial class DocComment
{
    private static readonly ConcurrentDictionary<string, IReadOnlyDictionary<string, XElement>> files = [];

    /// <summary>The summary of a property as plain text; null where there is none, or no file.</summary>
    public static string? SummaryOf(PropertyInfo property)
    {
        Type type = property.DeclaringType!;
        string id = $"P:{type.FullName?.Replace('+', '.')}.{property.Name}";
        return files.GetOrAdd(type.Assembly.Location, Read).GetValueOrDefault(id)?.Element("summary") is { } summary
            ? Spaces().Replace(string.Concat(summary.DescendantNodes().Select(Words)), " ").Trim()
            : null;
    }

    // A cell's assembly lies nowhere.
    private static IReadOnlyDictionary<string, XElement> Read(string assembly)
    {
        string file = Path.ChangeExtension(assembly, ".xml");
        return assembly != "" && File.Exists(file)
            ? XDocument.Load(file).Descendants("member").ToDictionary(member => (string)member.Attribute("name")!)
            : new Dictionary<string, XElement>();
    }

    // An empty element names something: a member, a parameter, a keyword.
    private static string Words(XNode node) =>
        node switch
        {
            XText text => text.Value,
            XElement { IsEmpty: true } named => (named.FirstAttribute?.Value ?? "").Split('.')[^1],
            _ => "",
        };

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
