using System.Text;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Research;

/// <summary>
/// What the command prints. Names, tags, cells and contents of files are printed by many verbs, and may hold characters
/// that a terminal obeys: all that goes out shows them instead, in the form of JSON's strings, <c>\u001b</c>.
/// </summary>
internal static class Terminal
{
    /// <summary>From now on nothing that is written to the console, or drawn on it, is obeyed.</summary>
    public static void Guard()
    {
        // It takes the console's own output, and keeps that: what it draws is coloured, and is guarded as it is drawn.
        AnsiConsole.Console.Pipeline.Attach(new GuardedDrawing());
        Console.SetOut(new GuardedWriter(Console.Out));
        Console.SetError(new GuardedWriter(Console.Error));
    }

    /// <summary>A text with all visible that a terminal would obey but line ends.</summary>
    public static string Visible(string text) =>
        text.Any(IsObeyed) ? string.Concat(text.Select(c => IsObeyed(c) ? Shown(c) : c.ToString())) : text;

    /// <summary>The same in one line: for what a file's name is part of, which may hold line ends.</summary>
    public static string Line(string text) => Visible(text).Replace("\n", Shown('\n'));

    private static string Shown(char c) => $"\\u{(int)c:x4}";

    // Control characters, and those that turn the direction of writing around.
    private static bool IsObeyed(char c) =>
        char.IsControl(c) && c != '\n' || c is >= '\u202a' and <= '\u202e' or >= '\u2066' and <= '\u2069';

    private sealed class GuardedWriter(TextWriter inner) : TextWriter
    {
        public override Encoding Encoding => inner.Encoding;

        public override void Write(char value) => inner.Write(Visible(value.ToString()));

        public override void Write(string? value) => inner.Write(Visible(value ?? ""));

        public override void Write(char[] buffer, int index, int count) =>
            inner.Write(Visible(new string(buffer, index, count)));

        public override void Write(ReadOnlySpan<char> buffer) => inner.Write(Visible(buffer.ToString()));

        public override void WriteLine(string? value) => inner.WriteLine(Visible(value ?? ""));

        public override void Flush() => inner.Flush();
    }

    private sealed class GuardedDrawing : IRenderHook
    {
        public IEnumerable<IRenderable> Process(RenderOptions options, IEnumerable<IRenderable> renderables) =>
            renderables.Select(drawn => new Guarded(drawn));
    }

    private sealed class Guarded(IRenderable drawn) : IRenderable
    {
        public Measurement Measure(RenderOptions options, int maxWidth) => drawn.Measure(options, maxWidth);

        public IEnumerable<Segment> Render(RenderOptions options, int maxWidth) =>
            drawn
                .Render(options, maxWidth)
                .Select(segment =>
                    segment.IsControlCode || segment.IsLineBreak
                        ? segment
                        : new Segment(Visible(segment.Text), segment.Style)
                );
    }
}
