using System.Net;
using System.Text;
using Wcwidth;

namespace Tables;

/// <summary>
/// A table as people read it: HTML in a notebook or on a page, columns of text in a terminal. A line break in a text
/// begins a new line within its cell.
/// </summary>
/// <example><code>
/// var table = new DrawnTable(
///     [new("title"), new("plays", "in a day", Right: true)],
///     songs.Select(song => new DrawnTable.Cell[] { song.Title, $"{song.Plays:N0}" })
/// )
/// {
///     Caption = "The demo corpus",
/// };
/// </code></example>
[TypeFormatterSource(typeof(MimeBundleSource))]
public sealed class DrawnTable
{
    // A longer text runs out of its column, where it would spread the others' texts apart.
    private const int MostWidth = 200;

    private readonly IReadOnlyList<Heading> columns;
    private readonly Cell[][] rows;

    /// <summary>What a cell shows.</summary>
    /// <param name="Text">Its text.</param>
    /// <param name="Small">What stands smaller below it.</param>
    public record Cell(string Text, string Small = "")
    {
        /// <summary>HTML, shown as it is, in the place of the text.</summary>
        public string? Html { get; init; }

        /// <summary>A cell of text alone.</summary>
        public static implicit operator Cell(string text) => new(text);
    }

    /// <summary>What heads a column; in a row, what heads the row.</summary>
    /// <param name="Text">Its text.</param>
    /// <param name="Small">What stands smaller below it.</param>
    /// <param name="Right">Whether the column's cells end at its right side, as numbers do.</param>
    public sealed record Heading(string Text, string Small = "", bool Right = false) : Cell(Text, Small);

    /// <summary>A table of its cells.</summary>
    /// <param name="columns">A heading for each column; no headings are drawn where all are empty.</param>
    /// <param name="rows">[rows][columns] the cells.</param>
    /// <exception cref="ArgumentException">A row has more or fewer cells than there are columns.</exception>
    public DrawnTable(IReadOnlyList<Heading> columns, IEnumerable<IEnumerable<Cell>> rows)
    {
        this.columns = columns;
        this.rows = [.. rows.Select(row => row.ToArray())];
        int ragged = Array.FindIndex(this.rows, row => row.Length != columns.Count);
        if (ragged >= 0)
            throw new ArgumentException(
                $"row {ragged} has {this.rows[ragged].Length} cells, where there are {columns.Count} columns",
                nameof(rows)
            );
    }

    /// <summary>What stands above the table.</summary>
    public string? Caption { get; init; }

    /// <summary>What stands below the table, a paragraph each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The HTML table's class, for a page's style.</summary>
    public string? Class { get; init; }

    /// <summary>
    /// Whether each HTML cell names its column, in <c>data-label</c>, so that a page can show a row as a card where it
    /// is narrow.
    /// </summary>
    public bool LabelsCells { get; init; }

    private bool HasHeadings => columns.Any(heading => heading.Text + heading.Small != "");

    /// <summary>The table and its notes as HTML.</summary>
    public string ToHtml()
    {
        string named = Class is null ? "" : $" class=\"{Encode(Class)}\"";
        var html = new StringBuilder($"<table{named}>\n");
        if (Caption is not null)
            html.Append($"<caption>{Encode(Caption)}</caption>\n");
        if (HasHeadings)
            html.Append($"<thead>{Row(columns)}</thead>\n");
        html.Append("<tbody>\n");
        foreach (Cell[] row in rows)
            html.Append(Row(row)).Append('\n');
        html.Append("</tbody>\n</table>");
        foreach (string note in Notes)
            html.Append($"\n<p>{Encode(note)}</p>");
        return html.ToString();

        string Row(IEnumerable<Cell> cells) => $"<tr>{string.Concat(cells.Select(Element))}</tr>";

        string Element(Cell cell, int column)
        {
            Heading heading = columns[column];
            string tag = cell is Heading ? "th" : "td",
                name = Encode(heading.Text.ReplaceLineEndings(" "));
            string label = LabelsCells && tag == "td" ? $" data-label=\"{name}\"" : "";
            // The side is stated for each cell: frontends differ in what they take for granted.
            string side = heading.Right ? "right" : "left";
            string small = cell.Small == "" ? "" : $"<br><small>{Encode(cell.Small)}</small>";
            return $"<{tag}{label} style=\"text-align: {side}\">{cell.Html ?? Encode(cell.Text)}{small}</{tag}>";
        }

        static string Encode(string text) => WebUtility.HtmlEncode(text).ReplaceLineEndings("<br>");
    }

    /// <summary>
    /// The table and its notes as text, its columns aligned as a terminal shows them: an East Asian character takes two
    /// cells of it, a combining one none (wcwidth).
    /// </summary>
    public string ToText()
    {
        IEnumerable<IReadOnlyList<Cell>> drawn = HasHeadings ? rows.Prepend<IReadOnlyList<Cell>>(columns) : rows;
        string[][][] cells = [.. drawn.Select(row => row.Select(Lines).ToArray())];
        int[] widths = [.. columns.Select((_, c) => cells.SelectMany(row => row[c]).Select(Width).Append(0).Max())];
        IEnumerable<string> lines = cells.SelectMany(row =>
            Enumerable.Range(0, row.Max(c => c.Length)).Select(i => Line(row, i))
        );
        return string.Join('\n', [.. Caption is null ? [] : new[] { Caption }, .. lines, .. Notes]);

        static string[] Lines(Cell cell)
        {
            string text = (cell.Small == "" ? cell.Text : $"{cell.Text}\n{cell.Small}").ReplaceLineEndings("\n");
            // A tab would break the columns, an escape sequence more than them.
            return [.. text.Split('\n').Select(line => string.Concat(line.Select(c => char.IsControl(c) ? ' ' : c)))];
        }

        static int Width(string line) => line.EnumerateRunes().Sum(rune => UnicodeCalculator.GetWidth(rune));

        string Line(string[][] row, int line) =>
            string.Join("  ", row.Select((cell, c) => Padded(cell.ElementAtOrDefault(line) ?? "", c))).TrimEnd();

        string Padded(string line, int column)
        {
            string space = new(' ', Math.Max(0, Math.Min(widths[column], MostWidth) - Width(line)));
            return columns[column].Right ? space + line : line + space;
        }
    }

    /// <summary>The table by MIME type, as a notebook shows it.</summary>
    public IReadOnlyDictionary<string, object> ToMimeBundle() =>
        new Dictionary<string, object> { ["text/html"] = ToHtml(), ["text/plain"] = ToText() };
}
