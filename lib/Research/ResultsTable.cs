using HitSong.Corpus;
using HitSong.Experiments;
using Spectre.Console;

namespace Research;

/// <summary>What runs are worth, as the terminal shows it.</summary>
internal static class ResultsTable
{
    /// <summary>Prints a table for each run, so that a narrow terminal holds it, and what the numbers say.</summary>
    public static void Print(IReadOnlyList<Run> runs)
    {
        foreach (Run run in runs)
            Print(new VerdictTable(run));
        foreach (string words in new VerdictTable(runs).InWords)
            Console.WriteLine($"\n{words}");
    }

    /// <summary>Prints a row for each experiment, and what the numbers say.</summary>
    public static void Print(VerdictOverview overview)
    {
        if (overview.Rows.Count == 0)
            return;
        Table table = new Table().Border(TableBorder.Rounded).ShowRowSeparators();
        foreach (string column in VerdictOverview.Columns)
            table.AddColumn(
                new TableColumn(column)
                {
                    Alignment = column == VerdictOverview.Columns[0] ? Justify.Left : Justify.Right,
                }
            );
        foreach (VerdictOverview.Row row in overview.Rows)
            table.AddRow([
                .. row.Cells.Select(cell =>
                    Markup.Escape(cell.Figure)
                    + (cell.Below == "" ? "" : "\n" + Markup.Escape(cell.Below.Replace("; ", "\n")))
                ),
            ]);
        AnsiConsole.Write(table);
        foreach (string words in overview.InWords)
            Console.WriteLine($"\n{words}");
    }

    private static void Print(VerdictTable verdicts)
    {
        Table table = new Table().Border(TableBorder.Rounded).AddColumn(Markup.Escape(verdicts.Columns[0].Run));
        foreach (var (_, scored) in verdicts.Columns)
            table.AddColumn(new TableColumn(Markup.Escape(scored)).RightAligned());
        foreach (var (name, cells) in verdicts.Rows)
            table.AddRow([Markup.Escape(name), .. cells.Select(Markup.Escape)]);
        AnsiConsole.Write(table);
    }

    /// <summary>Prints what a model could reach at best.</summary>
    public static void Print(IReadOnlyList<Ceiling> ceilings)
    {
        var table = new Table()
            .Border(TableBorder.Rounded)
            .AddColumns("best accuracy possible", "majority", "artist unknown", "artist known");
        foreach (int column in (int[])[1, 2, 3])
            table.Columns[column].RightAligned();
        foreach (Ceiling ceiling in ceilings)
            table.AddRow([
                Markup.Escape(ceiling.Label),
                .. new[] { ceiling.Majority, ceiling.ArtistUnknown, ceiling.ArtistKnown }.Select(value =>
                    FormattableString.Invariant($"{value:0.0%}")
                ),
            ]);
        AnsiConsole.Write(table);
    }

    /// <summary>Counts what was left out, by reason.</summary>
    public static void Print(IReadOnlyList<LeftOut> leftOut)
    {
        if (leftOut.Count == 0)
            return;
        var table = new Table().Border(TableBorder.Rounded).AddColumns("left out", "");
        table.Columns[1].RightAligned();
        foreach (LeftOut left in leftOut)
            table.AddRow(Markup.Escape(left.Reason), FormattableString.Invariant($"{left.Count:N0}"));
        AnsiConsole.Write(table);
    }

    /// <summary>Names what could not be used.</summary>
    public static void Print(IReadOnlyList<Failure> failures)
    {
        if (failures.Count == 0)
            return;
        Console.Error.WriteLine($"\n{failures.Count} {(failures.Count == 1 ? "was" : "were")} left out:");
        foreach (Failure failure in failures)
            Console.Error.WriteLine(Terminal.Line($"  {failure.Path} {failure.Reason}"));
    }
}
