namespace Notebooks.Interactive;

/// <summary>Shows values by a call behind them, as .NET Interactive has it.</summary>
public static class DisplayExtensions
{
    /// <summary>Shows a value, as <see cref="CellFunctions.display(object?, string[])"/> does.</summary>
    /// <param name="value">What to show.</param>
    /// <param name="mimeTypes">The forms to show; all where none is named.</param>
    /// <returns>A handle to show something else in the same place later.</returns>
    public static DisplayHandle Display(this object? value, params string[] mimeTypes) =>
        CellFunctions.display(value, mimeTypes);

    /// <summary>Shows text of a MIME type.</summary>
    /// <returns>A handle to show something else in the same place later.</returns>
    public static DisplayHandle DisplayAs(this string content, string mimeType) =>
        CellFunctions.display(content, mimeType);

    /// <summary>Shows a sequence as a table with a column a property.</summary>
    /// <returns>A handle to show something else in the same place later.</returns>
    public static DisplayHandle DisplayTable<T>(this IEnumerable<T> rows) =>
        CellFunctions.display(ValueTable.OfSequence(rows) is { } table ? new Shown(table) : rows);

    private sealed class Shown(ValueTable table)
    {
        public IReadOnlyDictionary<string, object> ToMimeBundle() =>
            new Dictionary<string, object> { ["text/html"] = table.ToHtml(), ["text/plain"] = table.ToText() };
    }
}
