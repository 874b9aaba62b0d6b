using System.Text;

namespace Notebooks;

/// <summary>
/// Stands in for <see cref="Console.Out"/> or <see cref="Console.Error"/>: code that runs in a cell prints into the
/// cell, all other code where it did before.
/// </summary>
internal sealed class ConsoleRouter(TextWriter host, bool error) : TextWriter
{
    private static readonly Lock gate = new();
    private static TextWriter? installedOut,
        installedError;
    private static TextReader? installedIn;

    public override Encoding Encoding => host.Encoding;

    /// <summary>Puts routers in place; again where a host or a cell has set the console's writers since.</summary>
    public static void Install()
    {
        lock (gate)
        {
            if (Console.Out != installedOut)
            {
                Console.SetOut(new ConsoleRouter(Console.Out, error: false));
                installedOut = Console.Out;
            }
            if (Console.Error != installedError)
            {
                Console.SetError(new ConsoleRouter(Console.Error, error: true));
                installedError = Console.Error;
            }
            if (Console.In != installedIn)
            {
                Console.SetIn(new CellInput(Console.In));
                installedIn = Console.In;
            }
        }
    }

    public override void Write(char value) => Write([value]);

    public override void Write(string? value) => Write(value.AsSpan());

    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    public override void Write(ReadOnlySpan<char> buffer)
    {
        if (CellRun.Current is { } run)
        {
            run.CheckOutput();
            run.Print(error, buffer);
        }
        else
            host.Write(buffer);
    }

    // A line and its end in one: each write looks whether native code has printed meanwhile, which costs more than the
    // copy.
    public override void WriteLine(string? value) => Write(value + NewLine);

    public override void WriteLine(ReadOnlySpan<char> buffer) => Write($"{buffer}{NewLine}");

    public override void WriteLine(int value) => Line(value);

    public override void WriteLine(long value) => Line(value);

    public override void WriteLine(float value) => Line(value);

    public override void WriteLine(double value) => Line(value);

    public override void WriteLine(decimal value) => Line(value);

    public override void Flush()
    {
        if (CellRun.Current is { } run)
            run.Flush();
        else
            host.Flush();
    }

    private void Line<T>(T value)
        where T : ISpanFormattable
    {
        Span<char> text = stackalloc char[64];
        if (value.TryFormat(text, out int length, default, FormatProvider) && NewLine.TryCopyTo(text[length..]))
            Write(text[..(length + NewLine.Length)]);
        else
            WriteLine(value.ToString(null, FormatProvider));
    }
}
