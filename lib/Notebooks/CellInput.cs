namespace Notebooks;

/// <summary>
/// Stands in for <see cref="Console.In"/>: in a cell, a line is what the user is asked for; in all other code it is
/// read where it was before.
/// </summary>
internal sealed class CellInput(TextReader host) : TextReader
{
    private string rest = "";

    public override string? ReadLine()
    {
        if (CellRun.Current is not { } run)
            return host.ReadLine();
        if (rest == "")
            return run.Ask("", hidden: false);
        string line = rest.TrimEnd('\n');
        rest = "";
        return line;
    }

    public override int Peek()
    {
        if (CellRun.Current is not { } run)
            return host.Peek();
        if (rest == "")
            rest = run.Ask("", hidden: false) + '\n';
        return rest[0];
    }

    public override int Read()
    {
        if (CellRun.Current is null)
            return host.Read();
        int next = Peek();
        rest = rest[1..];
        return next;
    }
}
