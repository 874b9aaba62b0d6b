namespace Notebooks.Interactive;

/// <summary>Shows values by a call behind them.</summary>
public static class DisplayExtensions
{
    /// <summary>
    /// Shows a value, as <see cref="CellFunctions.display(object?, string[])"/> does. The compiler prefers it to
    /// .NET Interactive's own, whose handle is another than that of what is shown, so that its first update shows a
    /// second output.
    /// </summary>
    /// <param name="value">What to show.</param>
    /// <param name="mimeTypes">The forms to show; all where none is named.</param>
    /// <returns>A handle to show something else in the same place later.</returns>
    public static DisplayHandle Display<T>(this T value, params string[] mimeTypes) =>
        CellFunctions.display(value, mimeTypes);
}
