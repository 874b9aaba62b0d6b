using System.Text.Json;
using Tests;

namespace Tables.Tests;

public class DrawnTableTests
{
    private static DrawnTable.Cell[] Row(params DrawnTable.Cell[] cells) => cells;

    private static readonly DrawnTable plays = new(
        [new("title"), new("plays", "a day", Right: true)],
        [Row("Night", "1,200"), Row("Day", new("7", "one\nleft out"))]
    )
    {
        Caption = "Two songs",
        Notes = ["Counted on Monday."],
    };

    [Fact]
    public void It_is_text_in_columns() =>
        Assert.Equal(
            """
            Two songs
            title     plays
                      a day
            Night     1,200
            Day           7
                        one
                   left out
            Counted on Monday.
            """,
            plays.ToText()
        );

    [Fact]
    public void It_is_HTML_whose_cells_state_their_side() =>
        Assert.Equal(
            "<table>\n<caption>Two songs</caption>\n"
                + "<thead><tr><th style=\"text-align: left\">title</th>"
                + "<th style=\"text-align: right\">plays<br><small>a day</small></th></tr></thead>\n"
                + "<tbody>\n"
                + "<tr><td style=\"text-align: left\">Night</td><td style=\"text-align: right\">1,200</td></tr>\n"
                + "<tr><td style=\"text-align: left\">Day</td>"
                + "<td style=\"text-align: right\">7<br><small>one<br>left out</small></td></tr>\n"
                + "</tbody>\n</table>\n"
                + "<p>Counted on Monday.</p>",
            plays.ToHtml()
        );

    [Fact]
    public void What_is_not_said_to_be_markup_is_shown_as_it_is_written()
    {
        const string Script = "<script>\"&'";
        string html = new DrawnTable(
            [new(Script, Script)],
            [Row(new DrawnTable.Cell(Script, Script)), Row(new DrawnTable.Cell("Night") { Html = "<b>Night</b>" })]
        )
        {
            Caption = Script,
            Notes = [Script],
            Class = Script,
            LabelsCells = true,
        }.ToHtml();
        Assert.DoesNotContain("<script", html);
        // Class, caption, heading and its small line, a cell and its own, the labels of two cells, note.
        Assert.Equal(9, html.Split("&lt;script&gt;&quot;&amp;&#39;").Length - 1);
        Assert.Contains("><b>Night</b></td>", html);
    }

    // Each line is as wide as the others by Unicode's own tables, as Python has them.
    [Fact]
    public void Columns_stand_below_each_other_whatever_the_letters()
    {
        string[] titles =
        [
            "Night",
            "夜の歌",
            "ｶﾗｵｹ",
            "Cafe\u0301 del Mar",
            "한국어",
            "🎵 Tune",
            "नमस्ते",
            "a\tb\u001b[31mc",
        ];
        string text = new DrawnTable(
            [new("title"), new("plays", Right: true)],
            titles.Select((title, i) => Row(title, $"{i}"))
        ).ToText();
        int[] widths = JsonSerializer.Deserialize<int[]>(
            Python.Run(
                """
                import sys, json, unicodedata
                def width(c):
                    return 0 if unicodedata.category(c) == "Mn" else 1 + (unicodedata.east_asian_width(c) in "WF")
                print(json.dumps([sum(map(width, line)) for line in json.loads(sys.argv[1])]))
                """,
                JsonSerializer.Serialize(text.Split('\n'))
            )
        )!;
        Assert.Equal(Enumerable.Repeat("Café del Mar".Length + 2 + "plays".Length, titles.Length + 1), widths);
        Assert.DoesNotContain('\u001b', text);
    }

    [Fact]
    public void A_cell_that_heads_its_row_is_no_card_s_line()
    {
        DrawnTable table = new(
            [new(""), new("best\naccuracy", Right: true)],
            [Row(new DrawnTable.Heading("LSTM"), "75.0%")]
        )
        {
            LabelsCells = true,
        };
        Assert.Contains(
            "<tr><th style=\"text-align: left\">LSTM</th>"
                + "<td data-label=\"best accuracy\" style=\"text-align: right\">75.0%</td></tr>",
            table.ToHtml()
        );
    }

    [Fact]
    public void Without_headings_or_rows_none_are_drawn()
    {
        DrawnTable settings = new([new(""), new("")], [Row("seed", "7"), Row("optimizer", "Adam")]);
        Assert.Equal("seed       7\noptimizer  Adam", settings.ToText());
        Assert.DoesNotContain("<thead>", settings.ToHtml());
        Assert.Equal("a  b", new DrawnTable([new("a"), new("b")], []).ToText());
        DrawnTable nothing = new([], []);
        Assert.Equal(("", "<table>\n<tbody>\n</tbody>\n</table>"), (nothing.ToText(), nothing.ToHtml()));
    }

    [Fact]
    public void A_very_long_text_runs_out_of_its_column_alone()
    {
        string lyrics = new('a', 10_000);
        string[] lines = new DrawnTable([new(""), new("")], [Row(lyrics, "1"), Row("b", "2")]).ToText().Split('\n');
        Assert.Equal([$"{lyrics}  1", $"b{new string(' ', 201)}2"], lines);
    }

    [Fact]
    public void A_row_of_another_length_is_refused() =>
        Assert.Contains(
            "row 1 has 1 cells, where there are 2 columns",
            Assert
                .Throws<ArgumentException>(() => new DrawnTable([new("a"), new("b")], [Row("1", "2"), Row("3")]))
                .Message
        );

    [Fact]
    public void Of_a_query_the_first_rows_are_shown_and_all_are_counted()
    {
        using Database database = Database.InMemory();
        var bundle = database
            .Query("SELECT '<b>' || i AS title, i AS plays, NULL::DOUBLE AS tempo FROM range(1200) r(i)")
            .ToMimeBundle();
        string[] lines = ((string)bundle["text/plain"]).Split('\n');
        Assert.Equal(3 + 20, lines.Length);
        Assert.Equal(
            [
                "1,200 rows × 3 columns, the first 20 shown",
                "title   plays   tempo",
                "String  Int64  Double",
                "<b>0        0    NULL",
            ],
            lines[..4]
        );
        string html = (string)bundle["text/html"];
        Assert.Contains("<caption>1,200 rows &#215; 3 columns, the first 20 shown</caption>", html);
        Assert.Contains("<th style=\"text-align: right\">plays<br><small>Int64</small></th>", html);
        Assert.Contains(
            "<tr><td style=\"text-align: left\">&lt;b&gt;19</td><td style=\"text-align: right\">19</td>",
            html
        );
        Assert.DoesNotContain("&lt;b&gt;20", html);
    }
}
