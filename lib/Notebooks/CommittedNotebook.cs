using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Notebooks;

/// <summary>
/// An executed notebook as a repository keeps it: small enough that code hosts show it, and the same bytes wherever the
/// figures are the same. Times go; a chart keeps its plotly form and not the HTML with plotly.js in it; a player keeps
/// its words and not its sound.
/// </summary>
public static partial class CommittedNotebook
{
    /// <summary>A copy of <paramref name="executed"/> in that form.</summary>
    public static Notebook Of(Notebook executed)
    {
        Notebook kept = executed.Copy();
        foreach (NotebookCell cell in kept.Cells)
        {
            cell.Metadata.Remove("execution");
            foreach (JsonObject bundle in cell.Outputs.Select(o => o!["data"]).OfType<JsonObject>())
            {
                if (bundle.ContainsKey("application/vnd.plotly.v1+json"))
                    bundle.Remove("text/html");
                else if (bundle["text/html"] is { } html && Sound().IsMatch((string)html!))
                {
                    bundle.Remove("text/html");
                    bundle["text/plain"] = $"{bundle["text/plain"]}; run the cell to hear it";
                }
            }
        }
        return kept;
    }

    [GeneratedRegex("""\bsrc\s*=\s*["']data:audio/""", RegexOptions.IgnoreCase)]
    private static partial Regex Sound();
}
