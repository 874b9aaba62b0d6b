using System.Globalization;

namespace Tables;

/// <summary>The first rows of a table with its columns' types, as a notebook shows it.</summary>
internal static class FirstRows
{
    private const int MostRows = 20;

    /// <summary>Draws them.</summary>
    /// <param name="columns">Name and type of each column.</param>
    /// <param name="count">Number of rows.</param>
    /// <param name="value">A value by row and column; null where it is NULL.</param>
    public static DrawnTable Draw(
        IReadOnlyList<(string Name, Type Type)> columns,
        long count,
        Func<int, int, object?> value
    )
    {
        var rows = Enumerable
            .Range(0, (int)Math.Min(count, MostRows))
            .Select(row => Enumerable.Range(0, columns.Count).Select(column => Cell(value(row, column))));
        string shown = count > MostRows ? $", the first {MostRows} shown" : "";
        return new DrawnTable([.. columns.Select(Heading)], rows)
        {
            Caption = $"{Counted(count, "row")} × {Counted(columns.Count, "column")}{shown}",
        };
    }

    private static string Counted(long count, string what) =>
        string.Create(CultureInfo.InvariantCulture, $"{count:N0} {what}{(count == 1 ? "" : "s")}");

    private static DrawnTable.Heading Heading((string Name, Type Type) column)
    {
        bool isNumber = column.Type.GetInterface("INumber`1") is not null;
        return new(column.Name, column.Type.Name, Right: isNumber);
    }

    private static DrawnTable.Cell Cell(object? value) =>
        value is null
            ? new DrawnTable.Cell("NULL") { Html = "<i>NULL</i>" }
            : Convert.ToString(value, CultureInfo.InvariantCulture)!;
}
