using Notebooks.Interactive;

namespace Notebooks;

/// <summary>What every cell may call by its bare name, in methods and types of its own too.</summary>
public static class CellFunctions
{
    /// <summary>
    /// Shows a value: as <c>Formatter</c> was told, by its own <c>ToMimeBundle()</c> where it has that method, else as
    /// a table, a list or text.
    /// </summary>
    /// <returns>A handle to show something else in the same place later.</returns>
    public static DisplayHandle display(object? value) => Run().Display(value);

    /// <summary>
    /// Shows text of a MIME type: <c>text/markdown</c>, <c>text/html</c>, <c>image/svg+xml</c>,
    /// <c>application/json</c>, or base64 as <c>image/png</c>.
    /// </summary>
    /// <returns>A handle to show something else in the same place later.</returns>
    public static DisplayHandle display(string content, string mimeType) => display(new MimeContent(mimeType, content));

    /// <summary>Shows some forms of a value: of those that it has, the ones of the MIME types named.</summary>
    /// <param name="value">What to show; text is of each of the types as it is.</param>
    /// <param name="mimeTypes">The types; all where none is named.</param>
    /// <returns>A handle to show something else in the same place later.</returns>
    public static DisplayHandle display(object? value, params string[] mimeTypes) =>
        mimeTypes.Length == 0 ? display(value)
        : value is string text && mimeTypes is [var only] ? display(text, only)
        : display(new FormsOf(value, mimeTypes));

    /// <summary>HTML to be shown as it is.</summary>
    public static MimeContent HTML(string html) => new("text/html", html);

    /// <summary>Markdown to be shown.</summary>
    public static MimeContent Markdown(string markdown) => new("text/markdown", markdown);

    /// <summary>Has the page follow rules of CSS from here on.</summary>
    public static void CSS(string rules) => display(HTML($"<style>{rules}</style>"));

    /// <summary>Has the page run JavaScript.</summary>
    public static void Javascript(string script) => display(script, "application/javascript");

    /// <summary>
    /// Passes the items on, one by one, below a bar that shows how many are done and how long the rest will take:
    /// <c>foreach (var song in progress(songs))</c>.
    /// </summary>
    /// <param name="items">What a loop goes through.</param>
    /// <param name="label">What stands before the bar.</param>
    public static IEnumerable<T> progress<T>(IEnumerable<T> items, string label = "")
    {
        int? all = items.TryGetNonEnumeratedCount(out int known) ? known : null;
        var bar = new ProgressBar(label, all);
        DisplayHandle place = display(bar);
        foreach (T item in items)
        {
            yield return item;
            if (bar.Advance())
                place.Update(bar);
        }
        bar.End();
        place.Update(bar);
    }

    /// <summary>
    /// Takes the cell's outputs so far away; with <paramref name="wait"/> only when the next one comes.
    /// </summary>
    public static void clear_output(bool wait = false) => Run().Emit(new OutputEvent.Clear(wait));

    /// <summary>A line that the user types; <see cref="Console.ReadLine"/> asks without a prompt.</summary>
    public static string input(string prompt = "") => Run().Ask(prompt, hidden: false);

    /// <summary>A line that the user types and nobody sees.</summary>
    public static string password(string prompt = "Password: ") => Run().Ask(prompt, hidden: true);

    /// <summary>A line that the user types, as <see cref="input"/> asks for it.</summary>
    public static Task<string> GetInputAsync(string prompt = "") => Task.FromResult(input(prompt));

    /// <summary>A line that the user types and nobody sees, which shows as stars.</summary>
    public static Task<PasswordString> GetPasswordAsync(string prompt = "Password: ") =>
        Task.FromResult(new PasswordString(password(prompt)));

    private static CellRun Run()
    {
        CellRun run =
            CellRun.Current
            ?? throw new InvalidOperationException("Only code that a notebook's cell runs can display and ask.");
        run.CheckOutput();
        return run;
    }
}
