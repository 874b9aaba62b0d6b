using HitSong.Corpus;
using HitSong.Experiments;
using Spectre.Console;

namespace Research;

/// <summary>What runs are worth, as the terminal shows it.</summary>
internal static class ResultsTable
{
    /// <summary>Prints the table and what the numbers say.</summary>
    public static void Print(VerdictTable verdicts)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumn("");
        foreach (var (run, scored) in verdicts.Columns) table.AddColumn(new TableColumn($"{run.Replace(' ', '\n')}\n{scored}").RightAligned().NoWrap());
        foreach (var (name, cells) in verdicts.Rows) table.AddRow([name, .. cells.Select(Markup.Escape)]);
        AnsiConsole.Write(table);
        foreach (string words in verdicts.InWords) Console.WriteLine($"\n{words}");
    }

    /// <summary>Prints what a model could reach at best.</summary>
    public static void Print(IReadOnlyList<Ceiling> ceilings)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("best accuracy possible", "majority", "artist unknown", "artist known");
        foreach (int column in (int[])[1, 2, 3]) table.Columns[column].RightAligned();
        foreach (Ceiling ceiling in ceilings) table.AddRow([Markup.Escape(ceiling.Label), .. new[] { ceiling.Majority, ceiling.ArtistUnknown, ceiling.ArtistKnown }.Select(value => FormattableString.Invariant($"{value:0.0%}"))]);
        AnsiConsole.Write(table);
    }

    /// <summary>Names the files that could not be used.</summary>
    public static void Print(IReadOnlyList<Failure> failures)
    {
        if (failures.Count == 0) return;
        Console.Error.WriteLine($"\n{failures.Count} file{(failures.Count == 1 ? " was" : "s were")} left out:");
        foreach (Failure failure in failures) Console.Error.WriteLine($"  {failure.Path} {failure.Reason}");
    }
}
